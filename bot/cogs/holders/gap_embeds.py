"""`/holders gap`: how many hold a collection, how many of these are linked here, and who here has not linked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import discord

from bot.cogs.holders.holder_words import ACCOUNTS, MEMBERS, counted, never_counting, rendered, when
from bot.holders.gap import CollectionHolders, HolderGap
from bot.messages import Message, Words
from bot.ui.embeds import BRAND, CAUTION, fit
from bot.ui.turning_pages import TurningPages

_TITLE = Message("Who is missing: {collection}")
_IN_ALL = Message("**Hold it, in all:** {accounts}.")
_UNLISTED = Message("**Hold it, in all:** not known.")
_WHY = Message("`{collection}`: {why}.")
_LISTED_AT = Message("The list of holders is from {when}.")
_LINKED = Message("**Of these, proven by members here:** {accounts}.")
_UNLINKED = Message("**Of these, not linked here:** {accounts}.")
_HERE = Message("**Members here who hold it:** {members}, by what was read of their accounts.")
_MAYBE = Message("Of {members} that is not known.")
_SERVER = Message("**This server:** {members}, bots included, as Discord counted when Tessera connected.")
_PROVEN = Message("**Have proven an account:** {members}, as far as Tessera has seen them here.")
_WITHOUT = Message("**Have proven none:** {members}, bots included.")
_NO_SERVER_COUNT = Message("Discord has not said how many members this server has.")
_NO_NAMES = Message(
    "Who they are, Discord tells only a bot with the Server Members intent; this one does without it, so they are only "
    "counted."
)
_NAMES_FAILED = Message("Who they are cannot be listed: {why}")
_NAMES_CUT = Message("Only the first {count:,} members were looked through.")
_NAMES = Message("**Have proven no account here** ({count:,}):", "**Have proven no account here** ({count:,}):")
_FOOTER = Message("Page {page:,} of {pages:,}")
_NAMES_A_PAGE = 40


@dataclass(frozen=True, slots=True)
class MissingMembers:
    """Who in a server has proven nothing.

    Attributes:
        user_ids: They, without bots.
        looked_through: How many members were looked through.
        is_whole: That is all of the server.
        why_none: Why nobody can be named; None: it could be asked.
    """

    user_ids: Sequence[int] = ()
    looked_through: int = 0
    is_whole: bool = True
    why_none: Words | None = None


NOT_TOLD = MissingMembers(why_none=_NO_NAMES())


def not_listed(why: str) -> MissingMembers:
    """Discord does not list the members now."""
    return MissingMembers(why_none=_NAMES_FAILED(why=why))


def missing_among(members: Sequence[discord.Member], proven: Collection[int], *, is_whole: bool) -> MissingMembers:
    """Members who have proven nothing, bots left out."""
    missing = [each.id for each in members if not each.bot and each.id not in proven]
    return MissingMembers(missing, len(members), is_whole)


@dataclass(frozen=True)
class GapPages(TurningPages):
    """The numbers; after them, a page for each forty members who have proven nothing, where they may be named.

    Attributes:
        title: The collection, safe to show.
        gap: The numbers.
        missing: Who has proven nothing.
    """

    title: str
    gap: HolderGap
    missing: MissingMembers

    def page_count(self) -> int:
        """The numbers, and the names."""
        return 1 + -(-len(self.missing.user_ids) // _NAMES_A_PAGE)

    def embeds(self, page: int) -> list[discord.Embed]:
        """The numbers first."""
        text = self._numbers() if page == 0 else self._names(page - 1)
        is_known = self.gap.holders.high is not None and not self.gap.maybe_holders
        embed = discord.Embed(
            title=_TITLE(collection=self.title).render(), description=text, colour=BRAND if is_known else CAUTION
        )
        embed.timestamp = self.gap.made_at
        if self.page_count() > 1:
            embed.set_footer(text=_FOOTER(page=page + 1, pages=self.page_count()).render())
        return fit([embed])

    def _numbers(self) -> str:
        return "\n\n".join(rendered(part) for part in (self._of_collection(), self._here(), self._of_server()) if part)

    def _of_collection(self) -> Sequence[Words]:
        listed = [each for each in self.gap.collections if each.as_of]
        why = [_why(each) for each in self.gap.collections if each.why_open]
        if not listed:
            return [_UNLISTED(), *why]
        found = [
            _IN_ALL(accounts=counted(self.gap.holders, ACCOUNTS)),
            _LINKED(accounts=ACCOUNTS(count=self.gap.linked_accounts)),
            _UNLINKED(accounts=counted(self.gap.unlinked, ACCOUNTS)),
            _LISTED_AT(when=when(min(each.as_of for each in listed if each.as_of))),
        ]
        return [*found, *why]

    def _here(self) -> Sequence[Words]:
        found = [_HERE(members=MEMBERS(count=self.gap.linked_holders)), *never_counting(self.gap.left_out)]
        return [*found, _MAYBE(members=MEMBERS(count=self.gap.maybe_holders))] if self.gap.maybe_holders else found

    def _of_server(self) -> Sequence[Words]:
        proven = _PROVEN(members=MEMBERS(count=self.gap.proven_members))
        server, without = self.gap.server_members, self.gap.members_without_proof
        if server is None or without is None:
            found = [_NO_SERVER_COUNT(), proven]
        else:
            found = [_SERVER(members=MEMBERS(count=server)), proven, _WITHOUT(members=MEMBERS(count=without))]
        if self.missing.why_none:
            found.append(self.missing.why_none)
        elif not self.missing.is_whole:
            found.append(_NAMES_CUT(count=self.missing.looked_through))
        return found

    def _names(self, page: int) -> str:
        chosen = self.missing.user_ids[page * _NAMES_A_PAGE : (page + 1) * _NAMES_A_PAGE]
        heading = _NAMES(count=len(self.missing.user_ids)).render()
        return f"{heading}\n" + " ".join(f"<@{user_id}>" for user_id in chosen)


def _why(listed: CollectionHolders) -> Words:
    return _WHY(collection=listed.collection, why=listed.why_open)
