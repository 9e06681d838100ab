"""Memory, and the time from the start of the process to "ready", with few servers and with a thousand.

The time is that beyond the pause for which discord.py waits whether one more server is announced. Last, each of the
thousand is announced with 250 members in it, far more than Discord sends a bot without privileged intents: what must
not be kept is offered, and shows if it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.bot_process import BotProcess
from bench.figures import Figure, Kind
from bench.percentiles import percentile
from bench.sandbox import BenchSandbox, open_bench_sandbox

# discord.py holds READY back for so long after the last server was announced: `READY_PAUSE` of bot.client.
from bot.ui.client import READY_PAUSE

SECTION = "memory and start"
MEMORY_AT_MOST = 120.0
START_AT_MOST = 1.5
STARTS = 5
QUICK_STARTS = 2
COMMANDS = 200
COLLECTIONS = 50


@dataclass(frozen=True, slots=True)
class Scene:
    """What is announced to the bot, on top of the sandbox's own three servers."""

    name: str
    guilds: int
    members: int


SCENES = (Scene("3 servers", 0, 0), Scene("1,000 servers", 1000, 0), Scene("1,000 servers of 250", 1000, 250))


async def measure(*, quick: bool, tell: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 60 s, or 25 if quick."""
    figures = []
    for scene in SCENES:
        starts = QUICK_STARTS if quick else STARTS
        tell(f"{scene.name}: {starts} starts, then {COMMANDS} commands")
        seconds, processor = [], []
        for n in range(starts):
            async with open_bench_sandbox() as sandbox:
                await sandbox.switch("announce", guilds=scene.guilds, members=scene.members)
                async with sandbox.bot() as bot:
                    seconds.append(bot.seconds_to_ready - READY_PAUSE)
                    processor.append(bot.cpu_seconds() or 0.0)
                    if n == starts - 1:
                        memory = await _memory(scene, sandbox, bot)
        figures += [_start(scene, seconds, processor), *memory]
    return figures


async def _memory(scene: Scene, sandbox: BenchSandbox, bot: BotProcess) -> list[Figure]:
    """After ready, and after commands each of which shows an account of its own: nothing is shared among them."""
    ready = bot.memory()
    for _ in range(COMMANDS):
        asked = sandbox.ask(await sandbox.new_account(COLLECTIONS))
        await sandbox.answered(asked)
        await sandbox.settled(asked)
        bot.check_alive()
    used = bot.memory()
    return [
        _size(f"{scene.name}: memory when ready", ready, "VmRSS"),
        _size(f"{scene.name}: after {COMMANDS} commands", used, "VmRSS"),
        _size(f"{scene.name}: most at any time", used, "VmHWM"),
    ]


def _start(scene: Scene, seconds: list[float], processor: list[float]) -> Figure:
    note = f"median of {len(seconds)}, {min(seconds):.2f} to {max(seconds):.2f}"
    if busy := percentile(processor, 50):
        note += f"; {busy:.2f} s of a processor"
    return Figure(
        SECTION,
        f"{scene.name}: start to ready",
        percentile(seconds, 50),
        "s",
        at_most=START_AT_MOST,
        note=note,
    )


def _size(what: str, memory: dict[str, float] | None, field: str) -> Figure:
    note = "" if memory else "this system has no /proc"
    value = memory[field] if memory else None
    return Figure(SECTION, what, value, "MB", Kind.SIZE, at_most=MEMORY_AT_MOST, note=note)
