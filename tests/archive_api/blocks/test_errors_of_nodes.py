"""What a node says in place of an answer: each error means what it can mean for the call that it answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.archive_api.blocks.announced import ADDRESS, TOPIC
from bot.archive_api.blocks.block_folder import BlockFolder
from bot.archive_api.blocks.fetch_blocks import fetch_blocks
from bot.archive_api.blocks.history_answers import RangeRefusedError
from bot.archive_api.blocks.history_nodes import HistoryNodes, PrunedError
from bot.errors import UnavailableError
from sandbox.ethereum.history_methods import FEW_BLOCKS
from tests.cli.l2_node import L2Node, running_node, small_history

HISTORY = small_history()
FIRST = HISTORY[0].l1_block
INVALID = {"code": 3, "message": "invalid argument"}
DROPPED = {"code": 4444, "message": "pruned history unavailable"}


@pytest.fixture
async def node() -> AsyncIterator[L2Node]:
    async with running_node(HISTORY) as node:
        yield node


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


class Waiting:
    """Nodes of which nobody waits for real, and how long they were waited for."""

    def __init__(self, session: aiohttp.ClientSession, *urls: str) -> None:
        self.slept: list[float] = []
        self.nodes = HistoryNodes(session, urls, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def answers(node: L2Node, body: dict[str, object], **options: object) -> None:
    """The first node answers every call so, with HTTP 200."""
    content = {"jsonrpc": "2.0", "id": 1, **body}
    node.faults.add({"service": "ethereum", "path": "", "kind": "status", "status": 200, "body": content, **options})


@pytest.mark.parametrize("said", [INVALID, {"code": -32000, "message": "stack overflow"}])
async def test_only_a_call_of_a_contract_can_be_refused_by_it(
    node: L2Node, session: aiohttp.ClientSession, said: dict[str, object]
) -> None:
    nodes = Waiting(session, node.url).nodes
    answers(node, {"error": said})
    with pytest.raises(UnavailableError, match="No usable answer to eth_chainId: node 1 reports an error"):
        await nodes.check()
    with pytest.raises(UnavailableError, match="No usable answer to eth_blockNumber: node 1 reports an error"):
        await nodes.final_block()
    with pytest.raises(UnavailableError, match="eth_getTransactionByHash: node 1 reports an error"):
        await nodes.calldata(0, HISTORY[0].transaction_hash, FIRST)
    with pytest.raises(UnavailableError, match="eth_getLogs: node 1 reports an error"):
        await nodes.logs(0, ADDRESS, TOPIC, FIRST, FIRST)
    with pytest.raises(RangeRefusedError):
        await nodes.logs(0, ADDRESS, TOPIC, FIRST, FIRST + 9)
    assert await nodes.call(0, "0x" + "11" * 20, b"") is None


async def test_what_was_dropped_is_no_answer_about_the_chain(node: L2Node, session: aiohttp.ClientSession) -> None:
    nodes = Waiting(session, node.url).nodes
    answers(node, {"error": DROPPED})
    with pytest.raises(UnavailableError, match="No usable answer to eth_chainId: node 1 answers with something else"):
        await nodes.check()
    with pytest.raises(UnavailableError, match="No usable answer to eth_blockNumber: node 1 answers with something"):
        await nodes.final_block()
    with pytest.raises(UnavailableError, match="No usable answer to eth_call: node 1 answers with something else"):
        await nodes.call(0, "0x" + "11" * 20, b"")
    with pytest.raises(PrunedError):
        await nodes.calldata(0, HISTORY[0].transaction_hash, FIRST)
    with pytest.raises(PrunedError):
        await nodes.logs(0, ADDRESS, TOPIC, FIRST, FIRST + 9)


@pytest.mark.parametrize("result", ["0x" + "f" * 5_000, "-0x1", "0x8000000000000000", None, 1, [], "one"])
async def test_what_is_no_number_of_a_block_or_chain_is_none(
    node: L2Node, session: aiohttp.ClientSession, result: object
) -> None:
    nodes = Waiting(session, node.url).nodes
    answers(node, {"result": result})
    with pytest.raises(UnavailableError, match="No usable answer to eth_chainId: node 1 answers with something else"):
        await nodes.check()
    with pytest.raises(UnavailableError, match="No usable answer to eth_blockNumber: node 1 answers with something"):
        await nodes.final_block()


async def test_a_node_with_a_limit_of_blocks_is_not_asked_for_more_every_other_time(
    node: L2Node, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    lengths: list[int] = []

    class Listening(HistoryNodes):
        """Nodes that remember for how many blocks they were asked."""

        async def logs(self, node: int, address: str, topic: str, first: int, last: int) -> list[Any]:
            lengths.append(last - first + 1)
            return await super().logs(node, address, topic, first, last)

    node.ethereum.change({"mode": "few_logs"})
    with BlockFolder(tmp_path).open_to_write() as folder:
        await fetch_blocks(Listening(session, [node.url]), folder, lambda _: None)
    assert len(list(BlockFolder(tmp_path).iter_blocks())) == sum(len(each.blocks) for each in HISTORY)
    assert [length for length in lengths if length > FEW_BLOCKS] == [2_000]
    assert len(lengths) > 8


BUSY = [
    {"code": -32005, "message": "daily request count exceeded, request rate limited"},
    {"code": -32005, "message": "Too Many Requests"},
    {"code": -32005, "message": "limit exceeded"},
    {"code": 429, "message": "Your app has exceeded its compute units per second capacity"},
    {"code": -32007, "message": "50/second request limit reached, too many requests"},
]
TOO_LONG = [
    {"code": -32005, "message": "query returned more than 10000 results"},
    {"code": -32005, "message": "block range limit exceeded"},
    {"code": -32005, "message": "query exceeds max block range 1000"},
    {"code": -32602, "message": "Log response size exceeded: too many requests would follow"},
    {"code": -32000, "message": "limit exceeded"},
]


@pytest.mark.parametrize("said", BUSY)
async def test_a_node_that_takes_no_more_requests_is_waited_for_and_not_asked_for_less(
    node: L2Node, session: aiohttp.ClientSession, said: dict[str, object]
) -> None:
    run = Waiting(session, node.url)
    answers(node, {"error": said}, times=2)
    assert len(await run.nodes.logs(0, ADDRESS, TOPIC, FIRST, FIRST + 1)) > 0
    assert run.slept == [1.0, 2.0]
    answers(node, {"error": said}, times=1, headers={"Retry-After": "7"})
    assert len(await run.nodes.logs(0, ADDRESS, TOPIC, FIRST, FIRST + 1)) > 0
    assert run.slept == [1.0, 2.0, 7.0]
    answers(node, {"error": said})
    with pytest.raises(UnavailableError, match="No usable answer to eth_chainId: node 1 takes no more requests for"):
        await run.nodes.check()


@pytest.mark.parametrize("said", TOO_LONG)
async def test_a_range_that_is_too_long_is_made_shorter_at_once(
    node: L2Node, session: aiohttp.ClientSession, said: dict[str, object]
) -> None:
    run = Waiting(session, node.url)
    answers(node, {"error": said})
    with pytest.raises(RangeRefusedError):
        await run.nodes.logs(0, ADDRESS, TOPIC, FIRST, FIRST + 1)
    assert run.slept == []


async def test_where_waiting_does_not_help_a_limit_may_be_one_of_the_range(
    node: L2Node, session: aiohttp.ClientSession
) -> None:
    run = Waiting(session, node.url)
    answers(node, {"error": {"code": -32005, "message": "limit exceeded"}})
    with pytest.raises(RangeRefusedError):
        await run.nodes.logs(0, ADDRESS, TOPIC, FIRST, FIRST + 1)
    assert run.slept == [1.0, 2.0, 4.0, 8.0]
    with pytest.raises(UnavailableError, match="node 1 takes no more requests for now"):
        await run.nodes.logs(0, ADDRESS, TOPIC, FIRST, FIRST)


async def test_a_node_that_says_when_to_ask_again_has_no_limit_of_the_range(
    node: L2Node, session: aiohttp.ClientSession
) -> None:
    run = Waiting(session, node.url, node.other_url)
    answers(node, {"error": {"code": -32005, "message": "limit exceeded"}}, headers={"Retry-After": "60"})
    for _ in range(2):
        with pytest.raises(UnavailableError, match="node 1 takes no more requests for now"):
            await run.nodes.logs(0, ADDRESS, TOPIC, FIRST, FIRST + 1)
    assert run.slept == []


async def test_a_contract_may_refuse_in_words_of_a_rate(node: L2Node, session: aiohttp.ClientSession) -> None:
    answers(node, {"error": {"code": 3, "message": "execution reverted: rate limit exceeded, too many requests"}})
    assert await Waiting(session, node.url).nodes.call(0, "0x" + "11" * 20, b"") is None
