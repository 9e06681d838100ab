"""What a node says in place of an answer: each error means what it can mean for the call that it answers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.archive_api.announced import ADDRESS, TOPIC
from bot.archive_api.history_answers import RangeRefusedError
from bot.archive_api.history_nodes import HistoryNodes, PrunedError
from bot.errors import UnavailableError
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
