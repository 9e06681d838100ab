"""Reads the query of a request the way the API does: lenient about limits, strict about addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.loopring.refusals import invalid_argument, no_such_account

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.world import L2Account, World

DEFAULT_LIMIT = 20  # documented for the sibling endpoints
MAX_LIMIT = 50  # more is clamped silently, as LooPyMinty found in 2022
_DIGITS = re.compile(r"[0-9]{1,18}")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


def page_of(query: Mapping[str, str]) -> tuple[int, int]:
    """Offset and limit; a limit over 50 becomes 50, an invalid value becomes the default."""
    offset, limit = _number(query, "offset", 0), _number(query, "limit", DEFAULT_LIMIT)
    return offset, min(limit, MAX_LIMIT) if limit > 0 else DEFAULT_LIMIT


def wants_only_held(query: Mapping[str, str]) -> bool:
    """Whether empty rows are left out.

    What the real API does without `nonZero` is not documented; here they stay in, to expose a reader that relies on a
    default.
    """
    return query.get("nonZero", "").lower() == "true"


def is_address(text: str) -> bool:
    """Whether this is `0x` and 40 hex digits, in any case."""
    return _ADDRESS.fullmatch(text) is not None


def account_named(query: Mapping[str, str], world: World) -> L2Account:
    """The account with the `accountId` of the query.

    Raises:
        RefusedError: there is no `accountId`, or no such account.
    """
    text = query.get("accountId")
    if text is None:
        raise invalid_argument("accountId is required")
    account = world.accounts.get(_whole(text, -1))
    if account is None:
        raise no_such_account()
    return account


def account_owned(owner: str, world: World) -> L2Account | None:
    """The account of an address, in any case."""
    wanted = owner.lower()
    return next((account for account in world.accounts.values() if account.owner.lower() == wanted), None)


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    return _whole(query.get(name, ""), default)


def _whole(text: str, default: int) -> int:
    return int(text) if _DIGITS.fullmatch(text) else default
