"""The whole proof in Chromium: the command in Discord, the page, the login, the wallet, and back in Discord "Linked".

Screenshots are left in `artifacts/`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from tests.e2e.proving import Member, ProofClient, connect, log_in, open_proof_page, sign

ADA = "0x90e78956725e312a4217e90bdd1d8a496f018a71"


@pytest.fixture
async def proof_client(tmp_path: Path) -> AsyncIterator[ProofClient]:
    """A bot with a page, for each test: to its limits of requests a minute all browsers here are one visitor."""
    async with open_proof_page(tmp_path) as sandbox:
        yield sandbox


@pytest.fixture
async def desktop(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A wide window, dark."""
    context = await browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme="dark")
    yield context
    await context.close()


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A narrow one, light."""
    context = await browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="light")
    yield context
    await context.close()


# What a person presses, on any page of theirs.
_COUNT = "addEventListener('click', (e) => e.isTrusted && window.countPress(e.target.textContent.trim()), true)"


async def count_presses(context: BrowserContext) -> list[str]:
    """What is pressed from now on, on pages that are opened from now on."""
    presses: list[str] = []

    def note(label: str) -> None:
        presses.append(label)

    await context.expose_function("countPress", note)
    await context.add_init_script(_COUNT)
    return presses


async def test_a_member_proves_an_account_in_one_browser(proof_client: ProofClient, desktop: BrowserContext) -> None:
    ada = await Member.arrive(desktop, proof_client.sandbox, "ada")
    asked = await ada.use("/verify 10001")
    presses = await count_presses(desktop)
    await ada.discord.evaluate(_COUNT)
    await expect(asked).to_contain_text("Open the page")
    await ada.shoot(ada.discord, "1-asked")
    page = await ada.open_link(asked)
    await expect(page.get_by_test_id("authorize-approve")).to_be_visible()  # with a wallet, the page goes there itself
    await ada.shoot(page, "2-login")
    await log_in(page)
    await expect(page.get_by_text("Choose your wallet")).to_be_visible()
    await ada.shoot(page, "3-wallets")
    await connect(page, "10001")
    # The wallet shows it too, as soon as the page has asked it.
    await expect(page.get_by_role("region", name="The text to sign")).to_contain_text("I am Discord user ada")
    await ada.shoot(page, "3-text")
    await expect(page.get_by_test_id("wallet-check")).to_contain_class("fine")
    await ada.shoot(page, "4-wallet")
    await page.get_by_test_id("wallet-confirm").click()
    await expect(page.get_by_role("heading", name="Linked")).to_be_visible()
    # The command; then Open the page, Authorize, the wallet, its address, its signature.
    assert 1 + len(presses) == 6, presses
    await ada.shoot(page, "5-linked")
    await expect(asked).to_contain_text("Linked 0x90E7…8A71 (loopring:10001)")
    await ada.discord.bring_to_front()
    await ada.shoot(ada.discord, "6-back-in-discord")

    # Nothing but the address and one signature was asked of the wallet, and nobody got the token.
    calls = await proof_client.sandbox.get("/_sandbox/wallet_calls")
    assert {call["method"] for call in calls} == {"eth_requestAccounts", "personal_sign"}
    assert [url for url in ada.requested if "t=" in url.partition("?")[0]] == []
    assert (await proof_client.sandbox.get("/_client/oauth"))["tokens_alive"] == 0

    # Discord's page again, and Authorize: the login is used up, and nothing is wrong about it.
    consent = next(url for url in ada.requested if "/oauth2/authorize" in url)
    await page.goto(consent)
    await log_in(page)
    await expect(page.get_by_role("heading", name="Linked")).to_be_visible()
    await expect(page.get_by_role("alert")).to_have_text("")

    # Going back, and loading again, changes nothing.
    await page.reload()
    await expect(page.get_by_role("heading", name="Linked")).to_be_visible()
    await page.go_back()
    await page.go_forward()
    await expect(page.get_by_role("heading", name="Linked")).to_be_visible()
    shown = await ada.use("/accounts")
    await expect(shown).to_contain_text("loopring:10001")
    await expect(shown).not_to_contain_text("unproven")


async def test_a_member_on_a_phone_goes_on_in_the_browser_that_has_the_wallet(
    proof_client: ProofClient, phone: BrowserContext, browser: Browser
) -> None:
    # As in Discord's own browser: no wallet announces itself, and none is at `window.ethereum`.
    await phone.add_init_script(
        "addEventListener('eip6963:announceProvider', (event) => event.stopImmediatePropagation());"
        "Object.defineProperty(window, 'ethereum', {get: () => undefined, set() {}});"
    )
    ada = await Member.arrive(phone, proof_client.sandbox, "ada")
    asked = await ada.use("/verify 10001")
    page = await ada.open_link(asked)
    await page.get_by_role("button", name="Open it in my wallet").wait_for()
    await page.clock.install()  # before the page's timer, which looks whether it went on elsewhere
    await page.get_by_role("button", name="Open it in my wallet").click()
    link = await page.get_by_role("link", name="MetaMask").get_attribute("href")
    assert link
    # What MetaMask opens in its own browser, which has a wallet and no cookie of ours.
    there = await browser.new_context(viewport={"width": 390, "height": 844})
    in_wallet = await Member.arrive(there, proof_client.sandbox, "ada")
    opened = in_wallet.discord
    await opened.goto("http://" + link.removeprefix("https://link.metamask.io/dapp/"))
    await log_in(opened)
    await expect(opened.get_by_text("Choose your wallet")).to_be_visible()
    await connect(opened, "10001")
    await sign(opened)
    await expect(opened.get_by_role("heading", name="Linked")).to_be_visible()
    await ada.shoot(opened, "phone-5-linked-there")
    await expect(asked).to_contain_text("Linked 0x90E7…8A71 (loopring:10001)")
    # Nobody logged in there, so that it is not told whose link that was, or what came of it.
    await page.clock.fast_forward("00:21")
    await expect(page.get_by_role("heading", name="It ended in your other browser")).to_be_visible()
    await ada.shoot(page, "phone-6-used-elsewhere")
    await there.close()


async def test_on_a_phone_the_key_of_a_smart_wallet_proves_it(proof_client: ProofClient, phone: BrowserContext) -> None:
    ines = await Member.arrive(phone, proof_client.sandbox, "ines.m")
    asked = await ines.use("/verify 10021")
    page = await ines.open_link(asked)
    await log_in(page)
    await ines.shoot(page, "phone-1-wallets")
    await connect(page, "10021")
    if await page.get_by_role("button", name="Go on").count():
        await page.get_by_role("button", name="Go on").click()
    await ines.shoot(page, "phone-2-text")
    await sign(page)
    await expect(page.get_by_role("heading", name="Linked")).to_be_visible()
    await ines.shoot(page, "phone-3-linked")
    assert await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    await expect(asked).to_contain_text("Linked")


async def test_a_member_lured_to_somebody_elses_link_is_warned_and_reveals_nothing(
    proof_client: ProofClient, browser: Browser, desktop: BrowserContext
) -> None:
    mallory = await Member.arrive(desktop, proof_client.sandbox, "wren")
    asked = await mallory.use("/verify 10005")
    link = await asked.get_by_role("link", name="Open the page").get_attribute("href")
    assert link
    lured = await browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme="dark")
    page = await lured.new_page()
    await page.goto(link)
    await log_in(page, "Big Tuna (big_tuna)")
    await expect(page.get_by_text("This link was created by another Discord user.")).to_be_visible()
    await expect(page.get_by_text("Nothing was signed.")).to_be_visible()
    await page.screenshot(path="artifacts/flow-lured.png", full_page=True)
    await expect(asked).to_contain_text("Nothing was linked")
    await mallory.shoot(mallory.discord, "lured-2-maker")
    await lured.close()


async def test_a_second_claimant_opens_a_contest_and_the_holder_objects(
    proof_client: ProofClient, browser: Browser, desktop: BrowserContext
) -> None:
    hana = await Member.arrive(desktop, proof_client.sandbox, "hana")
    page = await hana.open_link(await hana.use("/verify 10002"))
    await log_in(page)
    await connect(page, "10002")
    await sign(page)
    await expect(page.get_by_role("heading", name="Linked")).to_be_visible()
    other = await browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme="dark")
    kwame = await Member.arrive(other, proof_client.sandbox, "kwame")
    asked = await kwame.use("/verify 10002")
    page = await kwame.open_link(asked)
    await log_in(page)
    await connect(page, "10002")
    await sign(page)
    await expect(page.get_by_text("another Discord member")).to_be_visible()
    await kwame.shoot(page, "contest-1-page")
    await expect(asked).to_contain_text("unless they sign again")
    await other.close()
    await hana.discord.bring_to_front()
    panel = await hana.use("/accounts")
    await expect(panel.get_by_role("button", name="Object")).to_be_visible()
    await hana.shoot(hana.discord, "contest-2-accounts")
    await panel.get_by_role("button", name="Object").click()
    await expect(hana.discord.get_by_test_id("message").last).to_contain_text("sign again")
    await hana.shoot(hana.discord, "contest-3-objected")


async def test_a_proof_on_the_page_ends_in_discord_in_the_role_that_it_brought(
    proof_client: ProofClient, desktop: BrowserContext
) -> None:
    rosalind = await proof_client.sandbox.person("rosalind")
    whale = await proof_client.sandbox.role(rosalind.guild or "", "Whale")
    saved = await rosalind.press(await rosalind.run("gate add", role=whale, rule="254"), "save")
    assert saved.embeds[0]["title"] == "Saved"
    ada = await Member.arrive(desktop, proof_client.sandbox, "ada")
    asked = await ada.use("/verify 10001")
    page = await ada.open_link(asked)
    await log_in(page)
    await connect(page, "10001")
    await sign(page)
    await expect(page.get_by_role("heading", name="Linked")).to_be_visible()
    await expect(asked).to_contain_text("Linked 0x90E7…8A71 (loopring:10001)")
    await expect(asked).to_contain_text("You now have @Whale.")
    assert "Whale" in await (await proof_client.sandbox.person("ada")).roles()
