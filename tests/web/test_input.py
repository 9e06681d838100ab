"""Whatever is sent in place of what is meant: one sentence, no fault of ours, and nothing saved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import orjson
import pytest

from tests.web.harness import PageHarness, Reply
from tests.web.wire import Raw, ask, at_wallet, line_to, scripted, unharmed

OVER = "This link is not valid any more. Run `/verify` in Discord for a new one."


@pytest.fixture(autouse=True)
async def _unharmed(harness: PageHarness, caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    async with unharmed(harness, caplog):
        yield


def error_of(reply: Reply) -> tuple[int, str, str]:
    """Status, code and sentence."""
    return reply.status, reply.error, reply.sentence


BODIES = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"token=x", id="a form"),
    pytest.param(b"{", id="torn"),
    pytest.param(b'{"token": "x"} {}', id="two"),
    pytest.param(b"null", id="null"),
    pytest.param(b'"token"', id="a text"),
    pytest.param(b'["token"]', id="a list"),
    pytest.param(b"{}", id="no key"),
    pytest.param(b'{"Token": "x"}', id="another key"),
    pytest.param(b'{"token": null}', id="null for a text"),
    pytest.param(b'{"token": 1}', id="a number for a text"),
    pytest.param(b'{"token": true}', id="true for a text"),
    pytest.param(b'{"token": ["x"]}', id="a list for a text"),
    pytest.param(b'{"token": {"x": "y"}}', id="an object for a text"),
    pytest.param(b'{"token": NaN}', id="NaN"),
    pytest.param(b'{"token": "x", "n": Infinity}', id="Infinity"),
    pytest.param(b'{"token": "x", "n": 1e999}', id="1e999"),
    pytest.param(b'{"token": "\xff\xfe"}', id="no UTF-8"),
    pytest.param(b'\xef\xbb\xbf{"token": "x"}', id="a byte order mark"),
    pytest.param('{"token": "x"}'.encode("utf-16"), id="UTF-16"),
    pytest.param(b'{"token": "\\ud800"}', id="half a surrogate pair"),
    pytest.param(b'{"token": "\xed\xa0\x80"}', id="a surrogate as UTF-8"),
    pytest.param(b'{"token": "a\x00b"}', id="NUL as it is"),
    pytest.param(b'{"token": ' + 2000 * b"[" + 2000 * b"]" + b"}", id="deep lists"),
    pytest.param(2000 * b'{"a":' + b"1" + 2000 * b"}", id="deep objects"),
]


@pytest.mark.parametrize("body", BODIES)
async def test_what_is_no_object_with_texts_is_not_understood(harness: PageHarness, body: bytes) -> None:
    answer = await ask(harness.url, scripted(harness.url, "start", body))
    assert (answer.status, answer.error) in ((400, "input"), (413, "large"))
    assert answer.status == 400 or len(body) > 4608
    assert orjson.loads(answer.body)["error"]["message"].startswith("That request is ")


TOKENS = [
    "",
    "x",
    "x" * 43,
    "x" * 4000,
    "\x00" * 43,
    "x\r\nSet-Cookie: __Host-vs=1",
    "é" * 43,
    "𝕏" * 43,
    "' OR 1=1 --",
    "../../etc/passwd",
    "{}",
    "%00%0d%0a",
]


@pytest.mark.parametrize("token", TOKENS)
async def test_every_token_that_is_none_looks_like_one_that_was_used(harness: PageHarness, token: str) -> None:
    browser = harness.browser()
    started = await harness.begin("ada")
    await browser.open(started.url)
    await browser.post("cancel")
    used = await harness.browser().open(started.url)
    assert error_of(used) == (401, "session", OVER)
    refused = await harness.browser().post("start", {"token": token, "more": "is not read"})
    assert (error_of(refused), refused.body) == (error_of(used), used.body)
    assert (await browser.reload()).status == 200


def unlike(answer: Raw) -> tuple[int, dict[str, str], bytes]:
    """All of an answer but its moment."""
    return answer.status, {name: value for name, value in answer.headers.items() if name != "date"}, answer.body


async def test_unknown_used_replaced_and_expired_tokens_and_cookies_are_answered_alike_to_the_letter(
    harness: PageHarness,
) -> None:
    def start(url: str) -> bytes:
        return scripted(harness.url, "start", orjson.dumps({"token": url.partition("#t=")[2]}))

    def state(cookie: str) -> bytes:
        return scripted(harness.url, "state", b"{}", Cookie=f"__Host-vs={cookie}")

    replaced = await harness.begin("ada")
    used = await harness.begin("ada")
    opened = harness.browser()
    await opened.open(used.url)
    await opened.post("cancel")
    expired = await harness.begin("hana")
    live = [start(used.url), start(replaced.url), start("#t=" + 43 * "x"), state(43 * "x"), state("x"), state("")]
    answers = [await ask(harness.url, content) for content in live]
    harness.pass_time(timedelta(minutes=10))
    answers += [await ask(harness.url, content) for content in (start(expired.url), state(opened.cookie))]
    assert {answer.status for answer in answers} == {401}
    assert len({str(unlike(answer)) for answer in answers}) == 1


COOKIES = [
    pytest.param("__Host-vs=", id="empty"),
    pytest.param("__Host-vs=x", id="short"),
    pytest.param("__Host-vs=" + "x" * 7000, id="huge"),
    pytest.param("__Host-vs=" + "x" * 42 + "\udcff", id="bytes that are no text"),
    pytest.param("__Host-vs=" + "é" * 43, id="letters that are no ASCII"),
    pytest.param('__Host-vs="' + "x" * 41 + '"', id="quoted"),
    pytest.param("vs={cookie}", id="another name"),
    pytest.param("__host-vs={cookie}", id="another case"),
    pytest.param("__Host-vs={cookie}A", id="longer"),
    pytest.param("__Host-vs={other}; __Host-vs=x", id="twice"),
    pytest.param(";;;=;__Host-vs;", id="no cookie at all"),
    pytest.param('__Host-vs="{cookie}"', id="quoted, the session's own"),
    pytest.param("a=b __Host-vs={cookie}", id="behind a blank in another's value"),
    pytest.param('a="b" __Host-vs={cookie}', id="behind another's quotes"),
    pytest.param("a=b, __Host-vs={cookie}", id="behind a comma"),
    pytest.param("=__Host-vs={cookie}", id="as the value of one without a name"),
    pytest.param("__Host-vs={cookie}; __Host-vs={cookie}", id="the session's own, twice"),
    pytest.param("__Host-vs={cookie}; __Host-vs={other}", id="the session's own, and another"),
    pytest.param("__Host-vs={cookie}\r\nCookie: __Host-vs={other}", id="the session's own, and another's header"),
]


@pytest.mark.parametrize("cookie", COOKIES)
async def test_every_cookie_that_is_none_is_nobody(harness: PageHarness, cookie: str) -> None:
    browser = await at_wallet(harness)
    sent = cookie.replace("{cookie}", browser.cookie).replace("{other}", "y" * 43)
    for name, body in (("state", b"{}"), ("cancel", b"{}"), ("challenge", b'{"address": "x"}')):
        own = {"Cookie": sent, "X_Tessera_CSRF": browser.state["csrf"]}
        answer = await ask(harness.url, scripted(harness.url, name, body, **own))
        assert (answer.status, answer.error) in ((401, "session"), (403, "csrf"))
    assert (await browser.reload()).body["step"] == "wallet"


async def test_an_invalid_callback_from_discord_leads_back_to_the_page(harness: PageHarness) -> None:
    browser = harness.browser()
    await browser.open((await harness.begin("ada")).url)
    before = browser.state
    own = f"Cookie: __Host-vs={browser.cookie}\r\nHost: {harness.url.removeprefix('http://')}"
    for query in ("", "?", "?state=", "?code=x&state=x", "?state=%ff&code=%ff", "?state=é", "?error=x&state=%00%0d%0a"):
        content = f"GET /oauth/cb{query} HTTP/1.1\r\n{own}\r\n\r\n".encode("latin-1")
        answer = await ask(harness.url, content)
        if answer.status != 400:  # as bytes that are no URL may be refused, too
            assert (answer.status, answer.headers["location"]) == (303, "/v#problem=failed")
    await browser.reload()
    assert browser.state == before


async def test_with_a_store_that_fails_it_is_later_and_a_person_lands_on_the_page(harness: PageHarness) -> None:
    browser = harness.browser()
    await browser.open((await harness.begin("ada")).url)
    location = await browser.authorize(str((await harness.person("ada")).user_id))
    await harness.store.writer.transaction(lambda db: db.execute("ALTER TABLE sessions RENAME TO lost"))
    assert await browser.follow(location) == "/v#problem=failed"
    reply = await browser.reload()
    assert (reply.status, reply.error) == (503, "later")
    assert reply.sentence == "Tessera's own store refused that: its operator can read why in the log."


BROKEN = [
    pytest.param(b"zz\r\n{}\r\n0\r\n\r\n", {"Content_Length": "", "Transfer_Encoding": "chunked"}, id="no chunks"),
    pytest.param(b"2\r\n{}XX0\r\n\r\n", {"Content_Length": "", "Transfer_Encoding": "chunked"}, id="torn chunks"),
]


@pytest.mark.parametrize(("body", "headers"), BROKEN)
async def test_a_body_that_breaks_on_the_way_is_not_understood(
    harness: PageHarness, body: bytes, headers: dict[str, str]
) -> None:
    answer = await ask(harness.url, scripted(harness.url, "start", body, **headers))
    assert (answer.status, answer.error) == (400, "input")


async def test_who_hangs_up_in_the_middle_of_a_body_breaks_nothing(
    harness: PageHarness, caplog: pytest.LogCaptureFixture
) -> None:
    async with line_to(harness.url) as line:
        await line.send(scripted(harness.url, "start", b"", Content_Length="100", Expect="100-continue"))
        assert (await line.answer()).status == 100
        await line.send(b'{"tok')
    assert (await harness.browser().open((await harness.begin("ada")).url)).status == 200
    assert "web: POST start: 400" in caplog.text
