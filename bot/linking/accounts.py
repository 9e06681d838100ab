"""What a member named as theirs: link, list, label, main one, unlink, and who may see it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import InputError, SourceError
from bot.holdings import Account
from bot.links import MAX_LABEL, Link
from bot.lookup.lookup import Lookup
from bot.names import refuse_secrets
from bot.pseudonyms import Pseudonym
from bot.store import Store
from bot.text import safe_text

log = logging.getLogger(__name__)

_NONE_LINKED = "You have no account linked. `/link` remembers one, or say which: `/collections account:10001`."


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
        self._store = store
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
            SourceError: what account is meant cannot be told without its source.
        """
        account = await self._lookup.resolve(self._lookup.names.parse_account(text))
        owner, unknown_reason = "", ""
        try:
            owner = await self._lookup.owner_of(account)
        except SourceError as error:
            unknown_reason = error.sentence
        before = {link.account for link in await self.of(user_id)}
        await self._store.links.add(user_id, account, owner, self._clock())
        if owner:
            await self._remember_wallet(owner)
        return Linked(
            await self.get(user_id, account),
            is_new=account not in before,
            unknown_reason=unknown_reason,
        )

    async def of(self, user_id: int) -> Sequence[Link]:
        """A member's accounts, the main one first."""
        return await self._store.links.of(user_id)

    async def get(self, user_id: int, account: Account) -> Link:
        """One account of a member.

        Raises:
            InputError: it is not among theirs.
        """
        for link in await self.of(user_id):
            if link.account == account:
                return link
        raise InputError("That account is not among yours. `/accounts` lists them.")

    async def find(self, user_id: int, text: str) -> Link:
        """The account of a member that they mean by its name, its label or its address.

        Raises:
            InputError: it is none of theirs.
        """
        refuse_secrets(text)
        links = await self.of(user_id)
        wanted = text.strip().casefold()
        for names in (_exact_names, _short_names):
            if found := next((link for link in links if wanted and wanted in names(link)), None):
                return found
        raise InputError(f"“{safe_text(text, 50, plain=True)}” is not among your accounts. `/accounts` lists them.")

    async def candidate(self, user_id: int, text: str) -> Link:
        """The account that a proof is to be about: one of the member's, or one that the proof will link.

        Nothing is remembered by this. Its owner is "" where that cannot be found out now.

        Raises:
            InputError: what was typed is no account.
            NotFoundError: there is none of that kind.
            SourceError: what account is meant cannot be told without its source.
        """
        try:
            link = await self.find(user_id, text)
        except InputError:
            account = await self._lookup.resolve(self._lookup.names.parse_account(text))
            fresh = Link(account, "", "", is_main=False, linked_at=self._clock())
            link = next((known for known in await self.of(user_id) if known.account == account), fresh)
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
        links = await self.of(user_id)
        if not links:
            raise InputError(_NONE_LINKED)
        return links[0]

    async def shared_main(self, user_id: int, guild_id: int) -> Link:
        """The main account of another member, if they let others in that server see it.

        Raises:
            InputError: they do not, or have none: which of the two is not told.
        """
        if await self._store.links.shares(user_id, guild_id) and (links := await self.of(user_id)):
            return links[0]
        raise InputError("That member shares no account here. Each member decides that in `/accounts`.")

    async def set_main(self, user_id: int, account: Account) -> None:
        """Make an account the one that is shown where none is named."""
        await self._store.links.set_main(user_id, account)

    async def set_label(self, user_id: int, account: Account, label: str) -> None:
        """Name an account, for its member's eyes; "" takes the name away.

        Raises:
            InputError: too long, or nothing that can be seen; or the account is not linked.
        """
        text = " ".join(label.split())
        if len(text) > MAX_LABEL or (text and not text.isprintable()):
            raise InputError(f"A label has at most {MAX_LABEL} letters, digits and signs.")
        await self._store.links.set_label(user_id, account, text)

    async def remove(self, user_id: int, account: Account, *, with_proof: bool = False) -> bool:
        """Forget an account, and its proof where no other account needs it; whether that is gone.

        Works with every source down.

        Args:
            user_id: The member.
            account: Theirs.
            with_proof: Forget the proof in any case.

        Raises:
            InputError: it is not linked.
        """
        at = self._clock()
        return await self._store.links.remove(user_id, account, at, self._pseudonym, with_proof=with_proof)

    async def shares(self, user_id: int, guild_id: int) -> bool:
        """Whether others in a server may see a member's main account."""
        return await self._store.links.shares(user_id, guild_id)

    async def set_share(self, user_id: int, guild_id: int, *, shared: bool) -> None:
        """Let others in a server see a member's main account, or no longer."""
        await self._store.links.set_share(user_id, guild_id, shared=shared)

    async def link_manually(self, user_id: int, text: str, *, moderator_id: int, guild_id: int) -> Link:
        """Take a moderator's word that an account is a member's, in one server; it is marked as such, and noted.

        Raises:
            InputError: no account, proven already, or the moderator's own; and as `link`, but its owner must be known.
        """
        if user_id == moderator_id:
            raise InputError("Nobody can vouch for themselves: prove your account by `/verify`.")
        account = await self._lookup.resolve(self._lookup.names.parse_account(text))
        owner = await self._lookup.owner_of(account)
        actor, subject = self._pseudonym(moderator_id), self._pseudonym(user_id)
        await self._store.links.prove_manually(
            user_id, account, owner, self._clock(), guild_id, actor=actor, subject=subject
        )
        return await self.get(user_id, account)

    async def _remember_wallet(self, owner: str) -> None:
        """Let Loopring tell how a wallet comes by its address while it still tells: a proof may need that later."""
        try:
            await self._lookup.counterfactual(owner)
        except SourceError as error:
            # Nothing is lost that was there: a proof asks again, and says so if it cannot be told then.
            log.info("wallet of an account that was linked: %s", error.sentence)


def _exact_names(link: Link) -> tuple[str, ...]:
    return str(link.account).casefold(), link.label.casefold()


def _short_names(link: Link) -> tuple[str, ...]:
    return link.account.account_id.casefold(), link.owner
