"""Memory, and the time from the start of the process to "ready", with few servers and with a thousand.

The time excludes the pause in which discord.py waits for one more server to be announced. In the last scene, each of
the thousand is announced with 250 members, far more than Discord sends to a bot without privileged intents: if the bot
stored them, the memory would show it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.bot_process import BotProcess
from bench.figures import Figure, Kind
from bench.percentiles import percentile
from bench.sandbox import BenchSandbox, open_bench_sandbox

# discord.py delays READY for this long after the last server was announced.
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
    """What is announced to the bot, in addition to the sandbox's own three servers."""

    name: str
    guilds: int
    members: int


SCENES = (Scene("3 servers", 0, 0), Scene("1,000 servers", 1000, 0), Scene("1,000 servers of 250", 1000, 250))


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 60 s, or 25 if quick."""
    figures = []
    for scene in SCENES:
        starts = QUICK_STARTS if quick else STARTS
        report(f"{scene.name}: {starts} starts, then {COMMANDS} commands")
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
    """After ready, and after commands that each show another account, so that nothing is shared."""
    ready = bot.memory()
    for _ in range(COMMANDS):
        asked = sandbox.ask(await sandbox.new_account(COLLECTIONS))
        await sandbox.answered(asked)
        await sandbox.settled()
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
