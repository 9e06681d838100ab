"""The blocks of layer 2 as a node has them: the events of the exchange's contract, and the transactions behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.ethereum.jsonrpc import INVALID_PARAMS, RpcError
from sandbox.rollup.rollup import EXCHANGE, MadeBlock
from sandbox.rollup.submissions import Submission

# Keccak-256 of BlockSubmitted(uint256,bytes32,bytes32)
TOPIC = "0xcc86d9ed29ebae540f9d25a4976d4da36ea4161b854b8ecf18f491cf6b0feb5c"
FEW_BLOCKS = 1_000
LIMIT_EXCEEDED = -32005
PRUNED = 4444  # EIP-4444, as geth and others answer since they drop old history


class History:
    """A made history on a chain, and a node's ways to be wrong about it.

    Args:
        submissions: The transactions that submitted blocks, in their order.
        mode: Of the node.
        head: The last block of Ethereum that it has.
    """

    def __init__(self, submissions: Sequence[Submission], mode: str, head: int) -> None:
        self._submissions = [each for each in submissions if each.l1_block <= head]
        self._mode = mode
        self._middle = submissions[len(submissions) // 2]

    def logs(self, params: list[Any]) -> list[dict[str, Any]] | None:
        """The events of a range of blocks.

        Raises:
            RpcError: the filter is wrong, the range too long for this node, or so old that it has dropped it.
        """
        wanted = params[0] if params and isinstance(params[0], dict) else {}
        try:
            first, last = (int(wanted[name], 16) for name in ("fromBlock", "toBlock"))
            is_ours = wanted["address"].lower() == "0x" + EXCHANGE.hex() and wanted["topics"] == [TOPIC]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise RpcError(INVALID_PARAMS, "invalid argument 0: a filter is needed") from None
        if self._mode == "few_logs" and last - first >= FEW_BLOCKS:
            raise RpcError(LIMIT_EXCEEDED, f"query exceeds max block range {FEW_BLOCKS}")
        if self._mode == "pruned" and first < self._middle.l1_block:
            raise RpcError(PRUNED, "pruned history unavailable")
        chosen = [each for each in self._submissions if is_ours and first <= each.l1_block <= last]
        if self._mode == "null_logs":
            return None
        logs = [_log(each, block) for each in chosen for block in each.blocks if not self._left_out(block)]
        if self._mode == "extra_topics":
            return [log | {"topics": [*log["topics"], "0x" + "00" * 32]} for log in logs]
        return _untidy(logs) if self._mode == "untidy_logs" else logs

    def transaction(self, params: list[Any]) -> dict[str, Any] | None:
        """A transaction by its hash; None: there is none."""
        found = next((each for each in self._submissions if [each.transaction_hash] == params[:1]), None)
        if found is None:
            return None
        written = found.calldata
        if found is self._middle and self._mode == "cut_off_calldata":
            written = written[: len(written) // 2]
        if found is self._middle and self._mode == "wrong_calldata":
            place = written.index(found.blocks[0].root)
            written = written[:place] + bytes([written[place] ^ 1]) + written[place + 1 :]
        return {
            "hash": found.transaction_hash,
            "to": found.to,
            "blockNumber": hex(found.l1_block),
            "input": "0x" + written.hex(),
        }

    def _left_out(self, block: MadeBlock) -> bool:
        return self._mode == "missing_block" and block in self._middle.blocks


def _log(submission: Submission, block: MadeBlock) -> dict[str, Any]:
    return {
        "address": "0x" + EXCHANGE.hex(),
        "topics": [TOPIC, f"0x{block.number:064x}"],
        "data": "0x" + (block.root + block.data_hash).hex(),
        "blockNumber": hex(submission.l1_block),
        "transactionHash": submission.transaction_hash,
        "logIndex": hex(submission.blocks.index(block)),
        "removed": False,
    }


def _untidy(logs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same events as a careless node lists them."""
    in_capitals = [
        log
        | {
            "address": log["address"].upper().replace("X", "x"),
            "topics": [topic.upper() for topic in log["topics"]],
            "data": log["data"].upper(),
            "transactionHash": log["transactionHash"].upper(),
        }
        for log in logs
    ]
    removed = [log | {"data": "0x" + "11" * 64, "removed": True} for log in logs[:1]]
    return [*removed, *reversed(in_capitals), *logs[::2]]
