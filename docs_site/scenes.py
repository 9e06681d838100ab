"""What each picture shows, in the order in which one leads to the next: the demo is one story."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import BrowserContext, Locator, Page, ViewportSize, expect

from docs_site.camera import SCREEN, Camera
from docs_site.demo import Demo, until

# Who holds some of Harbour Lights, which the gate asks for, and their accounts.
_HARBOUR_LIGHTS = "254"
_OTHERS = {"brunowaves": "10007", "kestrel": "10010", "lanternfish": "10014", "soren": "10017"}
_ADAS_ACCOUNT = "10001"
_ROLE = "Whale"
# What the answer of /roles begins with.
_LANGUAGES = {"de": "Rollen", "fr": "rôles", "ja": "ロール"}
_PHONE: ViewportSize = {"width": 488, "height": 800}
_BESIDE_THE_PANEL: ViewportSize = {"width": 1240, "height": 770}


async def open_as(context: BrowserContext, demo: Demo, username: str) -> Page:
    """The demo's page, as somebody sees it."""
    person = await demo.person(username)
    await context.add_init_script(f"localStorage.setItem('tessera.sandbox.user', '{person.user}')")
    page = await context.new_page()
    await page.set_viewport_size(SCREEN)
    await page.goto(demo.url)
    await expect(page.get_by_test_id("composer")).to_be_focused()
    return page


async def type_command(page: Page, text: str) -> Locator:
    """Type a command as one does in Discord; its answer."""
    await page.get_by_test_id("composer").click()
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")
    return page.get_by_test_id("message").last


async def pictures_are_there(shown: Locator) -> None:
    """Return when each picture of a message has arrived."""
    for image in await shown.locator("img").all():
        await image.evaluate("(image) => image.decode()")


async def open_collection(page: Page, answer: Locator, place: int) -> None:
    """Choose a collection from the menu of an answer."""
    await answer.locator('[data-custom-id$=":open"]').click()
    await page.get_by_test_id("select-option").nth(place).click()
    await expect(answer.get_by_test_id("embed").first).to_contain_text("Held")


async def holdings(camera: Camera) -> None:
    """`/collections`, and a collection opened."""
    answer = await type_command(camera.page, "/collections 10001")
    await expect(answer.get_by_test_id("embed").first).to_contain_text("Owner")
    await pictures_are_there(answer)
    await camera.save("collections", answer)
    await open_collection(camera.page, answer, 1)
    await pictures_are_there(answer)
    await camera.save("collection", answer)


async def gate(camera: Camera, demo: Demo) -> None:
    """The preview of a gate; then it is saved."""
    ada = await demo.person("ada")
    await ada.run("settings log", channel=ada.named("channels", "curators"))
    for username, account in _OTHERS.items():
        await (await demo.person(username)).prove(account)
    preview = await ada.run("gate add", role=ada.named("roles", _ROLE), rule=f"{_HARBOUR_LIGHTS} >= 1")
    shown = camera.page.get_by_test_id("message").last

    async def all_are_read() -> bool:
        await ada.press(preview, "refresh")
        return "being read" not in await shown.inner_text()

    await until(all_are_read)
    await camera.save("preview", shown)
    await ada.press(preview, "save")


async def holders(camera: Camera, demo: Demo) -> None:
    """Who holds a collection, for moderators."""
    ada = await demo.person("ada")
    await camera.page.get_by_test_id(f"channel-{ada.named('channels', 'general')}").click()
    answer = await type_command(camera.page, f"/holders list {_HARBOUR_LIGHTS}")
    await expect(answer).to_contain_text("Kestrel")
    await camera.save("holders", answer)


async def languages(camera: Camera, demo: Demo) -> None:
    """The first answer of a newcomer in three languages."""
    ada = await demo.person("ada")
    for locale, title in _LANGUAGES.items():
        await demo.post("/_sandbox/locales", user=ada.user, locale=locale)
        answer = await type_command(camera.page, "/roles")
        await expect(answer).to_contain_text(title)
        await camera.save(f"roles-{locale}", answer)
    await demo.post("/_sandbox/locales", user=ada.user, locale="en-US")


async def proof(context: BrowserContext, camera: Camera, folder: Path) -> None:
    """The bot's page with the text to be signed; then it is signed."""
    answer = await type_command(camera.page, "/verify 10001")
    async with context.expect_page() as opened:
        await answer.get_by_role("link", name="Open the page").click()
    page = await opened.value
    await page.set_viewport_size(_PHONE)
    await page.get_by_test_id("authorize-approve").click()
    await page.get_by_role("button", name="Test wallet").wait_for()
    await page.reload()  # else the page asks the wallet at once, which then hides it
    await page.get_by_role("button", name="Test wallet").click()
    choice = page.get_by_test_id("wallet-account")
    await choice.select_option(label=await choice.locator("option", has_text="10001").first.inner_text())
    await page.get_by_test_id("wallet-confirm").click()
    sign = page.get_by_role("button", name="Sign in wallet")
    await expect(sign).to_be_visible()
    await Camera(page, folder).save("proof")
    await sign.click()
    await page.get_by_test_id("wallet-confirm").click()
    await expect(answer).to_contain_text("Linked")
    await page.close()


async def sale(camera: Camera, demo: Demo) -> None:
    """`/roles` before and after a sale."""
    ada = await demo.person("ada")

    async def has() -> bool:
        return _ROLE in await ada.roles()

    async def has_not() -> bool:
        return not await has()

    await until(has)
    await camera.page.set_viewport_size(_BESIDE_THE_PANEL)
    await camera.page.get_by_test_id("toggle-panel").click()
    await camera.page.get_by_test_id("tab-trade").click()
    await type_command(camera.page, "/roles")
    await demo.post("/_sandbox/trade", **{"from": _ADAS_ACCOUNT, "to": None}, collection=_HARBOUR_LIGHTS)
    await until(has_not)
    answer = await type_command(camera.page, "/roles")
    await expect(answer).to_contain_text("is needed")
    await camera.save("roles")
    await camera.page.get_by_test_id("toggle-panel").click()
    await camera.page.set_viewport_size(SCREEN)


async def alert(camera: Camera, demo: Demo) -> None:
    """The alert about removals that wait, in the log channel."""
    blank = {"service": "loopring", "path": "user/collection/details", "kind": "empty", "total": 0, "times": None}
    await demo.post("/_sandbox/faults", **blank)
    ada = await demo.person("ada")
    await camera.page.get_by_test_id(f"channel-{ada.named('channels', 'curators')}").click()
    shown = camera.page.get_by_test_id("message").filter(has_text="Nobody loses a role before you decide").last
    await expect(shown).to_be_visible()
    await camera.save("alert", shown)
