"""What admins decide by `/gate` happens in Discord: roles are given and taken, and the log channel says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from discord import Permissions

from tests.e2e.two_servers import press, question_to, running
from tests.sandbox_client import Answer, Person, SandboxClient, a_file

MOSAIC = 910000000000000000
WHALE, MOSAICIST = str(MOSAIC + 5), str(MOSAIC + 7)
CHANNEL = str(MOSAIC + 105)
FAST = "interval_minutes = 0.01\nremoval_misses = 1\nremoval_minutes = 0"


@pytest.fixture
async def live(bare_sandbox: SandboxClient, tmp_path: Path) -> AsyncIterator[SandboxClient]:
    """A bot that looks every second, and takes a role after one miss."""
    async with running(
        bare_sandbox, tmp_path, linking="manual = true", loopring="requests_per_second = 1000", sync=FAST
    ):
        yield bare_sandbox


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Return when something has become true."""
    async with asyncio.timeout(120):
        while not await holds():  # noqa: ASYNC110 - the state is another program's
            await asyncio.sleep(0.05)


async def proven(sandbox: SandboxClient, username: str, account: str) -> Person:
    """Somebody whose account a moderator vouched for, and whose holdings were read."""
    ada, member = await sandbox.person("ada"), await sandbox.person(username)
    await ada.run("vouch", member=member.user, account=account)
    await press(member, await question_to(member), "Confirm")
    await member.run("refresh")
    return member


def has(person: Person, role: str) -> Callable[[], Awaitable[bool]]:
    """Whether somebody has a role in Discord."""

    async def holds() -> bool:
        return role in await person.roles()

    return holds


def lacks(person: Person, role: str) -> Callable[[], Awaitable[bool]]:
    """Whether somebody has it not."""

    async def holds() -> bool:
        return role not in await person.roles()

    return holds


async def saved(admin: Person, answer: Answer) -> Answer:
    """Press Save."""
    answer = await admin.press(answer, "save")
    assert answer.embeds[0]["title"] == "Saved", answer.text
    return answer


async def posted(admin: Person) -> str:
    """What is in the log channel."""
    messages = await admin.sandbox.get("/_client/messages", user=admin.user, channel=CHANNEL)
    return "\n".join(str(each.get("description")) for message in messages for each in message["embeds"])


async def test_a_saved_gate_gives_its_role_and_says_so_with_the_reason(live: SandboxClient) -> None:
    ada, hana = await live.person("ada"), await proven(live, "hana", "10001")
    await ada.run("settings log", channel=CHANNEL)
    preview = await ada.run("gate add", role=WHALE, rule="254")
    assert "**1** gain it · **0** lose it · **0** unknown" in preview.text
    assert f"<@{hana.user}>" in (await ada.press(preview, "names")).text
    assert "Whale" not in await hana.roles()
    await saved(ada, preview)
    await until(has(hana, "Whale"))
    (write,) = await live.role_writes()
    assert (write["user_id"], write["role_id"]) == (hana.user, WHALE)
    assert write["reason"].startswith("Tessera gate #1: ")

    async def is_posted() -> bool:
        return f"<@{hana.user}>" in (text := await posted(ada)) and f"<@&{WHALE}>" in text

    await until(is_posted)


async def test_who_has_a_role_already_is_left_alone_until_they_are_adopted(live: SandboxClient) -> None:
    ada, nadia = await live.person("ada"), await proven(live, "nadia_", "10030")  # it holds none of 254
    preview = await ada.run("gate add", role=MOSAICIST, rule="254")
    assert "Tessera never takes a role that it did not give" in preview.text
    await saved(ada, preview)
    hana = await proven(live, "hana", "10001")  # she qualifies: by then everybody was judged
    await until(has(hana, "Mosaicist"))
    assert "Mosaicist" in await nadia.roles()
    asked = await ada.run("gate adopt", gate="1")
    assert f"Linked members with <@&{MOSAICIST}> now: **2**; not under the gate yet: **1**." in asked.text
    assert "1 member came under the gate" in (await ada.press(asked, "yes")).text
    await until(lacks(nadia, "Mosaicist"))
    assert "Mosaicist" in await hana.roles()
    assert "is under its gate already" in (await ada.run("gate adopt", gate="1")).text


async def test_a_role_with_powers_is_given_after_its_name_was_typed(live: SandboxClient) -> None:
    ada, hana = await live.person("ada"), await proven(live, "hana", "10001")
    powers = str(Permissions(create_events=True, mention_everyone=True).value)
    made = await live.control("roles", action="make", guild=ada.guild, name="Herald", position=1, permissions=powers)
    preview = await ada.run("gate add", role=made["role"], rule="254")
    asked = await ada.press(preview, "save")
    refused = await ada.submit(asked, **{"role-name": "Whale"})
    assert "That is not the role's name, “Herald”: nothing was saved." in refused.text
    assert "No gates yet" in (await ada.run("gate list")).text
    answer = await ada.submit(await ada.press(preview, "save"), **{"role-name": "Herald"})
    assert answer.embeds[0]["title"] == "Saved", answer.text
    await until(has(hana, "Herald"))
    assert "confirmed: " in (await ada.run("gate list")).text


async def test_a_roles_name_that_is_typed_after_the_end_changes_nothing(live: SandboxClient) -> None:
    """With two such roles the modal leads back to the preview: not where “Cancelled” stands by then."""
    ada = await live.person("ada")
    powers = str(Permissions(mention_everyone=True).value)
    for place, name in enumerate(("Herald", "Crier"), 1):
        await live.control("roles", action="make", guild=ada.guild, name=name, position=place, permissions=powers)
    file = a_file("gates.csv", "role,collection,min\nHerald,254,1\nCrier,254,2\n")
    preview = await ada.run("gate import", file=file)
    asked = await ada.press(preview, "save")
    cancelled = await ada.press(preview, "cancel")
    assert cancelled.embeds[0]["title"] == "Cancelled"
    for name in ("Herald", "Crier"):
        await ada.submit(asked, **{"role-name": name})
    shown = await live.current(preview)
    assert shown.embeds[0]["title"] == "Cancelled"
    assert shown.components() == []
    assert "No gates yet" in (await ada.run("gate list")).text


async def test_a_file_is_exported_edited_and_imported_again(live: SandboxClient) -> None:
    ada, hana = await live.person("ada"), await proven(live, "hana", "10001")
    await saved(ada, await ada.run("gate add", role=WHALE, rule="254 >= 900"))
    [file] = (await ada.run("gate export")).message["attachments"]
    text = await live.file(file)
    assert "254 >= 900" in text
    preview = await ada.run("gate import", file=a_file("gates.yaml", text.replace("254 >= 900", "254")))
    assert preview.embeds[0]["title"] == "Import 1 gate"
    await saved(ada, preview)
    await until(has(hana, "Whale"))
    broken = await ada.run("gate import", file=a_file("gates.yaml", text.replace("254 >= 900", "254 >=")))
    assert "Line " in broken.text
    assert f"<@&{WHALE}>: `254`" in (await ada.run("gate list")).text


async def test_a_list_of_accounts_is_uploaded_and_only_these_qualify(live: SandboxClient) -> None:
    ada, hana = await live.person("ada"), await proven(live, "hana", "10001")
    ines = await proven(live, "ines.m", "10021")  # holds it too, and is not listed
    bad = await ada.run("gate add", role=WHALE, rule="254", accounts=a_file("list.txt", "10001\nhana\n"))
    assert "Line 2: " in bad.text
    assert "role too" in (await ada.run("gate add", accounts=a_file("list.txt", "10001"))).text
    preview = await ada.run("gate add", role=WHALE, rule="254", accounts=a_file("list.csv", "account\n10001\n10002\n"))
    assert "254 and account in (10001, 10002)" in preview.text
    assert "one of 2 listed accounts" in preview.text
    assert "**1** gain it" in preview.text
    await saved(ada, preview)
    await until(has(hana, "Whale"))
    assert "Whale" not in await ines.roles()
    [file] = (await ada.run("gate export")).message["attachments"]
    assert "account in (10001, 10002)" in await live.file(file)


async def test_a_table_of_another_bot_is_adopted_from_a_file_in_one_step(live: SandboxClient) -> None:
    """Nadia has the other bot's role, linked an account, and does not qualify; Hana has it not, and does."""
    ada, nadia = await live.person("ada"), await proven(live, "nadia_", "10030")
    hana = await proven(live, "hana", "10001")
    table = "role,collection,min,max,ids\nMosaicist,254,1,,\n"
    preview = await ada.run("gate import", file=a_file("gates.csv", table), adopt=True)
    assert "**1** linked member" in preview.text
    await saved(ada, preview)
    await until(lacks(nadia, "Mosaicist"))
    await until(has(hana, "Mosaicist"))


async def test_where_no_channel_could_be_written_to_admins_read_below_an_answer_that_removals_wait(
    live: SandboxClient,
) -> None:
    ada = await live.person("ada")
    hana = await proven(live, "hana", "10001")
    await saved(ada, await ada.run("gate add", role=WHALE, rule="254"))
    await until(has(hana, "Whale"))
    await ada.run("sync hold")

    async def is_said() -> bool:
        await ada.run("gate list")
        return any("The alert could not be posted" in str(each["embeds"]) for each in await ada.messages())

    await until(is_said)
    seen = [each for each in await ada.messages() if "The alert could not be posted" in str(each["embeds"])]
    assert all(each["ephemeral"] for each in seen)
    await hana.run("roles")
    assert "The alert could not be posted" not in str(await hana.messages())
    await ada.run("settings log", channel=CHANNEL)

    async def is_posted() -> bool:
        return "an admin holds them" in await posted(ada)

    await until(is_posted)
    count = len([each for each in await ada.messages() if "The alert could not be posted" in str(each["embeds"])])
    await ada.run("gate list")
    assert count == len([each for each in await ada.messages() if "could not be posted" in str(each["embeds"])])


async def test_a_confirmation_ends_in_the_role_that_it_brought_and_its_removal_in_what_it_costs(
    live: SandboxClient,
) -> None:
    ada, hana, ines = [await live.person(name) for name in ("ada", "hana", "ines.m")]
    await saved(ada, await ada.run("gate add", role=WHALE, rule="254"))
    await ada.run("vouch", member=hana.user, account="10001")
    await press(hana, await question_to(hana), "Confirm")

    async def is_shown() -> bool:
        return "You now have **Whale**." in str((await hana.direct_messages())[-1]["embeds"])

    await until(is_shown)
    assert "Whale" in await hana.roles()
    await ada.run("vouch", member=ines.user, account="10021")
    panel = await ines.run("accounts")
    confirmed = await ines.press(panel, "vouch-yes")
    assert f"You now have <@&{WHALE}>." in confirmed.text
    assert "Whale" in await ines.roles()
    removed = await ines.press(confirmed, "vouch-remove-0")
    assert "Roles that this cost:\n**Whale** in **The Mosaic Society**" in removed.text
    assert "Whale" not in await ines.roles()


async def test_before_a_role_is_taken_its_member_is_notified_or_finds_it_in_their_roles(live: SandboxClient) -> None:
    ada, hana, nadia = await live.person("ada"), await proven(live, "hana", "10001"), await live.person("nadia_")
    await proven(live, "nadia_", "10021")
    await saved(ada, await ada.run("gate add", role=WHALE, rule="254", grace_hours=48))
    for holder in (hana, nadia):
        await until(has(holder, "Whale"))
    await nadia.set_direct_messages(accepts=False)
    before = len(await nadia.direct_messages())
    for account in ("10001", "10021"):
        await live.trade(account, None, "254")

    async def is_warned() -> bool:
        return any("A role will be taken" in str(each["embeds"]) for each in await hana.direct_messages())

    await until(is_warned)
    [warning] = [each for each in await hana.direct_messages() if "A role will be taken" in str(each["embeds"])]
    assert "**Whale**" in str(warning["embeds"])

    async def is_found() -> bool:
        return "⏳ You keep it until <t:" in (await nadia.run("roles")).text

    await until(is_found)
    assert len(await nadia.direct_messages()) == before
    assert {"Whale"} <= await hana.roles() & await nadia.roles()
