"""`/holders list`: members who hold a collection, those with most first; and those of whom that is not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import discord

from bot.cogs.holders.holder_words import (
    ACCOUNTS,
    COPIES,
    KINDS,
    MEMBERS,
    counted,
    never_counting,
    reasons_of,
    rendered,
    when,
    why_open,
)
from bot.counts import total
from bot.holders.held import HeldMember, HolderList, holders_of, perhaps_of
from bot.messages import Message, Words
from bot.reasons import reason_words
from bot.sync.holder_reads import ReadNow
from bot.text import safe_text
from bot.ui.embeds import BRAND, CAUTION, fit
from bot.ui.page_items import Choice
from bot.ui.turning_pages import TurningPages

_TITLE = Message("Holders of {collection}")
_SUMMARY = Message("{members} of this server: {kinds}, {copies}.")
_NOBODY = Message("No member of this server is known to hold it.")
_MAYBE = Message(
    "Of {count:,} member it is not known whether they hold any.",
    "Of {count:,} members it is not known whether they hold any.",
)
_LINE = Message("**{place:,}.** {member} · {kinds} · {copies} · {accounts}")
_LINE_UNKNOWN = Message("{member} · {accounts}: {why}")
_AS_OF = Message("The oldest reading that this rests on is from {when}.")
_NEVER_READ = Message("No account of a member here was read yet.")
_NO_GATE = Message(
    "Accounts are read by themselves while a server of this bot has a gate. None has one now: press **Read now**, or "
    "add a gate by `/gate add`."
)
_NOBODY_LINKED = Message(
    "No member of this server has proven an account on that network yet: members do it by `/verify`."
)
_COPIES_OPEN = Message("Copies are counted where a gate asks for them, and after **Read now**.")
_READ = Message("Just read: {accounts}.")
_FAILED = Message("{count:,} account could not be read: {why}", "{count:,} accounts could not be read: {why}")
_LEFT = Message(
    "{count:,} account was not tried: press again to go on.", "{count:,} accounts were not tried: press again to go on."
)
_FOOTER = Message("Page {page:,} of {pages:,} · members who proved an account with Tessera")
_HOLDERS = Message("Holders ({count:,})", "Holders ({count:,})")
_UNKNOWN = Message("Unknown ({count:,})", "Unknown ({count:,})")
# With why it is not known, a line is as long as three: no member is cut off at the end of a page.
_A_PAGE = {"holders": 20, "unknown": 8}
_WHY = 200


@dataclass(frozen=True)
class ListPages(TurningPages):
    """The list.

    Attributes:
        title: The collection, safe to show.
        holders: What is known.
        members: Its members, those with most first.
        is_read: Accounts are read by themselves: some server has a gate.
        read: What reading now brought; None: it was not asked for.
        shown: Which view: "holders" or "unknown".
    """

    title: str
    holders: HolderList
    members: Sequence[HeldMember]
    is_read: bool
    read: ReadNow | None = None
    shown: str = "holders"
    listed: Sequence[HeldMember] = field(init=False)

    def __post_init__(self) -> None:
        """Choose who is in this view."""
        chosen = perhaps_of(self.members) if self.shown == "unknown" else holders_of(self.members)
        object.__setattr__(self, "listed", chosen)

    def page_count(self) -> int:
        """At least one."""
        return max(1, -(-len(self.listed) // _A_PAGE[self.shown]))

    def embeds(self, page: int) -> list[discord.Embed]:
        """What is known of all, then some members."""
        first = page * _A_PAGE[self.shown]
        rows = self.listed[first : first + _A_PAGE[self.shown]]
        lines = [self._line(member, first + place) for place, member in enumerate(rows, start=1)]
        text = rendered(self._summary()) + ("\n\n" + rendered(lines) if lines else "")
        colour = BRAND if self.holders.is_complete else CAUTION
        embed = discord.Embed(title=_TITLE(collection=self.title).render(), description=text, colour=colour)
        embed.timestamp = self.holders.made_at
        embed.set_footer(text=_FOOTER(page=page + 1, pages=self.page_count()).render())
        return fit([embed])

    def tabs(self) -> Sequence[Choice]:
        """Holders, and those of whom it is not known, if there are any."""
        unknown = len(perhaps_of(self.members))
        if not unknown and self.shown == "holders":
            return ()
        held = len(holders_of(self.members))
        return [
            Choice("holders", _HOLDERS(count=held).render()),
            Choice("unknown", _UNKNOWN(count=unknown).render()),
        ]

    def tab(self) -> str:
        """Which view this is."""
        return self.shown

    async def switch(self, value: str) -> ListPages:
        """The other view."""
        shown = "unknown" if value == "unknown" else "holders"
        return ListPages(self.title, self.holders, self.members, self.is_read, self.read, shown)

    def _summary(self) -> Sequence[Words]:
        if not self.holders.accounts:
            return [_NOBODY_LINKED()]
        found: list[Words] = []
        held, maybe = holders_of(self.members), perhaps_of(self.members)
        if held:
            kinds, copies = (total(getattr(each, what) for each in held) for what in ("kinds", "copies"))
            found.append(
                _SUMMARY(members=MEMBERS(count=len(held)), kinds=counted(kinds, KINDS), copies=counted(copies, COPIES))
            )
        elif len(self.holders.left_out) < len(self.holders.collections):
            found.append(_NOBODY())
        found += never_counting(self.holders.left_out)
        if maybe:
            found.append(_MAYBE(count=len(maybe)))
        found += why_open(self.holders.open_reasons)
        if any(each.kinds.low == each.kinds.high and each.copies.high is None for each in held):
            found.append(_COPIES_OPEN())
        found.append(_AS_OF(when=when(self.holders.as_of)) if self.holders.as_of else _NEVER_READ())
        if not self.is_read:
            found.append(_NO_GATE())
        return [*found, *self._reading()]

    def _reading(self) -> Sequence[Words]:
        """What reading now brought."""
        if self.read is None:
            return []
        found = [_READ(accounts=ACCOUNTS(count=self.read.read))]
        if self.read.failed and self.read.why:
            found.append(_FAILED(count=self.read.failed, why=safe_text(reason_words(self.read.why), _WHY)))
        if self.read.left:
            found.append(_LEFT(count=self.read.left))
        return found

    def _line(self, member: HeldMember, place: int) -> Words:
        mention, accounts = f"<@{member.user_id}>", ACCOUNTS(count=len(member.accounts))
        if self.shown == "unknown":
            why = rendered(why_open(reasons_of([member])), " ")
            return _LINE_UNKNOWN(member=mention, accounts=accounts, why=why)
        return _LINE(
            place=place,
            member=mention,
            kinds=counted(member.kinds, KINDS),
            copies=counted(member.copies, COPIES),
            accounts=accounts,
        )
