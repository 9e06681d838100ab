"""An account's collections → embeds: a header, and a compact card for each collection.

Text from upstream passes `safe_text()` or `safe_image_url()` here. A page of five has to be seen without scrolling: a
card says what is different from the others; the rest is where the collection is opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import discord

from bot.cogs.holdings import card_parts, counted_words
from bot.holdings import Holding, Owner, ShownHoldings
from bot.messages import Message, Words, reader_text
from bot.reasons import Reason, reason_words
from bot.text import read_text, safe_text
from bot.text.plural import different_nfts
from bot.ui.embeds import BRAND, CAUTION, first_image, fit, short_address

COLLECTIONS_A_PAGE = 5

# What a card of Discord's has room for on one line, in the small letters of its last one.
_LINE = 72
_SHORT = 200
_SOURCE = 100
_WHY = 700

_ACCOUNT = Message("Account {account}")
_OLDEST = Message("oldest answer {when}")
_FOUND = Message("{count:,} collection with “{text}”", "{count:,} collections with “{text}”")
_FOUND_AT_LEAST = Message("At least {count:,} collection with “{text}”", "At least {count:,} collections with “{text}”")
_NONE_FOUND_SO_FAR = Message("None with “{text}” so far")
_ONLY_CONTRACT = Message("Only contract {contract}")
_SO_FAR = Message("⏳ {arrived:,} so far, still reading…")
_SO_FAR_OF = Message("⏳ {arrived:,} of {total:,} so far, still reading…")
_SCAM_NOT_SHOWN = Message(
    "{count:,} collection marked as scam not shown (`spam: True` shows them)",
    "{count:,} collections marked as scam not shown (`spam: True` shows them)",
)
_ONLY_SCAM = Message("Only {count:,} collection marked as scam.", "Only {count:,} collections marked as scam.")
_EARLIER = Message("⚠️ This is an earlier answer, and may have changed. {why}")
_OWNER = Message("Owner {owner}")
_NONE_OF_SEVERAL = Message("These accounts hold no NFTs.")
_NONE_OF_SEVERAL_IN_CONTRACT = Message("These accounts hold no NFTs of this contract.")
_NONE = Message("This account holds no NFTs, says {source}.")
_NONE_IN_CONTRACT = Message("This account holds no NFTs of this contract, says {source}.")
_NOTHING_YET = Message("Nothing has arrived yet.")
_UNKNOWN = Message("What this account holds is unknown.")
_UNKNOWN_OF_SEVERAL = Message("What these accounts hold is unknown.")
_WHOLE = Message("**{count:,} collection**", "**{count:,} collections**")
_AT_LEAST = Message("At least **{count:,} collection**", "At least **{count:,} collections**")
_NOT_COUNTED = Message(
    "of {count:,} collection the source does not say how many",
    "of {count:,} collections the source does not say how many",
)
_PARTLY_COUNTED = Message(
    "at least {nfts}; of {count:,} collection the source does not say how many",
    "at least {nfts}; of {count:,} collections the source does not say how many",
)
_INCOMPLETE = Message("⚠️ **Incomplete:** {why}. What is missing here is unknown, not zero.")
_SCAM = Message("⚠️ marked as scam")
_FALLBACK = Message("📜 {source} answers instead: {why}")


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
    account = _ACCOUNT(account=safe_text(short_address(holdings.account.account_id), 80)).render()
    source = _OLDEST(when=discord.utils.format_dt(holdings.as_of, "R")).render()
    if not about.title:
        source = f"{_shown_source(holdings.source_label)}, {discord.utils.format_dt(holdings.as_of, 'R')}"
    lines = [f"**{about.title or account}** · {source}"]
    summary = _holdings_summary(shown, reading=reading, of_several=bool(about.title), may_repeat=may_repeat)
    if about.searched:
        summary = _found(len(shown.rows), about.searched, is_whole=holdings.complete).render()
    lines += filter(None, [" · ".join(filter(None, [summary, whose]))])
    if holdings.contract:
        lines.append(_ONLY_CONTRACT(contract=f"`{short_address(holdings.contract)}`").render())
    if reading:
        lines.append(_so_far(len(holdings.holdings), holdings.total).render())
    elif not holdings.complete:
        lines.append(_incomplete_line(holdings.incomplete_reason))
    if shown.hidden:
        lines.append(_SCAM_NOT_SHOWN(count=shown.hidden).render())
    if holdings.fallback_reason:
        lines.append(_fallback_line(holdings.source_label, holdings.fallback_reason))
    if holdings.stale_reason:
        lines.append(_EARLIER(why=_why(holdings.stale_reason)).render())
    is_certain = reading or (holdings.complete and not holdings.stale_reason)
    if about.understood:
        lines.append(f"-# {about.understood.render()}")
    return discord.Embed(description="\n".join(lines), colour=BRAND if is_certain else CAUTION)


def _owner_words(owner: Owner) -> str:
    """The name is shorter than the address, and says more."""
    if not owner.address:
        return ""
    return _OWNER(owner=safe_text(owner.name, 80) if owner.name else f"`{short_address(owner.address)}`").render()


def _found(count: int, searched: str, *, is_whole: bool) -> Words:
    """How many fit what was searched: of a list that is not whole, more may."""
    text = safe_text(searched, 60)
    if is_whole:
        return _FOUND(count=count, text=text)
    return _FOUND_AT_LEAST(count=count, text=text) if count else _NONE_FOUND_SO_FAR(text=text)


def _so_far(arrived: int, total: int | None) -> Words:
    return _SO_FAR_OF(arrived=arrived, total=total) if total else _SO_FAR(arrived=arrived)


def _holdings_summary(shown: ShownHoldings, *, reading: bool, of_several: bool, may_repeat: bool) -> str:
    """The total in words. Only a complete answer may say "no", or a number without "at least".

    Where several accounts hold of one collection, some NFTs may be the same: how many are different is not known then.
    """
    holdings, count = shown.read, len(shown.rows)
    if not count:
        return _empty_summary(shown, reading=reading, of_several=of_several)
    is_whole = holdings.complete or reading
    words = [(_WHOLE if is_whole else _AT_LEAST)(count=count).render()]
    if uncounted := sum(not row.is_counted for row in shown.rows):
        counted = different_nfts(shown.kinds)
        not_counted = _NOT_COUNTED(count=uncounted) if may_repeat else _PARTLY_COUNTED(count=uncounted, nfts=counted)
        words.append(not_counted.render())
    elif not may_repeat:
        words.append(counted_words.different(shown.kinds))
    return " · ".join(words)


def _empty_summary(shown: ShownHoldings, *, reading: bool, of_several: bool) -> str:
    """The same where there is no row."""
    holdings = shown.read
    if not holdings.complete:
        if reading:  # how many have arrived that are not shown is said below
            return "" if shown.hidden else _NOTHING_YET().render()
        return (_UNKNOWN_OF_SEVERAL() if of_several else _UNKNOWN()).render()
    if shown.hidden:
        return _ONLY_SCAM(count=shown.hidden).render()
    if of_several:
        return (_NONE_OF_SEVERAL_IN_CONTRACT() if holdings.contract else _NONE_OF_SEVERAL()).render()
    none = _NONE_IN_CONTRACT if holdings.contract else _NONE
    return none(source=_shown_source(holdings.source_label)).render()


def _incomplete_line(incomplete_reason: Reason | None) -> str:
    return _INCOMPLETE(why=_why(incomplete_reason).rstrip(".。")).render()


def _collection_card(holding: Holding, gateways: Sequence[str], count: str = "") -> discord.Embed:
    collection = holding.collection
    scam = _SCAM().render() if collection.is_scam else ""
    count = count or count_words(holding.counted_kinds, holding.copies)
    name = card_parts.bold(card_parts.card_name(collection), is_hidden=card_parts.hides_art(collection))
    facts = [name, count, scam]
    embed = discord.Embed(description=" · ".join(filter(None, facts)), colour=card_parts.accent(collection))
    line = card_parts.cut_columns(_line(holding), _LINE)
    if card_parts.hides_art(collection):
        return embed.set_footer(text=line)
    return embed.set_footer(text=line, icon_url=first_image(collection.avatar_uris, gateways))


def _line(holding: Holding) -> str:
    """What its creator says of a collection, as far as one line goes; else what is known of it."""
    collection = holding.collection
    if read_text(collection.description) and not card_parts.hides_art(collection):
        return safe_text(collection.description, _SHORT, plain=True)
    is_number = collection.collection_id.isdigit()
    name = f"#{collection.collection_id}" if is_number else short_address(collection.collection_id)
    return safe_text(" · ".join([*card_parts.type_and_status(collection), name]), _SHORT, plain=True)


def count_words(kinds: int | None, copies: int | None) -> str:
    """`"12 different · 20 copies"`; only what is different, where there is one of each, or copies are not known."""
    if kinds is None or copies in (None, kinds):
        return different_nfts(kinds)
    return f"{counted_words.different(kinds)} · {counted_words.copies(copies)}"


def fallback_embed(source_label: Words | str, fallback_reason: Reason) -> discord.Embed:
    """A remark that the data shown above it is from another source than the one that was asked."""
    return discord.Embed(description=_fallback_line(source_label, fallback_reason), colour=CAUTION)


def _fallback_line(source_label: Words | str, fallback_reason: Reason) -> str:
    return _FALLBACK(source=_shown_source(source_label), why=_why(fallback_reason)).render()


def _why(reason: Reason | None) -> str:
    """A reason as it may be shown: it may quote what a source said, or the archive of somebody else."""
    words = reason_words(reason)
    return safe_text(words, _WHY) if words else ""


def _shown_source(label: Words | str) -> str:
    """The name of a source as it may be shown: that of an archive is made of what stands in the file."""
    return safe_text(reader_text(label), _SOURCE)


def incomplete_embed(incomplete_reason: Reason | None) -> discord.Embed:
    """A remark that the list above it is not complete."""
    return discord.Embed(description=_incomplete_line(incomplete_reason), colour=CAUTION)
