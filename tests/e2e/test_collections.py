"""`/collections` and `/collection`, as a member meets them."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.chromium import open_chromium
from tests.sandbox_client import Person, SandboxClient


def _option(name: str, value: Any) -> dict[str, Any]:
    return {"name": name, "type": 5 if isinstance(value, bool) else 3, "value": value}


async def test_the_first_page_shows_five_collections_with_counts_and_avatars(
    sandbox: SandboxClient, ada: Person
) -> None:
    answer = await ada.run("collections", account="10001")
    header, *cards = answer.embeds
    assert re.match(r"\*\*Account 10001\*\* · Loopring, <t:\d+:R>\n", header["description"])
    assert "**30 collections** · 94 different" in header["description"]
    assert header["thumbnail"]["url"].endswith("/banner.png")
    assert len(cards) == 5
    assert cards[0]["description"] == "**Harbour Lights** · 12 different NFTs"
    assert cards[0]["footer"]["text"].startswith("Twenty-four lighthouses, drawn at the hour")
    assert cards[0]["footer"]["icon_url"].startswith(f"{sandbox.url}/ipfs/Qm")
    assert len({card["color"] for card in cards}) == 5
    assert answer.message["ephemeral"]
    settled = await sandbox.settled(answer)
    assert "Owner `0x90e7…8a71`" in settled.embeds[0]["description"]
    assert not settled.message["edited_timestamp"]  # an answer does not change right after it was shown
    async with asyncio.timeout(60):
        # The name is there the next time.
        while "Owner ada.loopring.eth" not in (await ada.run("collections", account="10001")).text:  # noqa: ASYNC110 - the state is another program's
            await asyncio.sleep(0.02)


async def test_one_upstream_page_costs_one_details_call(sandbox: SandboxClient, ada: Person) -> None:
    account = await sandbox.new_account(collections=50)
    await sandbox.settled(await ada.run("collections", account=account))
    calls = await sandbox.requests("user/collection/details")
    assert len(calls) == 1
    assert calls[0]["query"] == {"accountId": account, "limit": "50", "nonZero": "true", "offset": "0"}
    assert calls[0]["headers"]["x-api-key"] == "<present>"


async def test_five_hundred_people_asking_at_once_cost_one_details_call(sandbox: SandboxClient, ada: Person) -> None:
    account = await sandbox.new_account(collections=50)
    started = await asyncio.gather(*(ada.start("collections", account=account) for _ in range(500)))
    answers = await asyncio.gather(*(sandbox.answer(interaction) for interaction in started))
    assert {answer["state"] for answer in answers} == {"answered"}
    assert len(await sandbox.requests("user/collection/details")) == 1


async def test_pages_turn_forth_back_and_to_the_ends(ada: Person) -> None:
    first = await ada.run("collections", account="10001")
    second = await ada.press(first, "next")
    assert second.component("jump")["label"] == "2 / 6"
    assert second.titles() != first.titles()
    assert (await ada.press(second, "previous")).titles() == first.titles()
    last = await ada.submit(await ada.press(second, "jump"), page="6")
    assert last.component("jump")["label"] == "6 / 6"
    assert last.component("next")["disabled"]
    assert first.component("previous")["disabled"]


@pytest.mark.parametrize("number", ["3", " 3 ", "٣", "３"])
async def test_a_page_can_be_jumped_to(ada: Person, number: str) -> None:
    modal = await ada.press(await ada.run("collections", account="10001"), "jump")
    assert modal["modal"]["title"] == "Go to a page, or search"
    answer = await ada.submit(modal, page=number)
    assert answer.component("jump")["label"] == "3 / 6"


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("0", "There is no page 0: the last one is 6. Nothing here has this number or name."),
        ("1" * 10, f"There is no page {'1' * 10}: the last one is 6. Nothing here has this number or name."),
        ("-1", "None of these collections has “-1” in its name."),
        (" ", "There is no such page: use a number from 1 to 6."),
        ("\u200b", "There is no such page: use a number from 1 to 6."),
    ],
)
async def test_a_number_that_is_no_page_and_no_name_gets_a_sentence(ada: Person, number: str, sentence: str) -> None:
    modal = await ada.press(await ada.run("collections", account="10001"), "jump")
    answer = await ada.submit(modal, page=number)
    assert sentence in answer.text
    assert answer.message["ephemeral"]


@pytest.mark.parametrize("typed", ["254", "#254", " ２５４ ", "harb\u200bour"])
async def test_a_collection_is_found_by_what_is_typed_for_a_page(ada: Person, typed: str) -> None:
    modal = await ada.press(await ada.run("collections", account="10001"), "jump")
    answer = await ada.submit(modal, page=typed)
    assert [card for card in answer.titles() if "Harbour Lights" in card] or "Harbour Lights" in answer.text
    assert "1 collection with" in answer.text


async def test_a_collection_is_found_by_an_emoji(ada: Person) -> None:
    modal = await ada.press(await ada.run("collections", account="10001"), "jump")
    assert "1 collection with “🍅”" in (await ada.submit(modal, page="🍅")).text


async def test_a_collection_opens_with_banner_details_and_nfts_and_leads_back(
    sandbox: SandboxClient, ada: Person
) -> None:
    listing = await ada.run("collections", account="10001")
    opened = await ada.press(listing, "open", "254")
    card, *nfts = opened.embeds
    assert card["title"] == "Harbour Lights"
    assert card["image"]["url"].startswith(f"{sandbox.url}/ipfs/")
    fields = {field["name"]: field["value"] for field in card["fields"]}
    assert fields["Held"].startswith("12 different NFTs, ")
    assert fields["Type"] == "ERC-1155 · deployed on Ethereum"
    assert fields["Created"].startswith("<t:")
    assert {"Contract", "Creator", "Updated", "Properties"} <= fields.keys()
    assert len(nfts) == 4
    assert len({nft["url"] for nft in nfts}) == 1
    assert all(nft["image"]["url"].startswith(f"{sandbox.url}/ipfs/") for nft in nfts)
    assert nfts[0]["description"].splitlines()[1] == "2\\. **Fastnet Rain** · 2 copies"
    assert opened.component("jump")["label"] == "1 / 3"
    more = await ada.press(opened, "next")
    assert len(more.embeds) == 4
    back = await ada.press(more, "back")
    assert back.titles() == listing.titles()


async def test_an_nft_opens_large_and_leads_to_the_next_one_and_to_the_next_collection(
    sandbox: SandboxClient, ada: Person
) -> None:
    opened = await ada.press(await ada.run("collections", account="10001"), "open", "254")
    assert opened.component("open")["placeholder"] == "Look at an NFT…"
    item = await ada.press(opened, "open", "1")
    (embed,) = item.embeds
    assert (embed["title"], item.component("jump")["label"]) == ("Fastnet Rain", "2 / 12")
    assert embed["image"]["url"].startswith(f"{sandbox.url}/ipfs/")
    fields = {field["name"]: field["value"] for field in embed["fields"]}
    assert (fields["Copies held"], fields["Collection"]) == ("2", "Harbour Lights")
    links = {button["label"]: button["url"] for button in item.components() if button.get("url")}
    assert links["Explorer"].startswith("https://etherscan.io/nft/0x")
    assert links["Marketplace"].startswith("https://opensea.io/item/ethereum/0x")
    following = await ada.press(item, "next")
    assert (following.embeds[0]["title"], following.component("jump")["label"]) == ("Bell Rock Low Water", "3 / 12")
    assert (await ada.press(following, "previous")).embeds[0]["title"] == "Fastnet Rain"
    back = await ada.press(following, "back")
    assert back.embeds[0]["title"] == "Harbour Lights"
    assert back.component("sequel")["label"] == "Next: Tesserae"
    tesserae = await ada.press(back, "sequel")
    assert tesserae.embeds[0]["title"] == "Tesserae"
    assert tesserae.component("sequel")["label"] == "Next: Slow Comets"
    listing = await ada.press(tesserae, "back")
    assert listing.component("jump")["label"] == "1 / 6"
    # What was found out on the way is on the cards.
    assert listing.embeds[1]["description"] == "**Harbour Lights** · 12 different · 31 copies"


async def test_a_long_list_is_searched_by_its_page_number_or_by_an_option(ada: Person) -> None:
    listing = await ada.run("collections", account="10001")
    found = await ada.submit(await ada.press(listing, "jump"), page="light")
    assert found.titles()
    assert all("light" in title.casefold() for title in found.titles())
    assert "with “light”" in found.embeds[0]["description"]
    opened = await ada.press(found, "open", "254")
    assert opened.embeds[0]["title"] == "Harbour Lights"
    by_name = await ada.submit(await ada.press(opened, "jump"), page="rock")
    assert by_name.embeds[0]["title"] == "Bell Rock Low Water"
    back = await ada.press(await ada.press(await ada.press(by_name, "back"), "back"), "back")
    assert back.titles() == listing.titles()
    by_option = await ada.run("collections", account="10001", search="LIGHT")
    assert by_option.titles() == found.titles()
    nothing = await ada.submit(await ada.press(listing, "jump"), page="walrus")
    assert "None of these collections has “walrus” in its name." in nothing.text


@pytest.mark.parametrize(("width", "height", "most"), [(1280, 800, 650), (390, 844, 2 * 844)], ids=["desktop", "phone"])
async def test_a_page_of_five_collections_is_seen_without_scrolling(
    sandbox: SandboxClient, ada: Person, width: int, height: int, most: int
) -> None:
    answer = await sandbox.settled(await ada.run("collections", account="10001"))
    async with open_chromium() as browser:
        page = await browser.new_page(viewport={"width": width, "height": height})
        await page.goto(sandbox.url)
        shown = page.locator(f"[data-message-id='{answer.message['id']}']")
        await expect(shown.get_by_test_id("embed")).to_have_count(6)
        await shown.locator(".embed-thumbnail img").evaluate("image => image.decode()")  # until then it has no height
        box = await shown.bounding_box()
        assert box
        assert box["height"] <= most
        widths = [await card.evaluate("card => card.offsetWidth") for card in await shown.get_by_test_id("embed").all()]
        assert max(widths[1:]) - min(widths[1:]) <= 20


async def test_the_pictures_of_a_collection_are_a_grid_of_two_by_two(sandbox: SandboxClient, ada: Person) -> None:
    opened = await ada.press(await ada.run("collections", account="10001"), "open", "254")
    async with open_chromium() as browser:
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        await page.goto(sandbox.url)
        shown = page.locator(f"[data-message-id='{opened.message['id']}']")
        tiles = shown.get_by_test_id("embed-grid").get_by_role("button", name=re.compile("Enlarge: Picture"))
        await expect(tiles).to_have_count(4)
        boxes = [await tile.bounding_box() for tile in await tiles.all()]
        assert len({box["x"] for box in boxes if box}) == 2
        assert len({box["y"] for box in boxes if box}) == 2


async def test_names_are_completed_to_contracts_and_numbers(sandbox: SandboxClient, ada: Person) -> None:
    newcomer = await sandbox.person("brunowaves")
    assert await newcomer.suggestions("collection", "id", "harb") == []
    await sandbox.settled(await newcomer.run("collections", account="10001"))
    assert await newcomer.suggestions("collection", "id", "harb") == ["loopring:254"]
    (contract,) = await newcomer.suggestions("collections", "contract", "harbour")
    only = await newcomer.run("collections", account="10001", contract=contract)
    assert only.titles() == ["Harbour Lights"]
    assert (await newcomer.run("collection", id="loopring:254")).embeds[0]["title"] == "Harbour Lights"
    assert await ada.suggestions("collection", "id", "claim") == []


async def test_where_tessera_was_brought_along_by_a_person_all_answers_are_private(ada: Person) -> None:
    stranger: dict[str, Any] = {"integration_owners": {"1": ada.user}}
    for share, private in ((True, True), (False, True)):
        data = {
            "type": 1,
            "name": "collections",
            "options": [_option("account", "10001"), _option("share", value=share)],
        }
        answer = await ada.send_handmade(2, data, **stranger)
        assert "**Account 10001**" in answer.text
        assert answer.message["ephemeral"] is private
    data = {"type": 1, "name": "collections", "options": [_option("account", "10001"), _option("share", value=True)]}
    in_group = await ada.in_direct_messages().send_handmade(2, data, in_group=True, **stranger)
    assert in_group.message["ephemeral"]


async def test_three_upstream_pages_arrive_one_after_the_other(sandbox: SandboxClient, ada: Person) -> None:
    account = await sandbox.new_account(collections=132)
    await sandbox.fault("slow", seconds=0.3, after=1)
    first = await ada.run("collections", account=account)
    assert "⏳ 50 of 132 so far, still reading…" in first.text
    assert first.component("jump")["label"] == "1 / 10"
    settled = await sandbox.settled(first)
    assert "**132 collections**" in settled.text
    assert settled.component("jump")["label"] == "1 / 27"
    assert [call["query"]["offset"] for call in await sandbox.requests("details")] == ["0", "50", "100"]


async def test_an_account_is_also_an_address_a_name_or_has_its_source_named(
    sandbox: SandboxClient, ada: Person
) -> None:
    by_id = await sandbox.settled(await ada.run("collections", account="10001"))
    for account in ("loopring:10001", "ada.loopring.eth", "0x90e78956725e312a4217e90bdd1d8a496f018a71"):
        answer = await ada.run("collections", account=account)
        assert answer.embeds[0]["description"].split(" · ")[0] == by_id.embeds[0]["description"].split(" · ")[0]
        assert answer.titles() == by_id.titles()


async def test_sorting(ada: Person) -> None:
    by_name = await ada.run("collections", account="10001", sort="NAME")
    names = [title.casefold() for title in by_name.titles()]
    assert names == sorted(names)


async def test_only_the_collections_of_a_contract(sandbox: SandboxClient, ada: Person) -> None:
    account = await sandbox.new_account(collections=7)
    listing = await ada.run("collections", account=account)
    row = (await sandbox.requests("details"))[0]["response"]["collections"][0]["collection"]
    answer = await ada.run("collections", account=account, contract=row["contractAddress"].upper().replace("0X", "0x"))
    assert 0 < len(answer.titles()) < 5
    assert set(answer.titles()) < set(listing.titles()) | {row["name"]}


async def test_shared_answers_are_for_everybody_and_buttons_for_the_one_who_asked(
    sandbox: SandboxClient, ada: Person
) -> None:
    other = await sandbox.person("brunowaves")
    private = await ada.run("collections", account="10001")
    shared = await ada.run("collections", account="10001", share=True)
    assert not shared.message["ephemeral"]
    seen = [message["id"] for message in await other.messages()]
    assert shared.message["id"] in seen
    assert private.message["id"] not in seen
    copy = await other.press(shared, "next")
    assert copy.message["ephemeral"]
    assert copy.titles() == shared.titles()
    assert (await other.press(copy, "next")).component("jump")["label"] == "2 / 6"
    theirs = await other.press(shared, "collections?ac=10001")  # below their own copy it is in place
    assert (theirs.message["ephemeral"], theirs.message["id"] != shared.message["id"]) == (True, True)
    assert (await ada.press(shared, "next")).component("jump")["label"] == "2 / 6"
    for purpose in ("fresh", "again", "open"):  # of what is not shared, others run nothing
        pressed = {"custom_id": f"tessera-run:{purpose}:accounts", "component_type": 2}
        assert "These buttons belong to the person" in (await other.send_handmade(3, pressed, shared)).text


async def test_what_goes_wrong_with_a_shared_answer_is_shown_to_the_person_alone(
    sandbox: SandboxClient,
) -> None:
    newcomer = await sandbox.person("brunowaves")
    before = len(await newcomer.messages())
    refused = await newcomer.run("collections", share=True)
    assert refused.text.startswith("Welcome! Which account is yours?")
    assert refused.message["ephemeral"]
    assert len(await newcomer.messages()) == before + 1  # and no "thinking…" stays


async def test_refresh_shows_the_answer_anew_in_its_place_and_ends_the_one_before(ada: Person) -> None:
    listing = await ada.press(await ada.run("collections", account="10001", sort="NAME"), "next")
    assert listing.component("jump")["label"] == "2 / 6"
    fresh = await ada.press(listing, "collections?ac=10001&so=NAME")
    assert fresh.message["id"] == listing.message["id"]
    assert fresh.component("jump")["label"] == "1 / 6"
    assert (await ada.press(fresh, "next")).component("jump")["label"] == "2 / 6"


async def test_an_error_that_may_pass_is_tried_again_in_its_place_with_a_clock(
    sandbox: SandboxClient, ada: Person
) -> None:
    await sandbox.fault("status", status=503)
    error = await ada.run("collections", account="10009")
    assert re.search(r"Try again <t:\d+:R>\.$", error.text)
    failed = await sandbox.tried(await ada.press(error, "collections?ac=10009"))
    assert failed.message["id"] == error.message["id"]
    assert [item["label"] for item in failed.components()] == ["Try again"]
    await sandbox.clear_faults()
    no_help = await ada.run("collections", account="nothing")
    assert no_help.components() == []


async def test_an_account_that_holds_nothing_is_shown_as_such(ada: Person) -> None:
    answer = await ada.run("collections", account="10003")
    assert "This account holds no NFTs, says Loopring." in answer.text
    assert [item["label"] for item in answer.components()] == ["Refresh"]


async def test_an_account_that_was_never_activated_can_hold_nfts(ada: Person) -> None:
    assert (await ada.run("collections", account="10004")).titles()


async def test_hostile_words_and_pictures_come_out_harmless(ada: Person) -> None:
    answer = await ada.run("collections", account="10001", sort="NAME")
    seen = answer.text
    for _ in range(5):
        answer = await ada.press(answer, "next")
        seen += answer.text
        for embed in answer.embeds:
            url = embed.get("footer", {}).get("icon_url", "https://")
            assert url.startswith(("https://", "http://127.0.0.1"))
            assert "169.254" not in url
    assert "*name hidden, looks like spam*" in seen
    assert "FREE" not in seen
    assert "@everyone" not in seen
    assert "https://" not in seen
    assert "\u202e" not in seen


async def test_one_collection_by_its_number(ada: Person) -> None:
    answer = await ada.run("collection", id="254")
    assert answer.embeds[0]["title"] == "Harbour Lights"
    assert answer.embeds[0]["footer"]["text"] == "Loopring · collection 254, as of"
    assert "Held" not in answer.text
    by_link = await ada.run("collection", id=f"https://explorer.loopring.io/collections/254?{'x' * 100}")
    assert by_link.component("collection?id=loopring:254")["label"] == "Refresh"  # what was understood has room


async def test_a_very_long_description_is_shown_whole(ada: Person) -> None:
    listing = await ada.run("collections", account="10001", sort="NAME")
    pages = 0
    while "327" not in [option["value"] for option in listing.component("open")["options"]]:
        listing = await ada.press(listing, "next")
        pages += 1
        assert pages < 6
    card = await ada.press(listing, "open", "327")
    text = card.embeds[0]["description"]
    more = await ada.press(card, "next")
    assert len(text) > 2500
    assert len(more.embeds[0]["description"]) > 1000


async def test_help_and_about_answer_from_memory(sandbox: SandboxClient, ada: Person) -> None:
    await sandbox.fault("status", path="", status=503)
    help_text = (await ada.run("help")).text
    assert "What an account holds, grouped by collection" in help_text
    assert "</collections:" in help_text
    about = (await ada.run("about")).text
    assert "Data source: Loopring" in about
    assert "Last success" in about
