"""The authorization page, in a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from sandbox import screen
from sandbox.discord.oauth import CLIENT_SECRET
from sandbox.world import APPLICATION_ID
from tests.sandbox.serving import RunningSandbox, serving
from tests.sandbox.test_discord_oauth import AUTHORIZATION, VERIFIER


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    async with serving() as served:
        yield served


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    page = await browser.new_page(locale="en-US", viewport={"width": 390, "height": 844})
    complaints: list[str] = []
    console_lines: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: console_lines.append(line.text))
    yield page
    await page.close()
    assert complaints == []
    assert not [line for line in console_lines if "Content Security Policy" in line]


def authorize_url(sandbox: RunningSandbox, **changed: str) -> str:
    """The address of the page; the application's own address is a page that this sandbox has."""
    parameters = {**AUTHORIZATION, "redirect_uri": sandbox.address + "/screen/icon.svg", **changed}
    return f"{sandbox.address}/oauth2/authorize?{urlencode(parameters)}"


async def returned(page: Page, sandbox: RunningSandbox) -> dict[str, str]:
    """What the browser brought back."""
    await page.wait_for_url(f"{sandbox.address}/screen/icon.svg?*")
    return {name: value for name, [value] in parse_qs(urlsplit(page.url).query).items()}


async def user_of(sandbox: RunningSandbox, code: str) -> str:
    """Whose code it is."""
    fields = {
        "client_id": str(APPLICATION_ID),
        "client_secret": CLIENT_SECRET,
        "grant_type": "authorization_code",
        "redirect_uri": sandbox.address + "/screen/icon.svg",
        "code_verifier": VERIFIER,
        "code": code,
    }
    async with sandbox.session.post(sandbox.address + "/api/v10/oauth2/token", data=fields) as answer:
        token = (await answer.json())["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    async with sandbox.session.get(sandbox.address + "/api/v10/users/@me", headers=headers) as answer:
        user: str = (await answer.json())["username"]
        return user


async def test_yes_brings_a_code_of_the_person_of_the_demo(sandbox: RunningSandbox, page: Page) -> None:
    _, people = await sandbox.get("/_client/people")
    await page.goto(sandbox.address)
    await expect(page.get_by_test_id("composer")).to_be_focused()  # until then its header is drawn again
    await page.get_by_test_id("open-nav").click()
    await page.get_by_test_id("person-chooser").click()
    await page.get_by_test_id(f"person-{people[2]['id']}").click()
    await expect(page.get_by_test_id("person-chooser")).to_contain_text(people[2]["display_name"])
    await page.goto(authorize_url(sandbox))
    await expect(page.get_by_test_id("authorize-person")).to_have_value(people[2]["id"])
    await expect(page.locator("main")).to_contain_text("Access your username, avatar and banner")
    overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow == 0
    await page.get_by_test_id("authorize-approve").click()
    answer = await returned(page, sandbox)
    assert answer["state"] == AUTHORIZATION["state"]
    assert await user_of(sandbox, answer["code"]) == people[2]["username"]


async def test_another_person_can_be_chosen(sandbox: RunningSandbox, page: Page) -> None:
    _, people = await sandbox.get("/_client/people")
    await page.goto(authorize_url(sandbox))
    await expect(page.get_by_test_id("authorize-person")).to_have_value(people[0]["id"])
    await page.get_by_test_id("authorize-person").select_option(people[1]["id"])
    await page.get_by_test_id("authorize-approve").click()
    assert await user_of(sandbox, (await returned(page, sandbox))["code"]) == people[1]["username"]


async def test_no_brings_no_code(sandbox: RunningSandbox, page: Page) -> None:
    await page.goto(authorize_url(sandbox))
    await page.get_by_test_id("authorize-cancel").click()
    answer = await returned(page, sandbox)
    assert answer["error"] == "access_denied"
    assert "code" not in answer


async def test_a_bad_link_is_a_page_that_says_so(sandbox: RunningSandbox, page: Page) -> None:
    response = await page.goto(authorize_url(sandbox, scope="email"))
    assert response is not None
    assert response.status == 400
    assert response.headers["content-security-policy"] == screen.POLICY
    await expect(page.get_by_test_id("authorize-refused")).to_contain_text("Invalid scope")


async def test_a_refusal_after_the_page_was_opened_is_shown(sandbox: RunningSandbox, page: Page) -> None:
    await page.goto(authorize_url(sandbox))
    await sandbox.post("/_client/oauth", {"redirect_uris": ["https://elsewhere.example/"]})
    await page.get_by_test_id("authorize-approve").click()
    await expect(page.get_by_test_id("authorize-problem")).to_contain_text("redirect_uri")
