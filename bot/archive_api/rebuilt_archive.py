"""The end of a replay of layer 2 → an ordinary archive of holdings.

Loopring's numbers of collections were never on Ethereum, so a collection is known by its contract. What every part of
Tessera calls a collection of Loopring's is a number; a list of known collections says it, with name and picture. Any
other contract gets a number of its own that follows from its address: 18 digits, the same in each rebuild.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot import __version__
from bot.archive.index import Index
from bot.archive.lines import AccountRecord, Header, HeldRecord, RebuiltFrom, order
from bot.archive.writer import write_archive
from bot.errors import ConfigError
from bot.holdings import LOOPRING, Collection, Nft, NftList
from bot.l2.account_state import AccountState, ContractHoldings
from bot.l2.block_check import EXCHANGE
from bot.l2.replay import Replay
from bot.messages import Message
from bot.signing.signature import is_address

_SAME_NUMBER = Message("The contracts {one} and {other} have the same collection number {number}.")
_CANNOT_READ = Message("{path}: the list of collections cannot be read: {reason}.")
_NOT_TEXT = Message("{path}: the list of collections is not a text in UTF-8.")
_NO_COLUMN = Message("{path}: the first line must name the columns: contract, number, name, avatar.")
_BAD_CONTRACT = Message("{path}, line {line}: “{contract}” is not a contract: 0x and 40 hex digits are expected.")
_BAD_NUMBER = Message("{path}, line {line}: “{number}” is not a collection's number: 1 to 17 digits are expected.")
_TWICE = Message(
    "{path}, line {line}: the contract {contract} is there twice, and blocks do not say which of two collections an "
    "NFT is of: keep one line."
)

SOURCE = "Loopring's blocks on Ethereum"
_COLUMNS = ("contract", "number", "name", "avatar")
# Known numbers have 17 digits at the most, so none of them is that of a contract without one.
_KNOWN_DIGITS = 17
_FIRST_MADE = 10**_KNOWN_DIGITS


@dataclass(frozen=True, slots=True)
class KnownCollection:
    """What a list says of a contract; `number` "": it only names it."""

    number: str = ""
    name: str = ""
    avatar: str = ""


def read_known_collections(path: Path) -> dict[str, KnownCollection]:
    """A CSV file with the columns contract, number, name and avatar → by contract, in lower case.

    Raises:
        ConfigError: it cannot be read, or a line is wrong; the sentence says which.
    """
    known: dict[str, KnownCollection] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not rows.fieldnames or "contract" not in rows.fieldnames or not {*rows.fieldnames} <= {*_COLUMNS}:
                raise ConfigError(_NO_COLUMN, path=path)
            for row in rows:
                contract, number, name, avatar = ((row.get(column) or "").strip() for column in _COLUMNS)
                contract = contract.lower()
                if not is_address(contract):
                    raise ConfigError(_BAD_CONTRACT, path=path, line=rows.line_num, contract=contract)
                if number and not (number.isascii() and number.isdigit() and len(number) <= _KNOWN_DIGITS):
                    raise ConfigError(_BAD_NUMBER, path=path, line=rows.line_num, number=number)
                if contract in known:
                    raise ConfigError(_TWICE, path=path, line=rows.line_num, contract=contract)
                known[contract] = KnownCollection(number.lstrip("0"), name, avatar)
    except OSError as error:
        raise ConfigError(_CANNOT_READ, path=path, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise ConfigError(_NOT_TEXT, path=path) from error
    return known


def collection_number(contract: str) -> str:
    """The number of a collection whose number at Loopring is not known: 18 digits that follow from its contract."""
    digest = hashlib.sha256(f"loopring collection {contract}".encode()).digest()
    return str(_FIRST_MADE + int.from_bytes(digest[:8], "big") % (9 * _FIRST_MADE))


def write_rebuilt(path: Path, replay: Replay, known: Mapping[str, KnownCollection]) -> Index:
    """Write what a replay came to.

    Args:
        path: The archive; an existing one stays until the new one is complete.
        replay: At its end; it has applied at least one block.
        known: What is known of collections, by contract in lower case.

    Raises:
        ConfigError: it cannot be written, or two contracts have one number.
    """
    as_of = datetime.fromtimestamp(replay.timestamp, UTC)
    rebuilt = RebuiltFrom(replay.last_block, "0x" + replay.root.hex(), "0x" + EXCHANGE.hex())
    header = Header(LOOPRING, SOURCE, as_of, f"tessera {__version__}", has_nfts=True, rebuilt=rebuilt)
    collections = _collections(replay, known)
    numbers = {each.contract_address: each.collection_id for each in collections}
    return write_archive(path, header, collections, _records(replay, numbers, as_of))


def _collections(replay: Replay, known: Mapping[str, KnownCollection]) -> list[Collection]:
    """Those that anybody holds something of, in the order of an archive."""
    contracts = {each.contract for state in replay.accounts() for each in state.holdings}
    by_number: dict[str, Collection] = {}
    for contract in sorted(contracts):
        has = known.get(contract, KnownCollection())
        number = has.number or collection_number(contract)
        if other := by_number.get(number):
            raise ConfigError(_SAME_NUMBER, one=other.contract_address, other=contract, number=number)
        pictures = (has.avatar,) if has.avatar else ()
        by_number[number] = Collection(LOOPRING, number, name=has.name, contract_address=contract, avatar_uris=pictures)
    return sorted(by_number.values(), key=lambda each: order(each.collection_id))


def _records(replay: Replay, numbers: Mapping[str, str], as_of: datetime) -> Iterator[AccountRecord]:
    for state in replay.accounts():
        held = sorted((_held(each, numbers) for each in state.holdings), key=lambda each: order(each.collection_id))
        yield _record(state, tuple(held), as_of)


def _record(state: AccountState, held: tuple[HeldRecord, ...], as_of: datetime) -> AccountRecord:
    since = state.owner_since
    return AccountRecord(
        str(state.account_id),
        as_of,
        state.owner,
        total=None if state.incomplete_reason else len(held),
        incomplete_reason=str(state.incomplete_reason) if state.incomplete_reason else "",
        holdings=held,
        owner_since=(since.block, since.transaction) if since else None,
    )


def _held(held: ContractHoldings, numbers: Mapping[str, str]) -> HeldRecord:
    rows = tuple(Nft(f"{held.contract}:{nft_id:#x}", f"0x{nft_id:064x}", copies) for nft_id, copies in held.nfts)
    return HeldRecord(numbers[held.contract], len(rows), NftList(rows, complete=True, total=len(rows)))
