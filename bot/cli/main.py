"""The command line: parses the arguments, runs one command, and returns its exit code."""

from __future__ import annotations

import argparse
import asyncio
import gc
import io
import logging
import os
import resource
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import bot.cli.lean_start  # noqa: F401 - before anything else of the bot
from bot import __version__
from bot.app.build_sources import open_source
from bot.app.log import log_again, set_up_logging
from bot.app.reload import Reload
from bot.app.run import reload_on_signal, stop_on_signals
from bot.app.serve import open_lookup, serve
from bot.cli.argument_parser import ArgumentParser
from bot.cli.check import check
from bot.cli.early_reload import was_reload_asked
from bot.cli.print_line import OutputError, print_error, print_line, print_text
from bot.cli.table import holdings_json, holdings_table
from bot.config.settings import Settings, load
from bot.errors import ConfigError, DamagedStoreError, InputError, RefusedError, TesseraError
from bot.holdings import Order
from bot.lookup.lookup import Lookup
from bot.messages import Message
from bot.names import parse_contract, refuse_secrets
from bot.sources.askers import Asker
from bot.sources.session import open_session
from bot.sources.source import Source
from bot.store import Store
from bot.store.file.backup import backup_file
from bot.text.plural import plural

log = logging.getLogger(__name__)

_UNKNOWN_SOURCE = Message("No source is named {name}. Configured: {known}.")

DEFAULT_CONFIG = Path("config.toml")

_OPEN_FILES = 4096

EXIT_FAILED = 1  # there is no answer, or no complete one
EXIT_USAGE = 2  # the configuration or the command line is wrong
EXIT_DAMAGED = 3  # the store is damaged or gone: a backup must be put in its place


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code is 0, 1 (no whole answer), 2 (configuration or input) or 3 (no store)."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a name that a terminal cannot show must not prevent the table
    try:
        _refuse_secrets(sys.argv[1:] if argv is None else argv)  # before argparse, whose errors repeat what was typed
        arguments = command_parser(sys.argv[1:] if argv is None else argv).parse_args(argv)
        settings = _load(arguments.config)
        secrets = [secret.get_secret_value() for secret in settings.secrets]
        is_run = arguments.command == "run"
        set_up_logging(settings.log.level if is_run else "error", secrets, settings.log.format if is_run else "text")
        if is_run and arguments.config is None and not DEFAULT_CONFIG.exists():
            log.warning("there is no %s here: each setting has its default, and there is no page", DEFAULT_CONFIG)
        return asyncio.run(_execute(settings, arguments))
    except BrokenPipeError:
        _drop_output()
        return EXIT_FAILED
    except OutputError as error:
        _drop_output()
        print_error(f"tessera: {error.sentence}")
        return EXIT_FAILED
    except TesseraError as error:
        print_error(f"tessera: {error.sentence}")
        if isinstance(error, DamagedStoreError):
            return EXIT_DAMAGED
        return EXIT_USAGE if isinstance(error, ConfigError | InputError | RefusedError) else EXIT_FAILED
    except KeyboardInterrupt:
        return 130  # as in shells: 128 + SIGINT


def _drop_output() -> None:
    """What could not be written must not be flushed at exit (Python docs, signal, "SIGPIPE")."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse_secrets(argv: Sequence[str]) -> None:
    """Refuse arguments that are keys or seed phrases; a path may have as much hex in it (`./NAME` is one).

    Raises:
        InputError: one is.
    """
    for argument in argv:
        if "/" not in argument and "." not in argument:
            refuse_secrets(argument)


async def _execute(settings: Settings, arguments: argparse.Namespace) -> int:
    commands: dict[str, Callable[[], Awaitable[int]]] = {
        "run": lambda: _run(settings, arguments.config),
        "check": lambda: check(settings, print_line),
        "backup": lambda: _backup(settings, arguments.file),
        "collections": lambda: _collections(settings, arguments),
    }
    if arguments.command in commands:
        return await commands[arguments.command]()
    from bot.cli import operator_commands  # noqa: PLC0415 - see `command_parser`

    return await operator_commands.run(settings, arguments, print_line, _open_one, _open_lookup)


def command_parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """Everything that can be typed after `tessera`; the commands of an operator only where none is `run`."""
    parser = ArgumentParser(prog="tessera", description="A Discord bot that shows what an account holds.")
    parser.add_argument("--version", action="version", version=f"tessera {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    config = ArgumentParser(add_help=False)
    config.add_argument(
        "--config", type=Path, metavar="FILE", help=f"settings (default: {DEFAULT_CONFIG}, if it exists)"
    )
    commands.add_parser("run", parents=[config], help="serve Discord until stopped")
    commands.add_parser(
        "check", parents=[config], help="test settings, token, keys and sources, and print what is wrong"
    )
    backup = commands.add_parser("backup", parents=[config], help="copy the store to a file, also while the bot runs")
    backup.add_argument("file", type=Path, metavar="FILE", help="the copy; must not exist yet")
    show = commands.add_parser(
        "collections", parents=[config], help="print what an account holds, grouped by collection"
    )
    show.add_argument("account", help="an account id (10001), an address (0x…) or a name (vitalik.eth)")
    show.add_argument("--contract", metavar="0x…", help="only collections of this contract")
    show.add_argument("--sort", choices=[order.name.lower() for order in Order], default="kinds", help="default: kinds")
    show.add_argument("--spam", action="store_true", help="also collections that are marked as scam")
    show.add_argument("--json", action="store_true", help="print JSON instead of a table")
    if argv[:1] != ["run"]:
        # A bot at work needs none of these: 2 MB, and a part of each start.
        from bot.cli import operator_commands  # noqa: PLC0415

        operator_commands.add_arguments(commands, config)
    return parser


def _load(path: Path | None) -> Settings:
    return load(path or DEFAULT_CONFIG, os.environ, required=path is not None)


@asynccontextmanager
async def _open_one(settings: Settings, name: str) -> AsyncIterator[Source]:
    """One configured source by its name, without its fallback."""
    tables = {table.name: table for table in settings.sources}
    if name not in tables:
        raise ConfigError(_UNKNOWN_SOURCE, name=name[:40], known=", ".join(tables))
    async with open_session() as session:
        source = await open_source(tables[name], session)
        try:
            yield source
        finally:
            await source.close()


@asynccontextmanager
async def _open_lookup(settings: Settings) -> AsyncIterator[Lookup]:
    """The configured sources, over a store in memory: the bot's file belongs to the bot."""
    store = await Store.open(None)
    try:
        async with open_lookup(settings, store) as lookup:
            yield lookup
    finally:
        await store.close()


async def _run(settings: Settings, config: Path | None) -> int:
    stop, hung_up = stop_on_signals(), reload_on_signal()
    if was_reload_asked():
        hung_up.set()
    os.umask(0o077)  # nothing that the bot or a library writes is for other users
    # Each interaction of a burst opens a connection; some systems allow only 256 files by default.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < _OPEN_FILES:
        wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    # What is loaded by now is never freed; a garbage collection over it takes 40 ms, each time, during some burst.
    gc.freeze()
    reload = Reload(settings, lambda: _load(config), hung_up)
    for key in ("log.level", "log.format"):
        reload.on_change(key, partial(log_again, settings))
    await serve(settings, stop, reload)
    return 0


async def _backup(settings: Settings, file: Path) -> int:
    summary = await backup_file(settings.store.path, file, backups=settings.store.backups)
    rows = sum(summary.rows.values())
    print_line(
        f"{summary.target}: {plural(rows, 'row')} in {len(summary.rows)} tables, {summary.size:,} bytes, read again"
    )
    return 0


async def _collections(settings: Settings, arguments: argparse.Namespace) -> int:
    contract = parse_contract(arguments.contract) if arguments.contract else None
    asker = Asker.job("collections")
    async with _open_lookup(settings) as lookup:
        account, answer = await lookup.find_holdings(lookup.names.parse_account(arguments.account), asker, contract)
        is_shown = sys.stderr is not None and sys.stderr.isatty()
        async for holdings in answer:
            if is_shown and not holdings.complete:
                print(f"\r{len(holdings.holdings)} of {holdings.total or '?'} collections…", end="", file=sys.stderr)
        if is_shown:
            print("\r\033[K", end="", file=sys.stderr)
        owner = await lookup.fetch_owner(account, asker)
        shown = holdings.shown(Order[arguments.sort.upper()], hide_scam=not arguments.spam)
        show = holdings_json if arguments.json else holdings_table
        print_text(show(shown, owner.address))
    return 0 if holdings.complete else EXIT_FAILED
