"""The compression of submitted calldata: `(uint16 data bytes, uint16 zero bytes)`, then the data bytes; and again.

Loopring's `ZeroDecompressor.sol` expands it on Ethereum before the call is made.
"""

from __future__ import annotations

from bot.l2.block_errors import LayoutError
from bot.messages import Message

_CUT_OFF = Message("The compressed calldata is cut off at byte {at:,}: a run of {expected:,} bytes was announced.")
_TOO_LONG = Message("The compressed calldata expands to more than {most:,} bytes, which no submission has.")

# The largest submissions have some 200 KB; four bytes can announce 65,535 zeros, so a limit has to be stated.
MAX_EXPANDED = 16 * 1024 * 1024


def expand_zero_runs(packed: bytes) -> bytes:
    """The bytes that `packed` stands for.

    Raises:
        LayoutError: cut off, or longer than `MAX_EXPANDED`.
    """
    parts: list[bytes] = []
    at, size = 0, 0
    while at < len(packed):
        head = packed[at : at + 4]
        filled, zeros = int.from_bytes(head[:2], "big"), int.from_bytes(head[2:], "big")
        run = packed[at + 4 : at + 4 + filled]
        if len(head) < 4 or len(run) < filled:  # noqa: PLR2004 - two numbers of two bytes
            raise LayoutError(_CUT_OFF, at=at, expected=filled)
        size += filled + zeros
        if size > MAX_EXPANDED:
            raise LayoutError(_TOO_LONG, most=MAX_EXPANDED)
        parts += (run, bytes(zeros))
        at += 4 + filled
    return b"".join(parts)
