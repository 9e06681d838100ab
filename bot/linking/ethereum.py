"""Calls contracts through Ethereum nodes (JSON-RPC 2.0: `eth_getCode`, `eth_call`), and trusts only unanimous answers.

A node can be wrong, be behind, or be on another chain. So every configured node is asked, and for its chain id too;
only if all agree is that an answer. Anything else is an `UndecidedError`: never a yes, never a no.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import aiohttp
import orjson

from bot.errors import UndecidedError
from bot.messages import Message
from bot.sources.bodies import read_body

log = logging.getLogger(__name__)

# Signatures are verified on the chain of Loopring's owners, whichever network the account is on.
MAINNET = 1
# The longest code is 24,576 bytes (EIP-170), twice that as hex.
_MAX_BODY = 256 * 1024
# The page gives an answer within 25 seconds, and verifying one signature takes up to three requests.
_TIMEOUT_SECONDS = 8.0
_LATER = Message(
    "The Ethereum node that this bot asks about smart wallets gives no answer to rely on. Try again in a minute."
)
# How a node reports that a contract reverted: geth's code; other nodes use another one, with "revert" in the text.
_REVERTED = 3


class _Reverted:
    """The contract was called and reverted."""


REVERTED = _Reverted()


class Nodes:
    """Ethereum's mainnet, read through several nodes that must agree.

    Args:
        session: Opened and closed by the caller.
        urls: At least one; they may hold keys, and are never logged or quoted.
        seconds: How long each batch may take.
    """

    def __init__(
        self, session: aiohttp.ClientSession, urls: Sequence[str], *, seconds: float = _TIMEOUT_SECONDS
    ) -> None:
        self._session = session
        self._urls = tuple(urls)
        self._timeout = aiohttp.ClientTimeout(total=seconds)

    async def code(self, address: str) -> bytes:
        """The contract code at an address; empty where nothing is deployed.

        Raises:
            UndecidedError: a node failed, or the nodes disagree.
        """
        answer = await self._request("eth_getCode", [address, "latest"])
        if isinstance(answer, _Reverted):  # no contract runs here, so a node that says this is broken
            raise UndecidedError(_LATER)
        return answer

    async def call(self, to: str, data: bytes) -> bytes | None:
        """What a contract returns; None where it reverts.

        Raises:
            UndecidedError: a node failed, or the nodes disagree.
        """
        answer = await self._request("eth_call", [{"to": to, "data": f"0x{data.hex()}"}, "latest"])
        return None if isinstance(answer, _Reverted) else answer

    async def check(self) -> None:
        """Check that every node answers and is on mainnet.

        Raises:
            UndecidedError: one does not, or is not.
        """
        await self.code("0x" + 40 * "0")

    async def _request(self, method: str, params: list[Any]) -> bytes | _Reverted:
        answers = await asyncio.gather(
            *(self._request_node(n, url, method, params) for n, url in enumerate(self._urls, 1))
        )
        if any(answer != answers[0] for answer in answers):
            log.warning("ethereum: the nodes disagree on %s", method)
            raise UndecidedError(_LATER)
        return answers[0]

    async def _request_node(self, number: int, url: str, method: str, params: list[Any]) -> bytes | _Reverted:
        batch = [
            {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []},
            {"jsonrpc": "2.0", "id": 2, "method": method, "params": params},
        ]
        try:
            async with self._session.post(url, json=batch, timeout=self._timeout, allow_redirects=False) as response:
                if response.status != 200:  # noqa: PLR2004 - HTTP's "OK"; JSON-RPC knows no other
                    raise ValueError("not an answer")  # noqa: TRY301 - one place for whatever is wrong with it
                body = await read_body(response, _MAX_BODY)
            return _parse_batch(orjson.loads(body))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError, TypeError, AttributeError) as error:
            # Only the type: the text of some errors quotes the URL.
            log.warning("ethereum: node %d: %s: %s", number, method, type(error).__name__)
            raise UndecidedError(_LATER) from error


def _parse_batch(body: Any) -> bytes | _Reverted:
    """The second answer of a batch, if the first is the right chain id; answers come in any order."""
    answers = {answer["id"]: answer for answer in body}
    if int(answers[1]["result"], 16) != MAINNET:
        raise ValueError("another chain")
    error = answers[2].get("error")
    if error is None:
        return bytes.fromhex(answers[2]["result"].removeprefix("0x"))
    # A revert is an answer of the contract; any other error is the node's own, and no answer.
    if error["code"] == _REVERTED or "revert" in str(error.get("message", "")).lower():
        return REVERTED
    raise ValueError("an error of the node's own")
