"""Which account a proof is about, and which address owns it. The browser is never trusted: sources are asked."""

from __future__ import annotations

from dataclasses import replace

from bot.errors import InputError, NotFoundError
from bot.holdings import Account
from bot.links.proofs import Session
from bot.lookup.lookup import Lookup
from bot.messages import Message
from bot.signing.signature import ZERO_ADDRESS
from bot.sources.askers import Asker
from bot.store import Store
from bot.store.rows import to_account

_NO_ACCOUNT = Message("{start}…{end} has no account here. Connect the address that owns yours.")
_OWNED_BY_NOBODY = Message(
    "Nobody can prove {account}: its owner is the zero address, for which nobody has a key. Choose another account."
)


class Claims:
    """Finds the accounts to be linked for a session and the address that was connected."""

    def __init__(self, store: Store, lookup: Lookup) -> None:
        self._sessions = store.sessions
        self._lookup = lookup

    async def of(self, session: Session, signer: str) -> tuple[Session, tuple[str, ...]]:
        """The session with the owner of its account, and the accounts that a proof links.

        Args:
            session: May name an account; if it names none, the account of the connected address is meant.
            signer: The address that was connected, lower case.

        Raises:
            InputError: that address has no account on any network here, or nobody can sign for the account.
            SourceError: who owns the account cannot be found out now.
            ContradictionError: sources contradict each other about that.
        """
        prover = Asker.prover(session.person.user_id)
        if not session.account:
            return session, (str(await self._own_account(signer, prover)),)
        # Whatever was reported or linked before: a proof rests on what is confirmed now.
        account = to_account(session.account)
        owner = await self._lookup.owner_of(account, prover)
        if owner == ZERO_ADDRESS:
            raise InputError(_OWNED_BY_NOBODY, account=account)
        if owner != session.owner:
            await self._sessions.save_owner(session, owner)
        return replace(session, owner=owner), (session.account,)

    async def _own_account(self, signer: str, prover: Asker) -> Account:
        """The account of the connected address: a source found it, and whose it is must be confirmed."""
        account = await self._account_of(signer, prover)
        if await self._lookup.owner_of(account, prover) != signer:
            raise InputError(_NO_ACCOUNT, start=signer[:6], end=signer[-4:])
        return account

    async def _account_of(self, owner: str, prover: Asker) -> Account:
        """The account of an address, as if it had been typed without its network."""
        try:
            return await self._lookup.resolve(self._lookup.names.parse_account(owner), prover)
        except NotFoundError as error:
            raise InputError(_NO_ACCOUNT, start=owner[:6], end=owner[-4:]) from error
