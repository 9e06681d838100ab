"""`python -m sandbox`: the whole bot in a browser page, with no account, token or key."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from aiohttp import web

from sandbox.app import make_app
from sandbox.bot_process import BotProcess
from sandbox.keys import BOT, DISCORD
from sandbox.population import populate
from sandbox.world import API_KEY, BLOCKSCOUT_KEY, BOT_TOKEN, load_world

if TYPE_CHECKING:
    from collections.abc import Sequence

PORT_IN_USE = 2
# Seconds that open requests get at the end; websockets are closed by their own shutdown.
LAST_REQUESTS = 1.0

CONFIG = """[discord]
api_url = "http://127.0.0.1:{port}/api/v10"
gateway_url = "ws://127.0.0.1:{port}/gateway/"

[loopring]
base_url = "http://127.0.0.1:{port}/loopring"
image_gateways = ["http://127.0.0.1:{port}/ipfs/"]

[[source]]
name = "ethereum"
kind = "blockscout"
base_url = "http://127.0.0.1:{port}/blockscout/1/api/v2"
chain_id = 1
requests_per_second = 5

[store]
path = "{store}"

[web]
port = 0
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C or SIGTERM; returns the exit status, 2 when the port is taken."""
    options = _parser().parse_args(arguments)
    try:
        asyncio.run(_run(options))
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
            raise
        where, why = f"{options.host}:{options.port}", os.strerror(error.errno)
        print(f"Cannot listen on {where}: {why}. Try --port.", file=sys.stderr)
        return PORT_IN_USE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8765, help="port to listen on (%(default)s); 0 takes a free one")
    parser.add_argument("--seed", type=int, help="put a larger community, drawn from this number, on top")
    parser.add_argument("--bodies", type=Path, help="folder of recorded Loopring bodies to serve byte for byte")
    parser.add_argument("--no-bot", action="store_true", help="only the stand-ins: the bot is started by hand")
    parser.add_argument("--bot-log", type=Path, help="also write the bot's log lines to this file")
    return parser


async def _run(options: argparse.Namespace) -> None:
    world = load_world()
    if options.seed is not None:
        populate(world, options.seed)
    app = make_app(world, bodies=options.bodies)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=LAST_REQUESTS)
    with contextlib.ExitStack() as open_files:
        folder = Path(open_files.enter_context(tempfile.TemporaryDirectory(prefix="tessera-")))
        log = open_files.enter_context(options.bot_log.open("a", encoding="utf-8")) if options.bot_log else None
        config = folder / "config.toml"
        if not options.no_bot:
            app[BOT] = _bot_process(app, config, log)
        try:
            await runner.setup()
            site = web.TCPSite(runner, options.host, options.port)
            await site.start()
            port = runner.addresses[0][1]
            store = (folder / "tessera.db").as_posix()
            config.write_text(CONFIG.format(port=port, store=store), encoding="utf-8")
            print(f"Tessera's sandbox: http://{options.host}:{port}/   (Ctrl-C ends it)", flush=True)
            if BOT in app:
                app[BOT].start()
            else:
                print(f"No bot was started; its configuration is {config}", flush=True)
            await _until_asked_to_end()
        finally:
            if BOT in app:
                await app[BOT].stop()
            await runner.cleanup()


def _bot_process(app: web.Application, config: Path, log: TextIO | None) -> BotProcess:
    def on_line(line: str) -> None:
        app[DISCORD].publish({"type": "log", "line": line})
        if log is not None:
            print(line, file=log, flush=True)

    command = [sys.executable, "-m", "bot", "run", "--config", str(config)]
    return BotProcess(
        command, {"DISCORD_TOKEN": BOT_TOKEN, "LOOPRING_API_KEY": API_KEY, "ETHEREUM_API_KEY": BLOCKSCOUT_KEY}, on_line
    )


async def _until_asked_to_end() -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers; there Ctrl-C cancels this task instead.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, asked.set)
    await asked.wait()


if __name__ == "__main__":
    sys.exit(main())
