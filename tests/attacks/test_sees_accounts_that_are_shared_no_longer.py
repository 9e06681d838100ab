"""The attacker asks for, and pages through, what somebody shared once: after they stopped, left, or chose another one.

Jokull is the attacker. The bot's store outlives a test, so each test has members of its own, who start with nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import open_bot
from tests.sandbox_client import Answer, Person, SandboxClient

REFUSED = "That member shares no account here. Each member decides that in `/accounts`."
UNDECIDED = "Who is still a member of that server cannot be found out right now"
OWNER = "0xf153278d25b7c23da3d5183d43fb68321778175d"  # owns loopring:10002, and collections on Ethereum
LOOPRING, ON_ETHEREUM = "loopring:10002", f"eip155:1:{OWNER}"
BIG = "loopring:10005"  # 132 collections
ETHEREUM = """
[[source]]
name = "ethereum"
kind = "blockscout"
base_url = "SANDBOX/blockscout/1/api/v2"
chain_id = 1
requests_per_second = 1000
"""
SECOND_GUILD = "910000000000010000"
BOT = "900000000000000001"
JOINED_AT = "2024-01-01T00:00:00.000000+00:00"


@pytest.fixture(scope="module")
async def module_sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SandboxClient]:
    """A bot that asks Loopring and Ethereum."""
    async with open_bot(
        tmp_path_factory.mktemp("bot"), sources=ETHEREUM, loopring="requests_per_second = 1000"
    ) as sandbox:
        yield sandbox


@pytest.fixture
async def jokull(sandbox: SandboxClient) -> Person:
    """The one who looks."""
    await sandbox.post("/_sandbox/blockscout", {"per_second": 1000})
    return await sandbox.person("jokull")


async def sharing(sandbox: SandboxClient, username: str, *accounts: str, linked: tuple[str, ...] = ()) -> Person:
    """Somebody who linked accounts, of which the first is the main one, and shares some of them in the first guild."""
    person = await sandbox.person(username)
    for account in linked or accounts:
        await person.run("link", account=account)
    for account in accounts:
        panel = await person.press(await person.run("accounts"), "choose", account)
        panel = await person.press(panel, "share")
        assert panel.component("share")["label"].endswith("on")
    return person


LABELS = {LOOPRING: "Loopring", ON_ETHEREUM: "Ethereum (Blockscout)"}


def hidden_account(answer: Answer) -> str:
    """Which of the two accounts is behind a tab; what was linked within one second is in no order."""
    _, shown = answer.account_and_source()
    return next(account for account, label in LABELS.items() if label != shown)


async def assert_withdrawn(sandbox: SandboxClient, answer: Answer) -> None:
    """The answer is one sentence now, without anything to press."""
    now = await sandbox.current(answer)
    assert [(embed["title"], embed["description"]) for embed in now.embeds] == [("No longer shared", REFUSED)]
    assert now.components() == []


# ---------------------------------------------------------------- asking


async def test_somebody_who_left_is_refused_in_the_same_words_as_anybody_else(
    sandbox: SandboxClient, jokull: Person
) -> None:
    shares = await sharing(sandbox, "elif", LOOPRING)
    silent, unknown = await sandbox.person("wren"), await sandbox.person("quill")
    await silent.run("link", account=LOOPRING)
    await sandbox.settled(await jokull.run("collections", member=shares.user))
    await shares.leave()
    refusals = [await jokull.run("collections", member=person.user) for person in (shares, silent, unknown)]
    assert {refusal.text for refusal in refusals} == {f"Please check your request\n{REFUSED}"}


async def test_a_member_who_returns_shares_nothing_until_they_say_so_again(
    sandbox: SandboxClient, jokull: Person
) -> None:
    lotte = await sharing(sandbox, "lotte", LOOPRING)
    await lotte.leave()
    await lotte.join()
    assert REFUSED in (await jokull.run("collections", member=lotte.user)).text
    panel = await lotte.run("accounts")
    assert "Nobody else sees your accounts." in panel.text
    await lotte.press(panel, "share")
    assert "Shared by **Lotte**" in (await sandbox.settled(await jokull.run("collections", member=lotte.user))).text


async def test_another_main_account_is_not_shown_in_place_of_the_shared_one(
    sandbox: SandboxClient, jokull: Person
) -> None:
    hana = await sharing(sandbox, "hana", LOOPRING, linked=(LOOPRING, "loopring:10001"))
    await hana.press(await hana.press(await hana.run("accounts"), "choose", "loopring:10001"), "main")
    answer = await sandbox.settled(await jokull.run("collections", member=hana.user))
    assert answer.account_and_source()[0] == "10002"


async def test_an_account_that_was_unlinked_is_not_shared_by_linking_it_again(
    sandbox: SandboxClient, jokull: Person
) -> None:
    goro = await sharing(sandbox, "goro_san", LOOPRING)
    await goro.press(await goro.run("unlink", account=LOOPRING), "yes")
    await goro.run("link", account=LOOPRING)
    assert REFUSED in (await jokull.run("collections", member=goro.user)).text


async def test_a_share_in_one_server_shows_nothing_in_another(sandbox: SandboxClient, jokull: Person) -> None:
    priya = await sharing(sandbox, "priya", LOOPRING)
    elsewhere = replace(jokull, guild=SECOND_GUILD, channel="910000000000010101")
    assert REFUSED in (await elsewhere.run("collections", member=priya.user)).text


async def test_nobody_is_shown_in_direct_messages(sandbox: SandboxClient, jokull: Person) -> None:
    oisin = await sharing(sandbox, "oisin", LOOPRING)
    refused = await jokull.in_direct_messages().run("collections", member=oisin.user)
    assert "Members share their accounts with a server: use the command in that server." in refused.text


async def test_a_bot_that_a_person_brought_along_shows_nobody(sandbox: SandboxClient, jokull: Person) -> None:
    """Installed by a user instead of the server, as Discord says with each interaction."""
    soren = await sharing(sandbox, "soren", LOOPRING)
    commands = await sandbox.get("/_client/commands", user=jokull.user, guild=jokull.guild)
    command = next(each for each in commands if each["name"] == "collections")
    data = {
        **{key: command[key] for key in ("id", "name", "type")},
        "options": [{"name": "member", "type": 6, "value": soren.user}],
        "resolved": {
            "users": {soren.user: {"id": soren.user, "username": "soren", "discriminator": "0", "avatar": None}},
            "members": {soren.user: {"roles": [], "joined_at": JOINED_AT, "permissions": "0", "flags": 0}},
        },
    }
    assert "Shared by" in (await jokull.send_handmade(2, data)).text
    refused = await jokull.send_handmade(2, data, integration_owners={"1": jokull.user})
    assert REFUSED in refused.text


# ---------------------------------------------------------------- tabs


async def test_the_same_owners_account_on_another_network_is_no_tab_unless_it_is_shared(
    sandbox: SandboxClient, jokull: Person
) -> None:
    kwame = await sharing(sandbox, "kwame", LOOPRING, linked=(LOOPRING, ON_ETHEREUM))
    own = await sandbox.settled(await jokull.run("collections", account=LOOPRING))
    assert len(own.tabs()) == 2  # there is an account on Ethereum
    answer = await sandbox.settled(await jokull.run("collections", member=kwame.user))
    assert answer.tabs() == {}

    both = await sharing(sandbox, "tomasz", LOOPRING, ON_ETHEREUM)
    answer = await sandbox.settled(await jokull.run("collections", member=both.user))
    assert set(answer.tabs()) == set(LABELS.values())
    other = hidden_account(answer)
    switched = await jokull.press(answer, f"tab:{other}")
    assert "Shared by **Tomasz**" in switched.embeds[0]["description"]
    assert switched.account_and_source()[1] == LABELS[other]


async def test_a_tab_of_an_account_that_is_shared_no_longer_leads_nowhere_and_the_log_does_not_name_it(
    sandbox: SandboxClient, jokull: Person, caplog: pytest.LogCaptureFixture
) -> None:
    nadia = await sharing(sandbox, "nadia_", LOOPRING, ON_ETHEREUM)
    answer = await sandbox.settled(await jokull.run("collections", member=nadia.user))
    other = hidden_account(answer)
    panel = await nadia.press(await nadia.run("accounts"), "choose", other)
    panel = await nadia.press(panel, "share")
    assert panel.component("share")["label"].endswith("off")
    with caplog.at_level(logging.INFO):
        await jokull.press(answer, f"tab:{other}")
    assert "tab: InputError" in [record.getMessage() for record in caplog.records]
    assert other not in caplog.text
    assert (await jokull.messages())[-1]["embeds"][0]["description"] == "That account is not shared here."
    assert hidden_account(await sandbox.current(answer)) == other


# ---------------------------------------------------------------- pressing


@pytest.mark.parametrize("action", ["next", "open"])
async def test_no_press_shows_more_once_sharing_was_stopped(
    sandbox: SandboxClient, jokull: Person, action: str
) -> None:
    big = await sharing(sandbox, "big_tuna", BIG)
    answer = await sandbox.settled(await jokull.run("collections", member=big.user))
    panel = await big.run("accounts")
    await big.press(panel, "stop-sharing")
    values = [answer.component("open")["options"][0]["value"]] if action == "open" else []
    await jokull.press(answer, action, *values)
    await assert_withdrawn(sandbox, answer)


@pytest.mark.parametrize(("action", "username"), [("next", "ironwood"), ("open", "juniper")])
async def test_no_press_shows_more_once_the_member_left(
    sandbox: SandboxClient, jokull: Person, action: str, username: str
) -> None:
    leaver = await sharing(sandbox, username, BIG)
    answer = await sandbox.settled(await jokull.run("collections", member=leaver.user))
    await leaver.leave()
    values = [answer.component("open")["options"][0]["value"]] if action == "open" else []
    await jokull.press(answer, action, *values)
    await assert_withdrawn(sandbox, answer)


@pytest.mark.parametrize(("username", "typed"), [("yusuf", "3"), ("uma", "a")], ids=["page", "search"])
async def test_a_modal_that_is_open_when_sharing_stops_leads_nowhere(
    sandbox: SandboxClient, jokull: Person, username: str, typed: str
) -> None:
    yusuf = await sharing(sandbox, username, BIG)
    answer = await sandbox.settled(await jokull.run("collections", member=yusuf.user))
    asked = await jokull.press(answer, "jump")
    await yusuf.press(await yusuf.run("accounts"), "stop-sharing")
    later = await jokull.press(answer, "jump")  # nobody is asked, as it shows nothing
    assert later["modal"]["title"] == "Go to a page, or search"
    await jokull.submit(asked, page=typed)
    await assert_withdrawn(sandbox, answer)


async def test_what_was_opened_cannot_be_paged_or_left_once_sharing_stopped(
    sandbox: SandboxClient, jokull: Person
) -> None:
    zelda = await sharing(sandbox, "zelda", LOOPRING)
    answer = await sandbox.settled(await jokull.run("collections", member=zelda.user))
    opened = await jokull.press(answer, "open", answer.component("open")["options"][0]["value"])
    await zelda.press(await zelda.run("accounts"), "stop-sharing")
    await jokull.press(opened, "back")
    await assert_withdrawn(sandbox, answer)


async def test_a_list_that_still_arrives_ends_with_the_share(sandbox: SandboxClient, jokull: Person) -> None:
    account = await sandbox.new_account(collections=132)
    marrow = await sharing(sandbox, "marrow", f"loopring:{account}")
    await sandbox.fault("slow", seconds=1.0, after=1)
    first = await jokull.run("collections", member=marrow.user)
    assert "still reading" in first.text
    await marrow.press(await marrow.run("accounts"), "stop-sharing")
    async with asyncio.timeout(60):
        while "still reading" in (await sandbox.current(first)).text:  # noqa: ASYNC110 - the state is another program's
            await asyncio.sleep(0.02)
    await assert_withdrawn(sandbox, first)


async def test_what_was_withdrawn_stays_so_though_more_of_the_list_arrives(
    sandbox: SandboxClient, jokull: Person
) -> None:
    """Someone who left is still a member to the reading that began before: it asks only the store again."""
    account = await sandbox.new_account(collections=132)
    leaver = await sharing(sandbox, "kestrel", f"loopring:{account}")
    await sandbox.fault("slow", seconds=1.0, after=1)
    answer = await jokull.run("collections", member=leaver.user)
    assert "still reading" in answer.text
    await leaver.leave()
    await jokull.press(answer, "next")
    await assert_withdrawn(sandbox, answer)
    ada = await sandbox.person("ada")  # gets the same pages, to the last
    await sandbox.settled(await ada.run("collections", account=account))
    await assert_withdrawn(sandbox, answer)


async def test_what_is_being_opened_when_sharing_stops_is_not_shown(sandbox: SandboxClient, jokull: Person) -> None:
    account = await sandbox.new_account(collections=3)
    opener = await sharing(sandbox, "lanternfish", f"loopring:{account}")
    answer = await sandbox.settled(await jokull.run("collections", member=opener.user))
    await sandbox.fault("slow", path="collection/balances", seconds=2.0, times=1)
    value = answer.component("open")["options"][0]["value"]
    await jokull.press(answer, "open", value, wait="acknowledged")
    await sandbox.until_asked("collection/balances")
    await opener.press(await opener.run("accounts"), "stop-sharing")
    async with asyncio.timeout(60):
        while (await sandbox.current(answer)).components():  # noqa: ASYNC110 - the state is another program's
            await asyncio.sleep(0.02)
    await assert_withdrawn(sandbox, answer)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 403},
        {"kind": "status", "status": 503},
        {"kind": "slow", "seconds": 30},
    ],
    ids=lambda fault: f"{fault['kind']} {fault.get('status', '')}",
)
async def test_while_discord_does_not_say_who_is_a_member_nothing_more_is_shown(
    sandbox: SandboxClient, jokull: Person, xiulan: Person, fault: dict[str, Any]
) -> None:
    answer = await sandbox.settled(await jokull.run("collections", member=xiulan.user))
    path = f"/members/{xiulan.user}"
    await sandbox.post("/_sandbox/faults", {"service": "discord", "path": path, "times": 1} | fault)
    await jokull.press(answer, "next")
    refused = (await jokull.messages())[-1]
    assert UNDECIDED in refused["embeds"][0]["description"]
    assert refused["ephemeral"]
    assert (await sandbox.current(answer)).component("jump")["label"] == "1 / 27"
    assert (await jokull.press(answer, "next")).component("jump")["label"] == "2 / 27"


@pytest.fixture
async def xiulan(sandbox: SandboxClient) -> Person:
    """Somebody who shares a long list."""
    person = await sandbox.person("xiulan")
    if BIG not in (await person.run("accounts")).text:
        await sharing(sandbox, "xiulan", BIG)
    return person


async def test_the_one_who_is_shown_costs_discord_one_request_a_press_and_others_none(
    sandbox: SandboxClient, jokull: Person, xiulan: Person
) -> None:
    async def asked() -> int:
        traffic = await sandbox.get("/_sandbox/traffic", service="discord")
        return sum(f"/members/{xiulan.user}" in exchange["path"] for exchange in traffic["exchanges"])

    before = await asked()
    answer = await sandbox.settled(await jokull.run("collections", member=xiulan.user))
    await jokull.press(answer, "next")
    own = await sandbox.settled(await xiulan.run("collections"))
    await xiulan.press(own, "next")
    assert await asked() - before == 1


# ---------------------------------------------------------------- other doors


async def test_there_is_no_other_door_to_somebody_elses_account(sandbox: SandboxClient, jokull: Person) -> None:
    """A command that takes a person must be looked at here first.

    In a member's menu, "Show collections" is `/collections member:`; "Check holder" is for moderators alone, who see an
    account only where its member shares it.
    """
    commands = await sandbox.get("/_client/commands", user=jokull.user, guild=jokull.guild)
    menus = {command["name"] for command in commands if command["type"] != 1}
    assert menus <= {"Show collections", "Check holder"}
    options = {
        (command["name"], option["name"])
        for command in commands
        for option in command.get("options", [])
        if option["type"] in (6, 9)
    }
    assert options == {("collections", "member")}
    assert await jokull.suggestions("collections", "account") == []


# ---------------------------------------------------------------- one's own list


async def test_the_list_of_all_shares_is_everywhere_and_ends_them_all(sandbox: SandboxClient, jokull: Person) -> None:
    brunowaves = await sharing(sandbox, "brunowaves", LOOPRING)
    there = replace(brunowaves, guild=SECOND_GUILD, channel="910000000000010101")
    await there.press(await there.run("accounts"), "share")
    here = await brunowaves.run("accounts")
    assert "👁 `loopring:10002` in this server" in here.text
    assert "👁 `loopring:10002` in **Harbour Lights Club**" in here.text

    direct = brunowaves.in_direct_messages()
    panel = await direct.run("accounts")
    assert "in **The Mosaic Society**" in panel.text
    assert [item for item in panel.components() if item.get("custom_id", "").endswith(":share")] == []
    await sandbox.post("/_sandbox/members", {"action": "leave", "user": BOT, "guild": SECOND_GUILD})
    assert f"in a server that Tessera has left (`{SECOND_GUILD}`)" in (await direct.run("accounts")).text

    done = await direct.press(panel, "stop-sharing")
    assert "You share nothing any more." in done.text
    assert "Nobody else sees your accounts." in done.text
    assert REFUSED in (await jokull.run("collections", member=brunowaves.user)).text
