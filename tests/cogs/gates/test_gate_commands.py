"""What `/gate` answers where others are at work meanwhile, and where Discord gives no answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest

from bot.cogs.gates.discord_roles import DiscordRoles
from bot.cogs.gates.gate_cog import GateCog
from bot.cogs.gates.gate_names import CollectionNames
from bot.sync.ports import MemberRoles, Presence
from tests.cogs.members.role_bot import EXPIRES, RoleBot, open_role_bot
from tests.sandbox_client import Answer, Person, a_file

WHALE, BOOSTERLESS = "910000000000000005", "910000000000000006"


class SilentDiscord(DiscordRoles):
    """Discord gives no answer about members."""

    async def read_members(
        self, guild_id: int, user_ids: Sequence[int], *, confirm: bool = True
    ) -> Mapping[int, MemberRoles]:
        del guild_id, confirm
        return {user_id: MemberRoles(user_id, Presence.UNKNOWN) for user_id in user_ids}


@pytest.fixture
async def role_bot(tmp_path: Path) -> AsyncIterator[RoleBot]:
    """The bot."""
    async with open_role_bot(tmp_path) as role_bot:
        yield role_bot


@pytest.fixture
async def ada(role_bot: RoleBot) -> Person:
    """An admin who had Whale before there was a gate for it."""
    ada = await role_bot.sandbox.person("ada")
    await role_bot.sandbox.control("roles", action="give", guild=ada.guild, user=ada.user, role=WHALE)
    await role_bot.prove(ada, "10001")
    await saved(ada, "gate add", role=WHALE, rule="254")
    return ada


async def saved(person: Person, name: str, **options: object) -> Answer:
    """Press Save below a preview."""
    answer = await person.press(await person.run(name, **options), "save")
    assert answer.embeds[0]["title"] == "Saved"
    return answer


async def test_of_roles_with_one_name_it_is_said_which_gates_there_are(role_bot: RoleBot, ada: Person) -> None:
    first, second = await role_bot.gate(ada, "254", "Twins"), await role_bot.gate(ada, "261", "Twins")
    answer = await ada.run("gate show", gate="twins")
    assert f"There are #{first.gate_id} (<@&{first.role_id}>), #{second.gate_id} (<@&{second.role_id}>)." in answer.text
    assert f"**#{second.gate_id}**" in (await ada.run("gate show", gate=f"#{second.gate_id}")).text


async def test_the_preview_of_a_gate_that_stays_paused_says_so_and_that_of_its_resumption_does_not(ada: Person) -> None:
    await ada.run("gate pause", gate="1")
    edited = await ada.run("gate edit", gate="1", rule="254 >= 2")
    assert f"Paused: <@&{WHALE}>. Nobody gains or loses it until `/gate resume`" in edited.text
    assert "None of the linked members qualifies" not in edited.text
    assert "Paused:" not in (await ada.run("gate resume", gate="1")).text


async def test_the_preview_of_a_rule_that_ends_says_that_all_lose_the_role_together_then(ada: Person) -> None:
    edited = await ada.run("gate edit", gate="1", rule="254 until 2097-12-31")
    assert f"After 2097-12-31 nobody fulfils the rule of <@&{WHALE}>: all who have it lose it together" in edited.text
    assert "nobody fulfils the rule" not in (await ada.run("gate edit", gate="1", rule="254 >= 2")).text
    retained = await ada.run("gate edit", gate="1", rule="254 until 2097-12-31", never_remove=True)
    assert "nobody fulfils the rule" not in retained.text


async def test_an_edit_takes_a_list_of_accounts_and_the_grace_of_the_server(ada: Person) -> None:
    await saved(ada, "gate edit", gate="1", accounts=a_file("list.csv", "10001\n10002\n"), grace_hours=5)
    listed = (await ada.run("gate list")).text
    assert "account in (" in listed
    assert "grace 5 hours" in listed
    await saved(ada, "gate edit", gate="1", server_grace=True)
    assert "grace" not in (await ada.run("gate list")).text


async def test_adopting_says_so_where_discord_gives_no_answer(role_bot: RoleBot, ada: Person) -> None:
    assert await role_bot.bot.remove_cog("Gates")
    role_bot.bot.tree.remove_command("gate")
    names = CollectionNames(role_bot.store, role_bot.lookup)
    silent = SilentDiscord.over(role_bot.bot)
    cog = GateCog.over(
        role_bot.bot, role_bot.store, role_bot.sync, silent, names, clock=role_bot.clock, expires=EXPIRES
    )
    await role_bot.bot.add_cog(cog)
    answer = await ada.run("gate adopt", gate="1")
    assert "Discord does not say now who has Whale, so nobody was adopted" in answer.text
    table = "role,collection\nWhale,254\n"
    preview = await ada.submit(await ada.run("gate import", adopt=True), gates=table)
    assert "Discord gave no answer about 1 linked member: they stay as they are" in preview.text


async def test_who_is_under_a_gate_already_is_not_counted_among_those_whom_an_import_adopts(ada: Person) -> None:
    table = "role,collection\nWhale,254\n"
    preview = await ada.submit(await ada.run("gate import", adopt=True), gates=table)
    assert "**1** linked member who has such a role already comes under its gate" in preview.text
    adopted = await ada.press(preview, "save")
    assert "**1** linked member came under its gate.\n" in adopted.text
    assert "Discord gave no answer" not in adopted.text
    again = await ada.submit(await ada.run("gate import", adopt=True), gates=table)
    assert "**0** linked members who have such a role already come under its gate" in again.text


async def test_a_gate_for_the_role_that_configures_tessera_says_what_that_means(ada: Person) -> None:
    assert "may change every gate" not in (await ada.run("gate edit", gate="1", rule="261")).text
    await ada.run("settings admin-role", role=WHALE)
    edited = await ada.run("gate edit", gate="1", rule="261")
    assert f"<@&{WHALE}> may configure Tessera: who qualifies for it may change every gate." in edited.text


async def test_collections_that_count_as_the_same_are_named(ada: Person) -> None:
    preview = await ada.run("gate alias", collection="254", same_as="261")
    named = "Count as the same: Harbour Lights (`loopring:254`) = Glass Orchard (`loopring:261`)."
    assert named in preview.text
    await ada.press(preview, "save")
    assert "Harbour Lights counts as itself again" in (await ada.run("gate alias", collection="254")).text


async def test_adopting_says_who_did_not_come_under_the_gate_after_all(role_bot: RoleBot, ada: Person) -> None:
    asked = await ada.run("gate adopt", gate="1")
    await role_bot.sandbox.control("roles", action="take", guild=ada.guild, user=ada.user, role=WHALE)
    done = await ada.press(asked, "yes")
    assert "0 members came under the gate" in done.text
    assert "1 other did not" in done.text


@pytest.mark.parametrize(
    ("name", "options", "title"),
    [
        ("gate edit", {"gate": "1", "grace_hours": 5}, "Gate #1: Whale"),
        ("gate remove", {"gate": "1"}, "Remove the gate of Whale"),
        ("gate resume", {"gate": "1"}, "Resume gate #1"),
        ("gate alias", {"collection": "254", "same_as": "261"}, "Count as the same"),
    ],
)
async def test_a_preview_is_made_again_from_what_another_admin_changed_meanwhile(
    ada: Person, name: str, options: dict[str, object], title: str
) -> None:
    await ada.run("gate pause", gate="1")
    preview = await ada.run(name, **options)
    await saved(ada, "gate edit", gate="1", rule="254 >= 2")
    stale = await ada.press(preview, "save")
    assert "so nothing was saved. This is the preview as of now" in stale.text
    assert stale.embeds[0]["title"] == title
    assert "⏸ paused" in (await ada.run("gate list")).text
    assert (await ada.press(stale, "save")).embeds[0]["title"] == "Saved"
    if name == "gate edit":
        assert f"<@&{WHALE}>: `254 >= 2`\ngrace 5 hours" in (await ada.run("gate list")).text


async def test_a_preview_of_an_import_is_made_again_with_the_gates_that_it_would_remove(ada: Person) -> None:
    asked = await ada.run("gate import", replace=True)
    preview = await ada.submit(asked, gates="role,collection\nMosaicist,261\n")
    assert f"Removed: <@&{WHALE}>." in preview.text
    await saved(ada, "gate add", role=BOOSTERLESS, rule="254")
    stale = await ada.press(preview, "save")
    assert f"Removed: <@&{WHALE}>, <@&{BOOSTERLESS}>." in stale.text
    assert (await ada.press(stale, "save")).embeds[0]["title"] == "Saved"


async def test_what_cannot_be_proposed_any_more_says_why_and_loses_its_buttons(ada: Person) -> None:
    preview = await ada.run("gate edit", gate="1", rule="254 >= 2")
    await saved(ada, "gate remove", gate="1")
    stale = await ada.press(preview, "save")
    assert stale.embeds[0]["title"] == "Changed meanwhile"
    assert "nothing was saved. There is no gate “1” here" in stale.text
    assert stale.components() == []


async def test_there_is_nothing_to_resume_of_a_gate_that_works(ada: Person) -> None:
    assert "The gate of Whale works already" in (await ada.run("gate resume", gate="1")).text


async def test_taking_back_a_setting_says_what_is_set_and_counts_nobody(role_bot: RoleBot, ada: Person) -> None:
    await ada.run("settings exclude", collection="254")
    await ada.run("settings include", collection="254")
    latest, *_ = await role_bot.store.gates.history(int(ada.guild or 0), 1)
    preview = await ada.run("gate history", take_back=latest.change_id)
    assert "who gains or loses a role by it is not counted here" in preview.text
    assert "Collections that never count: none → Harbour Lights (`loopring:254`)" in preview.text
    assert "No linked member gains or loses" not in preview.text


async def test_taking_back_a_pause_and_a_resumption_is_previewed_as_what_it_does(
    role_bot: RoleBot, ada: Person
) -> None:
    guild_id = int(ada.guild or 0)
    await ada.run("gate pause", gate="1")
    paused, *_ = await role_bot.store.gates.history(guild_id, 1)
    working = await ada.run("gate history", take_back=paused.change_id)
    assert "Paused:" not in working.text
    await saved(ada, "gate resume", gate="1")
    resumed, *_ = await role_bot.store.gates.history(guild_id, 1)
    again = await ada.run("gate history", take_back=resumed.change_id)
    assert f"Paused: <@&{WHALE}>. Nobody gains or loses it until `/gate resume`" in again.text
    assert "**0** gain it · **0** lose it" in again.text


async def test_a_gate_that_another_admin_made_meanwhile_is_named_at_the_press(ada: Person) -> None:
    await saved(ada, "gate remove", gate="1")
    preview = await ada.run("gate add", role=WHALE, rule="254")
    await saved(ada, "gate add", role=WHALE, rule="261")
    await ada.press(preview, "save")
    assert "Whale has a gate already" in str([each["embeds"] for each in await ada.messages()])


async def test_a_name_that_its_source_gave_is_known_in_that_server_from_then_on_and_in_no_other_one(
    role_bot: RoleBot,
) -> None:
    rosalind, soren = [await role_bot.sandbox.person(name) for name in ("rosalind", "soren")]
    servers = (await role_bot.sandbox.get("/_client/state", user=soren.user))["guilds"]
    club = next(each for each in servers if each["name"] == "Harbour Lights Club")
    elsewhere = Person(role_bot.sandbox, soren.user, club["id"], club["channels"][0]["id"])
    assert await rosalind.suggestions("gate alias", "collection", "glass") == []
    by_number = await rosalind.run("gate add", role=WHALE, rule="261 >= 2")
    assert "at least 2 different NFTs of Glass Orchard" in by_number.text
    assert await rosalind.suggestions("gate alias", "collection", "glass") == ["loopring:261"]
    by_name = await rosalind.run("gate add", role=WHALE, rule='"Glass Orchard" >= 3')
    assert "at least 3 different NFTs of Glass Orchard" in by_name.text
    assert await elsewhere.suggestions("gate alias", "collection", "glass") == []
    await elsewhere.run("gate alias", collection="261", same_as="254")
    assert await elsewhere.suggestions("gate alias", "collection", "glass") == ["loopring:261"]


async def test_the_preview_of_a_rule_about_ids_says_why_holders_are_unknown_and_refresh_shows_them(
    role_bot: RoleBot, ada: Person
) -> None:
    await role_bot.sync.read_due()
    answer = await ada.run("gate edit", gate="1", rule="254 ids (0-999999999)")
    assert "**1** unknown" in answer.text
    assert "asks for single NFTs, which are read only where a gate asks for them: of 1 account" in answer.text
    async with asyncio.timeout(60):
        while "being read" in answer.text:
            answer = await ada.press(answer, "refresh")
    assert "**0** unknown" in answer.text
    assert "single NFTs" not in answer.text
