"""Addresses with a trouble of their own, each asked for once a second: what other members notice of it.

One address always answers 500, one is always too slow, one is withheld. Other members ask for another new address each
second: nobody may fail, and nobody waits longer than without them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bench.figures import Figure, Kind
from bench.percentiles import percentile
from bench.sandbox import BenchSandbox, open_bench_sandbox

if TYPE_CHECKING:
    from sandbox.discord.interactions import Interaction

SECTION = "poisoned: addresses that fail, asked for once a second, at 5 requests a second"
PER_SECOND = 5
SECONDS = 60
QUICK_SECONDS = 15
COLLECTIONS = 3
UPSTREAM_MS = 50.0
# As without it: what two runs without any trouble differ by on a busy machine.
LONGER_AT_MOST_MS = 150.0
# Longer than the bot waits for an answer.
TOO_SLOW = 60.0
POISONS: Mapping[str, Mapping[str, Any]] = {
    "always 500": {"kind": "status", "status": 500},
    "always too slow": {"kind": "slow", "seconds": TOO_SLOW},
    "withheld": {"kind": "status", "status": 403, "body": {"message": "Restricted access"}},
}
OTHER = 100  # the first of the members who ask for what works
# Seconds: who asks at the same moment as others waits for their turns too, whatever the answers are.
_APART = 0.25
# An answer's; errors have other colours.
_ANSWER_COLOUR = 0xC8643C


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 130 s, or 40 if quick."""
    seconds = QUICK_SECONDS if quick else SECONDS
    async with open_bench_sandbox() as sandbox, sandbox.bot(per_second=PER_SECOND) as bot:
        poisoned = [await sandbox.new_address(COLLECTIONS) for _ in POISONS]
        healthy = [await sandbox.new_address(COLLECTIONS) for _ in range(2 * seconds + 2)]
        await sandbox.switch("latency", service="blockscout", seconds=UPSTREAM_MS / 1000)
        for account in healthy[:2]:  # the first of a process cost imports
            await sandbox.answered([sandbox.type(OTHER, "collections", {"account": account})])
        report(f"{seconds} s without them")
        calm = await _visits(sandbox, healthy[2 : seconds + 2], [])
        for account, fault in zip(poisoned, POISONS.values(), strict=True):
            address = account.rsplit(":", 1)[1]
            await sandbox.switch("faults", service="blockscout", times=None, account=address, **fault)
        report(f"{seconds} s with {len(POISONS)} addresses that fail")
        troubled = await _visits(sandbox, healthy[seconds + 2 :], poisoned)
        sent = [sandbox.blockscout_requests(account.rsplit(":", 1)[1]) for account in poisoned]
        bot.check_alive()
    return [*_figures(calm, troubled), _requests(sent, seconds)]


async def _visits(sandbox: BenchSandbox, healthy: Sequence[str], poisoned: Sequence[str]) -> list[Interaction]:
    """Ask for one that works and for each poisoned one, once a second; what others were answered."""
    others = []
    for number, account in enumerate(healthy):
        for member in range(len(POISONS)):
            if poisoned:
                sandbox.type(member, "collections", {"account": poisoned[member]})
            await asyncio.sleep(_APART)
        others.append(sandbox.type(OTHER + number, "collections", {"account": account}))
        await asyncio.sleep(1 - len(POISONS) * _APART)
    await sandbox.answered(others)
    return others


def _figures(calm: Sequence[Interaction], troubled: Sequence[Interaction]) -> list[Figure]:
    before, after = (percentile([_waited(each) for each in visits], 95) for visits in (calm, troubled))
    return [
        Figure(
            SECTION, "others who were told of a failure", _failures(troubled), kind=Kind.COUNT, at_most=0, at_least=0
        ),
        Figure(SECTION, "others' answers, p95", after, "ms", at_most=before + LONGER_AT_MOST_MS),
        Figure(SECTION, "without them: others' answers, p95", before, "ms"),
        Figure(SECTION, "without them: failures", _failures(calm), kind=Kind.COUNT, at_most=0, at_least=0),
    ]


def _requests(sent: Sequence[int], seconds: int) -> Figure:
    note = ", ".join(f"{name}: {count}" for name, count in zip(POISONS, sent, strict=True))
    what = f"requests for the addresses that fail, asked for {seconds} times each"
    return Figure(SECTION, what, sum(sent), kind=Kind.COUNT, at_most=seconds, note=note)


def _waited(visit: Interaction) -> float:
    answered = visit.for_client()["answered_ms"]
    return float("inf") if answered is None else float(answered)


def _failures(visits: Sequence[Interaction]) -> int:
    messages = [visit.for_client()["message"] for visit in visits]
    return sum(not message or message["embeds"][0].get("color") != _ANSWER_COLOUR for message in messages)
