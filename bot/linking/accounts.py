"""The accounts that a member linked: link, find, label, choose the main one, and unlink."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import ContradictionError, InputError, LimitError, NothingLinkedError, SourceError
from bot.holdings import Account
from bot.linking.contest_rules import OBJECTION_PERIOD, REFUSAL_PERIOD
from bot.linking.refusal_errors import refusal_error
from bot.links import MAX_LABEL, MAX_LINKS, Link
from bot.lookup.lookup import Lookup
from bot.messages import Message, Words
from bot.names import refuse_secrets, understood_account
from bot.sources.askers import Asker
from bot.store import Store
from bot.store.linking.link_table import LinkOutcome, Unlinked
from bot.store.linking.refusal import Refusal
from bot.store.pseudonyms import Pseudonym
from bot.text import safe_text

log = logging.getLogger(__name__)

_NOT_YOURS = Message("“{typed}” is not among your accounts. `/accounts` lists them.")
_LABEL_TOO_LONG = Message("A label has at most {most} letters, digits and signs.")
_NOTHING_TO_OBJECT_TO = Message("There is nothing to object to any more: `/accounts` shows how things are.")

_NONE_LINKED = Message("You have no account linked. `/link` remembers one, or say which: `/collections account:10001`.")


@dataclass(frozen=True, slots=True)
class LinkResult:
    """The result of `/link`.

    Attributes:
        link: The account as it is linked now.
        is_new: It was not linked before.
        unknown_reason: Why its owner is not known yet; "" where it is.
        understood: What something that was typed was taken for; None: it was typed just like that.
    """

    link: Link
    is_new: bool
    unknown_reason: str
    understood: Words | None = None


class Accounts:
    """Answers about members' accounts. Every method may raise `StoreError`; nothing is half-saved.

    Args:
        store: Holds the links.
        lookup: Resolves what was typed to accounts and owners.
        pseudonym: Makes the keyed hashes of the audit log.
        clock: Returns the present as an aware datetime.
    """

    def __init__(self, store: Store, lookup: Lookup, pseudonym: Pseudonym, clock: Callable[[], datetime]) -> None:
        self._links = store.links
        self._contests = store.contests
        self._lookup = lookup
        self._pseudonym = pseudonym
        self._clock = clock

    async def link(self, user_id: int, text: str) -> LinkResult:
        """Link an account as unproven: enough to show it, never enough for roles.

        It is linked even when its source does not answer; its owner is then found out when it is proven.

        Raises:
            InputError: what was typed is not an account.
            NotFoundError: there is no such account.
            LimitError: the member has the maximum number of accounts.
            SourceError: which account is meant cannot be found out while its source is down.
        """
        asker = Asker.member(user_id)
        ref = self._lookup.names.parse_account(text)
        account = await self._lookup.resolve(ref, asker)
        owner, unknown_reason = "", ""
        try:
            owner = await self._lookup.owner_of(account, asker)
        except SourceError as error:
            unknown_reason = error.words.render()
        named = Link(account, owner, "", is_main=False, linked_at=self._clock(), name=ref.name)
        outcome = await self._links.add(user_id, named, limit=MAX_LINKS)
        if outcome is LinkOutcome.LIMIT:
            raise refusal_error(Refusal.LIMIT)
        if owner:
            await self._remember_wallet(owner, asker)
        link = await self.get(user_id, account)
        is_new = outcome is LinkOutcome.ADDED
        return LinkResult(link, is_new, unknown_reason, understood_account(text, ref))

    def as_understood(self, text: str) -> str:
        """The same account in as few letters as say it.

        Raises:
            InputError: what was typed is not an account.
        """
        return str(self._lookup.names.parse_account(text))

    async def get(self, user_id: int, account: Account) -> Link:
        """One linked account of a member.

        Raises:
            InputError: it is not among theirs.
        """
        for link in await self._links.of(user_id):
            if link.account == account:
                return link
        raise refusal_error(Refusal.NOT_LINKED)

    async def find(self, user_id: int, text: str) -> Link:
        """A member's account by its id, its label, its address, or the name by which they named it.

        What that name leads to now does not matter: this only chooses among what is theirs.

        Raises:
            InputError: it is not among theirs.
        """
        refuse_secrets(text)
        links = await self._links.of(user_id)
        if found := _find(links, text) or self._find_meant(links, text):
            return found
        raise InputError(_NOT_YOURS, typed=safe_text(text, 50, plain=True))

    def _find_meant(self, links: Sequence[Link], text: str) -> Link | None:
        """The account that is meant by a link of its page, by `#10001`, or by the name that is kept with it."""
        try:
            ref = self._lookup.names.parse_account(text)
        except InputError:
            return None
        known = [link for link in links if ref.network in ("", link.account.network)]
        return next((link for link in known if ref.value in (link.name, link.owner, link.account.account_id)), None)

    async def matching(self, user_id: int, typed: str) -> Sequence[Link]:
        """The member's accounts that match what was typed so far, the main one first (for autocomplete)."""
        wanted = typed.strip().casefold()
        return [
            link
            for link in await self._links.of(user_id)
            if wanted in f"{link.label} {link.name} {link.account}".casefold() or link.owner.startswith(wanted)
        ]

    async def candidate(self, user_id: int, text: str) -> Link:
        """The account to be proven: one of the member's, or one that the proof will link.

        Nothing is stored by this. The owner is "" where it cannot be found out now. A name is looked up again, also
        one that is kept with an account.

        Raises:
            InputError: what was typed is not an account.
            NotFoundError: there is no such account.
            SourceError: which account is meant cannot be found out while its source is down.
            ContradictionError: sources contradict each other about its owner.
        """
        prover = Asker.prover(user_id)
        refuse_secrets(text)
        links = await self._links.of(user_id)
        link = _find(links, text)
        if link is None:
            ref = self._lookup.names.parse_account(text)
            account = await self._lookup.resolve(ref, prover)
            fresh = Link(account, "", "", is_main=False, linked_at=self._clock())
            known = next((known for known in links if known.account == account), fresh)
            link = replace(known, name=ref.name or known.name)
        try:
            return replace(link, owner=await self._lookup.owner_of(link.account, prover))
        except ContradictionError:
            raise
        except SourceError as error:
            log.info("owner of an account to be proven: %s", error.sentence)
            return replace(link, owner="")

    async def main(self, user_id: int) -> Link:
        """The account that is shown where none is named.

        Raises:
            InputError: none is linked.
        """
        links = await self._links.of(user_id)
        if not links:
            raise NothingLinkedError(_NONE_LINKED)
        return links[0]

    async def set_main(self, user_id: int, account: Account) -> None:
        """Make an account the one that is shown where none is named.

        Raises:
            InputError: it is not linked.
        """
        if not await self._links.set_main(user_id, account):
            raise refusal_error(Refusal.NOT_LINKED)

    async def set_label(self, user_id: int, account: Account, label: str) -> None:
        """Give an account a label, which only its member sees; "" removes the label.

        Raises:
            InputError: too long, or with invisible characters; or the account is not linked.
        """
        text = " ".join(label.split())
        if len(text) > MAX_LABEL or (text and not text.isprintable()):
            raise InputError(_LABEL_TOO_LONG, most=MAX_LABEL)
        if not await self._links.set_label(user_id, account, text):
            raise refusal_error(Refusal.NOT_LINKED)

    async def remove(self, user_id: int, account: Account, *, with_proof: bool = False) -> bool:
        """Unlink an account, and delete its proof where no other account needs it; whether the proof was deleted.

        Works with every source down.

        Args:
            user_id: The member.
            account: Theirs.
            with_proof: Delete the proof in any case.

        Raises:
            InputError: it is not linked.
        """
        unlinked = await self._remove(user_id, account, with_proof=with_proof)
        if unlinked is None:
            raise refusal_error(Refusal.NOT_LINKED)
        return unlinked.with_proof

    async def remove_any(self, user_id: int, account: Account) -> None:
        """Unlink an account with its proof, if it is still linked: another press may have been faster."""
        await self._remove(user_id, account, with_proof=True)

    async def _remove(self, user_id: int, account: Account, *, with_proof: bool) -> Unlinked | None:
        now = self._clock()
        return await self._links.remove(
            user_id, account, now, self._pseudonym, refused_until=now + REFUSAL_PERIOD, with_proof=with_proof
        )

    async def object(self, user_id: int, owner: str) -> None:
        """Object to another member's claim to an address: the holder then has a week to sign again.

        Raises:
            InputError: there is nothing to object to, or they objected before.
        """
        now = self._clock()
        if not await self._contests.object(user_id, owner, now, now + OBJECTION_PERIOD):
            raise InputError(_NOTHING_TO_OBJECT_TO)

    async def _remember_wallet(self, owner: str, asker: Asker) -> None:
        """Ask Loopring how a wallet's address is computed, while it still answers: a proof may need that later."""
        try:
            await self._lookup.wallets.counterfactual(owner, asker)
        except (SourceError, LimitError) as error:
            # Nothing is lost: a proof asks again, and says so if there is no answer then.
            log.info("wallet of a linked account: %s", error.sentence)


def _find(links: Sequence[Link], text: str) -> Link | None:
    wanted = text.strip().casefold()
    for names in (_exact_names, _short_names):
        if found := next((link for link in links if wanted and wanted in names(link)), None):
            return found
    return None


def _exact_names(link: Link) -> tuple[str, ...]:
    return str(link.account).casefold(), link.label.casefold()


def _short_names(link: Link) -> tuple[str, ...]:
    return link.account.account_id.casefold(), link.owner
