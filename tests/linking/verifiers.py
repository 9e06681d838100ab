"""Signers over the sandbox's Ethereum nodes and Loopring, and the community's keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from bot.linking.ethereum import Nodes
from bot.linking.signature_verifier import Signers
from bot.links import Method
from bot.sources.source import Source
from sandbox.signing import sign
from sandbox.wallets import WALLET_FACTORY
from sandbox.world import load_world
from tests.linking.harness import Desk, open_desk
from tests.sandbox_client import Stage

TEXT = "I am Discord user ann (ID 401). Link this wallet to my account."
FACTORY = WALLET_FACTORY.lower()
A, B = "/ethereum/1", "/ethereum/1/b"
STRANGER = "a stranger"

_WORLD = load_world()


def owner(account: int) -> str:
    """The address that owns an account of the community."""
    return _WORLD.accounts[account].owner.lower()


def key(account: int) -> str:
    """What the key that signs for it is made from."""
    wallet = _WORLD.wallets.get(owner(account))
    return wallet.word if wallet else str(account)


def former_key(account: int) -> str:
    """What the key that its wallet was made for is made from."""
    return _WORLD.wallets[owner(account)].first_word


class Judges:
    """Signers, and what they ask."""

    def __init__(self, stage: Stage, desk: Desk, signers: Signers) -> None:
        self.stage = stage
        self.desk = desk
        self._signers = signers

    async def judge(self, account: int, word: str = "", *, style: str = "personal", text: str = TEXT) -> Method:
        """Judge a signature of a text for an account's owner: by its own key, or by that of a word."""
        signature = sign(word or key(account), text.encode(), style)
        return await self._signers.judge(TEXT, signature, signer=owner(account), owner=owner(account))

    async def asked(self, path: str = "/ethereum/") -> int:
        """How many requests came to the nodes."""
        traffic = await self.stage.get("/_sandbox/traffic", service="ethereum")
        return sum(exchange["path"].startswith(path) for exchange in traffic["exchanges"])

    async def behave(self, **behaviour: Any) -> None:
        """Let the nodes behave in another way."""
        await self.stage.post("/_sandbox/ethereum", behaviour)

    async def fault(self, path: str, kind: str, **options: Any) -> None:
        """Let a node go wrong."""
        await self.stage.fault(kind, path, service="ethereum", **options)


@asynccontextmanager
async def open_judges(
    stage: Stage,
    source: Source,
    *,
    nodes: Sequence[str] = (A,),
    factories: Sequence[str] = (FACTORY,),
    seconds: float = 5.0,
) -> AsyncIterator[Judges]:
    """Signers that ask some nodes, and trust some factories; `seconds` is their patience with a node."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        asked = Nodes(session, [stage.url + path for path in nodes], seconds=seconds) if nodes else None
        async with open_desk(source, nodes=asked, factories=factories) as desk:
            knows_wallets = desk.lookup.knows_wallets
            signers = Signers(asked, desk.lookup.counterfactual, factories, knows_wallets=knows_wallets)
            yield Judges(stage, desk, signers)
