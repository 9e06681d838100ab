"""`/holders export`, `schedule`, `diff`, as admins, moderators and members meet them in Discord."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app.serve import open_lookup
from bot.app.snapshot_parts import snapshot_maker
from bot.config.settings import load
from bot.gates.gate import GuildSettings
from bot.gates.rule import CollectionRef
from bot.store.pseudonyms import pseudonyms
from sandbox.world import BOT_TOKEN
from tests.cogs.members.role_bot import RoleBot, open_role_bot
from tests.sandbox_client import SECRETS, Answer, Person

# Hana's account holds twelve of 254.
RULE, ADDRESS = "254", "0x"


@pytest.fixture
async def role_bot(tmp_path: Path) -> AsyncIterator[RoleBot]:
    """The bot."""
    async with open_role_bot(tmp_path) as role_bot:
        yield role_bot


@pytest.fixture
async def ada(role_bot: RoleBot) -> Person:
    """Who may manage the server."""
    return await role_bot.sandbox.person("ada")


@pytest.fixture
async def hana(role_bot: RoleBot, ada: Person) -> Person:
    """A member who has proven an account that a gate has read."""
    hana = await role_bot.sandbox.person("hana")
    await role_bot.gate(ada, "254 >= 3")
    await role_bot.prove(hana, "10001")
    return hana


def guild_id(person: Person) -> int:
    """Their server."""
    return int(person.guild or 0)


async def show_addresses(role_bot: RoleBot, admin: Person) -> None:
    """The server shows the addresses of all members in exports."""
    answer = await admin.run("settings visibility", addresses=True)
    assert "names the accounts of all members, with their addresses" in answer.text
    assert (await role_bot.store.guild_settings.of(guild_id(admin))).shows_addresses


async def suggested(person: Person) -> list[str]:
    """The numbers of the snapshots that are offered to somebody."""
    return list(map(str, await person.suggestions("holders export", "snapshot")))


async def files(role_bot: RoleBot, answer: Answer) -> tuple[str, dict[str, Any]]:
    """The text of an exported file, and its seal."""
    file, seal = answer.message["attachments"]
    assert seal["filename"] == f"{file['filename']}.seal.json"
    return await role_bot.sandbox.file(file), json.loads(await role_bot.sandbox.file(seal))


async def viewed(role_bot: RoleBot) -> tuple[list[str], list[str]]:
    """What the audit log and the log channel say of looks at holders."""
    sql = "SELECT verb FROM audit WHERE verb LIKE 'holders %' ORDER BY id"
    verbs = [verb for (verb,) in await role_bot.store.writer.run(lambda db: db.execute(sql).fetchall())]
    posts = await role_bot.sync.outbox.posts()
    return verbs, [line.render() for post in posts if post.kind.value == "viewed" for line in post.lines]


def table(content: str) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    return list(csv.DictReader(line for line in content.splitlines() if not line.startswith("#")))


async def test_an_export_is_a_private_file_with_its_seal_and_is_recorded(
    role_bot: RoleBot, ada: Person, hana: Person
) -> None:
    await show_addresses(role_bot, ada)
    answer = await ada.run("holders export", rule=RULE)
    assert answer.message["ephemeral"]
    content, seal = await files(role_bot, answer)
    [row] = table(content)
    assert (row["discord_id"], row["account"]) == (hana.user, "loopring:10001")
    assert (row["kinds"], row["kinds_known"], row["complete"]) == ("12", "exactly", "yes")
    assert row["owner"].startswith(ADDRESS)
    assert content.startswith("# Complete: ")
    assert hashlib.sha256(content.encode()).hexdigest() == seal["sha256"]
    assert seal["sha256"] in answer.text
    assert "**Harbour Lights** (`254`) by kinds: **one** member." in answer.text
    assert "Not signed" in answer.text
    actor = pseudonyms(BOT_TOKEN)(int(ada.user))
    recorded = await role_bot.store.writer.run(
        lambda db: db.execute("SELECT verb FROM audit WHERE actor = ?", [actor]).fetchall()
    )
    assert ("snapshot-export",) in recorded
    [said] = [post for post in await role_bot.sync.outbox.posts() if post.kind.value == "snapshot"]
    assert str(said.lines[0]).startswith(f"<@{ada.user}> exported snapshot 1 of `254` as CSV, with one member.")


async def test_addresses_are_not_shown_unless_the_server_or_the_member_says_so(
    role_bot: RoleBot, ada: Person, hana: Person
) -> None:
    hidden = await ada.run("holders export", rule=RULE)
    content, _ = await files(role_bot, hidden)
    [row] = table(content)
    assert (row["discord_id"], row["account"], row["owner"], row["kinds"]) == (hana.user, "", "", "12")
    assert "The address of one account is not shown" in hidden.text
    [member] = await role_bot.store.sync.members.present(guild_id(ada))
    share = "INSERT INTO shares (user_id, guild_id, account, joined_at) VALUES (?, ?, 'loopring:10001', ?)"
    values = [member.user_id, member.guild_id, int(member.joined_at.timestamp())]
    await role_bot.store.writer.transaction(lambda db: db.execute(share, values).fetchall())
    content, _ = await files(role_bot, await ada.run("holders export", snapshot=1))
    assert table(content)[0]["account"] == "loopring:10001"


async def test_what_is_not_complete_is_sent_only_once_somebody_wants_it_so(
    role_bot: RoleBot, ada: Person, hana: Person
) -> None:
    role_bot.clock.ahead = timedelta(days=2)  # nothing was read since
    asked = await ada.run("holders export", rule=RULE)
    assert "⚠ INCOMPLETE: of one member" in asked.text
    assert "it was not read completely for too long" in asked.text
    assert not asked.message["attachments"]
    sent = await ada.press(asked, "yes")
    content, _ = await files(role_bot, sent)
    assert content.startswith("# INCOMPLETE: of one member")
    [row] = table(content)
    assert (row["discord_id"], row["kinds"], row["kinds_known"]) == (hana.user, "", "unknown")


async def test_what_was_not_wanted_is_not_sent_and_recorded_nowhere(
    role_bot: RoleBot, ada: Person, hana: Person
) -> None:
    role_bot.clock.ahead = timedelta(days=2)
    asked = await ada.run("holders export", rule=RULE)
    cancelled = await ada.press(asked, "no")
    assert "No file was sent. The snapshot is stored as 1." in cancelled.text
    assert not cancelled.message["attachments"]
    recorded = await role_bot.store.writer.run(
        lambda db: db.execute("SELECT 1 FROM audit WHERE verb = 'snapshot-export'").fetchall()
    )
    assert recorded == []
    assert hana


async def test_a_list_for_an_airdrop_asks_where_addresses_are_missing(
    role_bot: RoleBot, ada: Person, hana: Person
) -> None:
    asked = await ada.run("holders export", rule=RULE, format="drop")
    assert "not with all they hold, as an address of theirs may not be shown" in asked.text
    await show_addresses(role_bot, ada)
    content, _ = await files(role_bot, await ada.run("holders export", rule=RULE, format="drop"))
    head, line = content.splitlines()
    assert head == "address,amount"
    assert line.endswith(",12")
    plain, _ = await files(role_bot, await ada.run("holders export", rule=RULE, format="addresses"))
    assert plain == f"{line.partition(',')[0]}\n"
    assert hana


async def test_json_has_the_rule_and_one_row_for_each_member(role_bot: RoleBot, ada: Person, hana: Person) -> None:
    await show_addresses(role_bot, ada)
    answer = await ada.run("holders export", rule="254 >= 2", format="json", one_row_per_member=True, minimum=5)
    body = json.loads((await files(role_bot, answer))[0])
    assert (body["rule"], body["minimum"], body["complete"], body["server"]) == ("254 >= 2", 5, True, ada.guild)
    assert [row["discord_id"] for row in body["rows"]] == [hana.user]
    assert body["rows"][0]["addresses"][0].startswith(ADDRESS)


async def test_who_left_is_left_out_of_an_earlier_snapshot_where_only_members_are_wanted(
    role_bot: RoleBot, ada: Person, hana: Person
) -> None:
    await ada.run("holders export", rule=RULE)
    await role_bot.store.sync.members.mark_absent(guild_id(ada), int(hana.user), role_bot.clock())
    assert "Nobody in this server fits `254`" in (await ada.run("holders export", snapshot=1, members_only=True)).text
    content, _ = await files(role_bot, await ada.run("holders export", snapshot=1))
    assert table(content)[0]["discord_id"] == hana.user


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "Give a `rule`"),
        ({"rule": "254", "snapshot": 1}, "Give a `rule`"),
        ({"snapshot": 1, "minimum": 2}, "are for a new snapshot"),
        ({"snapshot": 77}, "This server has no snapshot yet"),
        ({"rule": "254 >="}, "a whole number is accepted"),
        ({"rule": "99999"}, "Nobody in this server fits `99999`"),
    ],
)
async def test_bad_input_gets_a_sentence(ada: Person, options: dict[str, Any], words: str) -> None:
    answer = await ada.run("holders export", **options)
    assert words in answer.text
    assert not answer.message.get("attachments")


async def test_a_file_above_discords_limit_is_left_to_the_command_line(
    ada: Person, hana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.discord.payloads.ATTACHMENT_SIZE_LIMIT", 300)
    answer = await ada.run("holders export", rule=RULE, format="json")
    assert "`tessera snapshot export 1 --format json` writes it" in answer.text
    assert not answer.message.get("attachments")
    assert hana


async def test_a_moderator_who_may_not_configure_exports_nothing_and_schedules_nothing(
    role_bot: RoleBot, ada: Person, hana: Person
) -> None:
    await ada.run("holders export", rule=RULE)
    uma = await role_bot.sandbox.person("uma")
    for command, options in (("export", {"rule": RULE}), ("export", {"snapshot": 1}), ("schedule", {})):
        answer = await uma.run(f"holders {command}", **options)
        assert "Only members who may manage this server, or have its role" in answer.text
    assert "There are no two snapshots of the same rule here yet" in (await uma.run("holders diff")).text
    assert hana


async def test_who_may_no_longer_gets_nothing_by_a_press(role_bot: RoleBot, ada: Person, hana: Person) -> None:
    uma = await role_bot.sandbox.person("uma")
    role = await role_bot.sandbox.role(uma.guild or "", "Moderator")
    table_of = role_bot.store.guild_settings
    its = replace(await table_of.of(guild_id(uma), GuildSettings()), admin_role_id=int(role))
    await table_of.save(guild_id(uma), its, int(ada.user), role_bot.clock())
    role_bot.clock.ahead = timedelta(days=2)
    asked = await uma.run("holders export", rule=RULE)
    listed = await uma.run("holders schedule", rule=RULE)
    await table_of.save(guild_id(uma), replace(its, admin_role_id=None), int(ada.user), role_bot.clock())
    await uma.press(asked, "yes")
    await uma.press(listed, "end", "1")
    messages = await uma.messages()
    refusals = [each for each in messages if "Only members who may manage this server, or have" in str(each["embeds"])]
    assert len(refusals) == 2
    assert not any(each["attachments"] for each in messages)
    assert len(await role_bot.store.snapshot_schedules.of_guild(guild_id(uma))) == 1
    assert hana


async def test_who_may_no_longer_when_the_file_is_written_does_not_get_it(
    role_bot: RoleBot, ada: Person, hana: Person
) -> None:
    uma = await role_bot.sandbox.person("uma")
    moderator = await role_bot.sandbox.role(uma.guild or "", "Moderator")
    table_of = role_bot.store.guild_settings
    its = replace(await table_of.of(guild_id(uma), GuildSettings()), admin_role_id=int(moderator))
    await table_of.save(guild_id(uma), its, int(ada.user), role_bot.clock())
    async with role_bot.store_is_slow():
        started = await uma.start("holders export", rule=RULE)
        await role_bot.sandbox.answer(started, "acknowledged")
        await role_bot.sandbox.control("roles", action="take", guild=uma.guild, user=uma.user, role=moderator)
    answer = await role_bot.sandbox.answer(started)
    assert "Only members who may manage this server, or have its role" in answer.text
    assert not answer.message.get("attachments")
    recorded = await role_bot.store.writer.run(
        lambda db: db.execute("SELECT 1 FROM audit WHERE verb = 'snapshot-export'").fetchall()
    )
    assert recorded == []
    assert hana


async def test_a_diff_over_a_change_of_what_counts_as_the_same_says_so(
    role_bot: RoleBot, ada: Person, hana: Person
) -> None:
    await ada.run("holders export", rule=RULE)
    lights, mosaic = CollectionRef("loopring", "254"), CollectionRef("loopring", "261")
    await role_bot.store.gates.set_alias(guild_id(ada), lights, mosaic, int(ada.user), role_bot.clock())
    await ada.run("holders export", rule=RULE)
    refused = await ada.run("holders diff")
    assert "Snapshots 1 and 2 cannot be compared: which collections count as the same was changed" in refused.text
    assert "(then none, now `loopring:254` = `loopring:261`)" in refused.text
    assert hana.user not in refused.text
    await ada.run("holders export", rule=RULE)
    assert "From snapshot 2 to snapshot 3" in (await ada.run("holders diff")).text


async def test_another_server_finds_neither_snapshots_nor_members(role_bot: RoleBot, ada: Person, hana: Person) -> None:
    await ada.run("holders export", rule=RULE)
    soren = await role_bot.sandbox.person("soren")
    guilds = (await role_bot.sandbox.get("/_client/state", user=soren.user))["guilds"]
    guild = next(each for each in guilds if each["name"] == "Harbour Lights Club")
    soren = replace(soren, guild=guild["id"], channel=guild["channels"][0]["id"])
    assert soren.guild != ada.guild
    for command, options in (("export", {"snapshot": 1}), ("diff", {"first": 1, "second": 2})):
        assert "This server has no snapshot yet" in (await soren.run(f"holders {command}", **options)).text
    assert "Nobody in this server fits `254`" in (await soren.run("holders export", rule=RULE)).text
    assert await suggested(ada) == ["1"]
    assert await suggested(soren) == ["2"]  # the one that is made a line above
    assert hana


async def test_a_diff_says_who_changed_and_of_whom_it_is_not_known(
    role_bot: RoleBot, ada: Person, hana: Person
) -> None:
    await ada.run("holders export", rule=RULE)
    bruno = await role_bot.sandbox.person("brunowaves")
    await role_bot.prove(bruno, "10010")
    await ada.run("holders export", rule=RULE)
    answer = await ada.run("holders diff")
    assert "From snapshot 1 to snapshot 2" in answer.text
    assert "**Joined** 1 · **Left** 0 · **Up** 0 · **Down** 0 · **Same** 1" in answer.text
    assert f"<@{bruno.user}> · - → " in answer.text
    role_bot.clock.ahead = timedelta(days=2)
    await ada.run("holders export", rule=RULE)
    unknown = await ada.run("holders diff", first=2)
    assert "Of 2 members it is not known what changed" in unknown.text
    assert f"<@{hana.user}> · " in unknown.text  # the first tab that has anybody
    assert "Nobody." in (await ada.press(unknown, "tab:joined")).text


async def test_a_diff_is_recorded_and_reported_before_it_is_shown(role_bot: RoleBot, ada: Person, hana: Person) -> None:
    """It names members to moderators who may not export."""
    uma = await role_bot.sandbox.person("uma")
    await ada.run("holders export", rule=RULE)
    await ada.run("holders export", rule=RULE)
    await ada.run("holders export", rule="254 >= 2")
    assert "are not of the same" in (await uma.run("holders diff", first=2, second=3)).text  # shows nobody
    assert await viewed(role_bot) == ([], [])
    assert f"<@{hana.user}>" not in (await uma.run("holders diff", first=2)).text  # all is as it was
    said = f"<@{uma.user}> looked at which members changed between snapshots 1 and 2."
    assert await viewed(role_bot) == (["holders diff"], [said])
    unrecorded = "CREATE TRIGGER t BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END"
    await role_bot.store.writer.transaction(lambda db: db.execute(unrecorded).fetchall())
    assert "From snapshot" not in (await uma.run("holders diff", first=2)).text


async def test_an_earlier_snapshot_is_found_however_many_others_were_made_since(
    role_bot: RoleBot, ada: Person, hana: Person
) -> None:
    """Two daily schedules make so many in two months, and a monthly one its own in between."""
    for _ in range(2):
        await ada.run("holders export", rule="254 >= 2")
    snapshots = role_bot.store.snapshots
    taken = await snapshots.get(guild_id(ada), 2)
    assert taken
    for other in range(120):
        request = replace(taken.request, rule=f"loopring:26{other % 2}")
        await snapshots.add(replace(taken, request=request, snapshot_id=0), retain=500)
    for options in ({"first": 1}, {"first": 2}, {"first": 2, "second": 1}):
        assert "From snapshot 1 to snapshot 2" in (await ada.run("holders diff", **options)).text
    assert "From snapshot 120 to snapshot 122" in (await ada.run("holders diff")).text
    offered = await suggested(ada)
    assert len(offered) == 25
    assert {"1", "2"} < set(offered)
    assert offered == sorted(offered, key=int, reverse=True)
    typed = list(map(str, await ada.suggestions("holders export", "snapshot", "1")))
    assert typed[0] == "1"
    assert typed[1] == "122"
    assert hana


async def test_a_pair_that_is_older_than_many_others_is_the_newest_one(
    role_bot: RoleBot, ada: Person, hana: Person
) -> None:
    for _ in range(2):
        await ada.run("holders export", rule=RULE)
    taken = await role_bot.store.snapshots.get(guild_id(ada), 2)
    assert taken
    for other in range(110):
        request = replace(taken.request, rule=f"loopring:{1000 + other}")
        await role_bot.store.snapshots.add(replace(taken, request=request, snapshot_id=0), retain=500)
    assert "From snapshot 1 to snapshot 2" in (await ada.run("holders diff")).text
    assert hana


async def test_a_diff_of_different_rules_is_refused(ada: Person, hana: Person) -> None:
    await ada.run("holders export", rule=RULE)
    await ada.run("holders export", rule="254 >= 2")
    assert "are not of the same" in (await ada.run("holders diff", first=1, second=2)).text
    assert "Name two different snapshots" in (await ada.run("holders diff", first=1, second=1)).text
    refused = await ada.run("holders diff", first=2)
    assert "No other snapshot here is of the same rule, minimum and weight as snapshot 2." in refused.text
    assert hana


async def test_a_schedule_is_added_shown_makes_one_and_is_ended(
    role_bot: RoleBot, ada: Person, hana: Person, tmp_path: Path
) -> None:
    assert "There are none" in (await ada.run("holders schedule")).text
    added = await ada.run("holders schedule", rule=RULE, every="day", retain=3)
    assert "Added. The first one is made within a minute." in added.text
    assert "every day · the newest 3 are retained · due now" in added.text
    settings = load(tmp_path / "config.toml", SECRETS)
    async with open_lookup(settings, role_bot.store) as lookup:
        assert await snapshot_maker(settings, role_bot.store, lookup, role_bot.clock).run_due() == 1
    [listed] = await role_bot.store.snapshots.of_guild(guild_id(ada), 9)
    assert listed.snapshot.schedule_id == 1
    assert await suggested(ada) == [str(listed.snapshot.snapshot_id)]
    ended = await ada.press(added, "end", "1")
    assert "Schedule 1 makes none any more. What it made stays." in ended.text
    assert "There are none" in (await ada.run("holders schedule")).text
    assert hana
