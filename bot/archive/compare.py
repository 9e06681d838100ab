"""What differs between two archives of the same network, NFT by NFT.

Accounts are compared by their number, or by their owner where the other archive has another name for them; NFTs by
contract and id. What an archive does not contain is unknown: an account that only one of them has is listed as such,
and a holding that is missing where an account is incomplete is counted as unclear, never as a difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from bot.archive.lines import AccountRecord, HeldRecord, LineError, decode_account, decode_collection
from bot.archive.reader import Archive
from bot.errors import ConfigError
from bot.messages import Message

_OTHER_NETWORKS = Message("{first} is of {one}, and {second} of {other}: only archives of one network can be compared.")
_DAMAGED = Message("{path}: a line of it cannot be read: `tessera archive verify` says which.")


class DifferenceKind(Enum):
    """In what two archives differ."""

    COPIES = "copies"
    KINDS = "kinds"
    OWNER = "owner"
    ONLY_FIRST = "only in the first"
    ONLY_SECOND = "only in the second"


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that is not the same in both.

    Attributes:
        kind: In what they differ.
        account_id: As in the first archive, or in the second if the first does not have it.
        owner: Its owner; "": not known.
        contract: Of the NFT or collection; "": the whole account.
        nft_id: "": the whole collection.
        first: What the first archive says; "": nothing.
        second: Likewise.
    """

    kind: DifferenceKind
    account_id: str
    owner: str
    contract: str = ""
    nft_id: str = ""
    first: str = ""
    second: str = ""


@dataclass(slots=True)
class Comparison:
    """How many of each, as far as the comparison has come.

    Attributes:
        accounts: In both archives.
        same: Holdings that are the same in both.
        unclear: Holdings that one of them lists and the other may lack, as it is incomplete.
    """

    accounts: int = 0
    same: int = 0
    unclear: int = 0


def compare(first: Archive, second: Archive, counts: Comparison) -> Iterator[Difference]:
    """Every difference, in the order of the first archive's accounts; then what only the second has.

    Args:
        first: One archive.
        second: The other.
        counts: Is added to.

    Raises:
        ConfigError: they are of different networks, or one is damaged.
    """
    if first.header.network != second.header.network:
        raise ConfigError(
            _OTHER_NETWORKS,
            first=first.path,
            one=first.header.network,
            second=second.path,
            other=second.header.network,
        )
    contracts, others = _contracts(first), _contracts(second)
    seen: set[str] = set()
    for record in _accounts(first):
        other = _same_account(second, record)
        if other is None:
            yield Difference(DifferenceKind.ONLY_FIRST, record.account_id, record.owner, first=_held_words(record))
            continue
        seen.add(other.account_id)
        counts.accounts += 1
        if record.owner and other.owner and record.owner != other.owner:
            yield Difference(
                DifferenceKind.OWNER, record.account_id, record.owner, first=record.owner, second=other.owner
            )
        yield from _holdings(record, other, contracts, others, counts)
    for record in _accounts(second):
        if record.account_id not in seen:
            yield Difference(DifferenceKind.ONLY_SECOND, record.account_id, record.owner, second=_held_words(record))


def _contracts(archive: Archive) -> Mapping[str, str]:
    """Collection id → the contract that both archives know it by; the id itself where none is recorded."""
    found = {}
    for line in _lines(archive, "collections"):
        try:
            collection = decode_collection(line, archive.header.network)
        except LineError as error:
            raise ConfigError(_DAMAGED, path=archive.path) from error
        found[collection.collection_id] = collection.contract_address.lower() or collection.collection_id
    return found


def _accounts(archive: Archive) -> Iterator[AccountRecord]:
    for line in _lines(archive, "accounts"):
        try:
            yield decode_account(line)
        except LineError as error:
            raise ConfigError(_DAMAGED, path=archive.path) from error


def _lines(archive: Archive, kind: str) -> Iterator[bytes]:
    for _, lines in archive.iter_blocks(kind):
        yield from lines


def _same_account(archive: Archive, record: AccountRecord) -> AccountRecord | None:
    found = archive.find_account(record.account_id)
    if found is None and record.owner:
        number = archive.find_account_of(record.owner)
        found = archive.find_account(number) if number else None
    return found


def _held_words(record: AccountRecord) -> str:
    return f"{len(record.holdings)} collections" + ("" if record.complete else ", incomplete")


def _holdings(
    record: AccountRecord,
    other: AccountRecord,
    contracts: Mapping[str, str],
    others: Mapping[str, str],
    counts: Comparison,
) -> Iterator[Difference]:
    mine, theirs = _by_contract(record, contracts), _by_contract(other, others)
    for contract in sorted(mine.keys() | theirs.keys()):
        left, right = mine.get(contract, ()), theirs.get(contract, ())
        by_nft = all(held.nfts is not None for held in (*left, *right))
        one, two = _amounts(left, by_nft=by_nft), _amounts(right, by_nft=by_nft)
        for key in sorted(one.keys() | two.keys()):
            if one.get(key, 0) == two.get(key, 0):
                counts.same += 1
            elif _may_lack(record, left, one.get(key, 0), two.get(key, 0)) or _may_lack(
                other, right, two.get(key, 0), one.get(key, 0)
            ):
                counts.unclear += 1
            else:
                kind = DifferenceKind.COPIES if by_nft else DifferenceKind.KINDS
                yield Difference(
                    kind,
                    record.account_id,
                    record.owner or other.owner,
                    contract,
                    key,
                    str(one.get(key, 0)),
                    str(two.get(key, 0)),
                )


def _by_contract(record: AccountRecord, contracts: Mapping[str, str]) -> dict[str, list[HeldRecord]]:
    """Several collections may share a contract: together they are what was held of it."""
    found: dict[str, list[HeldRecord]] = {}
    for held in record.holdings:
        found.setdefault(contracts.get(held.collection_id, held.collection_id), []).append(held)
    return found


def _amounts(held: list[HeldRecord] | tuple[()], *, by_nft: bool) -> dict[str, int]:
    """NFT → copies; "": the kinds of all together, where one of the archives did not record single NFTs."""
    if not by_nft:
        return {"": sum(each.kinds for each in held)}
    amounts: dict[str, int] = {}
    for each in held:
        for nft in each.nfts.nfts if each.nfts else ():
            token_id = nft.token_id
            key = nft.nft_id if token_id is None else f"0x{token_id:064x}"
            amounts[key] = amounts.get(key, 0) + nft.copies
    return amounts


def _may_lack(record: AccountRecord, held: list[HeldRecord] | tuple[()], here: int, there: int) -> bool:
    """Whether this archive may simply not have read what the other one has more of."""
    whole = record.complete and all(each.nfts is None or each.nfts.complete for each in held)
    return here < there and not whole
