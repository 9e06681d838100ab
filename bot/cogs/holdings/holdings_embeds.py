"""An account's collections → embeds: a header, and a compact card for each collection.

Text from upstream passes `safe_text()` or `safe_image_url()` here. A page of five has to be seen without scrolling: a
card says what is different from the others; the rest is where the collection is opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import discord

from bot.cogs.holdings import card_parts
from bot.holdings import Holding, Owner, ShownHoldings
from bot.messages import Words
from bot.reasons import Reason, reason_words
from bot.text import safe_text
from bot.text.plural import different_nfts, plural
from bot.ui.embeds import BRAND, CAUTION, cut_sentence, first_image, fit, short_address

COLLECTIONS_A_PAGE = 5

# What a card of Discord's has room for on one line, in the small letters of its last one.
_LINE = 72
_SHORT = 200


@dataclass(frozen=True)
class About:
    """What the header of a list says, besides what was read.

    Attributes:
        whose: Which member's account it is; safe words of our own.
        is_proven: It is proven that it is that member's.
        searched: What the rows were chosen by; not yet safe to show.
        understood: What something that was typed was taken for.
        title: In place of the account: of which ones these are; words of our own.
    """

    whose: str = ""
    is_proven: bool = False
    searched: str = ""
    title: str = ""
    understood: Words | None = None


_NOTHING_ELSE = About()


def holdings_embeds(
    shown: ShownHoldings,
    page: int,
    *,
    owner: Owner,
    reading: bool,
    gateways: Sequence[str],
    about: About = _NOTHING_ELSE,
    counts: Mapping[str, str] | None = None,
) -> list[discord.Embed]:
    """One page of an account's collections: a header, then an embed for each collection.

    Args:
        shown: In the order to be shown.
        page: From 0.
        owner: Whose account it is, as far as that is known.
        reading: More rows will follow.
        gateways: For `ipfs://` pictures.
        about: What the header says besides.
        counts: How many of a collection there are, where that is no single number; words of our own.
    """
    rows = shown.rows[page * COLLECTIONS_A_PAGE : (page + 1) * COLLECTIONS_A_PAGE]
    whose = about.whose or ("" if about.title else _owner_words(owner))
    header = _header(shown, about, reading=reading, whose=whose, may_repeat=bool(counts))
    if about.is_proven and header.colour == BRAND:
        header.colour = card_parts.PROVEN
    header.set_thumbnail(url=_art(shown.rows, gateways))
    several = counts or {}
    return fit(
        [header, *(_collection_card(holding, gateways, several.get(str(holding.collection), "")) for holding in rows)]
    )


def _art(rows: Sequence[Holding], gateways: Sequence[str]) -> str | None:
    """The banner of the first collection that has one, or else another picture: a banner leaves the header low."""
    shown = [row.collection for row in rows if not card_parts.hides_art(row.collection)][:COLLECTIONS_A_PAGE]
    wide = (first_image(each.wide_uris, gateways) for each in shown)
    square = (first_image(each.avatar_uris, gateways) for each in shown)
    return next(filter(None, (*wide, *square)), None)


def _header(shown: ShownHoldings, about: About, *, reading: bool, whose: str, may_repeat: bool) -> discord.Embed:
    holdings = shown.read
    account = f"Account {safe_text(short_address(holdings.account.account_id), 80)}"
    source = f"oldest answer {discord.utils.format_dt(holdings.as_of, 'R')}"
    if not about.title:
        source = f"{holdings.source_label}, {discord.utils.format_dt(holdings.as_of, 'R')}"
    lines = [f"**{about.title or account}** · {source}"]
    summary = _holdings_summary(shown, reading=reading, of_several=bool(about.title), may_repeat=may_repeat)
    if about.searched:
        summary = f"{plural(len(shown.rows), 'collection')} with “{safe_text(about.searched, 60)}”"
    lines.append(" · ".join(filter(None, [summary, whose])))
    if holdings.contract:
        lines.append(f"Only contract `{short_address(holdings.contract)}`")
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
    if about.understood:
        lines.append(f"-# {about.understood.render()}")
    return discord.Embed(description="\n".join(lines), colour=BRAND if is_certain else CAUTION)


def _owner_words(owner: Owner) -> str:
    """The name is shorter than the address, and says more."""
    if not owner.address:
        return ""
    return f"Owner {safe_text(owner.name, 80)}" if owner.name else f"Owner `{short_address(owner.address)}`"


def _holdings_summary(shown: ShownHoldings, *, reading: bool, of_several: bool, may_repeat: bool) -> str:
    """The total in words. Only a complete answer may say "no", or a number without "at least".

    Where several accounts hold of one collection, some NFTs may be the same: how many are different is not known then.
    """
    holdings, count = shown.read, len(shown.rows)
    if not count:
        if shown.hidden and holdings.complete:
            return f"Only {plural(shown.hidden, 'collection')} marked as scam."
        if holdings.complete:
            of_contract = " of this contract" if holdings.contract else ""
            if of_several:
                return f"These accounts hold no NFTs{of_contract}."
            return f"This account holds no NFTs{of_contract}, says {holdings.source_label}."
        held = "these accounts hold" if of_several else "this account holds"
        return "Nothing has arrived yet." if reading else f"What {held} is unknown."
    at_least = "" if holdings.complete or reading else "At least "
    words = [f"{at_least}**{plural(count, 'collection')}**"]
    if uncounted := sum(not row.is_counted for row in shown.rows):
        counted = "" if may_repeat else f"at least {different_nfts(shown.kinds)}; "
        words.append(f"{counted}of {plural(uncounted, 'collection')} the source does not say how many")
    elif not may_repeat:
        words.append("1 NFT" if shown.kinds == 1 else f"{shown.kinds:,} different")  # "NFTs" would be one line more
    return " · ".join(words)


def _incomplete_line(incomplete_reason: Reason | None) -> str:
    why = cut_sentence(reason_words(incomplete_reason).rstrip("."))
    return f"⚠️ **Incomplete:** {why}. What is missing here is unknown, not zero."


def _collection_card(holding: Holding, gateways: Sequence[str], count: str = "") -> discord.Embed:
    collection = holding.collection
    scam = "⚠️ marked as scam" if collection.is_scam else ""
    count = count or count_words(holding.counted_kinds, holding.copies)
    facts = [card_parts.bold(card_parts.card_name(collection)), count, scam]
    embed = discord.Embed(description=" · ".join(filter(None, facts)), colour=card_parts.accent(collection))
    line = card_parts.cut_columns(_line(holding), _LINE)
    if card_parts.hides_art(collection):
        return embed.set_footer(text=line)
    return embed.set_footer(text=line, icon_url=first_image(collection.avatar_uris, gateways))


def _line(holding: Holding) -> str:
    """What its creator says of a collection, as far as one line goes; else what is known of it."""
    collection = holding.collection
    if collection.description.strip() and not card_parts.hides_art(collection):
        return safe_text(collection.description, _SHORT, plain=True)
    is_number = collection.collection_id.isdigit()
    name = f"#{collection.collection_id}" if is_number else short_address(collection.collection_id)
    return safe_text(" · ".join([*card_parts.type_and_status(collection), name]), _SHORT, plain=True)


def count_words(kinds: int | None, copies: int | None) -> str:
    """`"12 different · 20 copies"`; only what is different, where there is one of each, or copies are not known."""
    if kinds is None or copies in (None, kinds):
        return different_nfts(kinds)
    words = "1 NFT" if kinds == 1 else f"{kinds:,} different"
    return f"{words} · {plural(copies, 'copy', 'copies')}"


def fallback_embed(source_label: str, fallback_reason: Reason) -> discord.Embed:
    """A remark that the data shown above it is from another source than the one that was asked."""
    return discord.Embed(description=_fallback_line(source_label, fallback_reason), colour=CAUTION)


def _fallback_line(source_label: str, fallback_reason: Reason) -> str:
    return f"📜 {source_label} answers instead: {cut_sentence(reason_words(fallback_reason))}"


def incomplete_embed(incomplete_reason: Reason | None) -> discord.Embed:
    """A remark that the list above it is not complete."""
    return discord.Embed(description=_incomplete_line(incomplete_reason), colour=CAUTION)
