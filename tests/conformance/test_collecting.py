"""The traffic of a run reaches its judge, which may not be absent in CI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.conformance import collected
from tests.conformance.conftest import TRAFFIC_TESTS
from tests.conformance.missing import skip_unless_ci

if TYPE_CHECKING:
    from tests.conformance.openapi import DiscordSpec


def test_the_traffic_tests_come_last(request: pytest.FixtureRequest) -> None:
    last = [item.path.name in TRAFFIC_TESTS for item in request.session.items]
    assert last == sorted(last)


def test_what_went_to_each_judge_is_kept_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[dict[str, Any]] = []
    for_blockscout: list[dict[str, Any]] = []
    monkeypatch.setattr(collected, "EXCHANGES", kept)
    monkeypatch.setattr(collected, "BLOCKSCOUT_EXCHANGES", for_blockscout)
    collected.collect([{"n": 1, "service": "discord"}, {"n": 2, "service": "loopring"}])
    collected.collect([{"n": 1, "service": "blockscout"}])
    collected.collect([{"n": 1, "service": "discord"}], staged=True)
    assert kept == [
        {"n": 1, "service": "discord", "staged": False},
        {"n": 1, "service": "discord", "staged": True},
    ]
    assert for_blockscout == [{"n": 1, "service": "blockscout", "staged": False}]


def test_a_person_may_lack_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="not there"):
        skip_unless_ci("not there")


def test_ci_may_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="not there"):
        skip_unless_ci("not there")


def test_the_same_exchange_is_judged_alike_twice(discord_spec: DiscordSpec) -> None:
    exchange = {"method": "POST", "path": "/channels/5/messages", "request": {"contnet": "x"}}
    first = discord_spec.check_request(exchange)
    assert first
    assert discord_spec.check_request(exchange) == first
