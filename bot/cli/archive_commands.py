"""`tessera archive …`: record holdings into a file or rebuild them from blocks, verify it, show it, and serve it."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import __version__
from bot.app.run import stop_on_signals
from bot.archive.integrity import verify
from bot.archive.lines import Header
from bot.archive.new_file import refuse_existing
from bot.archive.partial import Partial
from bot.archive.reader import Archive
from bot.archive.regular_file import open_file, text_lines
from bot.archive.show import summary_json, summary_text
from bot.archive_api.http_api import KEY_VARIABLE, make_app, start_serving, url_of
from bot.archive_api.progress import Progress
from bot.archive_api.record import Report, list_holders, parse_refs, record
from bot.cli.archive_snapshot import add_arguments as add_snapshot_arguments
from bot.cli.archive_snapshot import compare_archives, import_snapshot
from bot.cli.interruptible import interruptible
from bot.cli.print_line import print_error, print_line, print_text
from bot.cli.rebuild_command import add_rebuild, run_rebuild
from bot.cli.table import holdings_json, holdings_table
from bot.cli.typed_arguments import WholeNumber
from bot.config.secrets import read_secret
from bot.config.settings import Settings
from bot.errors import ConfigError, InputError, TesseraError
from bot.holdings import LOOPRING, Account, Holdings
from bot.messages import Message
from bot.names import AccountRef, Names, RefKind
from bot.sources.archive import ArchiveSource
from bot.sources.askers import Asker, Askers
from bot.sources.reading import fetch_holdings
from bot.sources.source import Source
from bot.text.plural import plural

_PORT = WholeNumber(0, 65_535)
_CANNOT_READ = Message("{accounts}: cannot be read: {reason}.")
_NOT_TEXT = Message("{accounts}: not a text in UTF-8.")
_STARTED_WITH_NFTS = Message("{name}: was started with {source} ({network}) with --nfts: continue with the same.")
_STARTED_WITHOUT_NFTS = Message("{name}: was started with {source} ({network}) without --nfts: continue with the same.")
_NO_NAMES = Message("An archive knows no names: use an account's number or address.")
_NO_KEY = Message("No key: set {key_variable} or {key_variable}_FILE, or answer everyone with --no-key.")

OpenSource = Callable[[Settings, str], AbstractAsyncContextManager[Source]]

_MOST_FAILED = 20


def add_arguments(subparsers: Any, config: argparse.ArgumentParser) -> None:
    """Add `archive` with its commands.

    Args:
        subparsers: What `ArgumentParser.add_subparsers` returned.
        config: The parent parser with `--config`.
    """
    archive = subparsers.add_parser("archive", help="record holdings into a file; verify, show or serve one")
    commands = archive.add_subparsers(dest="archive_command", required=True, metavar="COMMAND")
    new = commands.add_parser("record", parents=[config], help="record what accounts hold")
    new.add_argument("--source", default=LOOPRING, metavar="NAME", help="the source to ask (default: %(default)s)")
    new.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the archive to write")
    whom = new.add_mutually_exclusive_group(required=True)
    whom.add_argument(
        "--accounts", metavar="FILE", help="accounts, one a line: ids, addresses, names; -: standard input"
    )
    whom.add_argument("--holders", metavar="COLLECTION", help="all holders of this collection")
    new.add_argument("--nfts", action="store_true", help="also record the single NFTs: one more request a collection")
    new.add_argument(
        "--resume", action="store_true", help="continue with FILE.partial, and ask again about what failed"
    )
    new.add_argument("--allow-gaps", action="store_true", help="exit with 0 even if accounts failed or are incomplete")
    add_rebuild(commands, config)
    for name, words in (("verify", "read every line of an archive, and report what is wrong"),):
        commands.add_parser(name, parents=[config], help=words).add_argument("file", type=Path)
    show = commands.add_parser(
        "show", parents=[config], help="print what an archive contains, or what one account held"
    )
    show.add_argument("file", type=Path)
    show.add_argument("account", nargs="?", help="an account id, or its owner's address")
    show.add_argument("--json", action="store_true", help="print JSON instead of words")
    serve = commands.add_parser("serve", parents=[config], help="offer an archive over Loopring's v3 API")
    serve.add_argument("file", type=Path)
    serve.add_argument("--host", type=_host, default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument("--port", type=_PORT, default=8780, help="port to listen on (default: %(default)s); 0: any free")
    serve.add_argument("--no-key", action="store_true", help=f"answer everyone; otherwise {KEY_VARIABLE} is required")
    serve.add_argument(
        "--covers-all", action="store_true", help="answer that accounts which are not in the archive do not exist"
    )
    add_snapshot_arguments(commands, config)


def _host(typed: str) -> str:
    """For asyncio no name means all addresses of this machine, which nobody meant to say."""
    if not typed.strip():
        raise argparse.ArgumentTypeError("must be the name or the address of a host, such as 127.0.0.1")
    return typed


async def run(settings: Settings, arguments: argparse.Namespace, open_source: OpenSource) -> int:
    """Run the command that was chosen; the exit code is 0, or 1 where something is missing or wrong.

    Raises:
        TesseraError: its sentence is to be printed.
    """
    match arguments.archive_command:
        case "record":
            return await _record(settings, arguments, open_source)
        case "rebuild":
            return await run_rebuild(settings, arguments)
        case "show":
            return await _show(arguments)
        case "serve":
            return await _serve(arguments)
        case chosen:
            return interruptible(_OF_FILES[chosen], arguments)


async def _record(settings: Settings, arguments: argparse.Namespace, open_source: OpenSource) -> int:
    path: Path = arguments.output
    if not arguments.resume:
        refuse_existing(path)
    lines = interruptible(_read_list, arguments)
    async with open_source(settings, arguments.source) as source:
        refs, incomplete_reason = await _accounts_to_record(arguments, lines, source)
        partial = interruptible(_open_partial, path, arguments, source)
        progress = Progress(sys.stderr, len(refs))
        try:
            report = await record(source, refs, partial, progress=progress.show)
            progress.clear()
            print_error(f"Writing {path} …")
            index = interruptible(partial.finish, path, may_exist=arguments.resume)
        except (TesseraError, asyncio.CancelledError, KeyboardInterrupt):
            progress.clear()
            print_error(f"{len(partial.done):,} accounts are saved in {path}.partial: continue with --resume.")
            partial.close()
            raise
    missing = _report(report, sum(not whole for whole in partial.done.values()), incomplete_reason)
    if missing:
        partial.close()
        print_error(f"{path}.partial was not deleted: --resume asks again about what is missing.")
    else:
        partial.remove()
    print_line(f"{path}: {index.count('accounts'):,} accounts, {index.count('collections'):,} collections")
    return int(missing and not arguments.allow_gaps)


async def _accounts_to_record(
    arguments: argparse.Namespace, lines: Sequence[str], source: Source
) -> tuple[Sequence[AccountRef], str]:
    names = Names((source.network,), {source.name: source.network})
    if arguments.holders:
        return await list_holders(source, names.parse_collection(arguments.holders)[1])
    return parse_refs(lines, names), ""


def _read_list(arguments: argparse.Namespace) -> Sequence[str]:
    if not arguments.accounts:
        return ()
    try:
        if arguments.accounts == "-":
            return sys.stdin.read().splitlines()
        with open_file(Path(arguments.accounts), may_be_pipe=True) as file:
            return "".join(text_lines(file)).splitlines()
    except OSError as error:
        raise ConfigError(_CANNOT_READ, accounts=arguments.accounts, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise ConfigError(_NOT_TEXT, accounts=arguments.accounts) from error


def _open_partial(path: Path, arguments: argparse.Namespace, source: Source) -> Partial:
    name = path.with_name(f"{path.name}.partial")
    if not arguments.resume:
        header = Header(source.network, str(source.label), datetime.now(UTC), f"tessera {__version__}", arguments.nfts)
        return Partial.create(name, header)
    partial = Partial.resume(name)
    header = partial.header
    if (header.network, header.source, header.has_nfts) != (source.network, str(source.label), arguments.nfts):
        partial.close()
        message = _STARTED_WITH_NFTS if header.has_nfts else _STARTED_WITHOUT_NFTS
        raise ConfigError(message(name=name, source=header.source, network=header.network))
    return partial


def _report(report: Report, incomplete: int, incomplete_reason: str) -> bool:
    """Print what is missing; returns whether anything is."""
    for ref, sentence in list(report.failed.items())[:_MOST_FAILED]:
        print_error(f"{ref}: {sentence}")
    if len(report.failed) > _MOST_FAILED:
        print_error(f"… and {len(report.failed) - _MOST_FAILED:,} more failed.")
    if report.failed:
        print_error(f"{len(report.failed):,} of {plural(report.asked, 'account')} failed, and are not in the archive.")
    if incomplete:
        print_error(f"Read incompletely: {plural(incomplete, 'account')}; the archive says so.")
    if report.without_owner:
        print_error(f"Without an owner that could be found out: {plural(report.without_owner, 'account')}.")
    if incomplete_reason:
        print_error(f"The list of holders is not whole: {incomplete_reason}.")
    return bool(report.failed or incomplete or incomplete_reason)


def _verify(arguments: argparse.Namespace) -> int:
    path: Path = arguments.file
    report = verify(path)
    for fault in report.faults:
        print_error(fault)
    if report.faults:
        print_line(f"{path}: WRONG. Its bytes are as they were written, but they contradict themselves.")
        return 1
    counts = ", ".join(
        plural(count, one)
        for count, one in ((report.accounts, "account"), (report.collections, "collection"), (report.owners, "owner"))
    )
    print_line(f"{path}: all is well: {counts}")
    print_line(f"SHA-256 {report.sha256}")
    return 0


# These only read and write files.
_OF_FILES: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "verify": _verify,
    "import-snapshot": import_snapshot,
    "compare": compare_archives,
}


async def _show(arguments: argparse.Namespace) -> int:
    if arguments.account is None:
        archive = interruptible(Archive.open, arguments.file)
        try:
            print_text(summary_json(archive) if arguments.json else summary_text(archive))
        finally:
            archive.close()
        return 0
    source = await ArchiveSource.open(arguments.file, name="archive")
    try:
        ref = Names((source.network,)).parse_account(arguments.account)
        if ref.kind is RefKind.NAME:
            raise InputError(_NO_NAMES)
        account = Account(source.network, ref.value)
        if ref.kind is RefKind.OWNER:
            account = await source.fetch_account(ref.value, Askers(Asker.job("archive")))
        holdings, owner = await _fetch_with_owner(source, account)
        since = await source.fetch_owner_since(account) if owner and not arguments.json else None
    finally:
        await source.close()
    print_text((holdings_json if arguments.json else holdings_table)(holdings.shown(hide_scam=False), owner))
    if since:
        print_line(f"Owner since block {since[0]:,} of layer 2, transaction {since[1]}")
    return 0 if holdings.complete else 1


async def _fetch_with_owner(source: ArchiveSource, account: Account) -> tuple[Holdings, str]:
    holdings = await fetch_holdings(source, account, Askers(Asker.job("archive")))
    try:
        return holdings, await source.fetch_owner(account, Askers(Asker.job("archive")))
    except TesseraError:
        return holdings, ""


async def _serve(arguments: argparse.Namespace) -> int:
    key = "" if arguments.no_key else read_secret(KEY_VARIABLE, os.environ) or ""
    if not key and not arguments.no_key:
        raise ConfigError(_NO_KEY, key_variable=KEY_VARIABLE)
    archive = interruptible(Archive.open, arguments.file)
    try:
        app = make_app(archive, key=key, covers_all=arguments.covers_all)
        runner = await start_serving(app, arguments.host, arguments.port)
        try:
            stop = stop_on_signals()
            print_line(f"{arguments.file} is served at {url_of(runner.addresses[0])} (Ctrl-C ends it)")
            await stop.wait()
        finally:
            await runner.cleanup()
    finally:
        archive.close()
    return 0
