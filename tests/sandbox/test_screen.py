"""The demo's page: how it is served, and that what it draws from a message stays text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from yarl import URL

from sandbox import screen
from tests.chromium import open_chromium

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Page

HERE = Path(screen.__file__).parent
PARTS = sorted(path.relative_to(HERE).as_posix() for path in HERE.rglob("*") if path.suffix in {".js", ".css", ".svg"})
TYPES = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}

HOSTILE = """\
<img src=x onerror=alert(1)> <script>alert(1)</script> <b>bold?</b>
[press](javascript:alert(1)) **[bold](data:text/html,x)** <javascript:alert(1)>
> <iframe src=//evil.example></iframe>
# <svg onload=alert(1)>
- `<a href=x>` ||<style>*{}</style>||
[a"onmouseover="alert(1)](https://fine.example/"onclick="alert(1))
"""
PIECES = (
    "<img src=x onerror=alert(1)>",
    "[press](javascript:alert(1))",
    "<iframe src=//evil.example></iframe>",
    "<svg onload=alert(1)>",
    "<a href=x>",
)
OUTSIDE = ["__init__.py", "../world.py", "%2e%2e/world.py", "style/", "/etc/passwd", "nothing.js"]


@pytest.fixture(scope="module")
async def site() -> AsyncIterator[TestServer]:
    app = web.Application()
    screen.add_routes(app)
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture(scope="module")
async def page(site: TestServer) -> AsyncIterator[Page]:
    async with open_chromium() as browser:
        page = await browser.new_page(locale="en-US", timezone_id="UTC")
        await page.goto(str(site.make_url("/")))
        yield page


async def test_the_page_is_served_under_a_policy_without_holes(site: TestServer) -> None:
    async with ClientSession() as session, session.get(site.make_url("/")) as response:
        body = await response.text()
        policy = response.headers["Content-Security-Policy"]

    assert response.status == 200
    assert response.content_type == "text/html"
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert not re.search(r"unsafe|\*|https?:|data:|blob:", policy)
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", body), "only files the policy allows"


@pytest.mark.parametrize("name", PARTS)
async def test_every_part_is_served_with_its_type_and_the_policy(site: TestServer, name: str) -> None:
    async with ClientSession() as session, session.get(site.make_url(f"/screen/{name}")) as response:
        assert response.status == 200
        assert response.content_type == TYPES[name.rsplit(".", 1)[1]]
        assert response.headers["Content-Security-Policy"] == screen.POLICY
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["__init__.py", "../world.py", "%2e%2e/world.py", "nothing.js", "style/", "/etc/passwd"]
)
async def test_nothing_else_is_served(site: TestServer, name: str) -> None:
    address = URL(f"{site.make_url('/screen/')}{name}", encoded=True)
    async with ClientSession() as session, session.get(address) as response:
        assert response.status == 404


def test_no_part_assigns_markup_or_reaches_outside() -> None:
    markup = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")
    outside = re.compile(r"""(?:from|import\(?|url\(|fetch\()\s*["']?https?://""")
    for name in PARTS:
        text = (HERE / name).read_text(encoding="utf-8")
        assert not markup.search(text), name
        assert not outside.search(text), name


async def drawn(page: Page, text: str) -> dict[str, Any]:
    """What the page makes of a message: its text, the elements it has, and where its links lead."""
    found = await page.evaluate(
        """async (text) => {
            const { markdown } = await import("/screen/markdown/render.js");
            const node = markdown(text);
            const all = [...node.querySelectorAll("*")];
            return {
                text: node.textContent,
                tags: [...new Set(all.map((one) => one.localName))].sort(),
                links: all.filter((one) => one.localName === "a").map((one) => one.href),
                attributes: all.flatMap((one) => one.getAttributeNames()),
            };
        }""",
        text,
    )
    assert isinstance(found, dict)
    return found


async def test_hostile_text_stays_text(page: Page) -> None:
    found = await drawn(page, HOSTILE)

    assert not {"img", "script", "b", "iframe", "svg", "style"} & set(found["tags"])
    assert all(link.startswith("https://fine.example/") for link in found["links"])
    assert not [name for name in found["attributes"] if name.startswith("on")]
    for piece in PIECES:
        assert piece in found["text"]


@pytest.mark.parametrize(
    ("text", "tags", "words"),
    [
        ("**a** *b* __c__ ~~d~~ `e` ||f||", ["code", "em", "s", "span", "strong", "u"], "a b c d e f"),
        (r"\*not\* \`code\` \[x](y)", [], "*not* `code` [x](y)"),
        ("snake_case_name stays", [], "snake_case_name stays"),
        (
            "### Head\n-# sub\n> said\n- one\n  - two",
            ["blockquote", "h5", "li", "small", "ul"],
            "Headsubsaidonetwo",
        ),
        ("```py\n> # **raw**\n```after", ["code", "pre"], "> # **raw**after"),
        ("[**site**](https://a.example/b_(c))", ["a", "strong"], "site"),
        ("</gate add:12> <@1> <@&2>", ["button", "span"], "/gate add @unknown-user @deleted-role"),
        ("<t:0:d> <t:99999999999999:R>", ["time"], "1/1/70 <t:99999999999999:R>"),
    ],
)
async def test_markdown_reads_as_in_discord(page: Page, text: str, tags: list[str], words: str) -> None:
    found = await drawn(page, text)

    assert [tag for tag in found["tags"] if tag not in {"div", "br"}] == tags
    assert found["text"] == words


@pytest.mark.parametrize("text", ["**a" * 1300, "[" * 4000, "||a" * 1300, "*a " * 1300, "> " * 2000, "`" * 3999 + "a"])
async def test_no_text_keeps_the_page_busy(page: Page, text: str) -> None:
    spent = await page.evaluate(
        """async (text) => {
            const { markdown } = await import("/screen/markdown/render.js");
            const start = performance.now();
            markdown(text);
            return performance.now() - start;
        }""",
        text,
    )

    assert spent < 1000, "milliseconds"


@pytest.mark.parametrize(
    ("typed", "options"),
    [
        ("/collections 10001", {"account": "10001"}),
        ("/collections  loopring:10001 ", {"account": "loopring:10001"}),
        ("/collections page:2 account:0xabc", {"page": 2, "account": "0xabc"}),
        ("/collections vitalik.eth share:True", {"account": "vitalik.eth", "share": True}),
        ("/collections Sort:name", {"sort": "NAME"}),
        ("/collections ", {}),
    ],
)
async def test_a_typed_line_means_what_a_person_would_expect(
    page: Page, typed: str, options: dict[str, object]
) -> None:
    commands = [
        {
            "name": "collections",
            "options": [
                {"type": 3, "name": "account"},
                {"type": 4, "name": "page", "min_value": 1},
                {"type": 3, "name": "sort", "choices": [{"name": "Name", "value": "NAME"}]},
                {"type": 5, "name": "share"},
            ],
        },
        {"name": "collection", "options": [{"type": 3, "name": "id", "required": True}]},
    ]
    sent = await page.evaluate(
        """async ([commands, typed]) => {
            const { flatten, opening } = await import("/screen/composer/commands.js");
            const { Line } = await import("/screen/composer/line.js");
            const { command, rest } = opening(flatten(commands), typed);
            const line = new Line(command);
            line.type(rest);
            return [command.path, line.check() === null, line.values()];
        }""",
        [commands, typed],
    )

    assert sent == ["collections", True, options]
