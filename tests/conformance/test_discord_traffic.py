"""Everything that was said between the bot and the stand-in during this run, held against Discord's file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.conformance.collected import EXCHANGES
from tests.conformance.missing import skip_unless_ci

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conformance.openapi import DiscordSpec


@pytest.fixture
def exchanges() -> list[dict[str, Any]]:
    """What the sandboxes of this run have seen."""
    if not EXCHANGES:
        skip_unless_ci("no test before these talked to the sandbox; run the whole suite")
    return EXCHANGES


def summary(check: Callable[[dict[str, Any]], list[str]], exchanges: list[dict[str, Any]]) -> str:
    """Each different problem once, the most frequent first."""
    problems = Counter(problem for exchange in exchanges for problem in check(exchange))
    return "\n".join(f"{count}x {problem}" for problem, count in problems.most_common())


def test_every_request_of_the_run_is_valid(discord_spec: DiscordSpec, exchanges: list[dict[str, Any]]) -> None:
    meant = [exchange for exchange in exchanges if not exchange["staged"]]
    assert summary(discord_spec.check_request, meant) == ""


def test_every_answer_of_the_stand_in_is_valid(discord_spec: DiscordSpec, exchanges: list[dict[str, Any]]) -> None:
    assert summary(discord_spec.check_response, exchanges) == ""
