"""Which address owns which account, and which transaction says so.

An account comes to be when something is sent to an address that has none yet: by a deposit, a transfer, or a mint. Each
of these writes the address. Withdrawals, updates of accounts and pools, and verified signatures write it again, so they
can confirm or contradict. Loopring's circuits take an owner for an account only if it has none, or the same
(`OwnerValidGadget`): a contradiction means that the replay is wrong somewhere, and then nobody is named as the owner.
Only an update of the account itself is followed, should a later circuit let it change the owner: no source is at hand
of those that proved the last blocks.
"""

from __future__ import annotations

from bot.l2.account_state import Place
from bot.l2.transactions import NO_ADDRESS

_TRANSACTIONS_BITS = 16


class OwnersByAccount:
    """The owners of all accounts.

    Attributes:
        address: By account; read directly by the replay, which asks it millions of times.
        disputed: Those that an account had until another one was stated: what was concluded from them may be wrong.
    """

    def __init__(self) -> None:
        self.address: dict[int, bytes] = {}
        self.disputed: set[bytes] = set()
        self._since: dict[int, int] = {}
        self._contested: set[int] = set()

    def state(self, account: int, owner: bytes, place: Place) -> bool:
        """A transaction states an owner. Whether that contradicts what is known; then the owner is unknown for good."""
        if owner == NO_ADDRESS or account in self._contested:
            return False
        known = self.address.get(account)
        if known is None:
            self._set(account, owner, place)
        elif known != owner:
            self._contested.add(account)
            self.disputed.add(known)
            del self.address[account], self._since[account]
            return True
        return False

    def change(self, account: int, owner: bytes, place: Place) -> None:
        """An account update names the owner: that is who owns it from now on."""
        if owner != NO_ADDRESS and account not in self._contested and self.address.get(account) != owner:
            self._set(account, owner, place)

    def since(self, account: int) -> Place | None:
        """The transaction by which the account got its owner."""
        packed = self._since.get(account)
        if packed is None:
            return None
        return Place(packed >> _TRANSACTIONS_BITS, packed & (1 << _TRANSACTIONS_BITS) - 1)

    def _set(self, account: int, owner: bytes, place: Place) -> None:
        self.address[account] = owner
        self._since[account] = place.block << _TRANSACTIONS_BITS | place.transaction
