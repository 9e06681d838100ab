"""What members and moderators see and do about roles, over the real sync: proofs, refreshing, costs, checks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.links import Membership
from bot.sources.askers import Asker
from tests.cogs.members.role_bot import RoleBot, open_role_bot
from tests.sandbox_client import Person


@pytest.fixture
async def role_bot(tmp_path: Path) -> AsyncIterator[RoleBot]:
    """The bot."""
    async with open_role_bot(tmp_path) as role_bot:
        yield role_bot


@pytest.fixture
async def hana(role_bot: RoleBot) -> Person:
    """A member without roles."""
    return await role_bot.sandbox.person("hana")


async def test_a_proof_ends_in_the_role_that_it_brought(role_bot: RoleBot, hana: Person) -> None:
    gate = await role_bot.gate(hana, "254 >= 3")
    ended = await role_bot.prove(hana, "10001")
    assert ended.embeds[0]["title"] == "Linked"
    assert f"You now have <@&{gate.role_id}>." in ended.text
    assert str(gate.role_id) in await role_bot.roles_of(hana)


async def test_a_role_that_was_given_since_a_confirmation_came_of_it_whoever_gave_it(
    role_bot: RoleBot, hana: Person
) -> None:
    await role_bot.prove(hana, "10001")
    began = role_bot.clock()
    gate = await role_bot.gate(hana, "254 >= 3")
    known = await role_bot.store.sync.members.get(gate.guild_id, int(hana.user))
    assert known
    member = Membership(known.user_id, known.guild_id, known.joined_at)
    report = await role_bot.sync.look_at(member.guild_id, member.user_id, Asker.member(member.user_id))
    assert len(report.made) == 1
    role_bot.clock.ahead = timedelta(seconds=2)
    assert await role_bot.follow_up.after_confirmation(member, began) == ["You now have **Collector**."]
    role_bot.clock.ahead = timedelta(seconds=2)
    assert await role_bot.follow_up.after_confirmation(member, role_bot.clock()) == ["You have **Collector**."]


async def test_of_many_roles_that_an_account_costs_the_first_are_named(role_bot: RoleBot, hana: Person) -> None:
    for number in range(12):
        await role_bot.gate(hana, "254", f"Role {number:02}")
    await role_bot.prove(hana, "10001")
    asked = await hana.run("unlink", account="10001")
    assert "**Role 09** and 2 more roles in **The Mosaic Society**" in asked.text
    assert "Role 10" not in asked.text


async def test_a_proof_that_brings_no_role_says_what_is_missing(role_bot: RoleBot, hana: Person) -> None:
    gate = await role_bot.gate(hana, "254 >= 14")
    ended = await role_bot.prove(hana, "10001")
    assert f"<@&{gate.role_id}>, still needed: 2 more of Harbour Lights." in ended.text
    assert str(gate.role_id) not in await role_bot.roles_of(hana)


async def test_who_has_linked_nothing_is_shown_how_to_begin(role_bot: RoleBot, hana: Person) -> None:
    gate = await role_bot.gate(hana, "254 >= 3")
    shown = await hana.run("roles")
    assert shown.message["ephemeral"]
    assert "`/verify` proves that an account is yours" in shown.text
    assert f"<@&{gate.role_id}>" in shown.text


async def test_roles_shows_the_numbers_and_since_when(role_bot: RoleBot, hana: Person) -> None:
    earned, missed = await role_bot.gate(hana, "254 >= 3"), await role_bot.gate(hana, "254 >= 14", "Whales")
    await role_bot.prove(hana, "10001")
    shown = await hana.run("roles")
    assert f"✔ <@&{earned.role_id}> · you have it since" in shown.text
    assert f"✘ <@&{missed.role_id}>" in shown.text
    assert "Holds 12 of 14 different NFTs of Harbour Lights, 2 more are needed." in shown.text
    assert "from `loopring:10001`" in shown.text


async def test_refresh_reads_now_and_then_not_for_a_minute(role_bot: RoleBot, hana: Person) -> None:
    await role_bot.prove(hana, "10001")
    gate = await role_bot.gate(hana, "254 >= 3")
    first = await hana.run("refresh")
    assert f"You now have <@&{gate.role_id}>." in first.text
    again = await hana.run("refresh")
    assert "You can refresh again <t:" in again.text
    role_bot.clock.ahead = timedelta(seconds=61)
    assert f"You have <@&{gate.role_id}>." in (await hana.run("refresh")).text


async def test_unlinking_says_what_it_costs_and_takes_it_at_once(role_bot: RoleBot, hana: Person) -> None:
    gate = await role_bot.gate(hana, "254 >= 3")
    await role_bot.prove(hana, "10001")
    asked = await hana.run("unlink", account="10001")
    assert "**You lose at once:**\n▫️ **Collector** in **The Mosaic Society**" in asked.text
    assert str(gate.role_id) in await role_bot.roles_of(hana)
    done = await hana.press(asked, "yes")
    assert "Roles that this cost:\n**Collector** in **The Mosaic Society**" in done.text
    assert str(gate.role_id) not in await role_bot.roles_of(hana)


async def test_deleting_everything_says_what_it_costs_and_takes_it_at_once(role_bot: RoleBot, hana: Person) -> None:
    gate = await role_bot.gate(hana, "254 >= 3")
    await role_bot.prove(hana, "10001")
    asked = await hana.run("privacy delete")
    assert "**Collector** in **The Mosaic Society**" in asked.text
    done = await hana.press(asked, "yes")
    assert "Your data is deleted, with 1 account" in done.text.replace("linked account", "account")
    assert "**Collector** in **The Mosaic Society**" in done.text
    assert str(gate.role_id) not in await role_bot.roles_of(hana)


async def test_an_account_is_kept_out_of_a_server_after_its_cost_is_confirmed(role_bot: RoleBot, hana: Person) -> None:
    gate = await role_bot.gate(hana, "254 >= 3")
    await role_bot.prove(hana, "10001")
    asked = await hana.press(await hana.run("accounts"), "keep-out")
    assert asked.embeds[0]["title"] == "Keep this account out of this server?"
    assert "**Collector** in **The Mosaic Society**" in asked.text
    assert str(gate.role_id) in await role_bot.roles_of(hana)
    done = await hana.press(asked, "yes-out")
    assert "**kept out of this server**" in done.text
    assert str(gate.role_id) not in await role_bot.roles_of(hana)
    back = await hana.press(done, "keep-out")
    assert f"You now have <@&{gate.role_id}>." in back.text
    assert str(gate.role_id) in await role_bot.roles_of(hana)


async def test_a_moderator_sees_what_a_member_sees_without_their_accounts_and_fixes_it(
    role_bot: RoleBot, hana: Person
) -> None:
    await role_bot.prove(hana, "10001")
    gate = await role_bot.gate(hana, "254 >= 3")
    uma = await role_bot.sandbox.person("uma")
    shown = await uma.run("holders check", member=hana.user)
    assert shown.message["ephemeral"]
    assert shown.embeds[0]["title"] == "Roles of Hana"
    assert "Counting here: 1 proven account" in shown.text
    assert "10001" not in shown.text
    assert "0x" not in shown.text
    fixed = await uma.press(shown, "fix")
    assert f"They now have <@&{gate.role_id}>." in fixed.text
    assert str(gate.role_id) in await role_bot.roles_of(hana)


async def test_a_moderator_who_fixes_twice_reads_whose_accounts_were_read(role_bot: RoleBot, hana: Person) -> None:
    await role_bot.prove(hana, "10001")
    uma = await role_bot.sandbox.person("uma")
    shown = await uma.run("holders check", member=hana.user)
    await uma.press(shown, "fix")
    await uma.press(shown, "fix")
    refused = str([each["embeds"] for each in await uma.messages()])
    assert "The accounts of that member were read just now. They can be read again <t:" in refused
    assert "Your accounts" not in refused


async def test_who_is_no_moderator_any_more_fixes_nothing(role_bot: RoleBot, hana: Person) -> None:
    await role_bot.prove(hana, "10001")
    gate = await role_bot.gate(hana, "254 >= 3")
    uma = await role_bot.sandbox.person("uma")
    shown = await uma.run("holders check", member=hana.user)
    moderator = await role_bot.sandbox.role(uma.guild or "", "Moderator")
    await role_bot.sandbox.control("roles", action="take", guild=uma.guild, user=uma.user, role=moderator)
    await uma.press(shown, "fix")
    refusals = [each for each in await uma.messages() if "may manage this server or its roles" in str(each["embeds"])]
    assert len(refusals) == 1
    assert str(gate.role_id) not in await role_bot.roles_of(hana)


async def test_a_moderator_sees_which_accounts_only_as_long_as_the_member_shares_them_here(
    role_bot: RoleBot, hana: Person
) -> None:
    await role_bot.prove(hana, "10001")
    await role_bot.gate(hana, "254 >= 3")
    uma = await role_bot.sandbox.person("uma")
    hidden = await uma.run("holders check", member=hana.user)
    assert "Counting here: 1 proven account" in hidden.text
    assert "10001" not in str(hidden.message)
    panel = await hana.press(await hana.run("accounts"), "share")
    assert "`loopring:10001`" in (await uma.run("holders check", member=hana.user)).text
    fixed = await uma.press(hidden, "fix")
    assert "Shared with this server: `loopring:10001`" in fixed.text
    await hana.press(panel, "share")
    assert "10001" not in str((await uma.run("holders check", member=hana.user)).message)


async def test_the_menu_of_a_member_checks_them_for_moderators_alone(role_bot: RoleBot, hana: Person) -> None:
    await role_bot.gate(hana, "254 >= 3")
    uma = await role_bot.sandbox.person("uma")
    for person, words in ((uma, "Roles of Wren"), (hana, "may manage this server or its roles")):
        data = await menu_entry(role_bot, person, "Check holder", "wren")
        assert words in (await person.send_handmade(2, data)).text


async def test_the_menu_of_a_member_shows_only_what_they_share(role_bot: RoleBot, hana: Person) -> None:
    data = await menu_entry(role_bot, hana, "Show collections", "wren")
    assert "share" in (await hana.send_handmade(2, data)).text


async def test_health_says_what_is_wrong_and_how_to_repair_it(role_bot: RoleBot) -> None:
    rosalind = await role_bot.sandbox.person("rosalind")
    shown = await rosalind.run("health")
    assert shown.message["ephemeral"]
    assert "`/settings log` sets one" in shown.text
    assert "✔ Tessera may manage roles." in shown.text


async def menu_entry(role_bot: RoleBot, person: Person, name: str, about: str) -> dict[str, object]:
    """An entry of somebody's menu, as a client sends it."""
    member = await role_bot.sandbox.person(about)
    user = {"id": member.user, "username": about, "discriminator": "0", "avatar": None, "global_name": about.title()}
    its = {
        "roles": [],
        "joined_at": "2026-01-01T00:00:00+00:00",
        "permissions": "0",
        "deaf": False,
        "mute": False,
        "flags": 0,
    }
    del person
    resolved = {"users": {member.user: user}, "members": {member.user: its}}
    return {"id": "1", "type": 2, "name": name, "target_id": member.user, "resolved": resolved}
