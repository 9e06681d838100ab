"""`contractURI()` of collections' contracts, as Ethereum nodes say: where the contract's creator put its metadata.

Most of Loopring's contracts were never deployed: an address without code returns nothing, and has no such URI. Those of
an earlier form do not have the function, and refuse the call.
"""

from __future__ import annotations

from collections import Counter

from bot.archive_api.blocks.history_nodes import HistoryNodes
from bot.errors import UnavailableError

CONTRACT_URI = bytes.fromhex("e8a3d485")
_WORD = 32
# Each failure is one of five attempts, with pauses between them.
_GIVES_UP = 3


class ContractUris:
    """Asks nodes, by turns; one that gives no usable answer three times in a row is left alone.

    Args:
        nodes: One of them is believed for each contract.
    """

    def __init__(self, nodes: HistoryNodes) -> None:
        self._nodes = nodes
        self._failures: Counter[int] = Counter()
        self._checked: set[int] = set()

    async def fetch(self, contract: str) -> str | None:
        """The URI of a contract; "": it has none; None: no node says it.

        Raises:
            ConfigError: a node is not on mainnet.
        """
        for node in self._nodes.in_turn():
            if self._failures[node] >= _GIVES_UP:
                continue
            try:
                if node not in self._checked:
                    await self._nodes.check_node(node)
                    self._checked.add(node)
                returned = await self._nodes.call(node, contract, CONTRACT_URI)
            except UnavailableError:
                self._failures[node] += 1
                continue
            self._failures[node] = 0
            return read_string(returned or b"")
        return None


def read_string(returned: bytes) -> str:
    """The string that a call returned; "" where it returned something else."""
    start = int.from_bytes(returned[:_WORD])
    length = int.from_bytes(returned[start : start + _WORD]) if start < len(returned) else 0
    content = returned[start + _WORD : start + _WORD + length]
    if len(content) < length:
        return ""
    try:
        return content.decode().strip("\0 \t\r\n")
    except UnicodeDecodeError:
        return ""
