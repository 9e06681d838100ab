"""What members do with their accounts in Discord: link, list, name, share, unlink, and ask about each other.

The bot's store outlives a test, so each test has members of its own.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import aiohttp
import pytest

from bot.cogs.holdings.card_parts import PROVEN
from tests.e2e.holders import prove
from tests.sandbox_client import Answer, Person, SandboxClient


async def linked(sandbox: SandboxClient, username: str, *accounts: str) -> Person:
    """Somebody who linked accounts."""
    person = await sandbox.person(username)
    for account in accounts:
        answer = await person.run("link", account=account)
        assert answer.embeds[0]["title"] == "Linked, not proven yet"
    return person


async def chosen(person: Person, account: str) -> Answer:
    """Somebody's list, with an account chosen in it."""
    return await person.press(await person.run("accounts"), "choose", account)


def labels(answer: Answer) -> list[str]:
    """The labels of the buttons of an answer."""
    return [item["label"] for item in answer.components() if "label" in item]


async def test_a_linked_account_is_unproven_and_shown_by_collections_without_an_account(sandbox: SandboxClient) -> None:
    lotte = await sandbox.person("lotte")
    answer = await lotte.run("link", account="10001")
    assert answer.message["ephemeral"]
    assert "`loopring:10001`, owner `0x90E7…8A71`" in answer.text
    assert "**unproven**: `/collections` shows it, and it never counts for roles" in answer.text
    assert labels(answer) == ["Prove it is mine", "Show its collections"]
    again = await lotte.run("link", account="0x90e78956725e312a4217e90bdd1d8a496f018a71")
    assert again.embeds[0]["title"] == "Already linked"
    shown = await sandbox.settled(await lotte.run("collections"))
    assert shown.account_and_source() == ("10001", "Loopring")
    assert "\n**30 collections** · 94 different · Your main account, *unproven*" in shown.embeds[0]["description"]
    typed = await sandbox.settled(await lotte.run("collections", account="10001"))
    assert "main account" not in typed.text


async def test_proven_accounts_are_shown_together_and_each_as_a_tab(sandbox: SandboxClient) -> None:
    soren = await linked(sandbox, "soren", "10007", "10017", "10001")
    await prove(soren, "10007")
    one = await sandbox.settled(await soren.run("collections"))
    assert one.account_and_source()[0] == "10007"  # the main one, as long as no other is proven
    await prove(soren, "10017")
    together = await soren.run("collections")
    header = together.embeds[0]
    assert header["description"].startswith("**Your 2 proven accounts** · oldest answer <t:")
    assert header["color"] == PROVEN.value
    assert list(together.tabs()) == ["All", "Loopring 10007", "Loopring 10017"]
    (lights,) = [card for card in together.embeds[1:] if card["description"].startswith("**Harbour Lights**")]
    assert re.search(r"\*\* · \d+ \+ \d+ different$", lights["description"])
    by_one = await soren.press(together, "tab:loopring:10017")
    assert by_one.account_and_source()[0] == "10017"
    assert "Yours, proven" in by_one.embeds[0]["description"]
    back = await soren.press(by_one, "tab:all")
    assert back.titles() == together.titles()
    opened = await soren.press(back, "open", "loopring:254")
    counts = [int(each) for each in re.findall(r"\d+", lights["description"])]
    held = next(field["value"] for field in opened.embeds[0]["fields"] if field["name"] == "Held")
    assert max(counts) <= int(held.split()[0]) <= sum(counts)
    shared = await sandbox.settled(await soren.run("collections", share=True))
    assert shared.account_and_source()[0] == "10007"  # which accounts are one person's is not posted
    for again in ("again", "fresh"):  # nor by a button below what everybody sees, such as an error
        pressed = {"custom_id": f"tessera-run:{again}:collections", "component_type": 2}
        shown = await sandbox.settled(await sandbox.tried(await soren.send_handmade(3, pressed, shared)))
        assert (shown.message["id"], shown.account_and_source()[0]) == (shared.message["id"], "10007")


async def test_the_list_leads_to_everything_that_can_be_done(sandbox: SandboxClient) -> None:
    hana = await linked(sandbox, "hana", "10002", "10007")
    panel = await hana.run("accounts")
    assert panel.message["ephemeral"]
    assert panel.text.index("★ `loopring:10002`") < panel.text.index("`loopring:10007`")
    assert panel.text.count("*unproven*") == 2
    assert panel.component("main")["disabled"]

    panel = await hana.press(panel, "choose", "loopring:10007")
    panel = await hana.press(panel, "main")
    assert "`loopring:10007` is your main account now." in panel.text
    assert "★ `loopring:10007`" in panel.text
    panel = await hana.submit(await hana.press(panel, "label"), label="cold *wallet*")
    assert r"★ **cold \*wallet\*** · `loopring:10007`" in panel.text
    await hana.submit(await hana.press(panel, "label"), label="a\N{ZERO WIDTH SPACE}b")
    assert "at most 32 letters" in (await hana.messages())[-1]["embeds"][0]["description"]

    asked = await hana.press(panel, "remove")
    assert asked.embeds[0]["title"] == "Unlink this account?"
    unchanged = await hana.press(asked, "no")
    assert "loopring:10007" in unchanged.text
    gone = await hana.press(await hana.press(unchanged, "remove"), "yes")
    assert "`loopring:10007`." in gone.text
    assert "★ `loopring:10002`" in gone.text
    last = await hana.press(await hana.press(gone, "remove"), "yes")
    assert "You have no account linked." in last.text
    assert labels(last)[0] == "Link an account"


async def test_others_see_an_account_only_where_it_is_shared(sandbox: SandboxClient) -> None:
    elif_, jokull = await linked(sandbox, "elif", "10001"), await sandbox.person("jokull")
    refused = await jokull.run("collections", member=elif_.user)
    assert "That member shares no account here." in refused.text
    assert (await jokull.run("collections", member=jokull.user)).text == (await jokull.run("collections")).text

    panel = await elif_.run("accounts")
    assert panel.component("share")["label"].endswith("off")
    panel = await elif_.press(panel, "share")
    assert panel.component("share")["label"].endswith("on")
    shown = await sandbox.settled(await jokull.run("collections", member=elif_.user))
    assert "\n**30 collections** · 94 different · Shared by **Elif**, *unproven*" in shown.embeds[0]["description"]

    for mention in (f"<@{elif_.user}>", f" <@!{elif_.user}>"):  # as Discord sends what is chosen after an @
        mentioned = await sandbox.settled(await jokull.run("collections", account=mention))
        assert mentioned.embeds[0]["description"] == shown.embeds[0]["description"]

    public = await sandbox.settled(await jokull.run("collections", member=elif_.user, share=True))
    assert not public.message["ephemeral"]
    await elif_.press(panel, "share")
    gone = await jokull.press(public, f"collections?ac=<@{elif_.user}>")
    assert (gone.message["id"], gone.components()) == (public.message["id"], [])
    assert gone.text.splitlines() == ["No longer shared", refused.text.splitlines()[-1]]
    assert (await jokull.run("collections", member=elif_.user)).text == refused.text
    assert (await jokull.run("collections", account=f"<@{elif_.user}>")).text == refused.text


async def test_an_account_and_a_member_cannot_be_named_together(sandbox: SandboxClient) -> None:
    priya = await sandbox.person("priya")
    answer = await priya.run("collections", account="10001", member=priya.user)
    assert "Name either an account or a member, not both." in answer.text


async def test_who_is_mentioned_and_not_here_is_said_to_be_no_member_and_elsewhere_no_account(
    sandbox: SandboxClient,
) -> None:
    priya = await sandbox.person("priya")
    answer = await priya.run("collections", account="<@123456789012345678>")
    assert "That person is not in this server." in answer.text
    answer = await priya.run("link", account=f"<@{priya.user}>")
    assert "That is a member, and not an account." in answer.text


@pytest.mark.parametrize(
    "account",
    [
        "https://explorer.loopring.io/account/10001",
        "#10001",
        pytest.param("https://etherscan.io/address/0xf153278d25b7c23da3d5183d43fb68321778175d", id="etherscan"),
        pytest.param(f"https://etherscan.io/address/0xf153278d25b7c23da3d5183d43fb68321778175d?{'x' * 100}", id="long"),
        pytest.param("\u200e`0xf153278d25b7c23da3d5183d43fb68321778175d`.\u200b", id="with what stands around"),
    ],
)
async def test_the_page_of_an_account_is_understood(sandbox: SandboxClient, account: str) -> None:
    priya = await sandbox.person("priya")
    answer = await priya.run("collections", account=account)
    assert answer.account_and_source()
    is_link = account.startswith("https://")
    assert ("I took that" in answer.text) == is_link
    refresh = next(item["custom_id"] for item in answer.components() if "tessera-run:fresh" in item["custom_id"])
    assert "http" not in refresh  # what was understood, for which there is room
    linked = await priya.run("link", account=account)
    assert ("I took that" in linked.text) == is_link
    mistyped = await priya.run("collections", account="0xF153278d25b7c23da3d5183d43fb68321778175d")
    assert "has a typing mistake: its capital letters are a checksum (EIP-55)" in mistyped.text
    refused = await priya.run("collections", account="https://opensea.io/collection/harbour-lights")
    assert "That link leads to something else, and not to an account." in refused.text


async def test_own_accounts_are_suggested(sandbox: SandboxClient) -> None:
    kwame = await linked(sandbox, "kwame", "10002", "10007", "10010")
    await kwame.submit(await kwame.press(await chosen(kwame, "loopring:10010"), "label"), label="Cellar")
    every = ["loopring:10002", "loopring:10007", "loopring:10010"]
    for command in ("collections", "unlink", "verify"):
        assert await kwame.suggestions(command, "account") == every
        assert await kwame.suggestions(command, "account", "cell") == ["loopring:10010"]
        assert await kwame.suggestions(command, "account", "0x") == every
        assert await kwame.suggestions(command, "account", "99") == []
    stranger = await sandbox.person("nadia_")
    assert await stranger.suggestions("unlink", "account") == []


async def test_unlinking_asks_once(sandbox: SandboxClient) -> None:
    oisin = await linked(sandbox, "oisin", "10010")
    assert "is not among your accounts" in (await oisin.run("unlink", account="10001")).text
    asked = await oisin.run("unlink", account="10010")
    assert asked.message["ephemeral"]
    assert "Nothing was changed." in (await oisin.press(asked, "no")).text
    done = await oisin.press(await oisin.run("unlink", account="loopring:10010"), "yes")
    assert "`loopring:10010`." in done.text
    assert done.components() == []
    assert "You have no account linked." in (await oisin.run("accounts")).text


async def test_nobody_sees_or_presses_what_is_somebody_elses(sandbox: SandboxClient) -> None:
    quill, soren = await linked(sandbox, "quill", "10011"), await sandbox.person("soren")
    panel = await quill.run("accounts")
    assert await soren.messages() == []
    with pytest.raises(AssertionError, match="there is no such message"):
        await soren.press(panel, "share")


async def test_help_names_every_command(sandbox: SandboxClient) -> None:
    answer = await (await sandbox.person("wren")).run("help")
    for command in ("link", "unlink", "verify", "accounts", "privacy export", "privacy delete", "collections"):
        assert f"</{command}:" in answer.text
    assert "vouch" not in answer.text


# ---------------------------------------------------------------- sources down; the bot spares them for a while after


async def test_an_account_of_a_source_that_is_down_can_be_linked(sandbox: SandboxClient) -> None:
    await sandbox.fault("status", path="", status=503)
    mateo = await sandbox.person("mateo")
    asked = await mateo.press(await mateo.run("collections"), "link")
    assert labels(await mateo.submit(asked, account="ada.loopring.eth")) == ["Try again"]
    answer = await mateo.run("link", account="10016")
    assert "Its owner is not known for certain yet. Tessera will find out when you prove it." in answer.text
    assert "10016" in (await mateo.run("accounts")).text
    refused = await mateo.press(answer, "prove")
    assert "Who owns that account cannot be found out right now" in refused.text


async def test_with_every_source_down_members_can_unlink_export_and_delete(sandbox: SandboxClient) -> None:
    tomasz = await linked(sandbox, "tomasz", "10002", "10013")
    await sandbox.fault("reset", path="")
    assert "loopring:10013" in (await tomasz.run("accounts")).text
    await tomasz.press(await tomasz.run("unlink", account="10013"), "yes")

    exported = await tomasz.run("privacy export")
    assert exported.message["ephemeral"]
    data = await fetched(exported.message["attachments"][0]["url"])
    assert data["discord_user_id"] == tomasz.user
    assert [link["account"] for link in data["links"]] == ["loopring:10002"]
    assert [entry["verb"] for entry in data["audit"]] == ["unlink"]

    asked = await tomasz.run("privacy delete")
    assert "1 account with labels and proofs" in asked.text
    assert "for 180 days" in asked.text
    done = await tomasz.press(asked, "yes")
    assert "Your data is deleted, with 1 linked account." in done.text
    assert "You have no account linked." in (await tomasz.run("accounts")).text


async def test_two_confirmations_of_a_deletion_both_end_well(sandbox: SandboxClient) -> None:
    """From a phone and a desktop: neither stops half way because the other one was faster."""
    jokull = await linked(sandbox, "jokull", "10001", "10007", "10013")
    asked = [await jokull.run("privacy delete") for _ in range(2)]
    done = await asyncio.gather(*(jokull.press(each, "yes") for each in asked))
    assert [each.embeds[0]["title"] for each in done] == ["Deleted", "Deleted"]
    assert "You have no account linked." in (await jokull.run("accounts")).text


async def fetched(url: str) -> Any:
    """A file that the bot attached."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return json.loads(await response.read())
