"""How often Loopring is asked for an account's collections: once, however many people ask."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from bench.figures import Figure, Kind
from bench.sandbox import BenchSandbox, open_bench_sandbox

SECTION = "calls of user/collection/details"
DETAILS = "user/collection/details"
# Up to one upstream page of 50; one more needs a second page, which proves that the calls are counted.
SIZES = (1, 49, 50)
PEOPLE = 500
# Longer than the bot needs to read 500 interactions: later ones would be answered from the cache, and not share the
# request that is under way.
UPSTREAM_SECONDS = 2.0


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 6 s."""
    del quick  # counts do not get better by repetition
    async with open_bench_sandbox() as sandbox, sandbox.bot() as bot:
        report("accounts of up to 50 collections, and of 51")
        figures = []
        for size in SIZES:
            calls, _ = await _calls(sandbox, size)
            figures.append(_exactly(f"one person, {size} collection{'s' if size > 1 else ''}", calls, 1))
        calls, _ = await _calls(sandbox, 51)
        figures.append(_exactly("one person, 51 collections", calls, 2))
        report(f"{PEOPLE} people at once")
        await sandbox.switch("latency", service="loopring", seconds=UPSTREAM_SECONDS)
        calls, failed = await _calls(sandbox, 50, PEOPLE)
        bot.check_alive()
        return [
            *figures,
            _exactly(f"{PEOPLE} people at once, the same account", calls, 1),
            _exactly(f"of these {PEOPLE}, left without an answer", failed, 0),
        ]


async def _calls(sandbox: BenchSandbox, collections: int, people: int = 1) -> tuple[int, int]:
    """Details calls for an account that is new to the bot, and how many people got no list."""
    account = await sandbox.new_account(collections)
    before = sandbox.last_exchange
    asked = sandbox.ask(account, people)
    with contextlib.suppress(TimeoutError):  # those still waiting are counted below
        await sandbox.answered(asked, seconds=15.0)
    await sandbox.settled(seconds=10.0)
    failed = sum(interaction.state != "answered" for interaction in asked)
    return sandbox.loopring_requests(DETAILS, before), failed


def _exactly(what: str, count: int, expected: int) -> Figure:
    return Figure(SECTION, what, count, kind=Kind.COUNT, at_most=expected, at_least=expected)
