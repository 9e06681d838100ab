"""What stands before every page: its headers on whatever is answered, its one host, and nobody else's requests."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import Store
from bot.web.verify_page import VerifyPage
from tests.web.harness import PageHarness
from tests.web.wire import Raw, ask, at_wallet, head, line_to, scripted, serving, stored_rows

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https://cdn.discordapp.com; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
EXPECTED = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
    "server": "",
}
HSTS = "max-age=31536000; includeSubDomains"
PUBLIC = "https://verify.example.org"


def assert_dressed(answer: Raw, *, secure: bool = False) -> None:
    """All of the headers, exactly, and no word about what answers."""
    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED
    assert answer.headers.get("strict-transport-security") == (HSTS if secure else None)
    assert not {name for name in answer.headers if name.startswith("access-control-")}
    response = f"{answer.headers} {answer.body!r}".lower()
    assert "aiohttp" not in response
    assert "python" not in response


def get(harness: PageHarness, target: str, **headers: str) -> bytes:
    """A GET at the page."""
    return head(target, {"Host": harness.url.removeprefix("http://"), **headers})


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A store for servers without a page."""
    store = await Store.open(tmp_path / "plain.db")
    yield store
    await store.close()


@pytest.mark.parametrize(
    ("target", "status", "media"),
    [
        ("/v", 200, "text/html; charset=utf-8"),
        ("/v/page.js", 200, "text/javascript; charset=utf-8"),
        ("/v/page.css", 200, "text/css; charset=utf-8"),
        ("/healthz", 200, "application/json; charset=utf-8"),
        ("/oauth/cb?code=1&state=2", 303, None),
        ("/nowhere", 404, "text/plain; charset=utf-8"),
        ("/v/../../etc/passwd", 404, "text/plain; charset=utf-8"),
        ("/v/%2e%2e/server.py", 404, "text/plain; charset=utf-8"),
        ("/v/__init__.py", 404, "text/plain; charset=utf-8"),
        ("/v/start", 405, "text/plain; charset=utf-8"),
    ],
)
async def test_every_page_has_all_headers(harness: PageHarness, target: str, status: int, media: str | None) -> None:
    answer = await ask(harness.url, get(harness, target))
    assert answer.status == status
    assert_dressed(answer)
    if media:
        assert answer.headers["content-type"] == media


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b'{"token": "x"}', {}, 401),
        (b"[", {}, 400),
        (b"{}", {"Origin": ""}, 403),
        (b"{}", {"Content_Type": "text/plain"}, 415),
        (b'{"token": "' + 5000 * b"x" + b'"}', {}, 413),
        (b"{}", {"Host": "evil.example"}, 421),
        (b"{}", {"Expect": "nonsense"}, 417),
    ],
)
async def test_every_refusal_has_all_headers(
    harness: PageHarness, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await ask(harness.url, scripted(harness.url, "start", body, **headers))
    assert answer.status == status
    assert_dressed(answer)


async def test_state_and_too_many_requests_have_all_headers(harness: PageHarness) -> None:
    token = (await harness.begin("ada")).url.partition("#t=")[2]
    assert_dressed(await ask(harness.url, scripted(harness.url, "start", b'{"token": "%s"}' % token.encode())))
    async with line_to(harness.url) as line:
        for _ in range(100):  # more than a minute's, however slow this machine is
            await line.send(scripted(harness.url, "start", b"{}"))
            if (answer := await line.answer()).status == 429:
                break
    assert answer.status == 429
    assert_dressed(answer)


CANARY = "canary-of-a-cookie-2f71"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(head("/v", {"Host": "x", "Cookie": f"__Host-vs={CANARY}" + 20_000 * "x"}), id="20 kB"),
        pytest.param(head("/v", {"Host": "x", "Cookie": f"__Host-vs={CANARY}\x00"}), id="NUL in a header"),
        pytest.param(head("/v", {"Host": "x", f"Coo kie {CANARY}": "1"}), id="blank in a name"),
        pytest.param(head(f"/v?{CANARY}" + 20_000 * "x", {"Host": "x"}), id="20 kB of target"),
        pytest.param(head("/v", {"Host": "x"} | {f"X-{n}": CANARY for n in range(500)}), id="500 headers"),
        pytest.param(head("/v", {"Host": "x"} | {f"X-{n}": CANARY for n in range(64)}), id="65 headers"),
        pytest.param(f"{CANARY}\r\n\r\n".encode(), id="no HTTP"),
        pytest.param(f"GET /v HTTP/9.9\r\nX: {CANARY}\r\n\r\n".encode(), id="no such version"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + CANARY.encode() + b"\r\n\r\n", id="TLS"),
        pytest.param(
            head("/v/start", {"Host": "x", "Content-Length": "2", "Transfer-Encoding": "chunked", "X": CANARY}),
            id="two lengths",
        ),
        pytest.param(head("/v", {"Host": "x", "Content-Length": f"-1{CANARY}"}), id="no length"),
    ],
)
async def test_an_invalid_request_is_refused_and_logged_without_its_content(
    harness: PageHarness, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with line_to(harness.url) as line:
            await line.send(content)
            answer = await line.answer()
            assert await line.ends() == b""
    assert answer.status == 400
    assert_dressed(answer)
    assert CANARY.encode() not in answer.body
    assert "not a valid request" in caplog.text
    assert CANARY not in caplog.text
    assert "127.0.0.1" not in caplog.text
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


async def test_as_many_headers_as_browsers_and_proxies_send_are_read(harness: PageHarness) -> None:
    host = {"Host": harness.url.removeprefix("http://")}
    answer = await ask(harness.url, head("/v", host | {f"X-{n}": 40 * "x" for n in range(60)}))
    assert answer.status == 200


async def test_an_internal_error_is_logged_and_reported_without_details(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks() -> str:
        raise RuntimeError("inside")

    async with serving(store, gateway_state=breaks) as url:
        answer = await ask(url, head("/healthz", {"Host": "x"}))
    assert (answer.status, answer.error) == (500, "fault")
    assert b"RuntimeError" not in answer.body
    assert b"Something went wrong inside Tessera. Try again in a minute." in answer.body
    assert_dressed(answer)
    assert "web: health failed" in caplog.text
    assert "RuntimeError: inside" in caplog.text


async def test_hsts_is_for_https_alone(harness: PageHarness) -> None:
    page = VerifyPage(harness.verification, PUBLIC)
    async with serving(harness.store, page, public_url=PUBLIC) as url:
        for target, status in (("/v", 200), ("/nowhere", 404), ("/healthz", 200)):
            answer = await ask(url, head(target, {"Host": "verify.example.org"}))
            assert answer.status == status
            assert_dressed(answer, secure=True)
        assert_dressed(await ask(url, b"garbage\r\n\r\n"), secure=True)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(head("/v", {"Host": "evil.example"}), id="another"),
        pytest.param(head("/v", {}, version="1.0"), id="none, HTTP 1.0"),
        pytest.param(head("/v", {"Host": ""}), id="empty"),
        pytest.param(head("/v", {"Host": "verify.example.org:444"}), id="another port"),
        pytest.param(head("/v", {"Host": "verify.example.org.evil.example"}), id="longer"),
        pytest.param(head("/v", {"Host": "evil.example@verify.example.org"}), id="with a user"),
        pytest.param(head("/v", {"Host": "[::1"}), id="broken"),
        pytest.param(head("/v", {"Host": "evil.example", "X-Forwarded-Host": "verify.example.org"}), id="forwarded"),
        pytest.param(head("http://evil.example/v", {"Host": "verify.example.org"}), id="absolute"),
        pytest.param(head("https://verify.example.org:444/v", {"Host": "verify.example.org"}), id="absolute, a port"),
    ],
)
async def test_under_another_host_there_is_nothing(store: Store, harness: PageHarness, content: bytes) -> None:
    async with serving(store, VerifyPage(harness.verification, PUBLIC), public_url=PUBLIC) as url:
        answer = await ask(url, content)
    assert (answer.status, answer.error) == (421, "host")
    assert_dressed(answer, secure=True)


@pytest.mark.parametrize(
    "content",
    [
        head("/v", {"Host": "verify.example.org"}),
        head("/v", {"Host": "Verify.Example.ORG"}),
        head(
            "/v", {"Host": "verify.example.org", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
        ),
        head("https://verify.example.org/v", {"Host": "verify.example.org"}),
    ],
)
async def test_under_its_own_host_the_page_is_there(harness: PageHarness, content: bytes) -> None:
    async with serving(harness.store, VerifyPage(harness.verification, PUBLIC), public_url=PUBLIC) as url:
        assert (await ask(url, content)).status == 200


async def test_two_hosts_are_one_too_many(harness: PageHarness) -> None:
    async with serving(harness.store, VerifyPage(harness.verification, PUBLIC), public_url=PUBLIC) as url:
        twice = b"GET /v HTTP/1.1\r\nHost: verify.example.org\r\nHost: evil.example\r\n\r\n"
        assert (await ask(url, twice)).status in (400, 421)


async def test_health_is_reported_under_any_host_and_pages_do_not_exist_without_a_public_url(store: Store) -> None:
    async with serving(store) as url:
        for host in ("evil.example", "127.0.0.1:1", "localhost"):
            assert (await ask(url, head("/healthz", {"Host": host}))).status == 200
            for target in ("/v", "/v/page.js", "/oauth/cb"):
                answer = await ask(url, head(target, {"Host": host}))
                assert (answer.status, answer.error) == (404, "not_found")
            assert (await ask(url, scripted(url, "start", b'{"token": "x"}'))).status == 404


# What a page of somebody else's can make a browser send.
FOREIGN = [
    pytest.param({"Origin": ""}, 403, id="no Origin"),
    pytest.param({"Origin": "https://evil.example"}, 403, id="foreign Origin"),
    pytest.param({"Origin": "null"}, 403, id="null Origin"),
    pytest.param({"Origin": "{url}.evil.example"}, 403, id="Origin that begins alike"),
    pytest.param({"Origin": "{url}/"}, 403, id="Origin with a path"),
    pytest.param({"Sec_Fetch_Site": "cross-site"}, 403, id="cross-site"),
    pytest.param({"Sec_Fetch_Site": "same-site"}, 403, id="same-site"),
    pytest.param({"Sec_Fetch_Site": "none"}, 403, id="none"),
    pytest.param({"Content_Type": "application/x-www-form-urlencoded"}, 415, id="form"),
    pytest.param({"Content_Type": "multipart/form-data; boundary=x"}, 415, id="multipart"),
    pytest.param({"Content_Type": "text/plain"}, 415, id="text"),
    pytest.param({"Content_Type": "text/plain; application/json"}, 415, id="text that names JSON"),
    pytest.param({"Content_Type": ""}, 415, id="no type"),
]


@pytest.mark.parametrize(("headers", "status"), FOREIGN)
async def test_what_does_not_come_from_the_page_changes_nothing(
    harness: PageHarness, headers: dict[str, str], status: int
) -> None:
    browser = await at_wallet(harness)
    before = await stored_rows(harness), browser.state
    filled = {name: value.format(url=harness.url) for name, value in headers.items()}
    own = {"Cookie": f"__Host-vs={browser.cookie}", "X_Tessera_CSRF": browser.state["csrf"]}
    for name, body in (("cancel", b"{}"), ("challenge", b'{"address": "0x1"}'), ("state", b"{}")):
        assert (await ask(harness.url, scripted(harness.url, name, body, **own | filled))).status == status
    await browser.reload()
    assert (await stored_rows(harness), browser.state) == before


async def test_the_header_of_the_script_must_be_that_of_its_session(harness: PageHarness) -> None:
    browser, other = await at_wallet(harness), await at_wallet(harness, "hana")
    before = await stored_rows(harness), browser.state
    for csrf in ("", "x", "x" * 43, other.state["csrf"], browser.cookie, browser.state["csrf"] + "A", "é", "\udcff"):
        own = {"Cookie": f"__Host-vs={browser.cookie}", "X_Tessera_CSRF": csrf}
        answer = await ask(harness.url, scripted(harness.url, "cancel", b"{}", **own))
        assert (answer.status, answer.error) == (403, "csrf")
    await browser.reload()
    assert (await stored_rows(harness), browser.state) == before
    assert (await browser.post("cancel")).body["step"] == "dead"


@pytest.mark.parametrize("name", ["start", "state", "challenge", "submit", "cancel"])
async def test_other_methods_find_nothing_and_no_other_origin_is_let_in(harness: PageHarness, name: str) -> None:
    browser = await at_wallet(harness)
    before = browser.state
    asked = {
        "Host": harness.url.removeprefix("http://"),
        "Cookie": f"__Host-vs={browser.cookie}",
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-tessera-csrf",
    }
    for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = await ask(harness.url, head(f"/v/{name}", asked, method=method))
        assert (answer.status, answer.error) == (405, "not_found")
        assert_dressed(answer)
    await browser.reload()
    assert browser.state == before
