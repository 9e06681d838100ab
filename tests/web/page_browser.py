"""The verification page in Chromium: a visitor, the wallets of their browser, and what the browser complains of."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Page, expect

from tests.chromium import ARTIFACTS
from tests.web.page_server import OWNER, TOKEN, PageServer

SIGNATURE = "0x" + "5a" * 65
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'%3E"
    "%3Crect width='9' height='9' fill='%23316fd6'/%3E%3C/svg%3E"
)

# What extensions put into a page: providers that answer by promises, and announcements of them.
_TOOLS = """
window.makeProvider = (one, marks = {}) => Object.assign({
  request({method, params}) {
    window.reportWalletCall(method, params, one.name ?? "");
    if (one.never?.includes(method)) return new Promise((resolve) => (one.answerNow = resolve));
    const fault = one.fail?.[method];
    if (typeof fault === "string") return Promise.reject(fault);
    if (fault) return Promise.reject(Object.assign(new Error(fault.message), fault));
    return Promise.resolve(method === "personal_sign" ? one.signature : one.addresses);
  },
}, marks);
window.announce = (detail) => window.dispatchEvent(new CustomEvent("eip6963:announceProvider", {detail}));
window.announceWhenAsked = (...details) =>
  window.addEventListener("eip6963:requestProvider", () => details.forEach(window.announce));
"""
# Wallets that announce themselves when they are asked; one that `isOld` is at window.ethereum instead.
_WALLETS = """
(() => {
  window.wallets = LIST;
  const old = window.wallets.find((one) => one.isOld);
  if (old) window.ethereum = makeProvider(old);
  const others = window.wallets.filter((one) => !one.isOld);
  announceWhenAsked(...others.map((one) => ({info: one, provider: makeProvider(one)})));
})();
"""


def wallet(**changes: Any) -> dict[str, Any]:
    """A wallet that gives the owner's address and signs; `fail` and `never` name methods."""
    return {
        "uuid": "9f1c1d3e-0001",
        "name": "Fox Wallet",
        "icon": ICON,
        "addresses": [OWNER],
        "signature": SIGNATURE,
        "fail": {},
        "never": [],
    } | changes


class Visitor:
    """Somebody with a browser. `asked_of_wallet` are the methods and parameters, `wallets_asked` the wallets' names."""

    def __init__(self, page: Page, server: PageServer) -> None:
        self.page = page
        self.server = server
        self.asked_of_wallet: list[tuple[str, Any]] = []
        self.wallets_asked: list[str] = []
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        # A refused call is the subject of a test, not a fault of the page; the browser notes it all the same.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    async def has(self, *wallets: dict[str, Any]) -> None:
        """Install wallets, before the page is opened."""
        await self.installs(_WALLETS.replace("LIST", json.dumps(wallets)))

    async def installs(self, script: str) -> None:
        """Let an extension run a script before the page's own; `makeProvider` and `announceWhenAsked` are there."""
        await self.page.expose_function("reportWalletCall", self._record_call)
        await self.page.add_init_script(_TOOLS + script)

    def _record_call(self, method: str, params: Any, name: str) -> None:
        self.asked_of_wallet.append((method, params))
        self.wallets_asked.append(name)

    async def opens(self, fragment: str = f"#t={TOKEN}") -> None:
        """Follow the link from Discord."""
        await self.page.goto(f"{self.server.url}/v{fragment}")

    async def reads(self, heading: str) -> None:
        """The step's heading is there, alone, and has the focus."""
        await expect(self.page.locator("h2")).to_have_text(heading)
        await expect(self.page.locator("h2")).to_be_focused()
        await expect(self.page).to_have_title(f"{heading} · Tessera")

    async def presses(self, label: str) -> None:
        """Press a button, by all of its name."""
        await self.page.get_by_role("button", name=label, exact=True).click()

    async def sees(self, text: str) -> None:
        """A text is to be seen on the page."""
        await expect(self.page.locator("main")).to_contain_text(text)

    async def shows_alert(self, text: str) -> None:
        """The alert says exactly this."""
        await expect(self.page.get_by_role("alert")).to_have_text(text)

    async def shoot(self, name: str) -> None:
        """Keep what is seen, at its whole length."""
        # The driver would hide the caret of a field by a style of its own.
        await self.page.screenshot(path=ARTIFACTS / f"verify-{name}.png", full_page=True, caret="initial")


@asynccontextmanager
async def visiting(browser: Browser, **options: Any) -> AsyncIterator[Visitor]:
    """A visitor in a browser of their own, at a server of their own; what the browser complains of fails the test."""
    async with PageServer().serving() as server:
        context = await browser.new_context(**{"locale": "en-GB", "timezone_id": "Europe/Rome"} | options)
        page = await context.new_page()
        page.set_default_timeout(10_000)
        visitor = Visitor(page, server)
        yield visitor
        await context.close()
        assert visitor.complaints == []


async def to_the_text(visitor: Visitor) -> None:
    """Open the page and go on until the text to sign is shown."""
    await visitor.opens()
    await visitor.presses("Fox Wallet")
    await visitor.reads("Read it, then sign")
