"""Every exchange between a bot and the stand-ins that have a public file, checked before its sandbox is reset or ends.

So a bad request fails the test that made it, on whichever worker that runs, and no traffic is retained.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from tests.conformance import blockscout_openapi, openapi
from tests.conformance.blockscout_openapi import check_blockscout_exchange

Check = Callable[[Mapping[str, Any]], list[str]]


@cache
def judges() -> dict[str, Check]:
    """How an exchange is checked, by service; a service whose file is not beside the repository has no check.

    Those tests that need a file fail in CI where it is missing, so there nothing goes unjudged.
    """
    found: dict[str, Check] = {}
    if openapi.SPEC.exists():
        found["discord"] = _discord_check()
    if blockscout_openapi.SPEC.exists():
        found["blockscout"] = check_blockscout_exchange
    return found


def _discord_check() -> Check:
    spec = openapi.DiscordSpec()
    return lambda exchange: spec.check_request(exchange) + spec.check_response(exchange)


def assert_valid(exchanges: Iterable[Mapping[str, Any]]) -> None:
    """Check the traffic of a sandbox, in the form of `/_sandbox/traffic`.

    Raises:
        AssertionError: with each different problem once, the most frequent first.
    """
    problems: Counter[str] = Counter()
    for exchange in exchanges:
        check = judges().get(exchange["service"])
        problems.update(check(exchange) if check else ())
    assert not problems, "\n".join(f"{count}x {problem}" for problem, count in problems.most_common())
