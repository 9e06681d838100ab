"""Blocks fetched from nodes: the same folder whatever a node refuses; a sentence where one lies or has forgotten."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.archive_api.blocks.block_folder import BlockFolder
from bot.archive_api.blocks.fetch_blocks import FetchProgress, fetch_blocks
from bot.archive_api.blocks.history_nodes import HistoryNodes, PrunedError
from bot.archive_api.blocks.rebuild_progress import RebuildProgress
from bot.archive_api.blocks.replay_folder import replay_folder
from bot.errors import ConfigError, ContradictionError, TesseraError, UnavailableError
from bot.l2.block_errors import BlockError, ChainError
from sandbox.community import load_world
from sandbox.rollup.history import community_history
from tests.archive_api.blocks.fetched_blocks import fetched, folder_of
from tests.l2.made_blocks import accounts
from tests.sandbox_client import SandboxClient, open_sandbox

HISTORY = community_history(load_world())
BLOCKS = fetched(HISTORY)


@pytest.fixture(scope="module")
async def module_sandbox() -> AsyncIterator[SandboxClient]:
    async with open_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(module_sandbox: SandboxClient) -> SandboxClient:
    await module_sandbox.reset()
    return module_sandbox


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


class Pauses(list[float]):
    """A clock that only remembers how long it was asked to wait."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


class EndsSoon(HistoryNodes):
    """So that a node that answers for few blocks at once has not 14,000 questions to answer."""

    async def final_block(self) -> int:
        return BLOCKS[-1].l1_block + 10


def nodes(
    sandbox: SandboxClient,
    session: aiohttp.ClientSession,
    paths: str = "1",
    pauses: Pauses | None = None,
    kind: type[HistoryNodes] = HistoryNodes,
) -> HistoryNodes:
    urls = [f"{sandbox.url}/ethereum/{path}" for path in paths.split()]
    return kind(session, urls, sleep=pauses if pauses is not None else Pauses())


async def fetch(some: HistoryNodes, path: Path, progress: list[FetchProgress] | None = None) -> list[object]:
    with BlockFolder(path).open_to_write() as folder:
        await fetch_blocks(some, folder, (progress if progress is not None else []).append)
    return list(BlockFolder(path).iter_blocks())


@pytest.mark.parametrize("mode", ["honest", "few_logs"])
@pytest.mark.parametrize("paths", ["1", "1 1/b"])
async def test_all_blocks_are_fetched_with_their_events(
    sandbox: SandboxClient,
    session: aiohttp.ClientSession,
    tmp_path: Path,
    paths: str,
    mode: str,
) -> None:
    await sandbox.control("ethereum", mode=mode)
    progress: list[FetchProgress] = []
    kind = EndsSoon if mode == "few_logs" else HistoryNodes
    assert await fetch(nodes(sandbox, session, paths, kind=kind), tmp_path, progress) == BLOCKS
    assert progress[-1].block == len(BLOCKS)
    assert progress[-1].l1_block == progress[-1].last_l1_block
    replay = replay_folder(BlockFolder(tmp_path), lambda _: None)
    assert replay.deviations == []
    assert accounts(replay)[10001].owner == load_world().accounts[10001].owner.lower()


Counting = Counter[str]


class Counted(HistoryNodes):
    """Nodes that count what they are asked for."""

    def __init__(self, counting: Counting, session: aiohttp.ClientSession, urls: list[str]) -> None:
        super().__init__(session, urls, sleep=Pauses())
        self._counting = counting

    async def calldata(self, node: int, transaction: str, l1_block: int) -> bytes:
        """Counted."""
        self._counting["calldata"] += 1
        return await super().calldata(node, transaction, l1_block)


async def test_a_second_run_asks_only_for_what_is_missing(
    sandbox: SandboxClient, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    with BlockFolder(tmp_path).open_to_write() as folder:
        folder.append(BLOCKS[: len(BLOCKS) // 2])
    counting = Counting()
    with BlockFolder(tmp_path).open_to_write() as folder:
        await fetch_blocks(Counted(counting, session, [f"{sandbox.url}/ethereum/1"]), folder, lambda _: None)
        stored = len({each.transaction for each in BLOCKS[: len(BLOCKS) // 2]})
        assert 0 < counting["calldata"] <= len({each.transaction for each in BLOCKS}) - stored + 1
        counting.clear()
        await fetch_blocks(Counted(counting, session, [f"{sandbox.url}/ethereum/1"]), folder, lambda _: None)
        assert counting["calldata"] == 0
    assert list(BlockFolder(tmp_path).iter_blocks()) == BLOCKS


async def test_a_run_that_is_killed_between_any_two_writes_ends_in_the_same_folder(
    sandbox: SandboxClient, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    class Killed(BaseException):
        pass

    def kill(_: FetchProgress) -> None:
        raise Killed

    runs = 0
    while len(list(BlockFolder(tmp_path).iter_blocks()) if runs else []) < len(BLOCKS):
        runs += 1
        with BlockFolder(tmp_path).open_to_write() as folder, pytest.raises(Killed):
            await fetch_blocks(nodes(sandbox, session, kind=EndsSoon), folder, kill, stored_every=2)
    assert runs > 5
    assert list(BlockFolder(tmp_path).iter_blocks()) == BLOCKS


async def test_a_run_that_was_killed_between_two_blocks_of_one_transaction_goes_on_there(
    sandbox: SandboxClient, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    inside = [place for place in range(1, len(BLOCKS)) if BLOCKS[place - 1].transaction == BLOCKS[place].transaction]
    for place in (inside[0], inside[-1]):
        path = tmp_path / str(place)
        folder_of(path, BLOCKS[:place])
        assert await fetch(nodes(sandbox, session), path) == BLOCKS


@pytest.mark.parametrize(
    ("mode", "error", "words"),
    [
        ("missing_block", ChainError, "is missing"),
        ("wrong_calldata", BlockError, "Node 1: transaction 0x.{64}: Block .*the SHA-256"),
        ("cut_off_calldata", BlockError, "Node 1: transaction 0x.{64}: .*cut off"),
        ("pruned", PrunedError, "Node 1 has dropped the history of block 11,149,814 to .*archive provider"),
        ("error", UnavailableError, "node 1 reports an error"),
        ("key_refused", UnavailableError, "node 1 refuses the key"),
    ],
)
async def test_a_single_node_that_lies_or_lacks_something_is_named_and_nothing_wrong_is_stored(
    sandbox: SandboxClient,
    session: aiohttp.ClientSession,
    tmp_path: Path,
    mode: str,
    error: type[TesseraError],
    words: str,
) -> None:
    await sandbox.control("ethereum", mode=mode)
    with pytest.raises(error, match=words):
        await fetch(nodes(sandbox, session), tmp_path)
    stored = list(BlockFolder(tmp_path).iter_blocks())
    assert stored == BLOCKS[: len(stored)]
    assert len(stored) < len(BLOCKS)


@pytest.mark.parametrize("mode", ["wrong_calldata", "cut_off_calldata", "pruned"])
async def test_where_one_node_lies_about_a_block_or_lacks_it_the_other_is_taken(
    sandbox: SandboxClient, session: aiohttp.ClientSession, tmp_path: Path, mode: str
) -> None:
    await sandbox.control("ethereum", node="a", mode=mode)
    assert await fetch(nodes(sandbox, session, "1 1/b"), tmp_path) == BLOCKS


async def test_nodes_that_disagree_on_an_event_are_named(
    sandbox: SandboxClient, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    await sandbox.control("ethereum", node="b", mode="missing_block")
    with pytest.raises(ContradictionError, match=r"disagree on the events of block 11,149,814 to .*node 2"):
        await fetch(nodes(sandbox, session, "1 1/b"), tmp_path)


async def test_a_node_on_another_chain_is_refused(sandbox: SandboxClient, session: aiohttp.ClientSession) -> None:
    await nodes(sandbox, session, "1 1/b").check()
    await sandbox.control("ethereum", node="b", mode="wrong_chain")
    with pytest.raises(ConfigError, match="Node 2 is on the chain 11155111"):
        await nodes(sandbox, session, "1 1/b").check()


async def test_a_node_that_fails_is_asked_again_with_growing_pauses(
    sandbox: SandboxClient, session: aiohttp.ClientSession
) -> None:
    pauses = Pauses()
    await sandbox.control("ethereum", mode="error")
    with pytest.raises(UnavailableError, match="eth_chainId: node 1 reports an error"):
        await nodes(sandbox, session, pauses=pauses).check()
    assert pauses == [1.0, 2.0, 4.0, 8.0]


async def test_a_key_that_is_refused_is_not_tried_again_and_no_address_of_a_node_is_named(
    sandbox: SandboxClient, session: aiohttp.ClientSession
) -> None:
    pauses = Pauses()
    await sandbox.control("ethereum", mode="key_refused")
    with pytest.raises(UnavailableError) as caught:
        await nodes(sandbox, session, pauses=pauses).check()
    assert pauses == []
    assert "127.0.0.1" not in caught.value.sentence


async def test_nobody_who_answers_is_named_too(session: aiohttp.ClientSession) -> None:
    with pytest.raises(UnavailableError, match="node 1 does not answer"):
        await HistoryNodes(session, ["http://127.0.0.1:1"], sleep=Pauses()).check()


class Terminal(io.StringIO):
    """What a person looks at."""

    def isatty(self) -> bool:
        return True


def test_progress_says_what_is_left_at_the_pace_of_ethereums_blocks() -> None:
    terminal, times = Terminal(), iter([0.0, 60.0])
    progress = RebuildProgress(terminal, clock=lambda: next(times))
    progress.fetched(FetchProgress(10, 1_000, 4_000))
    progress.fetched(FetchProgress(20, 2_000, 4_000))
    progress.replayed(20)
    progress.clear()
    lines = terminal.getvalue().split("\r\033[K")[1:]
    assert lines == [
        "block 10 of layer 2, Ethereum's 1,000 of 4,000; …",
        "block 20 of layer 2, Ethereum's 2,000 of 4,000; about 0:02:00 left at this pace",
        "block 20 replayed",
        "",
    ]


def test_each_phase_of_the_fetching_has_a_pace_of_its_own() -> None:
    """Files are read much faster than nodes answer."""
    terminal, times = Terminal(), iter([0.0, 10.0, 20.0, 80.0])
    progress = RebuildProgress(terminal, clock=lambda: next(times))
    for end, places in ((4_000, (1_000, 4_000)), (8_000, (5_000, 6_000))):
        progress.begin()
        for place in places:
            progress.fetched(FetchProgress(1, place, end))
    estimates = [line.partition("; ")[2] for line in terminal.getvalue().split("\r\033[K")[1:]]
    assert estimates == ["…", "about 0:00:00 left at this pace", "…", "about 0:02:00 left at this pace"]


def test_progress_is_silent_without_a_terminal() -> None:
    stream = io.StringIO()
    progress = RebuildProgress(stream)
    progress.fetched(FetchProgress(1, 2, 3))
    progress.clear()
    assert stream.getvalue() == ""


@pytest.mark.parametrize("stored", [1, 2, 3, 4, 5, 6])
async def test_a_run_that_ended_between_two_blocks_of_one_transaction_goes_on(
    sandbox: SandboxClient, session: aiohttp.ClientSession, tmp_path: Path, stored: int
) -> None:
    with BlockFolder(tmp_path).open_to_write() as folder:
        folder.append(BLOCKS[:stored])
    with BlockFolder(tmp_path).open_to_write() as folder:
        await fetch_blocks(nodes(sandbox, session), folder, lambda _: None)
    assert list(BlockFolder(tmp_path).iter_blocks()) == BLOCKS
