"""Moderators vouch for members of their own server, and the member confirms; it counts in that server alone.

A moderator is anybody with a server of their own. So they are answered from what was typed, from public sources, and
from what happened in that server, and from nothing else: not from links, proofs or vouches elsewhere. Everything that
is not about the typed text alone is one refusal, and there is one way through `ask` for all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import InputError, NotFoundError, SourceError
from bot.holdings import Account
from bot.links import NOWHERE, InGuild, Proven, Scope, Vouch
from bot.lookup.lookup import Lookup
from bot.messages import Message
from bot.sources.askers import Asker
from bot.store import Store
from bot.store.linking.vouch_table import Answered, VouchAnswer, VouchLimits
from bot.store.pseudonyms import Pseudonym

# A busy server's moderators prove nobody by hand all day; and each vouch is a direct message to somebody. Five for
# each member are as many as can be shown with a button each.
VOUCH_LIMITS = VouchLimits(in_guild=20, by_moderator=10, span=timedelta(days=1), of_member=5)
# An unanswered vouch ends after this; one that was declined is not asked again for as long.
ANSWERS_RETAINED = timedelta(days=30)

_NOT_FOR_ONESELF = Message("Nobody can vouch for themselves: prove your account by `/verify`.")
_REFUSED = Message(
    "You can vouch here, up to {most} times a day, for an account that exists and whose owner is known now, for a "
    "member who was not asked about it yet: nothing was changed."
)
_NOT_ASKED = Message("There is nothing to answer any more: `/accounts` in that server shows how things are.")
_HELD = Message("Another member of that server has confirmed it before; a moderator there can `/unvouch` that.")


class ProvenHere:
    """Which accounts count as proven, as this installation is configured.

    Args:
        store: Holds signatures and vouches.
        vouching: Whether moderators may vouch; where not, nothing that they vouched for counts either.
    """

    def __init__(self, store: Store, *, vouching: bool) -> None:
        self._proven = store.proven
        self._vouching = vouching

    @property
    def counts_vouches(self) -> bool:
        """Whether what moderators vouched for counts."""
        return self._vouching

    async def of(self, user_id: int, scope: Scope) -> Proven:
        """The accounts that count as proven for a member in a scope.

        Raises:
            StoreError: the store failed.
        """
        return await self._proven.of(user_id, scope if self._vouching else NOWHERE)

    async def uncertain(self, user_id: int, scope: Scope) -> Proven:
        """The accounts that would count if it were confirmed who owns them; see `ProvenAccounts.uncertain`.

        Raises:
            StoreError: the store failed.
        """
        return await self._proven.uncertain(user_id, scope if self._vouching else NOWHERE)

    async def of_members(self, scopes: Mapping[int, Scope]) -> Mapping[int, tuple[Proven, Proven]]:
        """What `of` and `uncertain` answer about each member in their scope, in one go.

        Raises:
            StoreError: the store failed.
        """
        return await self._proven.of_members(scopes if self._vouching else dict.fromkeys(scopes, NOWHERE))


class Vouching:
    """What moderators vouch for. Every method may raise `StoreError`; nothing is half-saved.

    Args:
        store: Holds it.
        lookup: Resolves what was typed to accounts and owners.
        pseudonym: Makes the keyed hashes of the audit log.
        clock: Returns the present as an aware datetime.
        enabled: Whether moderators may vouch here; where not, nothing is shown and nothing can be answered.
    """

    def __init__(
        self, store: Store, lookup: Lookup, pseudonym: Pseudonym, clock: Callable[[], datetime], *, enabled: bool
    ) -> None:
        self._vouches = store.vouches
        self._proven = store.proven
        self._lookup = lookup
        self._pseudonym = pseudonym
        self._clock = clock
        self._enabled = enabled

    async def ask(self, user_id: int, scope: InGuild, text: str, *, moderator_id: int) -> Account:
        """Record that a moderator vouches for an account of a member of their server, who is to be asked; the account.

        Raises:
            InputError: what was typed is not an account, or the moderator's own person; or, in one sentence whatever
                the reason, they may not vouch for that now.
        """
        if user_id == moderator_id:
            raise InputError(_NOT_FOR_ONESELF)
        refusal = InputError(_REFUSED, most=VOUCH_LIMITS.by_moderator)
        ref, asker = self._lookup.names.parse_account(text), Asker.member(moderator_id)
        try:
            account = await self._lookup.resolve(ref, asker)
            owner = await self._lookup.owner_of(account, asker)
        except (InputError, NotFoundError, SourceError) as error:
            raise refusal from error
        vouch = Vouch(scope.guild_id, user_id, account, owner, self._clock())
        if not await self._vouches.ask(vouch, scope, self._pseudonym, moderator_id, VOUCH_LIMITS):
            raise refusal
        return account

    async def withdraw(self, user_id: int, guild_id: int, text: str, *, moderator_id: int) -> Account:
        """Take back what was vouched for an account of a member in a server; the account that was meant.

        Whether there was anything is not reported.

        Raises:
            InputError: what was typed is not an account.
            NotFoundError: there is no such account.
            SourceError: which account is meant cannot be found out while its source is down.
        """
        asker = Asker.member(moderator_id)
        account = await self._lookup.resolve(self._lookup.names.parse_account(text), asker)
        await self._vouches.withdraw(guild_id, user_id, account, self._clock(), self._pseudonym, moderator_id)
        return account

    async def of(self, user_id: int, scope: Scope) -> Sequence[Vouch]:
        """What is vouched for a member in a scope: what waits for their answer first. Nothing outside of servers."""
        if not self._enabled or not isinstance(scope, InGuild):
            return ()
        return await self._vouches.of(user_id, scope)

    async def confirm(self, user_id: int, scope: Scope, vouch_id: str) -> tuple[Vouch, bool]:
        """The member confirms that the account is theirs; the vouch, and whether it counts now.

        Raises:
            InputError: there is nothing to confirm any more, or another member of that server has confirmed it.
        """
        vouch = await self._answer(user_id, scope, vouch_id, VouchAnswer.CONFIRM)
        proven = await self._proven.of(user_id, scope)
        return vouch, vouch.account in proven.accounts

    async def decline(self, user_id: int, scope: Scope, vouch_id: str) -> Vouch:
        """The member declines, or takes back what they confirmed.

        Raises:
            InputError: there is nothing to decline any more.
        """
        return await self._answer(user_id, scope, vouch_id, VouchAnswer.DECLINE)

    async def _answer(self, user_id: int, scope: Scope, vouch_id: str, answer: VouchAnswer) -> Vouch:
        found = (vouch for vouch in await self.of(user_id, scope) if vouch.vouch_id == vouch_id)
        if (vouch := next(found, None)) is None:  # somebody else's is never found
            raise InputError(_NOT_ASKED)
        now = self._clock()
        answered = await self._vouches.answer(vouch, answer, now, self._pseudonym)
        if answered is not Answered.RECORDED:
            raise InputError(_HELD if answered is Answered.HELD else _NOT_ASKED)
        return replace(vouch, confirmed_at=now) if answer is VouchAnswer.CONFIRM else vouch

    async def to_notify(self) -> Sequence[tuple[Vouch, bool]]:
        """What members were not asked yet, and whether a direct message was refused before."""
        return await self._vouches.to_notify() if self._enabled else ()

    async def mark_notified(self, vouch: Vouch, *, refused: bool = False) -> None:
        """Record that a member was asked, or (`refused`) takes no direct messages and is to be asked later."""
        await self._vouches.mark_notified(vouch, refused=refused)

    async def forget_guild(self, guild_id: int) -> None:
        """Delete everything that was vouched for in a server that the bot has left."""
        await self._vouches.forget_guild(guild_id)

    async def forget_guilds_but(self, guild_ids: Collection[int]) -> None:
        """Delete what was vouched for in all servers but these: the bot may have left others while it was offline."""
        await self._vouches.forget_guilds_but(guild_ids)
