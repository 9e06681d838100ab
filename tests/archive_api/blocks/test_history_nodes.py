"""Nodes over many hours: one that fails, asks for a pause, or comes back; and what only one of them confirmed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import aiohttp
import pytest

from bot.archive_api.blocks.block_folder import BlockFolder
from bot.archive_api.blocks.fetch_blocks import FetchProgress, fetch_blocks
from bot.archive_api.blocks.history_nodes import HistoryNodes
from bot.archive_api.blocks.one_node_ranges import OneNodeRanges
from bot.errors import ConfigError, ContradictionError, UnavailableError
from bot.messages import Words
from sandbox.rollup.history import random_history
from sandbox.rollup.submissions import submissions
from tests.cli.l2_node import L2Node, running_node, small_history

HISTORY = small_history()
COUNT = sum(len(each.blocks) for each in HISTORY)
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
# Nodes are asked about these, one after the other.
RANGES = [(11_149_814, 11_151_813), (11_151_814, 11_155_813), (11_155_814, HISTORY[-1].l1_block + 36)]


@pytest.fixture(scope="module")
async def module_node() -> AsyncIterator[L2Node]:
    async with running_node(HISTORY) as node:
        yield node


@pytest.fixture
def node(module_node: L2Node) -> L2Node:
    module_node.reset()
    return module_node


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


class Time:
    """A clock that moves only while somebody sleeps, or when a test moves it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


class Run:
    """Nodes with a clock of their own, and what they say."""

    def __init__(self, session: aiohttp.ClientSession, *urls: str) -> None:
        self.time = Time()
        self.said: list[str] = []
        self.nodes = HistoryNodes(
            session, urls, notify=self._hear, sleep=self.time.sleep, clock=self.time, now=lambda: NOW
        )

    def _hear(self, words: Words) -> None:
        self.said.append(str(words))

    async def fetch(self, path: Path, report: Callable[[FetchProgress], None] = lambda _: None) -> int:
        """Fetch into a folder; how many blocks are there then."""
        with BlockFolder(path).open_to_write() as folder:
            await fetch_blocks(self.nodes, folder, report)
        return len(list(BlockFolder(path).iter_blocks()))


def two(node: L2Node, session: aiohttp.ClientSession) -> Run:
    return Run(session, node.url, node.other_url)


# ---------------------------------------------------------------- one is down


async def test_a_node_that_is_down_for_good_is_said_once_and_the_other_goes_on(
    node: L2Node, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    run = two(node, session)
    node.faults.add({"service": "ethereum", "path": "/1/b", "kind": "reset", "after": 1})
    assert await run.fetch(tmp_path) == COUNT
    assert run.said == ["Node 2 is left alone for a while, and the others go on: node 2 does not answer."]
    assert run.time.slept == [1.0, 2.0, 4.0, 8.0]
    assert OneNodeRanges(tmp_path).joined() == [(RANGES[0][0], RANGES[-1][1])]


async def test_a_node_that_answers_again_confirms_what_it_missed(
    node: L2Node, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    run = two(node, session)
    node.faults.add({"service": "ethereum", "path": "/1/b", "kind": "reset", "after": 1, "times": 5})
    ranges: list[int] = []

    def report(progress: FetchProgress) -> None:
        if progress.l1_block == RANGES[0][1]:
            ranges.append(len(OneNodeRanges(tmp_path).all()))
            run.time.seconds += 601

    assert await run.fetch(tmp_path, report) == COUNT
    assert ranges == [1]
    assert run.said == [
        "Node 2 is left alone for a while, and the others go on: node 2 does not answer.",
        "Node 2 answers again.",
    ]
    assert OneNodeRanges(tmp_path).all() == []


async def test_one_that_is_left_alone_is_asked_where_no_other_answers(
    node: L2Node, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    run = two(node, session)
    # The second fails during the first range, and is there again when the first one fails for good.
    node.faults.add({"service": "ethereum", "path": "/1/b", "kind": "reset", "after": 1, "times": 5})

    def report(progress: FetchProgress) -> None:
        if progress.l1_block == RANGES[0][1]:
            node.ethereum.change({"node": "a", "mode": "error"})

    assert await run.fetch(tmp_path, report) == COUNT
    assert run.said == [
        "Node 2 is left alone for a while, and the others go on: node 2 does not answer.",
        "Node 1 is left alone for a while, and the others go on: node 1 reports an error.",
        "Node 2 answers again.",
    ]


async def test_where_no_node_answers_the_run_ends_and_keeps_what_it_has(
    node: L2Node, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    run = two(node, session)

    def report(_: FetchProgress) -> None:
        node.ethereum.change({"mode": "error"})

    with pytest.raises(UnavailableError, match=r"No usable answer to eth_\w+: node \d reports an error"):
        await run.fetch(tmp_path, report)
    stored = len(list(BlockFolder(tmp_path).iter_blocks()))
    assert 0 < stored < COUNT
    node.reset()
    assert await two(node, session).fetch(tmp_path) == COUNT


# ---------------------------------------------------------------- one was wrong


async def test_events_of_one_node_that_another_contradicts_later_stop_the_run(
    node: L2Node, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    made = submissions(random_history(Random(6), 150, 12).blocks)  # noqa: S311 - no secret
    async with running_node([replace(each, l1_block=HISTORY[0].l1_block) for each in made]) as invented:
        node.faults.add({"service": "ethereum", "path": "", "kind": "reset", "after": 1})
        assert await Run(session, invented.url, node.url).fetch(tmp_path) == sum(len(each.blocks) for each in made)
        node.reset()
        with pytest.raises(ContradictionError) as caught:
            await Run(session, invented.url, node.url).fetch(tmp_path)
    first, last = RANGES[0]
    assert caught.value.sentence == (
        f"Node 2 has other events of block {first:,} to {last:,} of Ethereum than the one node that was there when "
        f"their blocks were stored in {tmp_path}. If node 2 is right, remove that folder and repeat the command; if it "
        "is wrong, leave it out of --rpc."
    )


async def test_what_was_not_stored_before_a_kill_does_not_count(
    node: L2Node, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    assert await two(node, session).fetch(tmp_path) == COUNT
    end = HISTORY[-1].l1_block
    OneNodeRanges(tmp_path).add(end + 1, end + 500, [])
    OneNodeRanges(tmp_path).add(*RANGES[0], [])  # a lie about what is stored
    with pytest.raises(ContradictionError, match="Node 1 has other events of block 11,149,814 to 11,151,813"):
        await two(node, session).fetch(tmp_path)
    assert OneNodeRanges(tmp_path).joined() == [RANGES[0]]


def test_a_list_of_ranges_that_is_damaged_is_named(tmp_path: Path) -> None:
    ranges = OneNodeRanges(tmp_path)
    ranges.add(1, 2, [])
    ranges.add(3, 9, [])
    ranges.add(20, 30, [])
    assert ranges.joined() == [(1, 9), (20, 30)]
    path = tmp_path / "one-node.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"last":9', b'"lost":9'))
    with pytest.raises(ConfigError, match=r"one-node\.jsonl: line 2 is damaged"):
        ranges.all()


# ---------------------------------------------------------------- pauses


@pytest.mark.parametrize(
    ("fault", "slept"),
    [
        ({"kind": "throttle", "retry_after": 7}, [7.0]),
        ({"kind": "throttle", "retry_after": "Fri, 27 Nov 2026 12:01:30 GMT"}, [90.0]),
        # A clock that is wrong by a year, on either side, costs a quarter of an hour at the most.
        ({"kind": "throttle", "retry_after": "Sat, 27 Nov 2027 12:00:00 GMT"}, [900.0]),
        ({"kind": "throttle", "retry_after": "Thu, 27 Nov 2025 12:00:00 GMT"}, [1.0]),
        ({"kind": "throttle", "retry_after": "soon"}, [1.0]),
        ({"kind": "throttle", "retry_after": 1e9}, [900.0]),
        ({"kind": "throttle"}, [1.0]),
        ({"kind": "status", "status": 503, "headers": {"Retry-After": "30"}}, [30.0]),
        ({"kind": "status", "status": 502, "body": "<html>bad gateway</html>"}, [1.0]),
    ],
)  # fmt: skip
async def test_a_single_node_is_asked_again_when_it_wants_to_be(
    node: L2Node, session: aiohttp.ClientSession, fault: dict[str, object], slept: list[float]
) -> None:
    run = Run(session, node.url)
    node.faults.add({"service": "ethereum", "path": "", "times": 1, **fault})
    await run.nodes.check()
    assert run.time.slept == slept
    assert run.said == []


async def test_one_of_two_that_wants_a_long_pause_is_not_waited_for(
    node: L2Node, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    run = two(node, session)
    node.faults.add(
        {"service": "ethereum", "path": "/1/b", "kind": "throttle", "retry_after": 120, "after": 1, "times": 1}
    )
    assert await run.fetch(tmp_path) == COUNT
    assert run.time.slept == []
    assert run.said[0] == (
        "Node 2 is left alone for a while, and the others go on: node 2 takes no more requests for now."
    )


async def test_a_node_that_does_not_answer_at_the_start_is_an_error_for_who_is_there_to_correct_it(
    node: L2Node, session: aiohttp.ClientSession
) -> None:
    run = Run(session, node.url, "http://127.0.0.1:1")
    with pytest.raises(UnavailableError, match="No usable answer to eth_chainId: node 2 does not answer"):
        await run.nodes.check()
    assert run.said == []


# ---------------------------------------------------------------- answers about events


@pytest.mark.parametrize("nodes", ["a", "b", "ab"])
async def test_events_in_another_form_are_the_same_events(
    node: L2Node, session: aiohttp.ClientSession, tmp_path: Path, nodes: str
) -> None:
    for each in nodes:
        node.ethereum.change({"node": each, "mode": "untidy_logs"})
    assert await two(node, session).fetch(tmp_path / "untidy") == COUNT
    node.reset()
    assert await two(node, session).fetch(tmp_path / "tidy") == COUNT
    untidy, tidy = (BlockFolder(tmp_path / name).iter_blocks() for name in ("untidy", "tidy"))
    assert list(untidy) == list(tidy)
    assert OneNodeRanges(tmp_path / "untidy").all() == []


@pytest.mark.parametrize(
    ("mode", "reason"),
    [("null_logs", "node 1 answers with something else"), ("extra_topics", "Node 1 reports an event")],
)
async def test_an_answer_that_says_nothing_about_events_is_not_an_empty_one(
    node: L2Node, session: aiohttp.ClientSession, tmp_path: Path, mode: str, reason: str
) -> None:
    node.ethereum.change({"node": "a", "mode": mode})
    with pytest.raises(UnavailableError, match=reason):
        await Run(session, node.url).fetch(tmp_path / "alone")
    assert list(BlockFolder(tmp_path / "alone").iter_blocks()) == []
    assert await two(node, session).fetch(tmp_path / "two") == COUNT
    assert OneNodeRanges(tmp_path / "two").joined() == [(RANGES[0][0], RANGES[-1][1])]
