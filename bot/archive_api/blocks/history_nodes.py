"""Ethereum nodes that are asked for old events and transactions, by turns; none of them has to be believed.

What a node says of a block is held against the hash in its event, so any node may give it; and the events against
those of the other nodes (`agreed_events`). All have to answer when a run begins: then somebody is there who can correct
a URL. Later on, a node that fails is asked again, with growing pauses, or after the time that it asks for itself. One
that still fails is left alone for a while, and the others go on; that is said at once, and when it answers again. A
single node is waited for in the same way, and ends the run if it still fails. Old history is not everywhere any more:
since 2025 nodes may drop what is older than September 2022.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import aiohttp

from bot.archive_api.blocks.history_answers import (
    SILENT,
    UNREADABLE,
    CallReverted,
    HistoryDropped,
    NodeFault,
    RangeRefusedError,
    read_answer,
)
from bot.errors import ConfigError, UnavailableError
from bot.messages import Message, Words
from bot.sources.bodies import read_body

_WRONG_CHAIN = Message("Node {node} is on the chain {chain}; Ethereum's mainnet (1) is needed.")
_NO_ANSWER = Message("No usable answer to {method}: {reason}.")
_NOT_SYNCED = Message(
    "Node {node} is at block {head:,} of Ethereum, before Loopring's first: wait until it is synchronised, or leave it "
    "out of --rpc."
)
_BEHIND = Message("Node {node} is behind the others, at block {head:,} of Ethereum: what is rebuilt ends there.")
_PRUNED = Message(
    "Node {node} has dropped the history of block {first:,} to {last:,} of Ethereum: use a node that keeps all of it "
    "(an archive provider), beside it or in its place; or, for what is from before the merge, era1 files (--era1)."
)
_LEFT_ALONE = Message("Node {node} is left alone for a while, and the others go on: {reason}.")
_BACK = Message("Node {node} answers again.")
_WRONG = Message("{fault} Another node has the right one; further ones of this node are not listed.")

MAINNET = 1
# The block of Ethereum with which the exchange begins.
FIRST_L1_BLOCK = 11_149_814
# A node can be behind a reorganisation for two epochs at the most; after that a block is final.
CONFIRMATIONS = 64
# Ten minutes: nodes of one provider differ by seconds, and one that still synchronises by hours.
_FAR_BEHIND = 50
_SECONDS = 60.0
# Events of 50,000 blocks are 2 MB; a transaction with 400 KB of calldata is twice that as hex.
_MAX_BODY = 32 * 1024 * 1024
_ATTEMPTS = 5
_FIRST_PAUSE = 1.0
# A node that wants a longer pause than this is left alone, if there are others.
_LONGEST_PAUSE = 30.0
_REST = 600.0

# Of a block or a chain; no number of either will ever be so high.
_TOO_HIGH = 2**63
_CALL = "eth_call"

Sleep = Callable[[float], Awaitable[object]]


class PrunedError(UnavailableError):
    """A node has dropped the history that was asked for."""


class HistoryNodes:
    """Several nodes, each named by its place among `urls`.

    Args:
        session: Opened and closed by the caller.
        urls: At least one; they may hold keys, and are never logged or quoted.
        notify: Gets what somebody who waits for the end should know meanwhile.
        sleep: Waits between attempts; in seconds, as all times here.
        clock: Monotonic.
        now: For a `Retry-After` that is a date.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        urls: Sequence[str],
        *,
        notify: Callable[[Words], object] = lambda _: None,
        sleep: Sleep = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._session = session
        self._urls = tuple(urls)
        self._notify = notify
        self._sleep = sleep
        self._clock = clock
        self._now = now
        self._turn = 0
        # When each node that was left alone may be asked again.
        self._rests_until: dict[int, float] = {}
        self._wrong: set[int] = set()

    def __len__(self) -> int:
        return len(self._urls)

    def awake(self) -> list[int]:
        """The nodes that are asked as usual."""
        return [node for node in range(len(self)) if self._rests_until.get(node, 0.0) <= self._clock()]

    def resting(self) -> list[int]:
        """Those that are left alone for now: to be asked only where no other can help."""
        return [node for node in range(len(self)) if self._rests_until.get(node, 0.0) > self._clock()]

    def in_turn(self) -> list[int]:
        """All nodes, each time another one first; those that are left alone at the end."""
        self._turn += 1
        awake = self.awake()
        first = self._turn % max(len(awake), 1)
        return [*awake[first:], *awake[:first], *self.resting()]

    def was_wrong(self, node: int, fault: Words) -> None:
        """Report that a node gave something wrong that another one had right; the first time for each node."""
        if node not in self._wrong:
            self._wrong.add(node)
            self._notify(_WRONG(fault=fault))

    async def check(self) -> None:
        """Check that every node answers, and is on mainnet.

        Raises:
            ConfigError: one is not.
            UnavailableError: one does not answer.
        """
        for node in range(len(self)):
            await self.check_node(node)

    async def check_node(self, node: int) -> None:
        """Check that one node is on mainnet; raises as `check`."""
        chain = await self._number(node, "eth_chainId")
        if chain != MAINNET:
            raise ConfigError(_WRONG_CHAIN, node=node + 1, chain=chain)

    async def final_block(self) -> int:
        """The last block that no node can lose again: of the node that is furthest behind.

        Raises:
            UnavailableError: one does not answer, or has not got as far as Loopring's first block.
        """
        heads = [await self._number(node, "eth_blockNumber") for node in range(len(self))]
        for node, head in enumerate(heads):
            if head < FIRST_L1_BLOCK:
                raise UnavailableError(_NOT_SYNCED, node=node + 1, head=head)
            if max(heads) - head > _FAR_BEHIND:
                self._notify(_BEHIND(node=node + 1, head=head))
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
        except HistoryDropped as error:
            raise PrunedError(_PRUNED, node=node + 1, first=first, last=last) from error
        if not isinstance(found, list):
            raise _unusable("eth_getLogs", UNREADABLE(node=node + 1))
        return found

    async def calldata(self, node: int, transaction: str, l1_block: int) -> bytes:
        """What a transaction called, as one node says.

        Raises:
            PrunedError: it does not have the transaction.
            UnavailableError: it gives no usable answer.
        """
        try:
            found = await self._patiently(node, "eth_getTransactionByHash", [transaction])
        except HistoryDropped:
            found = None
        if found is None:
            raise PrunedError(_PRUNED, node=node + 1, first=l1_block, last=l1_block)
        written = found.get("input") if isinstance(found, dict) else None
        try:
            return bytes.fromhex(written.removeprefix("0x"))  # type: ignore[union-attr]
        except (AttributeError, ValueError) as error:
            raise _unusable("eth_getTransactionByHash", UNREADABLE(node=node + 1)) from error

    async def call(self, node: int, contract: str, data: bytes) -> bytes | None:
        """What a call of a contract returns now, as one node says; None: the contract refuses it.

        Nothing is returned by an address without code.

        Raises:
            UnavailableError: it gives no usable answer.
        """
        try:
            found = await self._patiently(node, _CALL, [{"to": contract, "data": "0x" + data.hex()}, "latest"])
        except CallReverted:
            return None
        except HistoryDropped as error:
            raise _unusable(_CALL, UNREADABLE(node=node + 1)) from error
        try:
            return bytes.fromhex(found.removeprefix("0x"))
        except (AttributeError, ValueError) as error:
            raise _unusable(_CALL, UNREADABLE(node=node + 1)) from error

    async def _number(self, node: int, method: str) -> int:
        try:
            number = int(await self._patiently(node, method, [], required=True), 16)
        except (TypeError, ValueError, HistoryDropped) as error:
            raise _unusable(method, UNREADABLE(node=node + 1)) from error
        if not 0 <= number < _TOO_HIGH:
            raise _unusable(method, UNREADABLE(node=node + 1))
        return number

    async def _patiently(
        self, node: int, method: str, params: list[Any], *, refusable: bool = False, required: bool = False
    ) -> Any:
        """What a node answers in the end, with pauses between attempts; one that was left alone has one attempt.

        Args:
            node: Which one.
            method: Of the call.
            params: Likewise.
            refusable: It is about a range that could be shorter.
            required: No other node can answer in its place.
        """
        has_others, pause = len(self) > 1, _FIRST_PAUSE
        left = 1 if node in self._rests_until else _ATTEMPTS
        while True:
            left -= 1
            try:
                answer = await self._ask(node, method, params, refusable=refusable)
            except NodeFault as fault:
                wait = max(pause, fault.wait)
                if not left or not fault.passes or (has_others and wait > _LONGEST_PAUSE):
                    if fault.may_be_long and node not in self._rests_until:
                        raise RangeRefusedError from fault
                    reason = fault.reason(node=node + 1, **fault.values)
                    if has_others and not required:
                        self._leave_alone(node, reason, max(fault.wait, _REST))
                    raise _unusable(method, reason) from fault
            except (CallReverted, HistoryDropped):
                self._is_back(node)
                raise
            else:
                self._is_back(node)
                return answer
            await self._sleep(wait)
            pause *= 2

    def _leave_alone(self, node: int, reason: Words, seconds: float) -> None:
        if node not in self._rests_until:
            self._notify(_LEFT_ALONE(node=node + 1, reason=reason))
        self._rests_until[node] = self._clock() + seconds

    def _is_back(self, node: int) -> None:
        if self._rests_until.pop(node, None) is not None:
            self._notify(_BACK(node=node + 1))

    async def _ask(self, node: int, method: str, params: list[Any], *, refusable: bool) -> Any:
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        try:
            async with self._session.post(
                self._urls[node],
                json=request,
                timeout=aiohttp.ClientTimeout(total=_SECONDS),
                allow_redirects=False,
            ) as response:
                status, headers, body = response.status, response.headers, await read_body(response, _MAX_BODY)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise NodeFault(SILENT, passes=True) from error
        except ValueError as error:  # a body beyond the limit: fewer blocks have fewer events
            if refusable:
                raise RangeRefusedError from error
            raise NodeFault(UNREADABLE, passes=False) from error
        return read_answer(status, headers, body, self._now(), refusable=refusable, is_call=method == _CALL)


def _unusable(method: str, reason: Words) -> UnavailableError:
    return UnavailableError(_NO_ANSWER, method=method, reason=reason)
