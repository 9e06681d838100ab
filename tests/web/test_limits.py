"""Too slow, too much, too often: what is turned away, and that everybody else is served meanwhile."""

from __future__ import annotations

import asyncio
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Sequence

import aiohttp
import pytest

from bot.linking.cookie_secrets import csrf_token, new_secret
from bot.web.connection import Timeouts
from bot.web.limits import READS_PER_MINUTE, WRITES_PER_MINUTE, WRITES_PER_SECOND, Limits, SessionLimits
from tests.web.harness import PageHarness
from tests.web.wire import (
    PATIENCE,
    Line,
    Raw,
    ask,
    ask_each,
    at_wallet,
    head,
    line_to,
    scripted,
    serving_page,
    stored_rows,
)

PROXY = ("127.0.0.0/8",)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def passed(limits: Limits, visitor: bytes, method: str, times: int) -> int:
    """How many of so many requests pass."""
    return sum(limits.take(visitor, method) == 0 for _ in range(times))


def test_a_visitor_may_write_thirty_times_a_minute_and_read_a_hundred_and_twenty_times() -> None:
    clock = Clock()
    limits = Limits(clock)
    assert passed(limits, b"a", "POST", 50) == WRITES_PER_MINUTE == 30
    assert passed(limits, b"a", "GET", 200) == READS_PER_MINUTE == 120
    assert limits.take(b"a", "POST") == 2
    clock.now += 60
    assert passed(limits, b"a", "POST", 50) == 30


def test_all_sessions_together_write_twenty_times_a_second() -> None:
    clock = Clock()
    limits = SessionLimits(clock)
    sessions = [n.to_bytes(32) for n in range(1000)]
    assert sum(limits.take(session) == 0 for session in sessions) == 2 * WRITES_PER_SECOND == 40
    clock.now += 1
    assert sum(limits.take(session) == 0 for session in sessions) == WRITES_PER_SECOND


def test_who_is_over_the_limit_takes_nothing_from_the_others() -> None:
    limits = Limits(Clock())
    passed(limits, b"flood", "POST", 10_000)
    assert passed(limits, b"a", "POST", 10) == 10


def test_visitors_without_end_take_memory_with_an_end() -> None:
    limits, sessions = Limits(Clock()), SessionLimits(Clock())

    def come(first: int, last: int) -> None:
        for n in range(first, last):
            limits.take(n.to_bytes(16), "GET")
            sessions.take(n.to_bytes(32))

    tracemalloc.start()
    try:
        come(0, 42_000)  # by then the tables have their last size
        full, _ = tracemalloc.get_traced_memory()
        come(42_000, 84_000)
        still, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert still < full * 1.02


def assert_limited(answers: Sequence[Raw], at_once: int, a_second: float, started_at: float) -> None:
    """As many passed as may, the rest were asked to wait; tokens refilled meanwhile may have passed too."""
    refused = [answer for answer in answers if answer.status == 429]
    number = len(answers) - len(refused)
    assert at_once <= number <= at_once + (time.monotonic() - started_at) * a_second + 1
    assert refused
    for answer in refused:
        assert answer.error == "rate"
        assert 1 <= int(answer.headers["retry-after"]) <= 60


async def test_a_visitor_who_writes_too_often_reads_when_to_try_again(harness: PageHarness) -> None:
    started_at = time.monotonic()
    assert_limited(await ask_each(harness.url, 80 * [scripted(harness.url, "start", b"{}")]), 30, 0.5, started_at)


async def test_a_visitor_who_reads_too_often_sees_when_to_try_again(harness: PageHarness) -> None:
    started_at = time.monotonic()
    get = head("/v", {"Host": harness.url.removeprefix("http://")})
    assert_limited(await ask_each(harness.url, 250 * [get]), 120, 2, started_at)


async def test_a_crowd_of_sessions_that_writes_too_often_reads_when_to_try_again(harness: PageHarness) -> None:
    async with serving_page(harness, proxies=PROXY) as url:
        browsers = [await at_wallet(harness, person) for person in ("ada", "hana", "kwame", "wren", "uma")]
        crowd = [
            scripted(
                url,
                "challenge",
                b'{"address": "x"}',
                X_Forwarded_For=f"203.0.113.{n}",
                Cookie=f"__Host-vs={browser.cookie}",
                X_Tessera_CSRF=browser.state["csrf"],
            )
            for n, browser in enumerate(browsers)
            for _ in range(10)
        ]
        started_at = time.monotonic()
        assert_limited(await ask_each(url, crowd), 40, 20, started_at)


async def test_a_crowd_of_strangers_shuts_no_member_out(harness: PageHarness) -> None:
    async with serving_page(harness, proxies=PROXY) as url:
        crowd = []
        for n in range(200):
            # Anybody can make a cookie up, and the header that goes with it.
            cookie = new_secret()
            own = {"Cookie": f"__Host-vs={cookie}", "X_Tessera_CSRF": csrf_token(cookie)}
            crowd.append(scripted(url, "challenge", b'{"address": "x"}', X_Forwarded_For=f"203.0.113.{n}", **own))
        assert {answer.status for answer in await ask_each(url, crowd)} == {401}
        member = await at_wallet(harness)
        assert (await member.post("challenge", {"address": await harness.address("10001")})).status == 200


async def test_a_session_is_counted_whichever_visitor_sends_its_cookie(harness: PageHarness) -> None:
    async with serving_page(harness, proxies=PROXY) as url:
        browser, other = await at_wallet(harness), await at_wallet(harness, "hana")

        def challenge(n: int) -> bytes:
            own = {"Cookie": f"__Host-vs={browser.cookie}", "X_Tessera_CSRF": browser.state["csrf"]}
            return scripted(url, "challenge", b'{"address": "x"}', X_Forwarded_For=f"203.0.113.{n}", **own)

        started_at = time.monotonic()
        assert_limited(await ask_each(url, [challenge(n) for n in range(25)]), 10, 1 / 6, started_at)
        assert (await other.post("challenge", {"address": "x"})).status == 400


async def test_a_session_gets_five_texts(harness: PageHarness) -> None:
    browser = await at_wallet(harness)
    address = await harness.address("10001")
    before = await stored_rows(harness)
    for _ in range(5):
        assert (await browser.post("challenge", {"address": address})).status == 200
    sixth = await browser.post("challenge", {"address": address})
    assert (sixth.status, sixth.error) == (429, "too_many")
    assert "Retry-After" not in sixth.headers
    assert sixth.sentence == "Too many tries with this link. Run `/verify` in Discord for a new one."
    assert await stored_rows(harness) == before


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda url: scripted(url, "start", b'{"tok', Content_Length="100"), id="half a body"),
        pytest.param(
            lambda url: scripted(url, "start", b"1\r\n{\r\n", Content_Length="", Transfer_Encoding="chunked"),
            id="chunks without an end",
        ),
    ],
)
async def test_a_body_that_does_not_come_is_not_waited_for(
    harness: PageHarness, content: Callable[[str], bytes]
) -> None:
    async with serving_page(harness, body_seconds=0.2) as url, line_to(url) as line:
        await line.send(content(url))
        answer = await line.answer()
        assert (answer.status, answer.error) == (408, "slow")
        assert await line.ends() == b""


async def dribble(line: Line, content: bytes) -> None:
    """Send it byte by byte, for as long as somebody listens."""
    for number in range(len(content)):
        try:
            await line.send(content[number : number + 1])
        except ConnectionError:
            return
        await asyncio.sleep(0.05)


async def test_a_head_that_comes_byte_by_byte_is_not_waited_for(harness: PageHarness) -> None:
    async with serving_page(harness, timeouts=Timeouts(head=0.3, idle=PATIENCE)) as url, line_to(url) as line:
        dribbling = asyncio.create_task(dribble(line, head("/v", {"Host": "x", "X": 4000 * "x"})))
        assert await line.ends() == b""
        dribbling.cancel()


async def test_a_body_of_5_kb_is_refused_and_nothing_behind_it_is_read(harness: PageHarness) -> None:
    health = head("/healthz", {"Host": "x"})
    async with line_to(harness.url) as line:
        await line.send(scripted(harness.url, "start", b'{"token": "' + 5000 * b"x" + b'"}') + health)
        answer = await line.answer()
        assert (answer.status, answer.error) == (413, "large")
        assert await line.ends() == b""


async def test_requests_that_come_together_are_answered_in_turn(harness: PageHarness) -> None:
    host = {"Host": harness.url.removeprefix("http://")}
    targets = 20 * ["/v", "/healthz", "/nowhere"]
    async with line_to(harness.url) as line:
        await line.send(b"".join(head(target, host) for target in targets))
        answers = [await line.answer() for _ in targets]
    assert [answer.status for answer in answers] == 20 * [200, 200, 404]


async def test_in_a_flood_somebody_else_is_served(harness: PageHarness) -> None:
    token = (await harness.begin("ada")).url.partition("#t=")[2].encode()
    flooded, served = asyncio.Event(), asyncio.Event()
    seen: Counter[int] = Counter()

    async def flood(url: str, session: aiohttp.ClientSession) -> None:
        # Three times each at least, and for as long as the other one is not served.
        while sum(seen.values()) < 300 or not served.is_set():
            async with session.post(f"{url}/v/state", json={}, headers={"Origin": url}) as response:
                seen[response.status] += 1
            async with session.get(f"{url}/v") as response:
                seen[response.status] += 1
            if seen[429] > 100:
                flooded.set()

    async with serving_page(harness, proxies=PROXY) as url:
        flooder, ada = {"X-Forwarded-For": "203.0.113.66"}, "198.51.100.7"
        connector = aiohttp.TCPConnector(limit=100)
        async with aiohttp.ClientSession(connector=connector, headers=flooder) as session, asyncio.timeout(60):
            flooding = [asyncio.create_task(flood(url, session)) for _ in range(100)]
            await flooded.wait()
            page = await ask(url, head("/v", {"Host": url.removeprefix("http://"), "X-Forwarded-For": ada}))
            started = await ask(url, scripted(url, "start", b'{"token": "%s"}' % token, X_Forwarded_For=ada))
            served.set()
            await asyncio.gather(*flooding)
    assert (page.status, started.status) == (200, 200)
    assert set(seen) == {200, 401, 429}  # 401: the flooder has no session
    assert seen[200] + seen[401] < 250  # what a visitor may in so many seconds, of 300 and more
