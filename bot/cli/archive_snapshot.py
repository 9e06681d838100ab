"""`tessera archive import-snapshot` and `tessera archive compare`: published lists of holders, and what differs."""

from __future__ import annotations

import argparse
import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import __version__
from bot.archive.compare import Comparison, Difference, DifferenceKind, compare
from bot.archive.known_collections import read_known_collections
from bot.archive.lines import Header
from bot.archive.new_file import EXISTS, refuse_existing
from bot.archive.reader import Archive
from bot.archive.regular_file import open_file, text_lines
from bot.archive.shown_cell import shown_cell
from bot.archive.snapshot_holdings import SnapshotHoldings
from bot.archive.snapshot_rows import COLUMNS, read_rows
from bot.archive.source_names import SNAPSHOT
from bot.archive.writer import write_archive
from bot.cli.print_line import print_line
from bot.cli.typed_arguments import WholeNumber
from bot.errors import ConfigError, InputError
from bot.holdings import LOOPRING
from bot.messages import Message
from bot.names import is_network
from bot.text import safe_text
from bot.text.plural import plural
from bot.text.typed_values import typed_moment

_CANNOT_READ = Message("{path}: cannot be read: {reason}.")
_CANNOT_WRITE = Message("{path}: cannot be written: {reason}.")
_NOT_TEXT = Message("{path}: not a text in UTF-8.")
_IN_FILE = Message("{path}: {problem}")
_NO_TIME = Message(
    "--as-of is “{typed}”, and must be a day or a time from 2015-07-30 until now, such as 2026-06-28 or "
    "2026-06-28T12:00+00:00."
)
_NO_NETWORK = Message(
    "--network is “{typed}”, and must be loopring, or a chain by its number, such as eip155:1 for Ethereum."
)
_NO_LABEL = Message("--label must be a text in UTF-8 of 1 to {longest} letters.")
_NOT_NUMBERED = Message("--collections is for Loopring's accounts alone: on a chain a collection is its contract.")
_NO_OWNERS = Message("{path}: knows no owners, so it cannot say which account is whose.")

_EARLIEST = datetime(2015, 7, 30, tzinfo=UTC)  # of Ethereum's first block
_ROWS = WholeNumber(0, 1_000_000)
_LONGEST_LABEL = 200
_HEAD = ("kind", "account", "owner", "contract", "nft_id", "first", "second")


def add_arguments(commands: Any, config: argparse.ArgumentParser) -> None:
    """Add both commands.

    Args:
        commands: The subparsers of `tessera archive`.
        config: The parent parser with `--config`.
    """
    new = commands.add_parser(
        "import-snapshot",
        parents=[config],
        help="make an archive of a published list of holders",
        description=f"Make an archive of a CSV file with the columns {', '.join(COLUMNS)}.",
    )
    new.add_argument("file", type=Path, metavar="CSV")
    new.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the archive to write")
    new.add_argument("--as-of", required=True, metavar="TIME", help="the time that the list is of, in UTC")
    new.add_argument("--label", default=SNAPSHOT, help="who says so, for people (default: %(default)s)")
    new.add_argument("--network", default=LOOPRING, help="whose accounts these are (default: %(default)s)")
    new.add_argument("--numbers", type=Path, metavar="ARCHIVE", help="take the numbers of accounts from this archive")
    new.add_argument(
        "--collections", type=Path, metavar="FILE", help="CSV of known collections: contract, number, name, avatar"
    )
    both = commands.add_parser("compare", parents=[config], help="say what differs between two archives")
    both.add_argument("first", type=Path)
    both.add_argument("second", type=Path)
    both.add_argument("--rows", type=_ROWS, default=20, metavar="N", help="differences to print (default: %(default)s)")
    both.add_argument("--csv", type=Path, metavar="FILE", help="write every difference into this file")


def import_snapshot(arguments: argparse.Namespace) -> int:
    """Run `import-snapshot`; the exit code is 0.

    Raises:
        TesseraError: its sentence is to be printed.
    """
    refuse_existing(arguments.output)
    if not is_network(arguments.network):
        raise InputError(_NO_NETWORK, typed=shown_cell(arguments.network))
    label = _label(arguments.label)
    if arguments.collections and arguments.network != LOOPRING:
        raise InputError(_NOT_NUMBERED)
    known = read_known_collections(arguments.collections) if arguments.collections else {}
    as_of = _time(arguments.as_of)
    digest = hashlib.sha256()
    holdings = _read(arguments.file, digest)
    header = Header(arguments.network, label, as_of, f"tessera {__version__}", has_nfts=True)
    collections = holdings.collections(arguments.network, known)
    with _numbers(arguments.numbers, arguments.network) as number_of:
        numbered = 0

        def counted(owner: str) -> str | None:
            nonlocal numbered
            number = number_of(owner)
            numbered += number is not None
            return number

        accounts = holdings.accounts(as_of, collections, counted)
        index = write_archive(arguments.output, header, collections, accounts, may_exist=False)
    print_line(
        f"{arguments.output}: {plural(index.count('accounts'), 'account')}, "
        f"{plural(index.count('collections'), 'contract')}, {plural(holdings.held, 'holding')}"
    )
    if holdings.zeros:
        print_line(f"Left out, as they say that nothing was held: {plural(holdings.zeros, 'row')}.")
    if numbered < holdings.holders:
        print_line(f"Named by the address of their owner, as no number is known: {holdings.holders - numbered:,}.")
    print_line(f"SHA-256 of the list {digest.hexdigest()}")
    return 0


def compare_archives(arguments: argparse.Namespace) -> int:
    """Run `compare`; the exit code is 0 if nothing differs, else 1.

    Raises:
        TesseraError: its sentence is to be printed.
    """
    counts, kinds, lines = Comparison(), Counter[DifferenceKind](), list[str]()
    with _opened(arguments.first) as first, _opened(arguments.second) as second, _rows(arguments.csv) as write:
        for number, difference in enumerate(compare(first, second, counts)):
            kinds[difference.kind] += 1
            write(difference)
            if number < arguments.rows:
                lines.append(_line(difference))
    for line in lines:  # when the file is whole: who reads them may have enough of them
        print_line(line)
    differences = kinds.total()
    if differences > arguments.rows:
        where = f": all are in {arguments.csv}" if arguments.csv else "; --csv FILE writes them all"
        print_line(f"… and {differences - arguments.rows:,} more{where}")
    print_line(f"In both: {plural(counts.accounts, 'account')}; the same: {plural(counts.same, 'holding')}")
    for kind, words in _KIND_WORDS.items():
        if kinds[kind]:
            print_line(f"{words}: {kinds[kind]:,}")
    if counts.unclear:
        print_line(f"Unclear, as an account is incomplete where the holding is missing: {counts.unclear:,}")
    if not differences:
        print_line("Nothing differs.")
    return int(differences > 0)


_KIND_WORDS = {
    DifferenceKind.COPIES: "Copies differ",
    DifferenceKind.KINDS: "Kinds differ (one of the two lists no single NFTs)",
    DifferenceKind.OWNER: "Owners differ",
    DifferenceKind.ONLY_FIRST: "Accounts only in the first",
    DifferenceKind.ONLY_SECOND: "Accounts only in the second",
}


def _time(typed: str) -> datetime:
    found = typed_moment(typed, _EARLIEST, datetime.now(UTC))
    if found is None:
        raise InputError(_NO_TIME, typed=shown_cell(typed))
    return found


def _label(typed: str) -> str:
    label = typed.strip()
    is_text = not any("\ud800" <= letter <= "\udfff" for letter in label)  # bytes of another encoding
    if not label or len(label) > _LONGEST_LABEL or not is_text:
        raise InputError(_NO_LABEL, longest=_LONGEST_LABEL)
    return label


def _read(path: Path, digest: hashlib._Hash) -> SnapshotHoldings:
    def lines() -> Iterator[str]:
        with open_file(path, may_be_pipe=True) as file:
            for line in text_lines(file):
                digest.update(line.encode())
                yield line

    try:
        return SnapshotHoldings(read_rows(lines()))
    except OSError as error:
        raise ConfigError(_CANNOT_READ, path=path, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise ConfigError(_NOT_TEXT, path=path) from error
    except InputError as error:
        raise ConfigError(_IN_FILE, path=path, problem=error.words) from error


@contextmanager
def _numbers(path: Path | None, network: str) -> Iterator[Callable[[str], str | None]]:
    if path is None:
        yield lambda _owner: None
        return
    archive = Archive.open(path, network=network)
    try:
        if not archive.index.count("owners"):
            raise ConfigError(_NO_OWNERS, path=path)
        # In an imported list of holders an account is called by its owner where its number was not known.
        yield lambda owner: number if (number := archive.find_account_of(owner)) and number.isdigit() else None
    finally:
        archive.close()


@contextmanager
def _opened(path: Path) -> Iterator[Archive]:
    archive = Archive.open(path)
    try:
        yield archive
    finally:
        archive.close()


@contextmanager
def _rows(path: Path | None) -> Iterator[Callable[[Difference], object]]:
    """Writes differences as CSV. Nothing in them is upstream's text but ids, which have no formulas."""
    if path is None:
        yield lambda _difference: None
        return
    try:
        file = path.open("x", encoding="utf-8", newline="")
    except FileExistsError as error:
        raise ConfigError(EXISTS, path=path) from error
    except OSError as error:
        raise ConfigError(_CANNOT_WRITE, path=path, reason=error.strerror) from error
    try:
        with file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_HEAD)
            yield lambda found: writer.writerow(_fields(found))
    except BaseException as error:
        path.unlink(missing_ok=True)  # half a list would be taken for all of it
        if isinstance(error, OSError):
            raise ConfigError(_CANNOT_WRITE, path=path, reason=error.strerror) from error
        raise


def _fields(found: Difference) -> tuple[str, ...]:
    fields = (found.account_id, found.owner, found.contract, found.nft_id, found.first, found.second)
    return found.kind.value, *(_disarmed(field) for field in fields)


def _disarmed(text: str) -> str:
    """A spreadsheet takes what begins so for a formula; an archive of somebody else's may contain anything."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _line(found: Difference) -> str:
    account, first, second = (_cell(part or "-") for part in (found.account_id, found.first, found.second))
    what = " ".join(_cell(part) for part in (found.owner, found.contract, found.nft_id) if part)
    return f"{account}  {what}  {found.kind.value}: {first} / {second}"


def _cell(text: str) -> str:
    return safe_text(text, 80, plain=True)
