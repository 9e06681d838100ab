"""Calls contracts through Ethereum nodes (JSON-RPC 2.0: `eth_getCode`, `eth_call`), and trusts only unanimous answers.

A node can be wrong, be behind, or be on another chain. So every configured node is asked, and for its chain id too;
only if all agree is that an answer. Anything else is an `UndecidedError`: never a yes, never a no. Both questions go
in one batch; a node that takes no batches is asked one by one for an hour.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

import aiohttp
import orjson

from bot.errors import UndecidedError
from bot.linking.node_answers import (
    ANSWER,
    CHAIN_ID,
    NodeFaultError,
    NodeState,
    Reverted,
    check_chain,
    parse_answer,
    parse_batch,
    state_of_status,
)
from bot.messages import Message
from bot.sources.bodies import read_body

log = logging.getLogger(__name__)

# The longest code is 24,576 bytes (EIP-170), twice that as hex.
_MAX_BODY = 256 * 1024
# The page gives an answer within 25 seconds, and verifying one signature takes up to three rounds of these, one after
# another; what only makes a refusal clearer takes what is left (`contract_signatures`).
_TIMEOUT_SECONDS = 8.0
# A server that was updated, or another behind the same URL, may take batches again.
_WITHOUT_BATCHES_SECONDS = 3600.0
_LATER = Message(
    "The Ethereum node that this bot asks about smart wallets gives no answer to rely on. Try again in a minute."
)
# Some nodes and gateways send JSON-RPC's errors with these, too.
_WITH_ANSWER = (200, 400, 500)
_SOMEWHERE = "0x" + 40 * "0"

Request = dict[str, Any]


class Nodes:
    """Ethereum's mainnet, read through several nodes that must agree.

    Args:
        session: Opened and closed by the caller.
        urls: At least one; they may hold keys, and are never logged or quoted.
        seconds: How long each question may take.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        urls: Sequence[str],
        *,
        seconds: float = _TIMEOUT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._urls = tuple(urls)
        self._seconds = seconds
        self.clock = clock
        self._without_batches_until: dict[int, float] = {}

    async def code(self, address: str) -> bytes:
        """The contract code at an address; empty where nothing is deployed.

        Raises:
            UndecidedError: a node failed, or the nodes disagree.
        """
        answer = await self._request("eth_getCode", [address, "latest"])
        if isinstance(answer, Reverted):  # no contract runs here, so a node that says this is broken
            raise UndecidedError(_LATER)
        return answer

    async def call(self, to: str, data: bytes, *, clearly: bool = False) -> bytes | None:
        """What a contract returns; None where it reverts.

        Raises:
            UndecidedError: a node failed, or the nodes disagree; with `clearly`, also where the contract may not have
                reverted, but met a limit of the node's.
        """
        return await self._run({"to": to, "data": f"0x{data.hex()}"}, clearly=clearly)

    async def create(self, code: bytes, *, clearly: bool = False) -> bytes | None:
        """What the code of a contract returns when it is created, which nothing keeps; None where it reverts.

        Raises:
            UndecidedError: as for `call`.
        """
        return await self._run({"data": f"0x{code.hex()}"}, clearly=clearly)

    async def _run(self, call: dict[str, str], *, clearly: bool) -> bytes | None:
        answer = await self._request("eth_call", [call, "latest"])
        if answer is Reverted.UNCLEARLY and clearly:
            raise UndecidedError(_LATER)
        return None if isinstance(answer, Reverted) else answer

    async def check(self) -> None:
        """Check that every node answers and is on mainnet.

        Raises:
            UndecidedError: one does not, or is not.
        """
        await self.code(_SOMEWHERE)

    async def states(self) -> list[NodeState]:
        """What each node is to this bot, in the order of the URLs."""
        return list(await asyncio.gather(*(self._state(number) for number in range(len(self._urls)))))

    async def _state(self, number: int) -> NodeState:
        try:
            await self._ask(number, "eth_getCode", [_SOMEWHERE, "latest"])
        except NodeFaultError as error:
            return error.state
        return NodeState.READY if self._takes_batches(number) else NodeState.NO_BATCHES

    def _takes_batches(self, number: int) -> bool:
        return self.clock() >= self._without_batches_until.get(number, float("-inf"))

    async def _request(self, method: str, params: list[Any]) -> bytes | Reverted:
        try:
            answers = await asyncio.gather(*(self._ask(number, method, params) for number in range(len(self._urls))))
        except NodeFaultError as error:
            raise UndecidedError(_LATER) from error
        if all(isinstance(answer, Reverted) for answer in answers):
            return Reverted.UNCLEARLY if Reverted.UNCLEARLY in answers else Reverted.REVERTED
        if any(answer != answers[0] for answer in answers):
            log.warning("ethereum: the nodes disagree on %s", method)
            raise UndecidedError(_LATER)
        return answers[0]

    async def _ask(self, number: int, method: str, params: list[Any]) -> bytes | Reverted:
        """One node's answer.

        Raises:
            NodeFaultError: there is none that can be used.
        """
        try:
            async with asyncio.timeout(self._seconds):
                return await self._ask_in_time(number, method, params)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            # Only the type: the text of some errors quotes the URL.
            log.warning("ethereum: node %d: %s: %s", number + 1, method, type(error).__name__)
            raise NodeFaultError(NodeState.NO_ANSWER) from error
        except NodeFaultError as error:
            log.warning("ethereum: node %d: %s: %s", number + 1, method, error.state.value)
            raise

    async def _ask_in_time(self, number: int, method: str, params: list[Any]) -> bytes | Reverted:
        chain_id = _request(CHAIN_ID, "eth_chainId", [])
        asked = _request(ANSWER, method, params)
        is_batch_tried = self._takes_batches(number)
        if is_batch_tried:
            try:
                return parse_batch(await self._post(number, [chain_id, asked]))
            except NodeFaultError as error:
                if error.state is not NodeState.NO_BATCHES:
                    raise
        try:
            chain, answer = await asyncio.gather(self._post(number, chain_id), self._post(number, asked))
            check_chain(chain)
            parsed = parse_answer(answer)
        except NodeFaultError as error:
            # No batch was sent, so what is refused is the request itself.
            state = NodeState.NO_ANSWER if error.state is NodeState.NO_BATCHES else error.state
            raise NodeFaultError(state) from error
        if is_batch_tried:
            self._without_batches_until[number] = self.clock() + _WITHOUT_BATCHES_SECONDS
        return parsed

    async def _post(self, number: int, request: Request | list[Request]) -> Any:
        async with self._session.post(
            self._urls[number],
            json=request,
            timeout=aiohttp.ClientTimeout(total=self._seconds),
            allow_redirects=False,
        ) as response:
            if response.status not in _WITH_ANSWER:
                raise NodeFaultError(state_of_status(response.status))
            try:
                return orjson.loads(await read_body(response, _MAX_BODY))
            except orjson.JSONDecodeError as error:
                raise NodeFaultError(state_of_status(response.status)) from error


def _request(number: int, method: str, params: list[Any]) -> Request:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
