"""What a member named as theirs: link, find, label, main one, unlink, and what others may see of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import InputError, NothingLinkedError, SourceError
from bot.holdings import Account
from bot.linking.contest_rules import OBJECTED_FOR, REFUSED_FOR
from bot.linking.refusal_errors import refusal_error
from bot.links import MAX_LABEL, MOST_LINKS, Link
from bot.lookup.lookup import Lookup
from bot.messages import Message
from bot.names import refuse_secrets
from bot.store import Store
from bot.store.linking.link_table import LinkOutcome
from bot.store.linking.refusal import Refusal
from bot.store.pseudonyms import Pseudonym
from bot.text import safe_text

log = logging.getLogger(__name__)

_NOT_YOURS = Message("“{typed}” is not among your accounts. `/accounts` lists them.")
_NOTHING_SHARED = Message("That member shares no account here. Each member decides that in `/accounts`.")
_LABEL_TOO_LONG = Message("A label has at most {most} letters, digits and signs.")
_NOTHING_TO_OBJECT_TO = Message("There is nothing to object to any more: `/accounts` shows how things are.")
_NOT_FOR_ONESELF = Message("Nobody can vouch for themselves: prove your account by `/verify`.")

_NONE_LINKED = Message("You have no account linked. `/link` remembers one, or say which: `/collections account:10001`.")


@dataclass(frozen=True, slots=True)
class Linked:
    """What became of `/link`.

    Attributes:
        link: The account, as it is linked now.
        is_new: It was not there before.
        unknown_reason: Why its owner is not known yet; "" where it is.
    """

    link: Link
    is_new: bool
    unknown_reason: str


class Accounts:
    """Answers about members' accounts. Every method may raise `StoreError`; nothing is half-saved.

    Args:
        store: Where links are.
        lookup: Leads from what was typed to accounts and owners.
        pseudonym: For the audit.
        clock: The present, aware.
    """

    def __init__(self, store: Store, lookup: Lookup, pseudonym: Pseudonym, clock: Callable[[], datetime]) -> None:
        self._links = store.links
        self._contests = store.contests
        self._lookup = lookup
        self._pseudonym = pseudonym
        self._clock = clock

    async def link(self, user_id: int, text: str) -> Linked:
        """Remember an account as unproven: good for showing, never for roles.

        It is remembered although its source does not answer; who owns it is then found out when it is proven.

        Raises:
            InputError: what was typed is no account.
            NotFoundError: there is none of that kind.
            LimitError: the member has as many as one may have.
            SourceError: what account is meant cannot be found out without its source.
        """
        account = await self._lookup.resolve(self._lookup.names.parse_account(text))
        owner, unknown_reason = "", ""
        try:
            owner = await self._lookup.owner_of(account)
        except SourceError as error:
            unknown_reason = error.sentence
        outcome = await self._links.add(user_id, account, owner, self._clock(), most=MOST_LINKS)
        if outcome is LinkOutcome.LIMIT:
            raise refusal_error(Refusal.LIMIT)
        if owner:
            await self._remember_wallet(owner)
        link = await self.get(user_id, account)
        return Linked(link, is_new=outcome is LinkOutcome.ADDED, unknown_reason=unknown_reason)

    async def get(self, user_id: int, account: Account) -> Link:
        """One account of a member.

        Raises:
            InputError: it is not among theirs.
        """
        for link in await self._links.of(user_id):
            if link.account == account:
                return link
        raise refusal_error(Refusal.NOT_LINKED)

    async def find(self, user_id: int, text: str) -> Link:
        """The account of a member that they mean by its name, its label or its address.

        Raises:
            InputError: it is none of theirs.
        """
        refuse_secrets(text)
        links = await self._links.of(user_id)
        wanted = text.strip().casefold()
        for names in (_exact_names, _short_names):
            if found := next((link for link in links if wanted and wanted in names(link)), None):
                return found
        raise InputError(_NOT_YOURS, typed=safe_text(text, 50, plain=True))

    async def matching(self, user_id: int, typed: str) -> Sequence[Link]:
        """Those of a member's accounts that fit what was typed so far, the main one first."""
        wanted = typed.strip().casefold()
        return [
            link
            for link in await self._links.of(user_id)
            if wanted in f"{link.label} {link.account}".casefold() or link.owner.startswith(wanted)
        ]

    async def candidate(self, user_id: int, text: str) -> Link:
        """The account that a proof is to be about: one of the member's, or one that the proof will link.

        Nothing is remembered by this. Its owner is "" where that cannot be found out now.

        Raises:
            InputError: what was typed is no account.
            NotFoundError: there is none of that kind.
            SourceError: what account is meant cannot be found out without its source.
        """
        try:
            link = await self.find(user_id, text)
        except InputError:
            account = await self._lookup.resolve(self._lookup.names.parse_account(text))
            fresh = Link(account, "", "", is_main=False, linked_at=self._clock())
            link = next((known for known in await self._links.of(user_id) if known.account == account), fresh)
        if link.owner:
            return link
        try:
            return replace(link, owner=await self._lookup.owner_of(link.account))
        except SourceError as error:
            log.info("owner of an account that is to be proven: %s", error.sentence)
            return link

    async def main(self, user_id: int) -> Link:
        """The account that is shown where none is named.

        Raises:
            InputError: none is linked.
        """
        links = await self._links.of(user_id)
        if not links:
            raise NothingLinkedError(_NONE_LINKED)
        return links[0]

    async def shared_main(self, user_id: int, guild_id: int) -> Link:
        """The main account of another member, if they let others in that server see it.

        Raises:
            InputError: they do not, or have none: which of the two is not said.
        """
        if await self._links.shares(user_id, guild_id) and (links := await self._links.of(user_id)):
            return links[0]
        raise InputError(_NOTHING_SHARED)

    async def set_main(self, user_id: int, account: Account) -> None:
        """Make an account the one that is shown where none is named.

        Raises:
            InputError: it is not linked.
        """
        if not await self._links.set_main(user_id, account):
            raise refusal_error(Refusal.NOT_LINKED)

    async def set_label(self, user_id: int, account: Account, label: str) -> None:
        """Name an account, for its member's eyes; "" takes the name away.

        Raises:
            InputError: too long, or nothing that can be seen; or the account is not linked.
        """
        text = " ".join(label.split())
        if len(text) > MAX_LABEL or (text and not text.isprintable()):
            raise InputError(_LABEL_TOO_LONG, most=MAX_LABEL)
        if not await self._links.set_label(user_id, account, text):
            raise refusal_error(Refusal.NOT_LINKED)

    async def remove(self, user_id: int, account: Account, *, with_proof: bool = False) -> bool:
        """Forget an account, and its proof where no other account needs it; whether the proof is gone.

        Works with every source down.

        Args:
            user_id: The member.
            account: Theirs.
            with_proof: Forget the proof in any case.

        Raises:
            InputError: it is not linked.
        """
        now = self._clock()
        unlinked = await self._links.remove(
            user_id, account, now, self._pseudonym, refused_until=now + REFUSED_FOR, with_proof=with_proof
        )
        if unlinked is None:
            raise refusal_error(Refusal.NOT_LINKED)
        return unlinked.with_proof

    async def object(self, user_id: int, owner: str) -> None:
        """Object to a claim to an address of the member's: they then have a week to sign again.

        Raises:
            InputError: there is nothing to object to, or they objected before.
        """
        now = self._clock()
        if not await self._contests.object(user_id, owner, now, now + OBJECTED_FOR):
            raise InputError(_NOTHING_TO_OBJECT_TO)

    async def link_manually(self, user_id: int, text: str, *, moderator_id: int, guild_id: int) -> Link:
        """Take a moderator's word that an account is a member's, in one server; it is marked as such, and recorded.

        Raises:
            InputError: no account, proven already, or the moderator's own; and as `link`, but its owner must be known.
        """
        if user_id == moderator_id:
            raise InputError(_NOT_FOR_ONESELF)
        account = await self._lookup.resolve(self._lookup.names.parse_account(text))
        owner = await self._lookup.owner_of(account)
        actor, subject = self._pseudonym(moderator_id), self._pseudonym(user_id)
        refusal = await self._links.prove_manually(
            user_id,
            account,
            owner,
            self._clock(),
            guild_id=guild_id,
            actor=actor,
            subject=subject,
            most=MOST_LINKS,
        )
        if refusal:
            raise refusal_error(refusal)
        return await self.get(user_id, account)

    async def _remember_wallet(self, owner: str) -> None:
        """Ask Loopring how a wallet comes by its address while it still answers: a proof may need that later."""
        try:
            await self._lookup.counterfactual(owner)
        except SourceError as error:
            # Nothing is lost that was there: a proof asks again, and says so if that gets no answer then.
            log.info("wallet of an account that was linked: %s", error.sentence)


def _exact_names(link: Link) -> tuple[str, ...]:
    return str(link.account).casefold(), link.label.casefold()


def _short_names(link: Link) -> tuple[str, ...]:
    return link.account.account_id.casefold(), link.owner
