"""Embeds of holdings, collections and NFTs, of which a test names only what matters to it."""

from datetime import UTC, datetime
from typing import Any

import discord

from bot.cogs.holdings import collection_embeds, holdings_embeds
from bot.holdings import LOOPRING, Account, Collection, Holding, Holdings, Nft, Origin, Owner

GATEWAYS = ("https://gateway.example/ipfs/",)
AS_OF = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
OWNER = "0xdf235d728e2626cc9259df5f466def7464838b19"
CONTRACT = "0xbc4ca0eda7647a8ab7c2061c2e118a18a936f13d"
NOBODY = Owner()


def holding(number: int = 1, kinds: int = 1, **fields: Any) -> Holding:
    return Holding(Collection(LOOPRING, str(number), **({"name": f"Collection {number}"} | fields)), kinds)


def held(*rows: Holding, **fields: Any) -> Holdings:
    defaults: dict[str, Any] = {"complete": True, "total": len(rows), "origin": Origin(label="Loopring")}
    return Holdings(Account(LOOPRING, "10001"), AS_OF, rows, **(defaults | fields))


def shown(holdings: Holdings, page: int = 0, owner: Owner = NOBODY, *, reading: bool = False) -> list[discord.Embed]:
    seen = holdings.shown(hide_scam=False)
    return holdings_embeds.holdings_embeds(seen, page, owner=owner, reading=reading, gateways=GATEWAYS)


def gallery(*nfts: Nft, **fields: Any) -> list[discord.Embed]:
    collection = Collection(LOOPRING, "254", **({"name": "Harbour Lights"} | fields))
    return collection_embeds.gallery_embeds(collection, nfts, 1, GATEWAYS)
