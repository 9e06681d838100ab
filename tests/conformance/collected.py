"""Every exchange between a bot and the stand-ins that have a public file, in this test session, for the last tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

EXCHANGES: list[dict[str, Any]] = []
"""Those with Discord; one that carries `"staged": True` was meant to be refused, so only its answer is judged."""

BLOCKSCOUT_EXCHANGES: list[dict[str, Any]] = []
"""Those with Blockscout, in the same form."""


def collect(exchanges: Iterable[dict[str, Any]], *, staged: bool = False) -> None:
    """Keep what a sandbox saw, in the form of `/_sandbox/traffic`; only what went to Discord's or Blockscout's API.

    Call it once for each sandbox, before it is taken down, with all of its exchanges.

    Args:
        exchanges: what `/_sandbox/traffic` lists.
        staged: the requests came from a test of the stand-in, which may send bad ones on purpose.
    """
    lists = {"discord": EXCHANGES, "blockscout": BLOCKSCOUT_EXCHANGES}
    for each in exchanges:
        kept = lists.get(each.get("service", "discord"))
        if kept is not None:
            kept.append({**each, "staged": staged})
