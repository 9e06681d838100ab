"""A snapshot of 10,000 holders of one collection, made, stored, and exported in each form with its seal.

Seconds are of the processor, the store's threads included. Memory is the most that the process had meanwhile, beyond
what it had before. While the snapshot is made a clock ticks: the longest that it waited, a command would have waited.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figures import Figure, Kind
from bench.filled_store import FIRST_GUILD, NOW, collection
from bench.holder_lists import fill
from bot.gates.gate import GuildSettings
from bot.gates.patience import Patience
from bot.holders.export_view import Layout, export_view
from bot.holders.seal import new_key
from bot.holders.sealed_export import sealed_export
from bot.holders.snapshot import Snapshot, SnapshotRequest
from bot.holders.snapshot_changes import compare_snapshots
from bot.names import Names
from bot.store import Store
from bot.sync.rule_holders import Knowledge
from bot.sync.snapshots import SnapshotMaker

SECTION = "snapshots: 10,000 holders of a collection"
HOLDERS, QUICK_HOLDERS = 10_000, 1_000
SECONDS_AT_MOST = 2.0
MEGABYTES_AT_MOST = 100.0
_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")
_KILOBYTE = 1 / 1024


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 15 s, or 3 if quick."""
    holders = QUICK_HOLDERS if quick else HOLDERS
    report(f"{holders:,} holders, one snapshot, {len(Layout)} files")
    with TemporaryDirectory(prefix="tessera-bench-") as folder:
        store = await Store.open(Path(folder) / "holders.db")
        try:
            await fill(store, holders)
            return await _measure(store, holders)
        finally:
            await store.close()


async def _measure(store: Store, holders: int) -> list[Figure]:
    maker = _maker(store)
    section = SECTION.replace("10,000", f"{holders:,}")
    request = SnapshotRequest(str(collection(1).collection_id))
    key, _ = new_key()
    _reset_peak()
    before, began = _memory("VmRSS"), time.process_time()
    made, late = await _ticking(maker, request)
    making = time.process_time() - began
    figures = []
    for layout in Layout:
        began = time.process_time()
        view = export_view(await maker.get(FIRST_GUILD, made.snapshot_id), shows_addresses=True)
        export = await asyncio.to_thread(sealed_export, view, layout, key)
        seconds = making + time.process_time() - began
        note = f"{making:.2f} s to make the snapshot; {export.size / 1e6:.1f} MB"
        figures.append(Figure(section, f"{layout.value}", seconds, "s", at_most=SECONDS_AT_MOST, note=note))
    began = time.process_time()
    again = await maker.make(FIRST_GUILD, request)
    making_again = time.process_time() - began
    began = time.process_time()
    diff = compare_snapshots(made, again)
    comparing = time.process_time() - began
    memory = _memory("VmHWM") - before
    return [
        *figures,
        Figure(section, "members in it", len(made.members), kind=Kind.COUNT, at_most=holders, at_least=holders),
        Figure(section, "accounts unknown in it", made.incomplete, kind=Kind.COUNT, at_most=0),
        Figure(section, "a second one", making_again, "s"),
        Figure(section, "both compared", comparing, "s", note=f"{len(diff.changes):,} members"),
        Figure(section, "memory beyond what there was", memory, "MB", at_most=MEGABYTES_AT_MOST),
        Figure(section, "the longest that the loop was late meanwhile", late * 1000, "ms"),
    ]


async def _ticking(maker: SnapshotMaker, request: SnapshotRequest) -> tuple[Snapshot, float]:
    """A snapshot, and the longest that the loop was late while it was made, in seconds."""
    lates = [0.0]

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            lates.append(time.perf_counter() - began - 0.001)

    ticking = asyncio.create_task(tick())
    made = await maker.make(FIRST_GUILD, request)
    ticking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await ticking
    return made, max(lates)


def _maker(store: Store) -> SnapshotMaker:
    knowledge = Knowledge({}, timedelta(minutes=10), vouching=True, patience=Patience())
    return SnapshotMaker(store, Names(), GuildSettings(), knowledge, lambda: NOW + timedelta(minutes=1))


def _reset_peak() -> None:
    """The most that the process had is counted from here."""
    _RESET.write_text("5", encoding="ascii")


def _memory(name: str) -> float:
    """A number of the process's own memory, in MB."""
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * _KILOBYTE
    raise ValueError(f"{_STATUS} has no {name}")
