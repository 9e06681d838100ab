"""Another member's accounts in an answer: which of them it may show, asked again whenever it shows anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.cogs.linking import link_embeds
from bot.errors import InputError, WithdrawnError
from bot.holdings import Account
from bot.linking.shares import NOTHING_SHARED, Shares
from bot.linking.vouching import ProvenHere
from bot.links import Link, Membership, Proven
from bot.messages import Message, Words
from bot.ui.embeds import short_address
from bot.ui.in_place import place_of
from bot.ui.page_items import Choice

_NOT_THAT_ONE = Message("That account is not shared here.")


@contextmanager
def withdrawn_in_place(interaction: discord.Interaction[Any]) -> Iterator[None]:
    """Where an answer is refreshed, what is refused now was shown until now, and must not stay.

    Raises:
        WithdrawnError: in place of an `InputError`, there.
    """
    try:
        yield
    except InputError as error:
        if place_of(interaction) is None:
            raise
        raise WithdrawnError(error.words) from error


@dataclass(frozen=True)
class SharedAccounts:
    """The accounts that a member shares in a server.

    Attributes:
        shares: Says which those are.
        fetch: Fetches the member from Discord: they may have left.
        member: As Discord gave them the last time.
        name: Theirs in that server.
        links: What they shared the last time.
        proven: Which of those counted as proven there then; `proven_here` says it again.
    """

    shares: Shares
    proven_here: ProvenHere
    fetch: Callable[[], Awaitable[Membership | None]]
    member: Membership
    name: str
    links: Sequence[Link]
    proven: Proven

    async def ask_again(self, account: Account) -> SharedAccounts:
        """The same as it is now, by Discord and by the store.

        Args:
            account: The one that is shown.

        Raises:
            WithdrawnError: that one may no longer be shown.
            UndecidedError: Discord gives no answer now, so nothing more may be shown.
        """
        return await self._read(await self.fetch(), account)

    async def read_again(self, account: Account) -> SharedAccounts:
        """As `ask_again`, by the store alone: for what is shown by itself, soon after Discord named the member."""
        return await self._read(self.member, account)

    def link_of(self, value: str) -> Link:
        """The account of a tab.

        Raises:
            InputError: it is not shared.
        """
        for link in self.links:
            if str(link.account) == value:
                return link
        raise InputError(_NOT_THAT_ONE)

    def whose(self, account: Account) -> Words:
        """Whose account it is, for the header."""
        return link_embeds.main_words(self.proven.of(self.link_of(str(account))), self.name)

    def is_proven(self, account: Account) -> bool:
        """Whether it is proven that it is theirs."""
        return self.proven.of(self.link_of(str(account))) is not None

    def tabs(self, labels: Mapping[str, str]) -> Sequence[Choice]:
        """The accounts that are shared, on networks that have a label; none if that is one."""
        accounts = [link.account for link in self.links if link.account.network in labels]
        if len(accounts) == 1:
            return ()
        count = Counter(account.network for account in accounts)
        return [
            Choice(str(account), labels[account.network] + (f" {short_address(account.account_id)}" if several else ""))
            for account in accounts
            for several in [count[account.network] > 1]
        ]

    async def _read(self, member: Membership | None, account: Account) -> SharedAccounts:
        try:
            links = await self.shares.shown_by(member)
        except InputError as error:
            raise WithdrawnError(error.words) from error
        if member is None or all(link.account != account for link in links):
            raise WithdrawnError(NOTHING_SHARED)
        proven = await self.proven_here.of(member.user_id, member.scope)
        return replace(self, member=member, links=links, proven=proven)
