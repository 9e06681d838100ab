"""A published snapshot as an archive: what each holder held, by contract, as the lines of an archive have it.

A snapshot names holders by address alone. The number of an account comes from elsewhere (`number_of`), and where nobody
knows it, the account is named by its owner's address, which finds it as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from bot.archive.known_collections import KnownCollection, collections_of, standard_of
from bot.archive.lines import AccountRecord, HeldRecord, order
from bot.archive.snapshot_rows import SnapshotRow
from bot.errors import InputError
from bot.holdings import LOOPRING, Collection, Nft, NftList
from bot.messages import Message

_TWICE = Message("Line {line}: the same NFT of the same holder is on a line before: which one counts is not clear.")
_SAME_NUMBER = Message("Account {number} would belong to {first} and to {second}: use another archive with numbers.")


class SnapshotHoldings:
    """The rows of one snapshot, by holder and contract.

    Attributes:
        held: Rows that say that something was held.
        zeros: Rows that say that nothing was.

    Raises:
        InputError: two rows are about the same NFT of the same holder.
    """

    def __init__(self, rows: Iterable[SnapshotRow]) -> None:
        self.held = 0
        self.zeros = 0
        # Per holder and contract: (id, standard) → copies. Contracts are few and their text is shared by all holders.
        self._by_holder: dict[str, dict[str, dict[tuple[int, str], int]]] = {}
        self._standards: dict[str, set[str]] = {}
        shared: dict[str, str] = {}
        for row in rows:
            contract = shared.setdefault(row.contract, row.contract)
            nfts = self._by_holder.setdefault(row.holder, {}).setdefault(contract, {})
            key = (row.token_id, row.standard)
            if key in nfts:
                raise InputError(_TWICE, line=row.line)
            nfts[key] = row.copies
            self._standards.setdefault(contract, set()).add(row.standard)
            self.held += row.copies > 0
            self.zeros += row.copies == 0

    @property
    def holders(self) -> int:
        """How many addresses the snapshot names."""
        return len(self._by_holder)

    def collections(self, network: str, known: Mapping[str, KnownCollection]) -> list[Collection]:
        """A collection for each contract, in the order of an archive; its standard where all rows agree about it.

        Args:
            network: Whose contracts these are; on a chain the contract is the collection.
            known: What is known of Loopring's collections, by contract.

        Raises:
            ConfigError: the list gives two contracts one number.
        """
        standards = {contract: standard_of(found) for contract, found in self._standards.items()}
        if network == LOOPRING:
            return collections_of(standards, known)
        return [
            Collection(network, contract, contract_address=contract, nft_type=standards[contract])
            for contract in sorted(standards, key=order)
        ]

    def accounts(
        self, as_of: datetime, collections: Iterable[Collection], number_of: Callable[[str], str | None]
    ) -> Iterator[AccountRecord]:
        """What each holder held, in the order of an archive.

        Args:
            as_of: The time that the snapshot is of.
            collections: Those of this snapshot.
            number_of: The number of the account of an owner; None: not known.

        Raises:
            InputError: two owners have the same number.
        """
        ids = {each.contract_address: each.collection_id for each in collections}
        named: dict[str, str] = {}
        for holder in self._by_holder:
            number = number_of(holder) or holder
            if number in named:
                raise InputError(_SAME_NUMBER, number=number, first=named[number], second=holder)
            named[number] = holder
        for number in sorted(named, key=order):
            holder = named[number]
            contracts = self._by_holder[holder]
            records = (_held(contract, ids[contract], contracts[contract]) for contract in contracts)
            held = tuple(sorted((each for each in records if each), key=lambda each: order(each.collection_id)))
            yield AccountRecord(number, as_of, holder, len(held), "", held)


def _held(contract: str, collection_id: str, nfts: Mapping[tuple[int, str], int]) -> HeldRecord | None:
    rows = tuple(
        Nft(key=f"{contract}:{standard}:{token_id:#x}", nft_id=f"0x{token_id:064x}", copies=copies)
        for (token_id, standard), copies in sorted(nfts.items())
        if copies
    )
    return HeldRecord(collection_id, len(rows), NftList(rows, complete=True, total=len(rows))) if rows else None
