"""How a node answers: truthfully, wrongly in one of several ways, with errors, or slowly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# lying_code: no address has code. lying_valid: every signature is valid. wrong_chain: a test network. error: every
# call fails. slow: right, but `seconds` late. no_batches: a list of requests is no request. one_of_a_batch: only
# the first of a list is answered. key_refused: HTTP's 401. no_creations: eth_call needs an address. Of the blocks of
# layer 2: missing_block: the events of a transaction are left out. wrong_calldata, cut_off_calldata: of one
# transaction. few_logs: only a few blocks at once. pruned: the older half was dropped. null_logs: as of a proxy that
# lost the answer. untidy_logs: the right events, some twice, in no order, in capitals, and one that a reorganisation
# removed. extra_topics: events with one more.
MODES = (
    "honest",
    "lying_code",
    "lying_valid",
    "wrong_chain",
    "error",
    "slow",
    "no_batches",
    "one_of_a_batch",
    "key_refused",
    "no_creations",
    "missing_block",
    "wrong_calldata",
    "cut_off_calldata",
    "few_logs",
    "pruned",
    "null_logs",
    "untidy_logs",
    "extra_topics",
)
HEAD = 25_000_000
_BYTES = re.compile(r"(?:[0-9a-fA-F]{2})*")


@dataclass(frozen=True)
class NodeSettings:
    """How a node answers.

    Attributes:
        mode: One of `MODES`.
        seconds: For `slow`.
        code: In hex, at every address; "": what is there.
        head: The last block of Ethereum that it has.
    """

    mode: str = "honest"
    seconds: float = 30.0
    code: str = ""
    head: int = HEAD

    def changed(self, fields: Mapping[str, Any]) -> NodeSettings:
        """A copy with the given fields changed.

        Raises:
            ValueError: with a sentence that says what is wrong.
        """
        mode, seconds = fields.get("mode", self.mode), fields.get("seconds", self.seconds)
        code, head = fields.get("code", self.code), fields.get("head", self.head)
        if unknown := fields.keys() - {"mode", "seconds", "code", "head"}:
            raise ValueError(f"there is no {' and no '.join(sorted(unknown))} to set")
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
            raise ValueError("seconds is a number, not below zero")
        if not isinstance(code, str) or not _BYTES.fullmatch(code):
            raise ValueError("code is hex digits, two for each byte")
        if isinstance(head, bool) or not isinstance(head, int) or head < 0:
            raise ValueError("head is the number of a block")
        return NodeSettings(mode, float(seconds), code, head)
