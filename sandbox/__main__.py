"""`python -m sandbox`: the whole bot in a browser page, with no account, token or key."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from aiohttp import web

from sandbox.app import make_app
from sandbox.app_keys import BOT, DISCORD, WALLET_EXTENSION
from sandbox.bot_process import BotProcess
from sandbox.browser import open_browser
from sandbox.community import load_world
from sandbox.discord.oauth import CLIENT_SECRET
from sandbox.options import USUAL_PORT, OptionError, in_url, on_port, open_log, option_parser
from sandbox.population import populate
from sandbox.rebuilding import SOURCE, RebuildError, rebuild, write_known_collections
from sandbox.wallets import WALLET_FACTORY
from sandbox.world import API_KEY, BLOCKSCOUT_KEY, BOT_TOKEN, WEBHOOK_KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence

WRONG_OPTION = 2
# Seconds that open requests get at the end; websockets are closed by their own shutdown.
SHUTDOWN_SECONDS = 1.0
SECRETS = {
    "DISCORD_TOKEN": BOT_TOKEN,
    "DISCORD_CLIENT_SECRET": CLIENT_SECRET,
    "LOOPRING_API_KEY": API_KEY,
    "ETHEREUM_API_KEY": BLOCKSCOUT_KEY,
    "WEBHOOK_KEY": WEBHOOK_KEY,
}

# What is moved in the panel is seen at once: answers are kept for three seconds, and accounts read for roles as often.
CONFIG = """[discord]
api_url = "http://127.0.0.1:{port}/api/v10"
gateway_url = "ws://127.0.0.1:{port}/gateway/"
authorize_url = "http://127.0.0.1:{port}/oauth2/authorize"
moderation_intent = true
clock_url = "http://127.0.0.1:{port}/_sandbox/clock"

[sync]
interval_minutes = 0.05
removal_misses = 3
removal_minutes = 0.2

[display]
cache_seconds = 3
image_gateways = ["http://127.0.0.1:{port}/ipfs/"]
collection_infos = "http://127.0.0.1:{port}/nftinfos/"

[[source]]
name = "loopring"
kind = "loopring"
base_url = "http://127.0.0.1:{port}/loopring"
fallback = "{fallback}"

[[source]]
name = "ethereum"
kind = "blockscout"
base_url = "http://127.0.0.1:{port}/blockscout/1/api/v2"
chain_id = 1
requests_per_second = 5

[store]
path = "{store}"

[web]
port = {web_port}
public_url = "http://localhost:{browser_port}"
trusted_proxies = ["127.0.0.1/32"]

[linking]
paste = true
manual = true
wallet_factories = ["{factory}"]

# So that /webhooks add http://127.0.0.1:{port}/receiver/demo works, and this address shows what came.
[webhooks]
allowed_networks = ["127.0.0.1/32"]
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C or SIGTERM; returns the exit status: 2 for a wrong option, 1 if no archive can be rebuilt."""
    options = option_parser().parse_args(arguments)
    try:
        asyncio.run(_run(options))
    except KeyboardInterrupt:
        return 0
    except OptionError as error:
        print(error, file=sys.stderr)
        return WRONG_OPTION
    except RebuildError as error:
        print(f"Loopring's archive could not be rebuilt; --no-archive does without it. {error}", file=sys.stderr)
        return 1
    return 0


async def _run(options: argparse.Namespace) -> None:
    stop_requested = _stop_on_signals()  # first: a reader of the lines below may stop it at once
    world = load_world()
    if options.seed is not None:
        populate(world, options.seed)
    app = make_app(world, bodies=options.bodies)
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tessera-")))
        log = stack.enter_context(open_log(options.bot_log)) if options.bot_log else None
        config, environment = folder / "config.toml", dict(SECRETS)
        if not options.no_bot:
            app[BOT] = _bot_process(app, config, environment, log)
        port = await stack.enter_async_context(_serving(app, options))
        web_port = _free_port()
        browser_port = _wanted(options.host, options.browser_port, usual=port + 1)
        with on_port(options.host, browser_port, "--browser-port"):
            browser_port = await stack.enter_async_context(
                open_browser(
                    app[WALLET_EXTENSION], f"http://127.0.0.1:{web_port}", host=options.host, port=browser_port
                )
            )
        # Only now is the port known; the process reads its environment when it starts.
        environment["ETH_RPC_URL"] = f"http://127.0.0.1:{port}/ethereum/1"
        text = CONFIG.format(
            port=port,
            store=(folder / "tessera.db").as_posix(),
            web_port=web_port,
            browser_port=browser_port,
            factory=WALLET_FACTORY,
            fallback="" if options.no_archive else "rebuilt",
        )
        archive = folder / "rebuilt.tessera.gz"
        if not options.no_archive:
            text += SOURCE.format(path=archive.as_posix())
        config.touch(mode=0o600)  # whatever the umask: the bot refuses settings that others may write
        config.write_text(text, encoding="utf-8")
        # Before the archive is there, so that nobody waits for the page.
        print(f"Tessera's sandbox: http://{in_url(options.host)}:{port}/   (Ctrl-C ends it)", flush=True)
        print(f"Its browser with a test wallet, for the bot's own pages: http://localhost:{browser_port}/", flush=True)
        if not options.no_archive:
            write_known_collections(world, folder / "known.csv")
            rebuilding = rebuild(config, environment, folder / "known.csv", archive)
            if not await _done_before(stop_requested, rebuilding):
                return
        if BOT in app:
            app[BOT].start()
            stack.push_async_callback(app[BOT].stop)
        else:
            print(f"No bot was started; its configuration is {config}", flush=True)
        await stop_requested.wait()


async def _done_before(stop_requested: asyncio.Event, work: Coroutine[object, object, None]) -> bool:
    """Whether some work was done before the end was asked for; else it is cancelled."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop_requested.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        working.cancel()
        stopping.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)
    if stop_requested.is_set():  # Ctrl-C in a terminal reaches a command that works for it, too, and fails it
        return False
    await working
    return True


@contextlib.asynccontextmanager
async def _serving(app: web.Application, options: argparse.Namespace) -> AsyncIterator[int]:
    """The stand-ins; yields their port."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    port = _wanted(options.host, options.port, usual=USUAL_PORT)
    try:
        await runner.setup()
        with on_port(options.host, port, "--port"):
            await web.TCPSite(runner, options.host, port).start()
            port = int(runner.addresses[0][1])
            if not {address[0] for address in runner.addresses} & {"127.0.0.1", "0.0.0.0"}:  # noqa: S104 - only compared
                await web.TCPSite(runner, "127.0.0.1", port).start()  # where the bot is sent to
        yield port
    finally:
        await runner.cleanup()


def _wanted(host: str, port: int | None, *, usual: int) -> int:
    """The port that was asked for, or else the usual one; 0, for any, if that is taken."""
    if port is not None:
        return port
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, usual))
        except (OSError, OverflowError, UnicodeError):  # taken, not allowed, or past the last port there is
            return 0
    return usual


def _free_port() -> int:
    """A port for the bot's web server: the proxy and the configuration need it before the bot listens on it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _bot_process(app: web.Application, config: Path, environment: Mapping[str, str], log: TextIO | None) -> BotProcess:
    def on_line(line: str) -> None:
        app[DISCORD].publish({"type": "log", "line": line})
        if log is not None:
            print(line, file=log, flush=True)

    return BotProcess([sys.executable, "-m", "bot", "run", "--config", str(config)], environment, on_line)


def _stop_on_signals() -> asyncio.Event:
    """An event that Ctrl-C and SIGTERM set."""
    stop_requested = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers; there Ctrl-C cancels this task instead.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop_requested.set)
    return stop_requested


if __name__ == "__main__":
    sys.exit(main())
