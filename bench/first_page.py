"""What the bot adds to a source's own time until the first page of `/collections` is shown.

Each run asks for an account that the bot has never seen, with a whole upstream page of collections, so that nothing
is cached. The source takes 50 ms; Discord answers at once.
"""

from __future__ import annotations

from collections.abc import Callable

from bench.figures import Figure, Kind
from bench.percentiles import percentile
from bench.sandbox import BenchSandbox, open_bench_sandbox

UPSTREAM_MS = 50.0
COLLECTIONS = 50
RUNS = 200
QUICK_RUNS = 40
P50_AT_MOST = 15.0
P99_AT_MOST = 60.0


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures of each source; takes about 50 s, or 12 if quick."""
    runs = QUICK_RUNS if quick else RUNS
    figures: list[Figure] = []
    for service, new_account in (("loopring", BenchSandbox.new_account), ("blockscout", BenchSandbox.new_address)):
        async with open_bench_sandbox() as sandbox:
            # Creating the accounts takes the sandbox longer than answering, so it is done before the measurement.
            accounts = [await new_account(sandbox, COLLECTIONS) for _ in range(runs)]
            await sandbox.switch("latency", service=service, seconds=UPSTREAM_MS / 1000)
            report(f"{service}: {runs} accounts of {COLLECTIONS} collections, one after the other")
            figures += _figures(service, runs, await _beyond(sandbox, accounts))
    return figures


async def _beyond(sandbox: BenchSandbox, accounts: list[str]) -> list[float]:
    """Milliseconds beyond the source's own, of each that was answered."""
    beyond = []
    async with sandbox.bot() as bot:
        sandbox.rest()
        for account in accounts:
            asked = sandbox.ask(account)
            await sandbox.answered(asked)
            bot.check_alive()
            moment = asked[0].for_client()["answered_ms"]
            if moment is not None:
                beyond.append(moment - UPSTREAM_MS)
            if account.isdigit():
                # The owner's address is requested afterwards; the next run must not overlap with that.
                await sandbox.settled()
    return beyond


def _figures(service: str, runs: int, beyond: list[float]) -> list[Figure]:
    section = f"first page: /collections beyond the 50 ms of {service}"
    failed = Figure(section, "runs without an answer", runs - len(beyond), kind=Kind.COUNT, at_most=0, at_least=0)
    if not beyond:
        return [Figure(section, "p50", None, "ms", note="no run was answered"), failed]
    return [
        Figure(section, "p50", percentile(beyond, 50), "ms", at_most=P50_AT_MOST),
        Figure(section, "p99", percentile(beyond, 99), "ms", at_most=P99_AT_MOST),
        Figure(section, "max", max(beyond), "ms", note=f"of {len(beyond)}"),
        failed,
    ]
