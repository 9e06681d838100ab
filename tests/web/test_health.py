"""Who may ask after the bot's health: a supervisor on this machine as often as it likes, and visitors as any page."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

import orjson
import pytest

from bot.web.limits import READS_PER_MINUTE
from bot.web.verify_page import VerifyPage
from tests.web.harness import PageHarness
from tests.web.wire import ask, ask_each, head, serving

PUBLIC = "https://verify.example.org"
NAMED = {"Host": "verify.example.org"}
PROXIED = {"X-Forwarded-For": "203.0.113.7"}
MANY = 2 * READS_PER_MINUTE


@pytest.fixture
async def url(harness: PageHarness) -> AsyncIterator[str]:
    """Where a page that has a public address listens."""
    async with serving(harness.store, VerifyPage(harness.verification, PUBLIC), public_url=PUBLIC) as url:
        yield url


async def asked(url: str, headers: dict[str, str], times: int, *, target: str = "/healthz") -> Counter[int]:
    """How often which status came."""
    return Counter(answer.status for answer in await ask_each(url, times * [head(target, headers)]))


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "tessera", "10.0.0.5:1"])
async def test_a_supervisor_asks_by_any_address_as_often_as_it_likes(url: str, host: str) -> None:
    assert await asked(url, {"Host": host}, MANY) == {200: MANY}


async def test_a_visitor_is_answered_under_the_public_host(url: str) -> None:
    assert await asked(url, NAMED | PROXIED, 1) == {200: 1}


async def test_a_visitor_under_another_host_is_not(url: str) -> None:
    answer = await ask(url, head("/healthz", {"Host": "evil.example"} | PROXIED))
    assert (answer.status, answer.error) == (421, "host")


@pytest.mark.parametrize("headers", [NAMED, NAMED | PROXIED])
async def test_a_visitor_is_limited(url: str, headers: dict[str, str]) -> None:
    seen = await asked(url, headers, MANY)
    assert set(seen) == {200, 429}
    assert seen[200] < MANY - READS_PER_MINUTE / 2


async def test_a_supervisor_is_answered_while_visitors_are_not(url: str) -> None:
    await asked(url, NAMED | PROXIED, MANY, target="/v")
    assert await asked(url, NAMED | PROXIED, 1) == {429: 1}
    assert await asked(url, {"Host": "localhost"}, 1) == {200: 1}


async def test_a_bot_without_pages_reports_its_health_under_any_host(harness: PageHarness) -> None:
    async with serving(harness.store) as url:
        assert await asked(url, {"Host": "evil.example"}, MANY) == {200: MANY}


@pytest.mark.parametrize(
    ("state", "status", "word"), [("ok", 200, "ok"), ("failing", 200, "ok"), ("ended", 503, "failing")]
)
async def test_what_the_bot_does_by_itself_makes_it_unfit_only_when_it_has_ended(
    harness: PageHarness, state: str, status: int, word: str
) -> None:
    """A restart does not help what fails, such as a backup on a full disk; it does help what no longer runs."""
    async with serving(harness.store, background_state=lambda: state) as url:
        answer = await ask(url, head("/healthz", {"Host": "localhost"}))
    assert answer.status == status
    health = orjson.loads(answer.body)
    assert (health["status"], health["background"]) == (word, state)
