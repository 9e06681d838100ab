"""An archive of 100,000 accounts, each with twelve of 5,000 collections: its size, and how fast it opens and answers.

Look-ups go through the source, as commands ask it: one after the other, each for an account drawn at random. The
source runs in a process of its own, so that its peak memory does not include the writing.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.bot_process import REPOSITORY
from bench.figures import Figure, Kind
from bench.percentiles import percentile
from bot.archive.lines import AccountRecord, Header, HeldRecord, order
from bot.archive.writer import write_archive
from bot.holdings import LOOPRING, Account, Collection
from bot.sources.archive import ArchiveSource
from bot.sources.askers import Asker, Askers

SECTION = "archive: 100,000 accounts of 12 collections"
ACCOUNTS = 100_000
QUICK_ACCOUNTS = 10_000
COLLECTIONS = 5_000
HELD = 12
LOOK_UPS = 2_000
MIB = 1024 * 1024
SIZE_AT_MOST = 20.0
OPEN_AT_MOST = 1_000.0
MEMORY_AT_MOST = 100.0
LOOK_UP_AT_MOST = 50.0

_FIRST = 10_000
_AS_OF = datetime(2026, 6, 1, tzinfo=UTC)


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 60 s, or 12 if quick."""
    accounts = QUICK_ACCOUNTS if quick else ACCOUNTS
    section = SECTION if not quick else SECTION.replace("100,000", "10,000")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.tessera"
        report(f"writing {accounts:,} accounts")
        started = time.perf_counter()
        await asyncio.to_thread(_write, path, accounts)
        written = time.perf_counter() - started
        report("opening it, and asking")
        opened, memory, times = await _in_its_own_process(path, accounts)
        size = path.stat().st_size / MIB
    return [
        Figure(section, "size", size, "MiB", Kind.SIZE, at_most=SIZE_AT_MOST),
        Figure(section, "writing", written, "s"),
        Figure(section, "opening, every byte checked", opened, "ms", at_most=OPEN_AT_MOST),
        Figure(section, "peak memory of the source after all look-ups", memory, "MiB", Kind.SIZE, MEMORY_AT_MOST),
        Figure(section, "look-up p50", percentile(times, 50), "ms"),
        Figure(section, "look-up p99", percentile(times, 99), "ms", at_most=LOOK_UP_AT_MOST),
        Figure(section, "look-ups", 1000 * len(times) / sum(times), "/s"),
    ]


async def _in_its_own_process(path: Path, accounts: int) -> tuple[float, float, list[float]]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.archive", str(path), str(accounts)),
        stdout=asyncio.subprocess.PIPE,
        cwd=REPOSITORY,
    )
    out, _ = await process.communicate()
    opened, memory, *times = map(float, out.split())
    return opened, memory, times


async def _use(path: Path, accounts: int) -> None:
    """Open an archive, look things up, and print the times and the memory."""
    before, started = _peak(), time.perf_counter()
    source = await ArchiveSource.open(path, name="bench")
    opened = (time.perf_counter() - started) * 1000
    dice = random.Random(7)  # noqa: S311 - which accounts does not matter, only that they are the same each time
    times = []
    for _ in range(LOOK_UPS):
        account = Account(LOOPRING, str(_FIRST + dice.randrange(accounts)))
        started = time.perf_counter()
        async for scan in source.iter_holdings(account, None, Askers(Asker.job("bench"))):
            if len(scan.rows) != HELD:
                raise SystemExit("a wrong answer")
        times.append((time.perf_counter() - started) * 1000)
    await source.close()
    print(opened, (_peak() - before) / 1024, *times)


def _peak() -> int:
    """Peak memory of this program in KiB (Linux); `getrusage` would include that of its parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def _write(path: Path, accounts: int) -> None:
    header = Header(LOOPRING, "Loopring", _AS_OF, "bench")
    collections = sorted((_collection(number) for number in range(1, COLLECTIONS + 1)), key=_order)
    write_archive(path, header, collections, _accounts(accounts))


def _order(collection: Collection) -> tuple[int, str]:
    return order(collection.collection_id)


def _collection(number: int) -> Collection:
    dice = random.Random(number)  # noqa: S311 - made up
    pictures = tuple(f"ipfs://Qm{dice.randbytes(22).hex()}" for _ in range(3))
    words = " ".join(dice.randbytes(4).hex() for _ in range(25))
    return Collection(
        LOOPRING,
        str(number),
        name=f"Collection {words[:20]}",
        description=words,
        contract_address=f"0x{dice.randbytes(20).hex()}",
        owner=f"0x{dice.randbytes(20).hex()}",
        nft_type="ERC1155",
        deploy_status="DEPLOYED",
        avatar_uris=pictures,
        banner_uris=pictures[::-1],
        created_at=_AS_OF,
        updated_at=_AS_OF,
        properties=(("isMintable", True), ("isPublic", False)),
    )


def _accounts(count: int) -> Iterator[AccountRecord]:
    dice = random.Random(1)  # noqa: S311 - made up
    for number in range(_FIRST, _FIRST + count):
        held = dice.sample(range(1, COLLECTIONS + 1), HELD)
        as_of = _AS_OF + timedelta(microseconds=dice.randrange(10**12))
        yield AccountRecord(
            str(number),
            as_of,
            f"0x{dice.randbytes(20).hex()}",
            HELD,
            holdings=tuple(HeldRecord(str(each), dice.randint(1, 40)) for each in held),
        )


if __name__ == "__main__":
    asyncio.run(_use(Path(sys.argv[1]), int(sys.argv[2])))
