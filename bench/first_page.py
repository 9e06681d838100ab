"""What the bot adds to Loopring's own time until the first page of `/collections` shows.

Each run asks for an account that the bot has never seen, with a whole upstream page of collections, so that nothing
comes from memory. Loopring takes 50 ms; Discord answers at once.
"""

from __future__ import annotations

from collections.abc import Callable

from bench.figures import Figure, Kind
from bench.percentiles import percentile
from bench.stand import open_stand

SECTION = "first page: /collections beyond Loopring's own 50 ms"
UPSTREAM_MS = 50.0
COLLECTIONS = 50
RUNS = 200
QUICK_RUNS = 40
P50_AT_MOST = 15.0
P99_AT_MOST = 60.0


async def measure(*, quick: bool, tell: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 25 s, or 6 if quick."""
    runs = QUICK_RUNS if quick else RUNS
    beyond, failed = [], 0
    async with open_stand() as stand, stand.bot() as bot:
        # Minting takes the sandbox longer than answering; it must not do so while it is being waited for.
        accounts = [await stand.new_account(COLLECTIONS) for _ in range(runs)]
        await stand.switch("latency", service="loopring", seconds=UPSTREAM_MS / 1000)
        stand.rest()
        tell(f"{runs} accounts of {COLLECTIONS} collections, one after the other")
        for account in accounts:
            asked = stand.ask(account)
            await stand.answered(asked)
            bot.check_alive()
            moment = asked[0].for_client()["answered_ms"]
            if moment is None:
                failed += 1
                continue
            beyond.append(moment - UPSTREAM_MS)
            # The owner's address is asked for afterwards; the next run must not meet that request.
            await stand.settled(asked)
    if not beyond:
        return [Figure(SECTION, "p50", None, "ms", note="no run was answered"), _failed(failed)]
    return [
        Figure(SECTION, "p50", percentile(beyond, 50), "ms", at_most=P50_AT_MOST),
        Figure(SECTION, "p99", percentile(beyond, 99), "ms", at_most=P99_AT_MOST),
        Figure(SECTION, "max", max(beyond), "ms", note=f"of {len(beyond)}"),
        _failed(failed),
    ]


def _failed(count: int) -> Figure:
    return Figure(SECTION, "runs without an answer", count, kind=Kind.COUNT, at_most=0, at_least=0)
