"""Parts of the bench can run: with very small sizes, so nothing is measured, and what is counted is right all the same.

Here are those that write to the store by themselves or use the bot's own classes, as these change most; the others only
type commands to a bot that runs. `python -m bench --smoke` runs them all.
"""

from __future__ import annotations

import asyncio
import sys

import pytest

from bench.__main__ import SECTIONS
from bench.bot_process import REPOSITORY
from bench.figures import fails
from bench.small_sizes import SMALL, small_sizes


@pytest.mark.parametrize("name", ["passes", "judging", "roles", "background", "first-sync", "pictures", "webhooks"])
async def test_a_part_runs_and_what_it_counts_is_right(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, constant, size in small_sizes():
        monkeypatch.setattr(module, constant, size)
    figures = await SECTIONS[name](quick=True, report=lambda _: None)
    assert figures
    assert [figure.what for figure in figures if figure.value is None] == []
    assert not fails(figures, strict=False), figures


def test_every_part_has_small_sizes() -> None:
    modules = {module.__name__ for module in SMALL}
    assert {measure.__module__ for measure in SECTIONS.values()} <= modules


async def test_the_smoke_mode_runs_small_and_leaves_the_figures_of_this_machine_alone() -> None:
    figures = REPOSITORY / "artifacts" / "bench.json"
    before = figures.read_bytes() if figures.exists() else None
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench", "--smoke", "--only", "first-sync"),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    assert "roles given" in printed.decode()
    assert " = 100 " in printed.decode()  # and not a thousand
    assert (figures.read_bytes() if figures.exists() else None) == before
