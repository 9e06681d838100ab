"""Which collection of Loopring's a contract is: a list of known ones says it, else a number made from its address.

Loopring's numbers of collections were never on Ethereum, and whatever Tessera calls a collection of Loopring's is a
number. A list of known collections says it, with name and picture. Any other contract gets a number of its own: 18
digits, the same in each archive, whether it was rebuilt from blocks or imported from a published list.

Eighteen digits are few enough that somebody can make two contracts of their own whose numbers are the same; that takes
minutes. Of those that would share a number none has it, and each gets the next that follows from its address: nothing
is stopped by it, and no contract can take the number of another one, by which a gate may know it.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from types import MappingProxyType

from bot.archive.lines import order
from bot.archive.regular_file import open_file, text_lines
from bot.archive.shown_cell import shown_cell
from bot.errors import ConfigError
from bot.holdings import LOOPRING, Collection
from bot.messages import Message
from bot.signing.signature import is_address

_SAME_NUMBER = Message(
    "The list of collections says that the contracts {one} and {other} both have the number {number}: leave it out of "
    "one of their lines."
)
_CANNOT_READ = Message("{path}: the list of collections cannot be read: {reason}.")
_NOT_TEXT = Message("{path}: the list of collections is not a text in UTF-8.")
_NOT_CSV = Message("{path}: the list of collections is not CSV: {reason}.")
_NO_COLUMN = Message("{path}: the first line must name the columns: contract, number, name, avatar.")
_BAD_CONTRACT = Message("{path}, line {line}: “{contract}” is not a contract: 0x and 40 hex digits are expected.")
_BAD_NUMBER = Message(
    "{path}, line {line}: “{number}” is not a collection's number: 1 to 17 digits are expected, not all of them zero."
)
_TWICE = Message(
    "{path}, line {line}: the contract {contract} is there twice, and blocks do not say which of two collections an "
    "NFT is of: keep one line."
)

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


@dataclass(frozen=True, slots=True)
class FoundCollection:
    """What a collection's own metadata says; upstream text. "" and (): nothing.

    Attributes:
        avatar_uris: In order of preference.
        banner_uris: Likewise; they were made as banners.
    """

    name: str = ""
    avatar_uris: tuple[str, ...] = ()
    banner_uris: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.name or self.avatar_uris or self.banner_uris)

    def or_else(self, other: FoundCollection) -> FoundCollection:
        """What this says, and what another one says of what this says nothing of."""
        return FoundCollection(
            self.name or other.name, self.avatar_uris or other.avatar_uris, self.banner_uris or other.banner_uris
        )


def read_known_collections(path: Path) -> dict[str, KnownCollection]:
    """A CSV file with the columns contract, number, name and avatar → by contract, in lower case.

    Raises:
        ConfigError: it cannot be read, or a line is wrong; the sentence says which.
    """
    known: dict[str, KnownCollection] = {}
    try:
        with open_file(path, may_be_pipe=True) as file:
            rows = csv.DictReader(_without_mark(text_lines(file)), strict=True)
            if not rows.fieldnames or "contract" not in rows.fieldnames or not {*rows.fieldnames} <= {*_COLUMNS}:
                raise ConfigError(_NO_COLUMN, path=path)
            for row in rows:
                contract, number, name, avatar = ((row.get(column) or "").strip() for column in _COLUMNS)
                contract = contract.lower()
                if not is_address(contract):
                    raise ConfigError(_BAD_CONTRACT, path=path, line=rows.line_num, contract=shown_cell(contract))
                digits = number.lstrip("0")
                if number and not (number.isascii() and digits.isdigit() and len(number) <= _KNOWN_DIGITS):
                    raise ConfigError(_BAD_NUMBER, path=path, line=rows.line_num, number=shown_cell(number))
                if contract in known:
                    raise ConfigError(_TWICE, path=path, line=rows.line_num, contract=contract)
                known[contract] = KnownCollection(digits, name, avatar)
    except OSError as error:
        raise ConfigError(_CANNOT_READ, path=path, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise ConfigError(_NOT_TEXT, path=path) from error
    except csv.Error as error:
        raise ConfigError(_NOT_CSV, path=path, reason=str(error)) from error
    return known


def _without_mark(lines: Iterator[str]) -> Iterator[str]:
    """Some programs write a mark before a text in UTF-8."""
    return chain((line.removeprefix("\ufeff") for line in islice(lines, 1)), lines)


def collection_number(contract: str, attempt: int = 0) -> str:
    """The number of a collection whose number at Loopring is not known: 18 digits that follow from its contract.

    Args:
        contract: In lower case.
        attempt: How many of its numbers were also those of others.
    """
    seed = f"loopring collection {contract} {attempt}" if attempt else f"loopring collection {contract}"
    digest = hashlib.sha256(seed.encode()).digest()
    return str(_FIRST_MADE + int.from_bytes(digest[:8], "big") % (9 * _FIRST_MADE))


def collections_of(
    standards: Mapping[str, str],
    known: Mapping[str, KnownCollection],
    found: Mapping[str, FoundCollection] = MappingProxyType({}),
) -> list[Collection]:
    """The collections of these contracts on Loopring, in the order of an archive.

    Args:
        standards: Contract in lower case → "ERC721" or "ERC1155"; "": its NFTs do not agree, or it is not known.
        known: What is known of collections, by contract; it wins over what was found.
        found: What their own metadata says, by contract.

    Raises:
        ConfigError: the list gives two contracts one number.
    """
    made = _made_numbers(contract for contract in standards if not known.get(contract, KnownCollection()).number)
    by_number: dict[str, Collection] = {}
    for contract in sorted(standards):
        has, says = known.get(contract, KnownCollection()), found.get(contract, FoundCollection())
        number = has.number or made[contract]
        if other := by_number.get(number):
            raise ConfigError(_SAME_NUMBER, one=other.contract_address, other=contract, number=number)
        by_number[number] = Collection(
            LOOPRING,
            number,
            name=has.name or says.name,
            contract_address=contract,
            nft_type=standards[contract],
            avatar_uris=(has.avatar,) if has.avatar else says.avatar_uris,
            banner_uris=says.banner_uris,
            wide_uris=says.banner_uris,
        )
    return sorted(by_number.values(), key=lambda each: order(each.collection_id))


def _made_numbers(contracts: Iterable[str]) -> dict[str, str]:
    """A number for each contract, no two the same, whatever their order."""
    attempts = dict.fromkeys(contracts, 0)
    while True:
        numbers = {contract: collection_number(contract, attempt) for contract, attempt in attempts.items()}
        shared = {number for number, count in Counter(numbers.values()).items() if count > 1}
        if not shared:
            return numbers
        for contract, number in numbers.items():
            attempts[contract] += number in shared


def standard_of(found: Iterable[str]) -> str:
    """The standard that all of them are; "" where they differ."""
    standards = set(found)
    return standards.pop() if len(standards) == 1 else ""
