"""The page in the reader's language: which that is, its own words, its scripts', and the text that is signed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, expect

from bot.messages import ENGLISH, TRANSLATED, Language, language_of, text_in, written_in
from bot.signing.challenge import Challenge, shown_name
from bot.signing.statement_words import statement_for_reader, statement_words
from bot.web.page_words import KNOWN, PAGE, PageWords, language_for, texts_of, texts_of_html
from tests.web.harness import PageHarness
from tests.web.page_browser import visiting, wallet
from tests.web.page_server import STATIC, TEXT, make_state

SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in STATIC.glob("*.js")}
HTML = (STATIC / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("accepted", "tag"),
    [
        ("", "en"),
        ("*", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("nl,de;q=0.5,fr;q=0.7", "fr"),
        ("de;q=0,fr", "fr"),
        ("de;q=0", "en"),
        ("es", "es-ES"),
        ("es-MX", "es-419"),
        ("es-419", "es-419"),
        ("pt-PT", "pt-BR"),
        ("ja-JP", "ja"),
        ("zh-Hans-SG", "zh-CN"),
        ("zh-TW,en", "en"),
        ("zh-Hant-HK", "en"),
        ("fr;q=nine", "en"),
        ("de" * 400, "en"),
        ("x" * 600 + ",de", "en"),
        ("\u00e4,de;q=0.3", "de"),
    ],
)
def test_the_language_is_the_one_that_the_browser_wants_most(accepted: str, tag: str) -> None:
    assert language_for(accepted).tag == tag


def test_texts_are_found_in_scripts_and_in_the_page() -> None:
    script = 'a(t("One " +\n  "two"), parts("to {member}", {}), wait("no"), start("x"), t("with \\"q\\""));'
    assert list(texts_of(script)) == ["One two", "to {member}", 'with "q"']
    assert list(texts_of_html('<p class="a" data-t>Use <b id="origin">it</b> &amp; go.</p><p>No</p>')) == [
        "Use {origin} & go."
    ]


def test_no_script_shows_a_sentence_without_its_translation() -> None:
    for name, script in SCRIPTS.items():
        code = re.sub(r"^\s*/?\*.*|//.*", "", script, flags=re.MULTILINE)
        bare = re.sub(r"\b(?:t|parts)\(\s*(\"(?:[^\"\\\n]|\\.)*\"(?:\s*\+\s*)?)+", "", code)
        left = [text for text in re.findall(r"\"((?:[^\"\\\n]|\\.)*)\"", bare) if re.match(r"[A-Z][a-z]+ [a-z]", text)]
        assert left == [], name


def test_a_file_in_english_is_as_it_is_on_disk_but_for_its_marks() -> None:
    words = PageWords(HTML, SCRIPTS.values())
    assert words.content(PAGE, ENGLISH).decode() == HTML.replace(" data-t>", ">")
    assert words.content(KNOWN, ENGLISH) == b'export const language = "en";\nexport const known = {};\n'


@pytest.mark.parametrize("language", TRANSLATED, ids=lambda language: language.tag)
def test_in_each_language_the_page_keeps_its_elements(language: Language) -> None:
    page = PageWords(HTML, SCRIPTS.values()).content(PAGE, language).decode()
    assert re.findall(r"<(?!html)[^>]+>", page) == re.findall(r"<(?!html)[^>]+>", HTML.replace(" data-t>", ">"))


async def test_the_bot_serves_the_page_and_errors_in_the_language_of_the_browser(harness: PageHarness) -> None:
    async with harness.browser().session as session:
        for accepted, title in (
            ("de-DE,en;q=0.5", "Beweise, dass eine Wallet dir gehört"),
            ("en", "Prove a wallet is yours"),
        ):
            async with session.get(f"{harness.url}/v", headers={"Accept-Language": accepted}) as response:
                assert response.headers["Vary"] == "Accept-Language"
                assert f"<h1>{title}</h1>" in await response.text()
        async with session.get(f"{harness.url}/v/known.js", headers={"Accept-Language": "de"}) as response:
            assert response.content_type == "text/javascript"
            assert f'"Choose your wallet":"{text_in(language_of("de"), "Choose your wallet")}"' in await response.text()


async def test_one_connection_may_ask_in_two_languages(harness: PageHarness) -> None:
    browser = harness.browser()
    said = [
        (await browser.post("state", headers={"Accept-Language": accepted})).sentence for accepted in ("de", "en", "de")
    ]
    assert said[0] == said[2] != said[1]


@pytest.mark.parametrize("username", ["alice_01", "Älice"])
@pytest.mark.parametrize("guild_id", [None, 98765])
def test_the_meaning_is_the_statement_that_is_signed(username: str, guild_id: int | None) -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    challenge = Challenge(
        domain="",
        uri="",
        address="0x2c7536e3605d9c16a7a3d7b1898e529396a65c23",
        user_id=123456789012345678,
        username=username,
        guild_id=guild_id,
        nonce="0123456789ABCDEFabcdef",
        issued_at=at,
        expires_at=at + timedelta(minutes=5),
        request_id="a",
    )
    said = (challenge.user_id, shown_name(username), guild_id)
    assert str(statement_words(*said)) == challenge.statement
    assert statement_for_reader(*said) == ""
    with written_in(language_of("de")):
        translated = statement_for_reader(*said)
        assert str(challenge.user_id) in translated
        assert translated != challenge.statement == str(statement_words(*said))


async def test_a_german_reads_german_and_signs_the_english_text(browser: Browser) -> None:
    async with visiting(browser, locale="de-DE") as visitor:
        visitor.server.state = make_state("wallet")
        visitor.server.meaning = "Ich bin Discord-Nutzer alice_01."
        await visitor.has(wallet())
        await visitor.opens()
        await visitor.reads(text_in(language_of("de"), "Choose your wallet") or "it is not translated")
        assert await visitor.page.locator("html").get_attribute("lang") == "de"
        await visitor.presses("Fox Wallet")
        await expect(visitor.page.locator("pre")).to_have_text(TEXT)
        await expect(visitor.page.locator(".meaning blockquote")).to_have_text("Ich bin Discord-Nutzer alice_01.")
        await visitor.shoot("in-german")
