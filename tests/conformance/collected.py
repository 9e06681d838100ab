"""Every exchange between a bot and the Discord stand-in during this test session, kept for the last tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

EXCHANGES: list[dict[str, Any]] = []
"""All of them; one that carries `"staged": True` was meant to be refused, so only its answer is judged."""


def collect(exchanges: Iterable[dict[str, Any]], *, staged: bool = False) -> None:
    """Keep what a sandbox saw, in the form of `/_sandbox/traffic`; only what went to Discord's API.

    Call it once for each sandbox, before it is taken down, with all of its exchanges.

    Args:
        exchanges: what `/_sandbox/traffic` lists.
        staged: the requests came from a test of the stand-in, which may send bad ones on purpose.
    """
    EXCHANGES.extend({**each, "staged": staged} for each in exchanges if each.get("service", "discord") == "discord")
