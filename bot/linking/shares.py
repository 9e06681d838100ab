"""Which of a member's accounts others in a server may see, and until when.

A share names one account and one server. It ends when its member says so, unlinks the account, or leaves the server.
No privileged intent is used, so Discord reports no departure: the caller hands in the member as Discord gave them
for that very question (`Membership`). Anyone who joined later than they shared has left in between.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import InputError
from bot.holdings import Account
from bot.linking.refusal_errors import refusal_error
from bot.links import Link, Membership, Share
from bot.messages import Message
from bot.store import Store
from bot.store.linking.refusal import Refusal

NOTHING_SHARED = Message("That member shares no account here. Each member decides that in `/accounts`.")


class Shares:
    """Answers about shares, and changes them. Every method may raise `StoreError`; nothing is half-saved.

    Args:
        store: Holds links and shares.
    """

    def __init__(self, store: Store) -> None:
        self._links = store.links
        self._shares = store.shares

    async def shown_by(self, member: Membership | None) -> Sequence[Link]:
        """The accounts that others in a server may see, of a member of it; at least one.

        Args:
            member: As Discord gave them just now; None: they are not in that server.

        Raises:
            InputError: they share none, have none, or are not there: the message does not say which.
        """
        shared = set(await self._shares.shown_by(member)) if member else set()
        if not member or not shared:
            raise InputError(NOTHING_SHARED)
        links = [link for link in await self._links.of(member.user_id) if link.account in shared]
        if not links:
            raise InputError(NOTHING_SHARED)
        return sorted(links, key=lambda link: (link.linked_at, str(link.account)))

    async def of(self, user_id: int, here: Membership | None) -> Sequence[Share]:
        """All shares of a member; those that ended when they left the server where they ask are not among them.

        Args:
            user_id: The member.
            here: The member in the server where they ask; None in direct messages.
        """
        if here:
            await self._shares.shown_by(here)
        return await self._shares.of(user_id)

    async def start(self, member: Membership, account: Account) -> None:
        """Let others in a server see an account.

        Raises:
            InputError: it is not linked.
        """
        if not await self._shares.start(member, account):
            raise refusal_error(Refusal.NOT_LINKED)

    async def end(self, member: Membership, account: Account) -> None:
        """Let others in a server see an account no longer."""
        await self._shares.end(member.user_id, member.guild_id, account)

    async def end_all(self, user_id: int) -> None:
        """Let nobody anywhere see an account of a member."""
        await self._shares.end_all(user_id)
