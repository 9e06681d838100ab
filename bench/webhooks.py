"""Outgoing webhooks: a backlog of ten thousand events, delivered one after the other to a receiver on this machine.

Everything is the bot's own: a store in a file with every commit on the disk, signatures, HTTP. The receiver is in the
same process and takes a part of its time. While one server's backlog is delivered, a hundred other servers have one
event each: how long the last of these waits says whether they pay for it.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web
from sqlite_utils import Database

from bench.figures import Figure, Kind
from bench.percentiles import percentile
from bot.roles.plan import Act
from bot.sources.public_address import Reachable
from bot.store import Store
from bot.store.sync.ledger_table import Intent
from bot.store.webhooks import event_log
from bot.store.webhooks.webhook_store import Admin
from bot.webhooks.delivery.delivering import Deliveries
from bot.webhooks.delivery.posting import open_poster
from bot.webhooks.values.event import EventType, NewEvent
from bot.webhooks.values.webhook_signature import SecretKey

MANY, QUICK_MANY = 10_000, 1_000
OTHERS = 100
CHANGES = 300
GUILD, WITHOUT = 1, 2
WAIT_AT_MOST = 1_000.0  # ms
ADMIN = Admin(9, b"nine")


class Receiver:
    """Confirms everything, and notes which number came for which server, and when."""

    def __init__(self) -> None:
        self.came: dict[str, list[tuple[int, float]]] = {}

    async def answer(self, request: web.Request) -> web.Response:
        """Confirm an event."""
        event = await request.json()
        self.came.setdefault(request.match_info["server"], []).append((event["sequence"], time.perf_counter()))
        return web.Response(status=204)


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about a minute, or 10 s if quick."""
    many = QUICK_MANY if quick else MANY
    section = f"webhooks: a backlog of {many:,} events, and {OTHERS} servers with one each"
    receiver = Receiver()
    with TemporaryDirectory(prefix="tessera-bench-") as folder:
        store = await Store.open(Path(folder) / "t.db")
        async with _serving(receiver) as url, open_poster(_LOOPBACK, _now) as poster:
            report("what an event adds to a change of a role")
            without = await _changes(store, WITHOUT)
            await store.webhooks.add_endpoint(GUILD, f"{url}/{GUILD}", b"salt", _now(), ADMIN, most=5)
            with_event = await _changes(store, GUILD)
            report(f"{many:,} events")
            await store.writer.transaction(lambda db: _fill(db, many - CHANGES))
            for number in range(OTHERS):
                guild_id = 1000 + number
                await store.webhooks.add_endpoint(guild_id, f"{url}/{guild_id}", b"salt", _now(), ADMIN, most=5)
            key = SecretKey("a key of the bench, for nobody else")
            deliveries = Deliveries(store.webhooks, poster, key, _now, time.monotonic, lambda: 0.0)
            began = time.perf_counter()
            await deliveries.run()
            # With the backlog under way, something happens in all other servers.
            happened = time.perf_counter()
            await store.writer.transaction(_happen_elsewhere)
            await deliveries.run()
            await deliveries.drain()
            took = time.perf_counter() - began
            await deliveries.close()
        await store.close()
    waits = [(at - happened) * 1000 for server, came in receiver.came.items() if server != str(GUILD) for _, at in came]
    return _figures(section, receiver, many, took, waits, (without, with_event))


def _figures(
    section: str, receiver: Receiver, many: int, took: float, waits: Sequence[float], changes: tuple[float, float]
) -> list[Figure]:
    numbers = [number for number, _ in receiver.came.get(str(GUILD), [])]
    out_of_place = sum(number != place for place, number in enumerate(numbers, 1)) + abs(many - len(numbers))
    without, with_event = changes
    longest = max(waits, default=0.0)
    return [
        Figure(section, "events that are missing, twice or out of order", out_of_place, "", Kind.COUNT, 0, 0),
        Figure(section, "servers whose event did not arrive", OTHERS - len(waits), "", Kind.COUNT, 0, 0),
        Figure(section, "events a second", (many + OTHERS) / took, "/s", note=f"{took:.1f} s in all"),
        Figure(section, "an event of another server, median", percentile(waits, 50) if waits else None, "ms"),
        Figure(section, "the last of them", longest, "ms", at_most=WAIT_AT_MOST),
        Figure(
            section, "what an event adds to a role's change", with_event - without, "ms", note=f"{without:.2f} without"
        ),
    ]


async def _changes(store: Store, guild_id: int) -> float:
    """Milliseconds that the store takes to write down that a role was given: the least disturbed half."""
    run_id = await store.sync.runs.begin(guild_id, _now())
    took = []
    for user_id in range(1, CHANGES + 1):
        intent = Intent(guild_id, user_id, 7, 12, run_id, Act.ADD, "holds 1 of 1", is_counted=False, at=_now())
        await store.sync.ledger.begin(intent)
        began = time.perf_counter()
        await store.sync.ledger.done(intent)
        took.append((time.perf_counter() - began) * 1000)
    return percentile(took, 50)


def _fill(db: Database, count: int) -> None:
    for number in range(count):
        event_log.add_event(db, GUILD, NewEvent(EventType.SNAPSHOT_MADE, _now(), {"snapshot_id": str(number)}))


def _happen_elsewhere(db: Database) -> None:
    for number in range(OTHERS):
        event_log.add_event(db, 1000 + number, NewEvent(EventType.SNAPSHOT_MADE, _now() - timedelta(seconds=1)))


@asynccontextmanager
async def _serving(receiver: Receiver) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/{server}", receiver.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _now() -> datetime:
    return datetime.now(UTC)


_LOOPBACK = Reachable((ipaddress.ip_network("127.0.0.1/32"),))
