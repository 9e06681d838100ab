"""Connections that end early on purpose: before HELLO, after it, in place of READY, or right after READY."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord import opcodes

if TYPE_CHECKING:
    from collections.abc import Mapping

STAGES = ("connect", "hello", "identify", "ready")


@dataclass
class EarlyEnd:
    """How the next connections end.

    Attributes:
        stage: "connect": reset before HELLO; "hello": closed after it; "identify": answered with "invalid session"
            that cannot be resumed; "ready": closed right after READY, and not to be resumed.
        times: How often it still happens.
        code: Of the close; 1006 for a reset of the connection without one.
    """

    stage: str = ""
    times: int = 0
    code: int = opcodes.UNKNOWN_ERROR

    @classmethod
    def of(cls, fields: Mapping[str, object]) -> EarlyEnd:
        """From the options of the control API.

        Raises:
            ValueError: there is no such stage.
        """
        stage = str(fields.get("stage", ""))
        if stage not in STAGES:
            raise ValueError(f"stage is one of {', '.join(STAGES)}")
        return cls(stage, int(str(fields.get("times", 1))), int(str(fields.get("code", opcodes.UNKNOWN_ERROR))))

    def strikes(self, stage: str) -> bool:
        """Whether a connection ends here; it is counted then."""
        if stage != self.stage or self.times <= 0:
            return False
        self.times -= 1
        return True


def reset_connection(request: web.Request) -> web.Response:
    """End the connection without a word: no lingering, so that the kernel sends RST and not FIN."""
    if request.transport is not None:
        request.transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        request.transport.abort()
    return web.Response()


@dataclass
class StartLimit:
    """`session_start_limit` of `GET /gateway/bot`, less what is counted since it was set."""

    total: int = 1000
    remaining: int = 1000
    reset_after_ms: int = 86_400_000

    def json(self) -> dict[str, int]:
        """As Discord writes it."""
        return {
            "total": self.total,
            "remaining": max(0, self.remaining),
            "reset_after": self.reset_after_ms,
            "max_concurrency": 1,
        }
