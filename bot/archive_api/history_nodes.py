"""Ethereum nodes that are asked for old events and transactions, by turns; none of them has to be believed.

What a node says of a block is held against the hash in its event, and the events against those of the other nodes. A
node that fails or refuses is left alone for a while; the others go on. Old history is not everywhere any more: since
2025 nodes may drop what is older than September 2022.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import orjson

from bot.errors import ConfigError, UnavailableError
from bot.messages import Message
from bot.sources.bodies import read_body

_WRONG_CHAIN = Message("Node {node} is on the chain {chain}; Ethereum's mainnet (1) is needed.")
_NO_ANSWER = Message("No Ethereum node gives a usable answer to {method}: {reason}.")
_SILENT = Message("node {node} does not answer")
_REFUSED = Message("node {node} refuses the key")
_BUSY = Message("node {node} takes no more requests for now")
_ERROR = Message("node {node} reports an error")
_UNREADABLE = Message("node {node} answers with something else")
_PRUNED = Message(
    "Node {node} has dropped the history of block {first:,} to {last:,} of Ethereum: use a node that keeps all of it "
    "(an archive provider), beside it or in its place."
)

MAINNET = 1
# A node can be behind a reorganisation for two epochs at the most; after that a block is final.
CONFIRMATIONS = 64
_SECONDS = 60.0
# Events of 50,000 blocks are 2 MB; a transaction with 400 KB of calldata is twice that as hex.
_MAX_BODY = 32 * 1024 * 1024
_ATTEMPTS = 5
_FIRST_PAUSE = 1.0
_PRUNED_CODE = 4444
_PRUNED_WORDS = re.compile(
    r"prun|history (?:has been )?(?:expired|unavailable)|missing (?:block|history)", re.IGNORECASE
)

Sleep = Callable[[float], Awaitable[object]]


class RangeRefusedError(Exception):
    """A node does not answer for so many blocks at once; nobody outside of `fetch_blocks` meets it."""


class PrunedError(UnavailableError):
    """A node has dropped the history that was asked for."""


class HistoryNodes:
    """Several nodes.

    Args:
        session: Opened and closed by the caller.
        urls: At least one; they may hold keys, and are never logged or quoted: a node is named by its place.
        sleep: Waits between rounds.
    """

    def __init__(self, session: aiohttp.ClientSession, urls: Sequence[str], *, sleep: Sleep = asyncio.sleep) -> None:
        self._session = session
        self._urls = tuple(urls)
        self._sleep = sleep
        self._turn = 0

    def __len__(self) -> int:
        return len(self._urls)

    async def check(self) -> None:
        """Check that every node is on mainnet.

        Raises:
            ConfigError: one is not.
            UnavailableError: one does not answer.
        """
        for node in range(len(self)):
            chain = await self._number(node, "eth_chainId")
            if chain != MAINNET:
                raise ConfigError(_WRONG_CHAIN, node=node + 1, chain=chain)

    async def final_block(self) -> int:
        """The last block that no node can lose again: of the node that is furthest behind."""
        heads = [await self._number(node, "eth_blockNumber") for node in range(len(self))]
        return min(heads) - CONFIRMATIONS

    async def logs(self, node: int, address: str, topic: str, first: int, last: int) -> list[Any]:
        """The events of a contract in a range of blocks, as one node says.

        Raises:
            RangeRefusedError: not for so many blocks at once.
            PrunedError: it has dropped them.
            UnavailableError: it gives no usable answer.
        """
        wanted = {"address": address, "topics": [topic], "fromBlock": hex(first), "toBlock": hex(last)}
        try:
            found = await self._patiently(node, "eth_getLogs", [wanted], refusable=last > first)
        except _Pruned as error:
            raise PrunedError(_PRUNED, node=node + 1, first=first, last=last) from error
        if not isinstance(found, list):
            raise _unusable("eth_getLogs", _UNREADABLE, node)
        return found

    async def calldata(self, node: int, transaction: str, l1_block: int) -> bytes:
        """What a transaction called, as one node says.

        Raises:
            PrunedError: it does not have the transaction.
            UnavailableError: it gives no usable answer.
        """
        try:
            found = await self._patiently(node, "eth_getTransactionByHash", [transaction])
        except _Pruned:
            found = None
        if found is None:
            raise PrunedError(_PRUNED, node=node + 1, first=l1_block, last=l1_block)
        written = found.get("input") if isinstance(found, dict) else None
        try:
            return bytes.fromhex(written.removeprefix("0x"))  # type: ignore[union-attr]
        except (AttributeError, ValueError) as error:
            raise _unusable("eth_getTransactionByHash", _UNREADABLE, node) from error

    def in_turn(self) -> list[int]:
        """All nodes, each time another one first."""
        self._turn += 1
        places = range(len(self))
        return [*places[self._turn % len(self) :], *places[: self._turn % len(self)]]

    async def _number(self, node: int, method: str) -> int:
        found = await self._patiently(node, method, [])
        try:
            return int(found, 16)
        except (TypeError, ValueError) as error:
            raise _unusable(method, _UNREADABLE, node) from error

    async def _patiently(self, node: int, method: str, params: list[Any], *, refusable: bool = False) -> Any:
        """What a node answers in the end, with pauses that grow between attempts."""
        pause = _FIRST_PAUSE
        for _ in range(_ATTEMPTS - 1):
            try:
                return await self._ask(node, method, params, refusable=refusable)
            except _Fault as fault:
                if not fault.passes:
                    raise _unusable(method, fault.reason, node) from fault
            await self._sleep(pause)
            pause *= 2
        try:
            return await self._ask(node, method, params, refusable=refusable)
        except _Fault as fault:
            raise _unusable(method, fault.reason, node) from fault

    async def _ask(self, node: int, method: str, params: list[Any], *, refusable: bool) -> Any:
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        try:
            async with self._session.post(
                self._urls[node],
                json=request,
                timeout=aiohttp.ClientTimeout(total=_SECONDS),
                allow_redirects=False,
            ) as response:
                status, body = response.status, await read_body(response, _MAX_BODY)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise _Fault(_SILENT, passes=True) from error
        except ValueError as error:  # a body beyond the limit: fewer blocks have fewer events
            if refusable:
                raise RangeRefusedError from error
            raise _Fault(_UNREADABLE, passes=False) from error
        if status in (401, 403):
            raise _Fault(_REFUSED, passes=False)
        if status == 429:  # noqa: PLR2004 - too many requests
            raise _Fault(_BUSY, passes=True)
        if refusable and status == 413:  # noqa: PLR2004 - content too large
            raise RangeRefusedError
        return _result(status, body, refusable=refusable)


class _Fault(Exception):  # noqa: N818 - one attempt of several
    """No usable answer; `passes` says whether waiting may help."""

    def __init__(self, reason: Message, *, passes: bool) -> None:
        super().__init__(reason.text)
        self.reason = reason
        self.passes = passes


class _Pruned(Exception):  # noqa: N818 - an answer, not a fault
    """The node says that it has dropped this."""


def _result(status: int, body: bytes, *, refusable: bool) -> Any:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _Fault(_UNREADABLE, passes=status >= 500) from error  # noqa: PLR2004 - the server's own fault
    if not isinstance(answer, dict) or ("error" not in answer and "result" not in answer):
        raise _Fault(_UNREADABLE, passes=False)
    said = answer.get("error")
    if not said:
        return answer.get("result")
    code, words = (said.get("code"), str(said.get("message", ""))) if isinstance(said, dict) else (None, str(said))
    if code == _PRUNED_CODE or _PRUNED_WORDS.search(words):
        raise _Pruned
    # Every provider refuses long ranges in words of its own, so any error to a range is taken for that.
    if refusable:
        raise RangeRefusedError
    raise _Fault(_ERROR, passes=True)


def _unusable(method: str, reason: Message, node: int) -> UnavailableError:
    return UnavailableError(_NO_ANSWER, method=method, reason=reason(node=node + 1))
