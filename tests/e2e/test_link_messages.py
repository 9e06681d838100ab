"""The message that holds the link to the page: its buttons, and how it shows the result of a proof."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.links.proofs import ProofMethod
from tests.e2e.clocked import has_become, has_notifications, text_of, url_of
from tests.sandbox_client import Person
from tests.web.harness import PageHarness


@pytest.mark.parametrize("harness", [ProofMethod.OAUTH], indirect=True)
async def test_the_message_with_the_link_shows_the_result(harness: PageHarness) -> None:
    ada = await harness.sandbox.person("ada")
    answer = await ada.run("verify", account="10001")
    assert answer.message["ephemeral"]
    assert "Log in to Discord there, as **ada**." in answer.text
    assert f"We only ever use `{harness.url}`." in answer.text
    assert url_of(answer).startswith(f"{harness.url}/v#t=")
    browser = harness.browser()
    await browser.open(url_of(answer))
    await browser.log_in(ada.user)
    assert (await browser.sign("10001")).body["step"] == "done"
    linked = await has_become(harness, answer, "Linked")
    undone = await ada.press(linked, "unlink")
    assert "`loopring:10001` and the proof." in undone.text
    assert await harness.accounts("ada") == {}


@pytest.mark.parametrize("harness", [ProofMethod.OAUTH], indirect=True)
async def test_links_that_others_open_lock_the_member_out_and_warn_the_servers_owner(harness: PageHarness) -> None:
    mallory, hana = await harness.sandbox.person("wren"), await harness.sandbox.person("hana")
    owner = await harness.sandbox.person("rosalind")
    for number in (1, 2, 3):
        answer = await mallory.run("verify")
        browser = harness.browser()
        await browser.open(url_of(answer))
        await browser.log_in(hana.user)
        refused = await has_become(harness, answer, "Nothing was linked")
        assert "Links are for you alone: never send one to anybody." in refused.text
        assert ("you cannot verify for a day" in refused.text) == (number == 3)
        assert refused.components() == []
    await has_notifications(owner, "Links of a member were opened by others")
    (message,) = await owner.direct_messages()
    assert f"**wren** (`{mallory.user}`) in **The Mosaic Society**" in message["embeds"][0]["description"]
    locked = await mallory.run("verify")
    assert "you cannot verify for a day" in locked.text


async def in_second_guild(harness: PageHarness, username: str) -> Person:
    """Somebody in the Harbour Lights Club, whose owner is soren; the bot itself is rosalind's."""
    person = await harness.sandbox.person(username)
    guilds = (await harness.sandbox.get("/_client/state", user=person.user))["guilds"]
    guild = next(each for each in guilds if each["name"] == "Harbour Lights Club")
    return replace(person, guild=guild["id"], channel=guild["channels"][0]["id"])


@pytest.mark.parametrize("harness", [ProofMethod.OAUTH], indirect=True)
@pytest.mark.parametrize("refusing", ["", "rosalind", "soren"])
async def test_the_warning_goes_to_the_owners_of_server_and_bot_where_they_accept_messages(
    harness: PageHarness, refusing: str
) -> None:
    """The server may be the thief's own."""
    lotte, hana = await in_second_guild(harness, "lotte"), await harness.sandbox.person("hana")
    owners = {name: await harness.sandbox.person(name) for name in ("rosalind", "soren")}
    if refusing:
        await owners.pop(refusing).set_direct_messages(accepts=False)
    for _ in range(3):
        answer = await lotte.run("verify")
        browser = harness.browser()
        await browser.open(url_of(answer))
        await browser.log_in(hana.user)
        await has_become(harness, answer, "Nothing was linked")
    for owner in owners.values():
        await has_notifications(owner, "Links of a member were opened by others")
        (message,) = await owner.direct_messages()
        assert "**lotte**" in message["embeds"][0]["description"]
        assert "in **Harbour Lights Club**" in message["embeds"][0]["description"]


@pytest.mark.parametrize("harness", [ProofMethod.OAUTH], indirect=True)
async def test_a_newer_link_replaces_an_older_one_and_a_cancelled_one_says_so(harness: PageHarness) -> None:
    ada = await harness.sandbox.person("ada")
    older = await ada.run("verify")
    newer = await ada.run("verify")
    replaced = await has_become(harness, older, "This link is not valid any more")
    assert replaced.components() == []
    browser = harness.browser()
    await browser.open(url_of(newer))
    await browser.log_in(ada.user)
    await browser.post("cancel")
    assert (await has_become(harness, newer, "Cancelled")).components() == []


@pytest.mark.parametrize("harness", [ProofMethod.OAUTH], indirect=True)
async def test_a_link_that_nobody_follows_expires(harness: PageHarness) -> None:
    # Its ten minutes, and what is granted on top, are almost over when it is made.
    harness.pass_time(timedelta(minutes=-10, seconds=-44.5))
    ada = await harness.sandbox.person("ada")
    answer = await ada.run("verify")
    expired = await has_become(harness, answer, "The link has expired")
    assert expired.components() == []


@pytest.mark.parametrize("harness", [ProofMethod.CODE], indirect=True)
async def test_without_a_login_the_code_of_the_page_is_typed_by_the_member_who_made_the_link(
    harness: PageHarness,
) -> None:
    ada = await harness.sandbox.person("ada")
    answer = await ada.run("verify", account="10001")
    await ada.submit(await ada.press(answer, "code"), code="ABCD-2345")
    assert "There is nothing to type a code for. Open your link first" in await last_description(ada)
    browser = harness.browser()
    await browser.open(url_of(answer))
    signed = await browser.sign("10001")
    code = signed.body["code"]
    await ada.submit(await ada.press(answer, "code"), code="0000-0000")
    assert "That is not the code that the page showed. 4 more tries." in await last_description(ada)
    assert await harness.accounts("ada") == {}
    done = await ada.submit(await ada.press(answer, "code"), code=code.lower())
    assert done.embeds[0]["title"] == "Linked"
    assert await harness.accounts("ada") == {"loopring:10001": True}


@pytest.mark.parametrize("harness", [ProofMethod.CODE], indirect=True)
async def test_a_code_that_is_typed_when_its_message_has_ended_is_answered_below(harness: PageHarness) -> None:
    ada = await harness.sandbox.person("ada")
    older = await ada.run("verify", account="10001")
    modal = await ada.press(older, "code")
    newer = await ada.run("verify", account="10001")
    ended = await has_become(harness, older, "This link is not valid any more")
    browser = harness.browser()
    await browser.open(url_of(newer))
    code = (await browser.sign("10001")).body["code"]
    await ada.submit(modal, code=code)
    assert await harness.accounts("ada") == {"loopring:10001": True}
    last = (await ada.messages())[-1]
    assert last["embeds"][0]["title"] == "Linked"
    assert last["ephemeral"]
    assert last["id"] not in (older.message["id"], newer.message["id"])
    assert (await harness.sandbox.current(older)).text == ended.text


@pytest.mark.parametrize("harness", [ProofMethod.CODE], indirect=True)
async def test_beside_a_page_the_signature_can_be_pasted_where_that_is_allowed(harness: PageHarness) -> None:
    ada = await harness.sandbox.person("ada")
    answer = await ada.run("verify", account="10001")
    elsewhere = await ada.press(answer, "elsewhere")
    assert elsewhere.message["ephemeral"]
    await has_become(harness, answer, "This link is not valid any more")
    text = text_of(elsewhere)
    signature = await harness.sandbox.signature(text, "10001")
    pasted = json.dumps({"address": "0x90e78956725e312a4217e90bdd1d8a496f018a71", "msg": text, "sig": signature})
    done = await ada.submit(await ada.press(elsewhere, "paste"), signature=pasted)  # as MyCrypto gives it
    assert done.embeds[0]["title"] == "Linked"


@pytest.mark.parametrize("harness", [ProofMethod.CODE], indirect=True)
async def test_without_an_account_there_is_no_button_that_could_only_fail(harness: PageHarness) -> None:
    hana = await harness.sandbox.person("hana")
    assert [item["label"] for item in (await hana.run("verify")).components()] == ["Open the page", "Enter code"]
    await hana.run("link", account="10002")
    one = await hana.run("verify")
    assert [item["label"] for item in one.components()][-1] == "Sign elsewhere and paste"
    assert "10002" in text_of(await hana.press(one, "elsewhere"))
    await hana.run("link", account="10003")
    assert [item["label"] for item in (await hana.run("verify")).components()] == ["Open the page", "Enter code"]


@pytest.mark.parametrize("harness", [ProofMethod.OAUTH], indirect=True)
async def test_a_signer_is_only_named_where_signatures_are_pasted(harness: PageHarness) -> None:
    ada = await harness.sandbox.person("ada")
    answer = await ada.run("verify", account="10001", signer=await harness.address("10001"))
    assert "connect that key on the page" in answer.text
    assert [item["label"] for item in (await ada.run("verify")).components()] == ["Open the page"]


async def last_description(person: Person) -> str:
    """The description of the last message that somebody sees."""
    last: dict[str, Any] = (await person.messages())[-1]
    return str(last["embeds"][0]["description"])
