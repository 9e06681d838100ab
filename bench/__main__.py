"""`python -m bench`: measure the bot, print a table, write it as JSON; the exit status is 0 if targets were met."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import signal
import sys
import time
from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path

from bench import (
    archive,
    attacks,
    background,
    bursts,
    details_calls,
    drawing,
    fair,
    first_page,
    first_sync,
    flood,
    footprint,
    holder_exports,
    holder_lists,
    judging,
    kills,
    page,
    passes,
    poisoned,
    rebuild,
    recording,
    role_delays,
    webhooks,
    words,
)
from bench.bot_process import REPOSITORY, BotDiedError
from bench.figures import Figure, fails, table
from bench.small_sizes import small_sizes
from bench.visits import RefusedError

SECTIONS = {
    "bursts": bursts.measure,
    "first-page": first_page.measure,
    "details-calls": details_calls.measure,
    "footprint": footprint.measure,
    "archive": archive.measure,
    "recording": recording.measure,
    "rebuild": rebuild.measure,
    "page": page.measure,
    "flood": flood.measure,
    "attacks": attacks.measure,
    "fair": fair.measure,
    "poisoned": poisoned.measure,
    "passes": passes.measure,
    "judging": judging.measure,
    "holders": holder_lists.measure,
    "holder-exports": holder_exports.measure,
    "roles": role_delays.measure,
    "background": background.measure,
    "first-sync": first_sync.measure,
    "kills": kills.measure,
    "words": words.measure,
    "pictures": drawing.measure,
    "webhooks": webhooks.measure,
}
RESULTS = REPOSITORY / "artifacts" / "bench.json"
EXIT_MISSED = 1
EXIT_BROKEN = 2
LONGEST_RUN = 1500.0  # seconds; twice the usual time, so that it never hangs unattended


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; returns 0, 1 (a target was missed) or 2 (it could not be measured)."""
    options = _parser().parse_args(arguments)
    started, load = time.perf_counter(), _load()
    if options.smoke:
        for module, name, size in small_sizes():
            setattr(module, name, size)
    try:
        figures = asyncio.run(_measure(options))
    except (BotDiedError, RefusedError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return EXIT_BROKEN
    except TimeoutError:
        print("bench: the bot did not answer in time", file=sys.stderr)
        return EXIT_BROKEN
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130  # as in shells: 128 + SIGINT
    print(table(figures))
    took = f"{_machine()}; {load}; took {time.perf_counter() - started:.0f} s"
    if options.smoke:
        print(f"\n{took}; sizes so small that the times mean nothing")
    else:
        _write(options.json, figures)
        print(f"\n{took}; {options.json}")
    return EXIT_MISSED if fails(figures, strict=options.strict) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure the bot's speed and memory against the sandbox, on this machine alone.",
        epilog="Exit status: 1 a count or a size missed its target (with --strict: or a time), 2 nothing was measured.",
    )
    parser.add_argument("--quick", action="store_true", help="fewer repetitions: two minutes, with rougher percentiles")
    parser.add_argument("--smoke", action="store_true", help="only whether each part can run; no figures are written")
    parser.add_argument("--only", choices=SECTIONS, metavar="NAME", help=f"one section: {', '.join(SECTIONS)}")
    parser.add_argument("--json", type=Path, default=RESULTS, metavar="FILE", help="where to write the figures")
    parser.add_argument("--strict", action="store_true", help="let missed times fail the run too")
    return parser


async def _measure(options: argparse.Namespace) -> list[Figure]:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine runs in one
    # Cancelled as by Ctrl-C, so that the bot is stopped, too.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    figures: list[Figure] = []
    async with asyncio.timeout(LONGEST_RUN):
        for name, measure in SECTIONS.items():
            if options.only in (None, name):
                figures += await measure(quick=options.quick or options.smoke, report=partial(_report, name))
    return figures


def _report(section: str, words: str) -> None:
    print(f"bench: {section}: {words}", file=sys.stderr, flush=True)


def _write(path: Path, figures: Sequence[Figure]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    body = {"machine": _machine(), "figures": [figure.json() for figure in figures]}
    path.write_text(json.dumps(body, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _load() -> str:
    """What else the machine was doing: with a load of a core or more, the times mean little."""
    return f"load before {os.getloadavg()[0]:.1f}"


def _machine() -> str:
    """The machine and versions that the figures depend on."""
    parts = (platform.system(), platform.machine(), f"{os.cpu_count()} cores", f"Python {platform.python_version()}")
    return ", ".join((*parts, f"discord.py {version('discord.py')}"))


if __name__ == "__main__":
    sys.exit(main())
