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
# layer 2: missing_block: an event is left out. wrong_calldata, cut_off_calldata: of one transaction. few_logs: only
# a few blocks at once. pruned: the older half was dropped.
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
)
_BYTES = re.compile(r"(?:[0-9a-fA-F]{2})*")


@dataclass(frozen=True)
class NodeSettings:
    """How a node answers; `seconds` matters to `slow` alone, `code` (hex) is at every address, "" for what is there."""

    mode: str = "honest"
    seconds: float = 30.0
    code: str = ""

    def changed(self, fields: Mapping[str, Any]) -> NodeSettings:
        """A copy with the given fields changed.

        Raises:
            ValueError: with a sentence that says what is wrong.
        """
        mode, seconds = fields.get("mode", self.mode), fields.get("seconds", self.seconds)
        code = fields.get("code", self.code)
        if unknown := fields.keys() - {"mode", "seconds", "code"}:
            raise ValueError(f"there is no {' and no '.join(sorted(unknown))} to set")
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
            raise ValueError("seconds is a number, not below zero")
        if not isinstance(code, str) or not _BYTES.fullmatch(code):
            raise ValueError("code is hex digits, two for each byte")
        return NodeSettings(mode, float(seconds), code)
