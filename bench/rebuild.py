"""Layer 2 replayed: how many transactions a second of two real blocks, and the memory for three million slots.

The real blocks are beside the repository and are not ours to publish; where they are missing, nothing is measured. The
made slots are the worst case: each has an NFT of its own.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import aiohttp
from aiohttp import web

from bench.bot_process import REPOSITORY
from bench.figures import Figure, Kind
from bot.archive.reader import Archive
from bot.archive_api.blocks.block_folder import BlockFolder
from bot.archive_api.blocks.fetch_blocks import fetch_blocks
from bot.archive_api.blocks.history_nodes import HistoryNodes
from bot.archive_api.blocks.replay_folder import replay_folder
from bot.archive_api.rebuilt_archive import write_rebuilt
from bot.l2.block_check import BlockEvent, CheckedBlock, check_block
from bot.l2.block_layout import read_transactions
from bot.l2.replay import Replay
from bot.l2.submissions import SubmittedBlock
from sandbox.community import load_world
from sandbox.ethereum import Ethereum
from sandbox.rollup import layouts
from sandbox.rollup.history import random_history
from sandbox.rollup.rollup import EXCHANGE, GENESIS_ROOT, MadeBlock
from sandbox.rollup.submissions import submissions

SECTION = "layer 2: blocks replayed"
SAMPLES = REPOSITORY.parent / "shared" / "samples" / "loopring_blocks"
REPETITIONS = 1_000
QUICK_REPETITIONS = 100
MICROSECONDS_AT_MOST = 5.0  # 200,000 a second
ALL_TRANSACTIONS = 26_000_000
ALL_AT_MOST = 180.0
SLOTS = 3_000_000
QUICK_SLOTS = 300_000
SLOTS_OF_ACCOUNT = 20
MEMORY_AT_MOST = 400.0
# Some 2,000 blocks.
STEPS = 32_000
QUICK_STEPS = 3_000
FETCHED_AT_MOST = 60.0
ACCOUNTS = 250_000
QUICK_ACCOUNTS = 10_000
OPENED_AT_MOST = 1_000.0
KIB = 1024
_BLOCK_SIZE = 384
_CONTRACT_ACCOUNT = 1


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 60 s, or 8 if quick."""
    report("two real blocks, again and again")
    figures = _speed(QUICK_REPETITIONS if quick else REPETITIONS)
    slots = QUICK_SLOTS if quick else SLOTS
    report(f"{slots:,} slots, each with an NFT of its own")
    seconds, memory, held = await _in_its_own_process(slots)
    steps, accounts = (QUICK_STEPS, QUICK_ACCOUNTS) if quick else (STEPS, ACCOUNTS)
    report("blocks fetched from a stand-in for a node")
    figures += await _fetching(steps)
    report(f"an archive of {accounts:,} accounts")
    figures += await asyncio.to_thread(_archive, accounts)
    return [
        *figures,
        Figure(SECTION, f"{slots:,} made slots: replayed and read", seconds, "s"),
        Figure(SECTION, "of them with their NFT in the end", held, at_most=slots, at_least=slots, kind=Kind.COUNT),
        Figure(SECTION, "peak memory of that process", memory, "MiB", Kind.SIZE, MEMORY_AT_MOST),
    ]


def _speed(repetitions: int) -> list[Figure]:
    files = sorted(SAMPLES.glob("*.json"))
    if not files:
        return [
            Figure(SECTION, "a transaction decoded and replayed", None, note="no real blocks beside the repository")
        ]
    blocks = [bytes.fromhex(json.loads(path.read_text(encoding="utf-8"))["data"][2:]) for path in files]
    started = time.perf_counter()
    for data in blocks * repetitions:
        read_transactions(1, _BLOCK_SIZE, data)
    decoded = time.perf_counter() - started
    replay = Replay()
    started = time.perf_counter()
    for number, data in enumerate(blocks * repetitions, start=1):
        replay.apply(_alone(number, data))
    replayed = time.perf_counter() - started
    count = _BLOCK_SIZE * len(blocks) * repetitions
    return [
        Figure(SECTION, "a transaction decoded", decoded / count * 1e6, "µs", note=f"{count / decoded:,.0f} a second"),
        Figure(
            SECTION,
            "a transaction hashed, decoded and replayed",
            replayed / count * 1e6,
            "µs",
            at_most=MICROSECONDS_AT_MOST,
            note=f"{count / replayed:,.0f} a second",
        ),
        Figure(SECTION, "26 million at that pace", ALL_TRANSACTIONS * replayed / count, "s", at_most=ALL_AT_MOST),
    ]


async def _fetching(steps: int) -> list[Figure]:
    """Blocks over HTTP into a folder, and a replay of that: what `tessera archive rebuild` does."""
    history = random_history(random.Random(1), steps, 400)  # noqa: S311 - no secret
    app = web.Application()
    Ethereum(load_world(), submissions(history.blocks)).add_routes(app)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    started = time.perf_counter()
    try:
        with tempfile.TemporaryDirectory() as name:
            async with aiohttp.ClientSession() as session:
                nodes = HistoryNodes(session, [f"http://127.0.0.1:{runner.addresses[0][1]}/ethereum/1"])
                with BlockFolder(Path(name)).open_to_write() as folder:
                    await fetch_blocks(nodes, folder, lambda _: None)
            replay = replay_folder(BlockFolder(Path(name)), lambda _: None)
    finally:
        await runner.cleanup()
    count, seconds = len(history.blocks), time.perf_counter() - started
    return [
        Figure(SECTION, f"{count:,} blocks fetched, stored and replayed", seconds, "s", at_most=FETCHED_AT_MOST),
        Figure(SECTION, "deviations from what their maker kept", replay.deviation_count, kind=Kind.COUNT, at_most=0),
    ]


def _archive(accounts: int) -> list[Figure]:
    replay = Replay()
    for block in _made_blocks(accounts * 2, 2):
        replay.apply(block)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "rebuilt.tessera"
        started = time.perf_counter()
        write_rebuilt(path, replay, {})
        written = time.perf_counter() - started
        started = time.perf_counter()
        Archive.open(path).close()
        opened = (time.perf_counter() - started) * 1000
    return [
        Figure(SECTION, f"an archive of {accounts:,} accounts written", written, "s"),
        Figure(SECTION, "… opened, every byte checked", opened, "ms", at_most=OPENED_AT_MOST),
    ]


def _alone(number: int, data: bytes) -> CheckedBlock:
    """A block checked as if it were the first, with the number that the replay needs next."""
    made = MadeBlock(1, _BLOCK_SIZE, data, data[52:84])
    first = check_block(None, BlockEvent(1, made.root, made.data_hash), SubmittedBlock(made.size, 0, data))
    return CheckedBlock(number, first.size, first.data, first.header)


async def _in_its_own_process(slots: int) -> tuple[float, float, int]:
    """Seconds, peak MiB, and how many slots had their NFT."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.rebuild", str(slots)), cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    seconds, memory, held = out.split()
    return float(seconds), float(memory), int(held)


def _made_blocks(slots: int, of_account: int = SLOTS_OF_ACCOUNT) -> Iterator[CheckedBlock]:
    """Blocks in which accounts mint, slot after slot; made while they are replayed, so that they need no room."""
    before: CheckedBlock | None = None
    transactions = _made_transactions(slots, of_account)
    while batch := list(islice(transactions, _BLOCK_SIZE)):
        number, root = (before.number + 1, before.header.root_after) if before else (1, GENESIS_ROOT)
        after = (int.from_bytes(root, "big") + 1).to_bytes(32, "big")
        data = layouts.block_data(EXCHANGE, root, after, 1_650_000_000, 2, batch)
        event = BlockEvent(number, after, MadeBlock(number, len(batch), data, after).data_hash)
        before = check_block(before, event, SubmittedBlock(len(batch), 0, data))
        yield before


def _made_transactions(slots: int, of_account: int) -> Iterator[bytes]:
    contract = b"\xcc" * 20
    yield layouts.deposit(contract, _CONTRACT_ACCOUNT, 0, 1)
    for slot in range(slots):
        account, place = 10_000 + slot // of_account, slot % of_account
        owner = account.to_bytes(20, "big")
        if place == 0:
            yield layouts.deposit(owner, account, 0, 1)
        nft = layouts.MadeNft(owner, 0, contract, slot.to_bytes(32, "big"), 5)
        yield layouts.mint_to_self(account, 0x8000 + place, 1, _CONTRACT_ACCOUNT, nft)


def _main(slots: int) -> None:
    replay = Replay()
    started = time.perf_counter()
    for block in _made_blocks(slots):
        replay.apply(block)
    held = sum(len(each.nfts) for state in replay.accounts() for each in state.holdings)
    seconds = time.perf_counter() - started
    print(seconds, _peak(), held)


def _peak() -> float:
    """MiB that this process had at most. `ru_maxrss` would do, but on Linux it begins with what its parent had."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except FileNotFoundError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB
    return int(status.partition("VmHWM:")[2].split()[0]) / KIB


if __name__ == "__main__":
    _main(int(sys.argv[1]))
