"""The methods of a node: the chain's id, code and calls, and the blocks of layer 2 (`history_methods`)."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from sandbox.ethereum.contracts import IS_VALID_SIGNATURE, MAGIC, RevertedError, call, code_at
from sandbox.ethereum.creation import Creation, InvalidOpcodeError
from sandbox.ethereum.history_methods import History
from sandbox.ethereum.jsonrpc import INTERNAL_ERROR, INVALID_PARAMS, METHOD_NOT_FOUND, REVERTED, SERVER_ERROR, RpcError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.ethereum.settings import NodeSettings
    from sandbox.rollup.submissions import Submission
    from sandbox.world import World

CHAIN = 1
TEST_CHAIN = 11_155_111  # Sepolia
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_DATA = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_QUANTITY = re.compile(r"0x(?:0|[1-9a-fA-F][0-9a-fA-F]{0,15})")
_TAGS = {"latest", "safe", "finalized", "pending", "earliest"}


class Node:
    """One node, as it is during one request.

    Args:
        world: the chain.
        settings: what is wrong with it.
        wallet_seconds: how long a call of a slow wallet takes.
        submissions: the blocks of layer 2, as they were submitted.
    """

    def __init__(
        self, world: World, settings: NodeSettings, wallet_seconds: float, submissions: Sequence[Submission]
    ) -> None:
        self._world = world
        self._history = History(submissions, settings.mode, settings.head)
        self._head = settings.head
        self._mode = settings.mode
        self._everywhere = settings.code
        self._wallet_seconds = wallet_seconds

    async def run(self, method: str, params: list[Any]) -> Any:
        """The result of a method.

        Raises:
            RpcError: there is no such method, its parameters are wrong, or the call was reverted.
        """
        if self._mode == "error":
            raise RpcError(INTERNAL_ERROR, "internal error")
        if method == "eth_chainId":
            return hex(TEST_CHAIN if self._mode == "wrong_chain" else CHAIN)
        if method == "eth_blockNumber":
            return hex(self._head)
        if method == "eth_getCode":
            return self._code(params)
        if method == "eth_call":
            return await self._call(params)
        if method == "eth_getLogs":
            return self._history.logs(params)
        if method == "eth_getTransactionByHash":
            return self._history.transaction(params)
        raise RpcError(METHOD_NOT_FOUND, f"the method {method} does not exist/is not available")

    def _code(self, params: list[Any]) -> str:
        address = _text(params, 0, _ADDRESS)
        self._check_block(params)
        if self._mode == "lying_code":
            return "0x"
        return "0x" + (self._everywhere or code_at(address, self._world).hex())

    async def _call(self, params: list[Any]) -> str:
        call_object = params[0] if params else None
        if not isinstance(call_object, dict):
            raise _invalid(0)
        data = bytes.fromhex(_text([call_object.get("input", call_object.get("data", "0x"))], 0, _DATA)[2:])
        self._check_block(params)
        if call_object.get("to") is None:
            return self._create(data)
        address = _text([call_object["to"]], 0, _ADDRESS)
        if self._mode == "lying_valid" and data.startswith(IS_VALID_SIGNATURE):
            return "0x" + MAGIC.hex()
        wallet = self._world.wallets.get(address.lower())
        if wallet is not None and wallet.behaviour == "slow":
            await asyncio.sleep(self._wallet_seconds)
        try:
            return "0x" + call(address, data, self._world).hex()
        except RevertedError as reverted:
            raise RpcError(REVERTED, _words_of(reverted), "0x" + reverted.data.hex()) from reverted

    def _check_block(self, params: list[Any]) -> None:
        """The second parameter: a name, or a number that is not past the last block."""
        block = params[1] if len(params) > 1 else None
        if not isinstance(block, str):
            raise _invalid(1)
        if _QUANTITY.fullmatch(block):
            if int(block, 16) > self._head:
                raise RpcError(SERVER_ERROR, "header not found")
        elif block not in _TAGS:
            raise _invalid(1)

    def _create(self, code: bytes) -> str:
        """What a creation returns: nothing of it stays."""
        if self._mode == "no_creations":
            raise _invalid(0)
        if self._mode == "lying_valid":
            return "0x" + MAGIC.hex()
        try:
            return "0x" + Creation(self._world).run(code).hex()
        except InvalidOpcodeError as error:
            raise RpcError(SERVER_ERROR, f"invalid opcode: {error}") from error


def _words_of(reverted: RevertedError) -> str:
    if not reverted.data:
        return "execution reverted"
    length = int.from_bytes(reverted.data[36:68], "big")  # after the selector and the offset, see `abi.reason`
    return f"execution reverted: {reverted.data[68 : 68 + length].decode()}"


def _text(params: list[Any], place: int, form: re.Pattern[str]) -> str:
    value = params[place] if len(params) > place else None
    if not isinstance(value, str) or not form.fullmatch(value):
        raise _invalid(place)
    return value


def _invalid(place: int) -> RpcError:
    return RpcError(INVALID_PARAMS, f"invalid argument {place}")
