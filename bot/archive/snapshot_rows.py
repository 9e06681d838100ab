"""Rows of a published snapshot of who held which NFT: CSV with the columns that Loopring's own snapshot has.

    holder,nft_address,nft_id,nft_type,nft_amount

`nft_type` is 0 for ERC-721 and 1 for ERC-1155: the other way round than in the blocks on Ethereum. Strict: a row that
says something else than a holding is refused with its line, as a list of holders that was half read is worth nothing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.archive.shown_cell import shown_cell
from bot.errors import InputError
from bot.messages import Message

_NO_COLUMN = Message("The first line has no column {column}; needed are {columns}.")
_EMPTY = Message("The snapshot is empty: its first line must name the columns {columns}.")
_SHORT_ROW = Message("Line {line}: fewer fields than columns.")
_BAD_CSV = Message("Line {line}: not CSV: {reason}.")
_BAD_ADDRESS = Message("Line {line}: {column} is “{found}”, and must be an address, such as 0x90e7…8a71.")
_BAD_NFT_ID = Message("Line {line}: nft_id is “{found}”, and must be a number below 2²⁵⁶, decimal or hex with 0x.")
_BAD_TYPE = Message("Line {line}: nft_type is “{found}”, and must be 0 (ERC-721) or 1 (ERC-1155).")
_BAD_AMOUNT = Message("Line {line}: nft_amount is “{found}”, and must be a whole number from 0 to 2⁹⁶ - 1.")

COLUMNS = ("holder", "nft_address", "nft_id", "nft_type", "nft_amount")
_TYPES = {"0": "ERC721", "1": "ERC1155"}
_ADDRESS = re.compile(r"0x[0-9a-f]{40}")
_NUMBER = re.compile(r"0x[0-9a-f]{1,64}|[0-9]{1,78}")
# Amounts of Loopring's state are numbers of 96 bits.
_MOST = 2**96


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """One NFT that somebody held.

    Attributes:
        line: Where it is in the file, from 1.
        holder: Address, lower case.
        contract: Of the NFT; address, lower case.
        token_id: As a number.
        standard: "ERC721" or "ERC1155".
        copies: Units; 0: the row says that none were held.
    """

    line: int
    holder: str
    contract: str
    token_id: int
    standard: str
    copies: int


def read_rows(lines: Iterable[str]) -> Iterator[SnapshotRow]:
    """The rows of a snapshot; columns in any order, and others beside them are ignored.

    Args:
        lines: The text, line by line.

    Raises:
        InputError: a line is not what it should be; the sentence names it.
    """
    reader = csv.reader(lines, strict=True)
    try:
        head = next(reader, None)
        if head is None:
            raise InputError(_EMPTY, columns=", ".join(COLUMNS))
        places = _places([name.strip().lower().removeprefix("\ufeff") for name in head])
        for fields in reader:
            if fields:
                yield _row(reader.line_num, fields, places)
    except csv.Error as error:
        raise InputError(_BAD_CSV, line=reader.line_num, reason=str(error)) from error


def _places(names: list[str]) -> Mapping[str, int]:
    for column in COLUMNS:
        if column not in names:
            raise InputError(_NO_COLUMN, column=column, columns=", ".join(COLUMNS))
    return {column: names.index(column) for column in COLUMNS}


def _row(line: int, fields: list[str], places: Mapping[str, int]) -> SnapshotRow:
    if len(fields) <= max(places.values()):
        raise InputError(_SHORT_ROW, line=line)
    field = {column: fields[place].strip().lower() for column, place in places.items()}
    for column in ("holder", "nft_address"):
        if not _ADDRESS.fullmatch(field[column]):
            raise InputError(_BAD_ADDRESS, line=line, column=column, found=shown_cell(field[column]))
    if field["nft_type"] not in _TYPES:
        raise InputError(_BAD_TYPE, line=line, found=shown_cell(field["nft_type"]))
    token_id, copies = _number(field["nft_id"]), _number(field["nft_amount"])
    if token_id is None or token_id >= 2**256:
        raise InputError(_BAD_NFT_ID, line=line, found=shown_cell(field["nft_id"]))
    if copies is None or copies >= _MOST:
        raise InputError(_BAD_AMOUNT, line=line, found=shown_cell(field["nft_amount"]))
    return SnapshotRow(line, field["holder"], field["nft_address"], token_id, _TYPES[field["nft_type"]], copies)


def _number(text: str) -> int | None:
    return int(text, 0 if text.startswith("0x") else 10) if _NUMBER.fullmatch(text) else None
