"""The command line, and the only place where objects are built."""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import resource
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot import __version__
from bot.archive import command as archive
from bot.check import check
from bot.client import Bot, point_at
from bot.cogs.about import About
from bot.cogs.collections import Collections
from bot.config import Settings, load
from bot.errors import ConfigError, InputError, RefusedError, TesseraError
from bot.holdings import Order
from bot.log import set_up_logging
from bot.lookup import Lookup
from bot.names import parse_contract
from bot.run import run_until, stop_on_signals
from bot.sources.opening import open_source, open_sources
from bot.sources.source import Source
from bot.store import Store
from bot.table import holdings_json, holdings_table
from bot.web.server import start_server

DEFAULT_CONFIG = Path("config.toml")

_OPEN_FILES = 4096

EXIT_FAILED = 1  # asked, and there is no (whole) answer
EXIT_USAGE = 2  # the configuration or the command line is wrong


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code is 0, 1 (no whole answer) or 2 (configuration or input)."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a name that a terminal cannot show must not cost the table
    arguments = _parser().parse_args(argv)
    try:
        settings = _load(arguments.config)
        secrets = [secret.get_secret_value() for secret in settings.secrets]
        set_up_logging(settings.log.level if arguments.command == "run" else "error", secrets)
        return asyncio.run(_execute(settings, arguments))
    except BrokenPipeError:
        # The reader went away (`| head`); nothing is left to be flushed at exit (Python docs, signal, "SIGPIPE").
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except TesseraError as error:
        print(f"tessera: {error.sentence}", file=sys.stderr)
        return EXIT_USAGE if isinstance(error, ConfigError | InputError | RefusedError) else EXIT_FAILED
    except KeyboardInterrupt:
        return 130  # as shells have it: 128 + SIGINT


async def _execute(settings: Settings, arguments: argparse.Namespace) -> int:
    if arguments.command == "run":
        return await _run(settings)
    if arguments.command == "check":
        return await check(settings, lambda line: print(line, flush=True))
    if arguments.command == "archive":
        return await archive.run(settings, arguments, _open_one)
    return await _collections(settings, arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tessera", description="A Discord bot that shows what an account holds.")
    parser.add_argument("--version", action="version", version=f"tessera {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    config = argparse.ArgumentParser(add_help=False)
    config.add_argument(
        "--config", type=Path, metavar="FILE", help=f"settings (default: {DEFAULT_CONFIG}, if it exists)"
    )
    commands.add_parser("run", parents=[config], help="serve Discord until stopped")
    commands.add_parser(
        "check", parents=[config], help="test configuration, token, key and source, and say what is wrong"
    )
    show = commands.add_parser(
        "collections", parents=[config], help="print what an account holds, grouped by collection"
    )
    show.add_argument("account", help="an account id (10001), an address (0x…) or a name (vitalik.eth)")
    show.add_argument("--contract", metavar="0x…", help="only collections of this contract")
    show.add_argument("--sort", choices=[order.name.lower() for order in Order], default="kinds", help="default: kinds")
    show.add_argument("--spam", action="store_true", help="also collections that are marked as scam")
    show.add_argument("--json", action="store_true", help="print JSON instead of a table")
    archive.add_arguments(commands, config)
    return parser


def _load(path: Path | None) -> Settings:
    return load(path or DEFAULT_CONFIG, os.environ, required=path is not None)


@asynccontextmanager
async def _open_lookup(settings: Settings, store: Store) -> AsyncIterator[Lookup]:
    async with aiohttp.ClientSession() as session:
        sources = await open_sources(settings, session)
        lookup = Lookup(sources, store, cache_for=settings.loopring.cache_for)
        try:
            yield lookup
        finally:
            await lookup.close()
            for source in sources:
                await source.close()


@asynccontextmanager
async def _open_one(settings: Settings, name: str) -> AsyncIterator[Source]:
    """One configured source by its name, without what stands behind it."""
    tables = {table.name: table for table in settings.sources}
    if name not in tables:
        raise ConfigError(f"No source is named {name[:40]}. Configured: {', '.join(tables)}.")
    async with aiohttp.ClientSession() as session:
        source = await open_source(tables[name], session)
        try:
            yield source
        finally:
            await source.close()


async def _run(settings: Settings) -> int:
    # Each interaction of a burst opens a connection; some systems grant only 256 files unless asked.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < _OPEN_FILES:
        wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    await serve(settings, stop_on_signals())
    return 0


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Build everything, and serve Discord until `stop` is set.

    Raises:
        ConfigError: something must be set right before the bot can run.
    """
    token = settings.discord.token
    if not token:
        raise ConfigError("No Discord token: set DISCORD_TOKEN, or DISCORD_TOKEN_FILE to a file that holds it.")
    point_at(settings.discord)
    store = await Store.open(settings.store.path)
    try:
        async with _open_lookup(settings, store) as lookup:
            bot = await _build_bot(settings, lookup)
            server = await start_server(settings.web, store, lambda: bot.gateway_state)
            try:
                await run_until(stop, bot, token.get_secret_value())
            finally:
                await server.cleanup()
    finally:
        await store.close()


async def _build_bot(settings: Settings, lookup: Lookup) -> Bot:
    """The client with its cogs, not yet connected."""
    bot = Bot(settings.discord, cut_short=lookup.close)
    gateways = settings.loopring.image_gateways
    await bot.add_cog(Collections(bot, lookup, gateways=gateways, expires=settings.discord.buttons_expire_seconds))
    await bot.add_cog(About(bot, lookup))
    return bot


async def _collections(settings: Settings, arguments: argparse.Namespace) -> int:
    contract = parse_contract(arguments.contract) if arguments.contract else None
    # A memory of its own: the bot's file belongs to the bot.
    store = await Store.open(None)
    try:
        async with _open_lookup(settings, store) as lookup:
            account = await lookup.resolve(lookup.names.parse_account(arguments.account))
            async for holdings in lookup.watch_holdings(account, contract):
                if sys.stderr.isatty() and not holdings.complete:
                    print(
                        f"\r{len(holdings.holdings)} of {holdings.total or '?'} collections…", end="", file=sys.stderr
                    )
            if sys.stderr.isatty():
                print("\r\033[K", end="", file=sys.stderr)
            owner = await lookup.fetch_owner(account)
            holdings = holdings.sorted_by(Order[arguments.sort.upper()]).without_scam(hidden=not arguments.spam)
            show = holdings_json if arguments.json else holdings_table
            print(show(holdings, owner.address), flush=True)
    finally:
        await store.close()
    return 0 if holdings.complete else EXIT_FAILED


if __name__ == "__main__":
    sys.exit(main())
