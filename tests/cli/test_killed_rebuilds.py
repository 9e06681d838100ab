"""A rebuild as a process, killed at every step: run again it ends in the same files, with nothing left over."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from sandbox.rollup.history import random_history
from tests.archive_api.blocks.fetched_blocks import fetched, folder_of
from tests.cli.l2_node import L2Node, end, files, run, running_node, small_history, start

FILES = {"a.tessera.gz", "a.tessera.gz.blocks/lock", "a.tessera.gz.blocks/blocks-000001.l2"}


@pytest.fixture(scope="module")
async def module_node() -> AsyncIterator[L2Node]:
    async with running_node(small_history()) as node:
        yield node


@pytest.fixture
def node(module_node: L2Node) -> L2Node:
    module_node.reset()
    return module_node


def command(node: L2Node, folder: Path) -> tuple[str | Path, ...]:
    folder.mkdir()
    return ("archive", "rebuild", "--rpc", node.url, "-o", folder / "a.tessera.gz")


async def undisturbed(node: L2Node, folder: Path) -> dict[str, bytes]:
    """The files of a run that nobody kills."""
    assert (await run(*command(node, folder))).code == 0
    made = files(folder)
    assert made.keys() == FILES
    return made


async def test_a_rebuild_that_is_killed_at_any_request_ends_in_the_same_files(node: L2Node, tmp_path: Path) -> None:
    node.held.hold(0)
    expected = await undisturbed(node, tmp_path / "whole")
    requests = node.held.count
    assert requests >= 10
    for number in range(1, requests + 1):
        folder = tmp_path / str(number)
        rebuild = command(node, folder)
        node.held.hold(number)
        process = await start(*rebuild)
        async with asyncio.timeout(60):
            await node.held.arrived.wait()
        process.kill()
        assert (await end(process)).code == -signal.SIGKILL
        assert "a.tessera.gz" not in files(folder)
        node.held.release()
        assert (await run(*rebuild)).code == 0
        assert files(folder) == expected, f"killed at request {number} of {requests}"


async def test_a_rebuild_that_is_killed_at_any_step_on_the_disk_ends_in_the_same_files(
    node: L2Node, tmp_path: Path
) -> None:
    ended = await run(tmp_path, "--rpc", node.url, module="tests.cli.killed_at")
    steps = json.loads(ended.out.splitlines()[-1])
    names = [step["step"] for step in steps]
    # What others left is looked for, the folder and its lock are made, blocks written and read again; then the archive
    # beside its place, its second name there, the end of the first one, and the folder that makes it durable. Who was
    # killed at the last two has made it.
    assert names[:2] == ["os.scandir", "os.mkdir"]
    assert names.count("open") > 5
    assert names[-4:] == ["open", "os.link", "os.remove", "open"]
    expected = files(tmp_path / "0")
    assert expected.keys() == FILES
    for number, step in enumerate(steps, start=1):
        is_made = number > len(steps) - 2
        assert step | {"killed": True, "is_there": is_made, "again": 2 if is_made else 0} == step
        assert files(tmp_path / str(number)) == expected, f"killed at step {number} of {len(steps)}: {step['step']}"


async def test_a_rebuild_that_is_killed_while_it_replays_ends_in_the_same_file(tmp_path: Path) -> None:
    # A file for each block: the next one is opened when the one before was applied.
    blocks = fetched(random_history(Random(5), 150, 12))  # noqa: S311 - no secret
    folder_of(tmp_path / "blocks", blocks, blocks_per_file=1)
    before = files(tmp_path / "blocks")
    (tmp_path / "made").mkdir()
    ended = await run(tmp_path / "made", "--from-dir", tmp_path / "blocks", module="tests.cli.killed_at")
    steps = json.loads(ended.out.splitlines()[-1])
    # Besides: the end of the blocks, the era1 files that were taken, the ranges that one node confirmed, the archive,
    # and its folder.
    assert [step["step"] for step in steps].count("open") == len(blocks) + 5
    expected = files(tmp_path / "made/0")
    assert expected.keys() == {"a.tessera.gz"}
    for number, step in enumerate(steps, start=1):
        assert step["killed"]
        assert step["is_there"] == (number > len(steps) - 2)
        assert files(tmp_path / f"made/{number}") == expected, f"killed at step {number}: {step['step']}"
    assert files(tmp_path / "blocks") == before
