"""Charts and cards: how long they take, how much memory their process and the bot need, and what the others notice.

The drawing process is measured alone, with the clock of its idle time handed in; the bot in a process of its own, asked
for cards without a break, beside one that draws nothing. Both are asked in turn, so that a busy machine affects both.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image

from bench.bot_process import BotProcess
from bench.figures import Figure, Kind
from bench.percentiles import percentile
from bench.sandbox import BenchSandbox, open_bench_sandbox
from bot.counts import exact
from bot.pictures.charts import Heading, Label, Line, TrendChart
from bot.pictures.drawing_process import IDLE_SECONDS, DrawingProcess
from bot.pictures.fonts import find_font
from bot.pictures.studio import Studio

SECTION = "pictures: charts and cards, drawn by a process of their own"
CHARTS = 40
QUICK_CHARTS = 10
POINTS = 400
ROUNDS = 300
QUICK_ROUNDS = 60
CARDS = 40
QUICK_CARDS = 10
COLLECTIONS = 12
APART = 0.02
WARM_AT_MOST = 1.0
COLD_AT_MOST = 3.0
CHILD_AT_MOST = 150.0
BOT_AT_MOST = 100.0
RATIO_AT_MOST = 1.2
P95, P99 = 95, 99
_LARGEST = 4096  # squared, the most pixels that are decoded


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 60 s, or 20 if quick."""
    charts, rounds, cards = (QUICK_CHARTS, QUICK_ROUNDS, QUICK_CARDS) if quick else (CHARTS, ROUNDS, CARDS)
    report(f"{charts} charts, and the largest picture that is decoded")
    alone = await _process_alone(charts)
    report(f"{cards} cards, then {rounds} commands to each of two bots")
    return [*alone, *await _beside_a_bot(rounds, cards)]


async def _process_alone(charts: int) -> list[Figure]:
    now = 0.0
    process = DrawingProcess(seconds=60, clock=lambda: now)
    studio = Studio(process, font=await asyncio.to_thread(find_font))
    try:
        cold = await _seconds(studio)
        warm = [await _seconds(studio) for _ in range(charts)]
        usual = _memory(process.pid)
        await process.draw({"draw": "small", "format": "PNG", "side": 192}, [_largest_png()], is_large=True)
        most = _memory(process.pid)
        now = IDLE_SECONDS - 1
        await process.end_if_idle()
        stays = process.pid is not None
        now = IDLE_SECONDS
        await process.end_if_idle()
        is_gone = process.pid is None
    finally:
        await process.close()
    note = f"of {POINTS} points; p50 {percentile(warm, 50):.2f} s"
    return [
        Figure(SECTION, "a chart, with the start of the process", cold, "s", at_most=COLD_AT_MOST),
        Figure(
            SECTION,
            "a chart of a process that is there, p95",
            percentile(warm, P95),
            "s",
            at_most=WARM_AT_MOST,
            note=note,
        ),
        Figure(SECTION, "memory of the process after the charts", usual["VmRSS"], "MB", Kind.SIZE, CHILD_AT_MOST),
        Figure(
            SECTION,
            "… most at any time, with a picture of 16 megapixels",
            most["VmHWM"],
            "MB",
            Kind.SIZE,
            CHILD_AT_MOST,
        ),
        Figure(
            SECTION,
            f"… gone after {IDLE_SECONDS:.0f} s without a picture, and not before (1: so it is)",
            float(stays and is_gone),
            "",
            Kind.COUNT,
            1,
            1,
            note="in virtual time",
        ),
    ]


async def _beside_a_bot(rounds: int, cards: int) -> list[Figure]:
    async with AsyncExitStack() as stack:
        busy, its_bot = await _open(stack)
        idle, _ = await _open(stack)
        before = its_bot.memory() or {"VmRSS": 0.0}
        collectors = _Collectors(busy)
        took = [await collectors.card(number) for number in range(cards)]
        drawing = asyncio.create_task(collectors.draw_without_end())
        times: dict[str, list[float]] = {"busy": [], "idle": []}
        for number in range(rounds):
            for name, sandbox in (("busy", busy), ("idle", idle)) if number % 2 else (("idle", idle), ("busy", busy)):
                asked = sandbox.ask("10001")
                await sandbox.acknowledged(asked)
                moment = asked[0].for_client()["acknowledged_ms"]
                times[name].append(float("inf") if moment is None else moment)
                await asyncio.sleep(APART)
        drawing.cancel()
        await asyncio.gather(drawing, return_exceptions=True)
        its_bot.check_alive()
        after = its_bot.memory() or before
    during, without = percentile(times["busy"], P99), percentile(times["idle"], P99)
    note = f"{during:.1f} ms; idle {without:.1f} ms; p50 {percentile(times['busy'], 50):.1f} and "
    note += f"{percentile(times['idle'], 50):.1f} ms; {collectors.drawn - cards} cards drawn meanwhile"
    return [
        Figure(
            SECTION, "/card until answered, p95", percentile(took, P95), "s", note="the first with the process's start"
        ),
        Figure(SECTION, "memory of the bot, grown by", after["VmRSS"] - before["VmRSS"], "MB", Kind.SIZE, BOT_AT_MOST),
        Figure(
            SECTION,
            "p99 until acknowledged, of the idle bot's",
            during / without,
            "x",
            Kind.TIME,
            RATIO_AT_MOST,
            note=note,
        ),
    ]


class _Collectors:
    """Those of the crowd who have cards made; each links an account first.

    Attributes:
        drawn: Cards so far.
    """

    def __init__(self, sandbox: BenchSandbox) -> None:
        self._sandbox = sandbox
        self._linked: set[int] = set()
        self.drawn = 0

    async def card(self, member: int) -> float:
        """Seconds until one of them has a card."""
        if member not in self._linked:
            account = await self._sandbox.new_account(COLLECTIONS)
            await self._sandbox.answered([self._sandbox.type(member + 1, "link", {"account": account})])
            self._linked.add(member)
        began = time.perf_counter()
        await self._sandbox.answered([self._sandbox.type(member + 1, "card", {})])
        self.drawn += 1
        return time.perf_counter() - began

    async def draw_without_end(self) -> None:
        """One card after another, of those who have one already: their avatars are cached."""
        while True:
            await self.card(self.drawn % len(self._linked))


async def _open(stack: AsyncExitStack) -> tuple[BenchSandbox, BotProcess]:
    sandbox = await stack.enter_async_context(open_bench_sandbox())
    bot = await stack.enter_async_context(sandbox.bot())
    await sandbox.answered(sandbox.ask("10001"))  # the first of a process costs imports
    sandbox.rest()
    return sandbox, bot


async def _seconds(studio: Studio) -> float:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    points = tuple((start + timedelta(hours=n), exact(1000 + n % 97)) for n in range(POINTS))
    lines = tuple(Line(Label(f"Collection {n}"), points) for n in range(4))
    chart = TrendChart(Heading(Label("Holders over time"), Label("As of now")), lines)
    began = time.perf_counter()
    await studio.chart(chart)
    return time.perf_counter() - began


def _memory(pid: int | None) -> dict[str, float]:
    """As `BotProcess.memory`."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    fields = dict(line.split(":", 1) for line in status.splitlines())
    return {name: int(fields[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "VmHWM")}


def _largest_png() -> bytes:
    """In red, green, blue and alpha, which needs the most."""
    written = io.BytesIO()
    Image.new("RGBA", (_LARGEST, _LARGEST), (200, 90, 60, 200)).save(written, "PNG", compress_level=1)
    return written.getvalue()
