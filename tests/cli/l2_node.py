"""A node with a small history of layer 2, processes that rebuild an archive from it, and what is in a folder then."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from aiohttp import web

from sandbox.community import load_world
from sandbox.ethereum import Ethereum
from sandbox.faults import Faults, inject_faults
from sandbox.held_requests import HeldRequests
from sandbox.rollup.history import random_history
from sandbox.rollup.submissions import FIRST_L1_BLOCK, Submission, submissions

ROOT = Path(__file__).parents[2]
# So far apart that it takes three questions about ranges, and what the first ones brought is stored before the last.
_APART = 1_500
_SECONDS = 60
# The bot's modules are compiled once and not for each process.
_NOT_PASSED_ON = ("ETH_RPC_URL", "PYTHONDONTWRITEBYTECODE")


def small_history() -> list[Submission]:
    """Seven transactions with 13 blocks."""
    made = submissions(random_history(Random(5), 150, 12).blocks)  # noqa: S311 - no secret
    return [replace(each, l1_block=FIRST_L1_BLOCK + place * _APART) for place, each in enumerate(made)]


@dataclass(frozen=True)
class L2Node:
    """A running stand-in: two nodes over one history."""

    url: str
    other_url: str
    ethereum: Ethereum
    faults: Faults
    held: HeldRequests

    def reset(self) -> None:
        """Both nodes answer truthfully, and have just got to the end of the history."""
        self.faults.clear()
        self.held.release()
        self.ethereum.reset()
        self.ethereum.change({"head": small_history()[-1].l1_block + 100})


@asynccontextmanager
async def running_node(history: Sequence[Submission]) -> AsyncIterator[L2Node]:
    """Serve a history on a free port."""
    faults, held, ethereum = Faults(), HeldRequests(), Ethereum(load_world(), history)
    app = web.Application(middlewares=[held.middleware(), inject_faults(faults)])
    ethereum.add_routes(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/ethereum/1"
        node = L2Node(url, f"{url}/b", ethereum, faults, held)
        node.reset()
        yield node
    finally:
        held.release()
        await runner.cleanup()


@dataclass(frozen=True)
class Ended:
    """What a process said."""

    code: int
    out: str
    err: str


async def start(*arguments: str | Path, module: str = "bot", limit: Callable[[], None] | None = None) -> Process:
    """`python -m bot ARGUMENTS…` as an operator starts it; `limit` runs in the new process first."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *map(str, arguments)),
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=limit,
    )


async def end(process: Process) -> Ended:
    """Wait for its end."""
    async with asyncio.timeout(_SECONDS):
        out, err = await process.communicate()
    assert process.returncode is not None
    assert b"Traceback" not in err, err.decode()
    return Ended(process.returncode, out.decode(), err.decode())


async def run(*arguments: str | Path, module: str = "bot", limit: Callable[[], None] | None = None) -> Ended:
    """Both."""
    return await end(await start(*arguments, module=module, limit=limit))


def files(folder: Path) -> dict[str, bytes]:
    """Everything in a folder, by its path there."""
    return {str(each.relative_to(folder)): each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file()}


Process = asyncio.subprocess.Process
