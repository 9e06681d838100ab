"""Holdings, collections and NFTs → embeds. Text from upstream passes `safe_text()` or `safe_image_url()` here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import discord

from bot.holdings import Collection, Holding, Nft, NftList, Owner, ShownHoldings
from bot.reasons import Reason, reason_words
from bot.text import safe_text
from bot.text.plural import different_nfts, plural
from bot.ui.embeds import BRAND, CAUTION, cut_sentence, first_image, fit, short_address

COLLECTIONS_A_PAGE = 5
NFTS_A_PAGE = 4

# One page of five collections stays far below 6,000: a header of at most 900 and five times 100 + 200 + 60.
_NAME = 100
_SHORT = 200
_NFT_TEXT = 120
_STATUS_WORDS = {
    "DEPLOYED": "deployed on Ethereum",
    "NOT_DEPLOYED": "not deployed on Ethereum",
    "DEPLOYING": "being deployed on Ethereum",
    "DEPLOY_FAILED": "deployment failed",
}
_PROPERTY_WORDS = {
    "isLegacy": "legacy",
    "isPublic": "public",
    "isCounterFactualNFT": "counterfactual",
    "isMintable": "mintable",
    "isEditable": "editable",
    "isDeletable": "deletable",
}


def holdings_embeds(
    shown: ShownHoldings, page: int, *, owner: Owner, reading: bool, gateways: Sequence[str], whose: str = ""
) -> list[discord.Embed]:
    """One page of an account's collections: a header, then an embed for each collection.

    Args:
        shown: In the order to be shown.
        page: From 0.
        owner: Whose account it is, as far as that is known.
        reading: More rows will follow.
        gateways: For `ipfs://` pictures.
        whose: Which member's account it is; safe words of our own.
    """
    rows = shown.rows[page * COLLECTIONS_A_PAGE : (page + 1) * COLLECTIONS_A_PAGE]
    header = _holdings_header(shown, owner=owner, reading=reading, whose=whose)
    return fit([header, *(_collection_card(holding, gateways) for holding in rows)])


def _holdings_header(shown: ShownHoldings, *, owner: Owner, reading: bool, whose: str) -> discord.Embed:
    holdings = shown.read
    lines = [*([whose] if whose else []), _holdings_summary(shown, reading=reading)]
    if holdings.contract:
        lines.append(f"Only contract `{short_address(holdings.contract)}`")
    if owner.address:
        name = f"{safe_text(owner.name, 80)} " if owner.name else ""
        lines.append(f"Owner {name}`{short_address(owner.address)}`")
    if reading:
        of_total = f" of {holdings.total:,}" if holdings.total else ""
        lines.append(f"⏳ {len(shown.rows):,}{of_total} so far, still reading…")
    elif not holdings.complete:
        lines.append(_incomplete_line(holdings.incomplete_reason))
    if shown.hidden:
        lines.append(f"{plural(shown.hidden, 'collection')} marked as scam not shown (`spam: True` shows them)")
    if holdings.fallback_reason:
        lines.append(_fallback_line(holdings.source_label, holdings.fallback_reason))
    if holdings.stale_reason:
        why = cut_sentence(reason_words(holdings.stale_reason))
        lines.append(f"⚠️ This is an earlier answer, and may have changed. {why}")
    is_certain = reading or (holdings.complete and not holdings.stale_reason)
    embed = discord.Embed(
        title=f"Collections of account {short_address(holdings.account.account_id)}",
        description="\n".join(lines),
        colour=BRAND if is_certain else CAUTION,
        timestamp=holdings.as_of,
    )
    return embed.set_footer(text=f"{holdings.source_label}, as of")


def _holdings_summary(shown: ShownHoldings, *, reading: bool) -> str:
    """The total in words. Only a complete answer may say "no", or a number without "at least"."""
    holdings, count = shown.read, len(shown.rows)
    if not count:
        if shown.hidden and holdings.complete:
            return f"Only {plural(shown.hidden, 'collection')} marked as scam."
        if holdings.complete:
            of_contract = " of this contract" if holdings.contract else ""
            return f"This account holds no NFTs{of_contract}, says {holdings.source_label}."
        return "Nothing has arrived yet." if reading else "What this account holds is unknown."
    at_least = "" if holdings.complete or reading else "At least "
    if uncounted := sum(not row.is_counted for row in shown.rows):
        return (
            f"{at_least}**{plural(count, 'collection')}** · at least {different_nfts(shown.kinds)}; of "
            f"{plural(uncounted, 'collection')} the source does not say how many"
        )
    return f"{at_least}**{plural(count, 'collection')}** · {different_nfts(shown.kinds)}"


def _incomplete_line(incomplete_reason: Reason | None) -> str:
    why = cut_sentence(reason_words(incomplete_reason).rstrip("."))
    return f"⚠️ **Incomplete:** {why}. What is missing here is unknown, not zero."


def _collection_card(holding: Holding, gateways: Sequence[str]) -> discord.Embed:
    collection = holding.collection
    number = f"#{collection.collection_id}" if collection.collection_id.isdigit() else ""
    address = "" if number else f"`{short_address(collection.collection_id)}`"
    scam = "⚠️ marked as scam" if collection.is_scam else ""
    facts = [f"**{different_nfts(holding.counted_kinds)}**", _type_and_status(collection), number or address, scam]
    embed = discord.Embed(
        title=safe_text(collection.name, _NAME), description=" · ".join(filter(None, facts)), colour=BRAND
    )
    if collection.description.strip():
        embed.description = f"{embed.description}\n{safe_text(collection.description, _SHORT)}"
    return embed.set_thumbnail(url=first_image(collection.avatar_uris, gateways))


def collection_embed(
    collection: Collection,
    *,
    description: str,
    held: str,
    source_label: str,
    as_of: datetime,
    gateways: Sequence[str],
) -> discord.Embed:
    """One collection, large: banner, description, times, properties.

    Args:
        collection: Its texts are not yet safe.
        description: What to show of its description: safe already, at most 3,000 units.
        held: What the account holds of it in words, or "".
        source_label: Where the data is from.
        as_of: When it was read.
        gateways: For `ipfs://` pictures.
    """
    embed = discord.Embed(
        title=safe_text(collection.name, _NAME), description=description or None, colour=BRAND, timestamp=as_of
    )
    if held:
        embed.add_field(name="Held", value=held)
    embed.add_field(name="Type", value=_type_and_status(collection))
    for name, moment in (("Created", collection.created_at), ("Updated", collection.updated_at)):
        if moment:
            embed.add_field(name=name, value=discord.utils.format_dt(moment, "D"))
    for name, address in (("Contract", collection.contract_address), ("Creator", collection.owner)):
        if address:
            embed.add_field(name=name, value=f"`{short_address(address)}`")
    if words := [_PROPERTY_WORDS.get(name, name) for name, value in collection.properties if value]:
        embed.add_field(name="Properties", value=safe_text(", ".join(words), 200))
    embed.set_thumbnail(url=first_image(collection.avatar_uris, gateways))
    embed.set_image(url=first_image(collection.banner_uris, gateways))
    return embed.set_footer(text=f"{source_label} · collection {short_address(collection.collection_id)}, as of")


def nft_embeds(nfts: Sequence[Nft], gateways: Sequence[str]) -> list[discord.Embed]:
    """An embed for each NFT: name, copies, picture."""
    embeds = []
    for nft in nfts:
        embed = discord.Embed(
            title=safe_text(nft.name, _NAME) if nft.name.strip() else f"NFT {safe_text(short_address(nft.nft_id), 80)}",
            description=f"**{plural(nft.copies, 'copy', 'copies')}**",
            colour=BRAND,
        )
        if nft.description.strip():
            embed.description = f"{embed.description}\n{safe_text(nft.description, _NFT_TEXT)}"
        embeds.append(embed.set_thumbnail(url=first_image(nft.image_uris, gateways, token_id=nft.token_id)))
    return embeds


def fallback_embed(source_label: str, fallback_reason: Reason) -> discord.Embed:
    """A remark that the data shown above it is from another source than the one that was asked."""
    return discord.Embed(description=_fallback_line(source_label, fallback_reason), colour=CAUTION)


def _fallback_line(source_label: str, fallback_reason: Reason) -> str:
    return f"📜 {source_label} answers instead: {cut_sentence(reason_words(fallback_reason))}"


def incomplete_embed(incomplete_reason: Reason | None) -> discord.Embed:
    """A remark that the list above it is not complete."""
    return discord.Embed(description=_incomplete_line(incomplete_reason), colour=CAUTION)


def held_words(kinds: int | None, nfts: NftList) -> str:
    """What an account holds of a collection: `"3 different NFTs, 17 copies"`; copies only where all are known."""
    words = different_nfts(kinds)
    if nfts.complete:
        words += f", {plural(sum(nft.copies for nft in nfts.nfts), 'copy', 'copies')}"
    return words


def _type_and_status(collection: Collection) -> str:
    words = (
        collection.standard,
        _STATUS_WORDS.get(collection.deploy_status, collection.deploy_status),
    )
    return " · ".join(safe_text(word, 40) for word in words if word) or "type unknown"
