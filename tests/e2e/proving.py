"""A sandbox with a bot whose page is there, seen through the browser that has a test wallet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import BrowserContext, Locator, Page, expect

from bot.app.serve import serve
from bot.config.settings import load
from sandbox.app_keys import WALLET_EXTENSION
from sandbox.browser import open_browser
from sandbox.discord.oauth import CLIENT_SECRET
from sandbox.wallets import WALLET_FACTORY
from tests.chromium import ARTIFACTS
from tests.process import free_port
from tests.sandbox_client import SECRETS, SandboxClient, open_sandbox, write_config


@dataclass
class ProofClient:
    """The sandbox, and where the bot's page is."""

    sandbox: SandboxClient
    page_url: str


@asynccontextmanager
async def open_proof_page(folder: Path, **tables: str) -> AsyncIterator[ProofClient]:
    """A bot that offers its page with Discord's login, and asks two Ethereum nodes."""
    port = free_port()
    async with (
        open_sandbox() as sandbox,
        open_browser(sandbox.app[WALLET_EXTENSION], f"http://127.0.0.1:{port}") as proxy,
    ):
        url = f"http://localhost:{proxy}"
        settings = {
            "discord": f'authorize_url = "{sandbox.url}/oauth2/authorize"',
            "loopring": "requests_per_second = 1000",
            "web": f'port = {port}\npublic_url = "{url}"\ntrusted_proxies = ["127.0.0.1/32"]',
            "linking": f'wallet_factories = ["{WALLET_FACTORY}"]',
        }
        nodes = f"{sandbox.url}/ethereum/1,{sandbox.url}/ethereum/1/b"
        secrets = SECRETS | {"DISCORD_CLIENT_SECRET": CLIENT_SECRET, "ETH_RPC_URL": nodes}
        stop = asyncio.Event()
        config = write_config(folder, sandbox, **(settings | tables))
        bot = asyncio.create_task(serve(load(config, secrets), stop))
        try:
            await sandbox.online()
            yield ProofClient(sandbox, url)
        finally:
            stop.set()
            await bot


class Member:
    """Somebody at Discord's page and at the bot's, in one browser."""

    def __init__(self, context: BrowserContext, discord: Page) -> None:
        self.context = context
        self.discord = discord
        self.requested: list[str] = []  # every URL, and every Referer, that this browser sent
        context.on("request", lambda request: self.requested.extend([request.url, request.headers.get("referer", "")]))

    @classmethod
    async def arrive(cls, context: BrowserContext, sandbox: SandboxClient, username: str) -> Member:
        """Open Discord's page as somebody."""
        people = await sandbox.get("/_client/people")
        user = next(each["id"] for each in people if each["username"] == username)
        member = cls(context, await context.new_page())
        # As the person chosen on an earlier visit; Discord's login offers the same one.
        await context.add_init_script(f"localStorage.setItem('tessera.sandbox.user', '{user}')")
        await member.discord.goto(sandbox.url)
        await expect(member.discord.get_by_test_id("composer")).to_be_focused()  # it is all there
        return member

    async def use(self, command: str) -> Locator:
        """Type a command; its answer."""
        composer = self.discord.get_by_test_id("composer")
        await composer.click()
        await self.discord.keyboard.type(command)
        await self.discord.keyboard.press("Enter")
        return self.discord.get_by_test_id("message").last

    async def open_link(self, message: Locator) -> Page:
        """Press the button that leads to the bot's page."""
        async with self.context.expect_page() as opened:
            await message.get_by_role("link", name="Open the page").click()
        return await opened.value

    async def shoot(self, page: Page, name: str) -> None:
        """Save a screenshot."""
        await page.screenshot(path=ARTIFACTS / f"flow-{name}.png", full_page=True)


async def log_in(page: Page, person: str = "") -> None:
    """Log in at Discord, as the person offered or as somebody else; the page goes there by itself, with a wallet."""
    if person:
        await page.get_by_test_id("authorize-person").select_option(label=person)
    await page.get_by_test_id("authorize-approve").click()


async def connect(page: Page, account: str) -> None:
    """Choose the test wallet, and in it the account that is named so."""
    await page.get_by_role("button", name="Test wallet").click()
    choice = page.get_by_test_id("wallet-account")
    label = await choice.locator("option", has_text=account).first.inner_text()
    await choice.select_option(label=label)
    await page.get_by_test_id("wallet-confirm").click()


async def sign(page: Page) -> None:
    """Sign the text that the page shows; the wallet is asked by itself."""
    await page.get_by_test_id("wallet-confirm").click()
