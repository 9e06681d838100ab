"""What moderators see of their server's holders, command by command, over the real sync and the sandbox's sources."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.holdings import Account
from bot.sources.askers import Asker
from tests.blockscout_source import ADA
from tests.cogs.members.role_bot import RoleBot, open_role_bot
from tests.sandbox_client import Answer, Person

MEMBERS_INTENT = 1 << 1
ETHEREUM = """
[[source]]
kind = "blockscout"
name = "ethereum"
base_url = "SANDBOX/blockscout/1/api/v2"
chain_id = 1
requests_per_second = 1000
"""

# It is proven, and holds 99 kinds of Harbour Lights.
ANOTHER_ACCOUNT = (
    "INSERT INTO links (user_id, account, owner, linked_at) VALUES (:user, 'loopring:10077', :owner, :now)",
    "INSERT INTO owners (account, owner, seen_at, is_confirmed) VALUES ('loopring:10077', :owner, '2026-11-25', 1)",
    """
    INSERT INTO proofs (owner, user_id, method, text_hash, proven_at, first_proven_at)
    VALUES (:owner, :user, 'eoa', x'00', :now, :now)
    """,
    "UPDATE sync_accounts SET read_at = :now, first_read_at = :now WHERE account = 'loopring:10077'",
    """
    INSERT INTO sync_held (account_id, collection_id, kinds, first_at)
    SELECT account.id, collection.id, 99, :now FROM sync_accounts AS account, sync_collections AS collection
    WHERE account.account = 'loopring:10077' AND collection.collection_id = '254'
    """,
)


@pytest.fixture
async def role_bot(tmp_path: Path) -> AsyncIterator[RoleBot]:
    """The bot."""
    async with open_role_bot(tmp_path, sources=ETHEREUM) as role_bot:
        await role_bot.sandbox.post("/_sandbox/blockscout", {"per_second": 10_000})
        yield role_bot


@pytest.fixture
async def hana(role_bot: RoleBot) -> Person:
    """A member who proved an account with 12 kinds of Harbour Lights, in 31 copies."""
    hana = await role_bot.sandbox.person("hana")
    await role_bot.prove(hana, "10001")
    return hana


@pytest.fixture
async def uma(role_bot: RoleBot) -> Person:
    """A moderator."""
    return await role_bot.sandbox.person("uma")


async def recorded(role_bot: RoleBot) -> list[str]:
    """What the audit log says of looks at holders."""
    sql = "SELECT verb FROM audit WHERE verb LIKE 'holders %' ORDER BY id"
    return [verb for (verb,) in await role_bot.store.writer.run(lambda db: db.execute(sql).fetchall())]


async def reported(role_bot: RoleBot) -> list[str]:
    """What the log channel is told of it."""
    posts = await role_bot.sync.outbox.posts()
    return [line.render() for post in posts if post.kind.value == "viewed" for line in post.lines]


async def changed(role_bot: RoleBot, sql: str, values: dict[str, Any] | None = None) -> None:
    """Change what is stored."""
    await role_bot.store.writer.transaction(lambda db: db.execute(sql, values or {}).fetchall())


async def read_for_long(role_bot: RoleBot, moderator: Person) -> Answer:
    """A list of which **Read now** takes so long that it says how far it is."""
    listed = await moderator.run("holders list", collection="254")
    await role_bot.sandbox.fault("slow", "user/", seconds=2.2, times=1)
    return listed


async def shown_once(person: Person, words: str) -> list[dict[str, Any]]:
    """The messages that somebody sees, once one of them says something."""
    async with asyncio.timeout(60):
        while words not in str(messages := await person.messages()):  # noqa: ASYNC110 - the state is another program's
            await asyncio.sleep(0.02)
    return messages


# ---------------------------------------------------------------- list


async def test_the_list_has_who_holds_it_without_addresses_and_is_recorded_and_reported(
    role_bot: RoleBot, hana: Person, uma: Person
) -> None:
    shown = await uma.run("holders list", collection="254")
    assert shown.message["ephemeral"]
    assert shown.embeds[0]["title"] == "Holders of Harbour Lights (`loopring:254`)"
    assert f"**1.** <@{hana.user}> · 12 kinds · at least 12 copies · 1 account" in shown.text
    assert "Copies are counted where a gate asks for them" in shown.text
    assert "10001" not in shown.text
    assert "0x" not in shown.text
    assert await recorded(role_bot) == ["holders list"]
    assert await reported(role_bot) == [f"<@{uma.user}> looked at the list of holders of Harbour Lights."]


async def test_a_collection_is_found_by_its_name_and_suggested(role_bot: RoleBot, hana: Person, uma: Person) -> None:
    assert hana.user
    suggested = await uma.suggestions("holders list", "collection", "harb")
    assert "loopring:254" in suggested
    assert "12 kinds" in (await uma.run("holders list", collection="harbour lights")).text
    assert await recorded(role_bot) == ["holders list"]


async def test_reading_now_counts_the_copies(hana: Person, uma: Person) -> None:
    shown = await uma.run("holders list", collection="254")
    read = await uma.press(shown, "read-holders")
    assert f"<@{hana.user}> · 12 kinds · 31 copies" in read.text
    assert "Just read: 1 account." in read.text


async def test_an_account_that_was_never_read_is_unknown_until_it_is_read_now(
    role_bot: RoleBot, hana: Person, uma: Person
) -> None:
    never = "UPDATE sync_accounts SET read_at = NULL, first_read_at = NULL"
    for sql in (never, "DELETE FROM sync_held", "DELETE FROM sync_levels"):
        await changed(role_bot, sql)
    shown = await uma.run("holders list", collection="254")
    assert "No member of this server is known to hold it." in shown.text
    assert "Of 1 member it is not known whether they hold any." in shown.text
    assert "1 account was never read." in shown.text
    assert "None has one now: press **Read now**, or add a gate by `/gate add`." in shown.text
    unknown = await uma.press(shown, "tab:unknown")
    assert f"<@{hana.user}> · 1 account: 1 account was never read." in unknown.text
    read = await uma.press(unknown, "read-holders")
    assert f"<@{hana.user}> · 12 kinds" in read.text


async def test_a_source_that_is_down_leaves_what_was_known_and_is_named(
    role_bot: RoleBot, hana: Person, uma: Person
) -> None:
    shown = await uma.run("holders list", collection="254")
    await role_bot.sandbox.fault("status", "", status=503, times=None)
    read = await uma.press(shown, "read-holders")
    assert "1 account could not be read: " in read.text
    assert f"<@{hana.user}> · 12 kinds" in read.text


async def test_a_collection_that_nobody_holds(role_bot: RoleBot, hana: Person, uma: Person) -> None:
    assert hana.user
    assert "No member of this server is known to hold it." in (await uma.run("holders list", collection="9999")).text
    other = await uma.run("holders list", collection="eip155:1:0x" + "9" * 40)
    assert (
        "No member of this server has proven an account on that network yet: members do it by `/verify`." in other.text
    )
    assert await recorded(role_bot) == ["holders list", "holders list"]


async def test_a_collection_that_never_counts_here_is_said_to_be_left_out(
    role_bot: RoleBot, hana: Person, uma: Person
) -> None:
    """Members hold it, so nobody is said to hold none."""
    ada = await role_bot.sandbox.person("ada")
    await ada.run("settings exclude", collection="254")
    left_out = "Never counted in this server: `loopring:254`. `/settings include` ends that."
    for command, options in (("list", {}), ("top", {}), ("gap", {}), ("changes", {"since": "7d"})):
        assert left_out in (await uma.run(f"holders {command}", collection="254", **options)).text
    assert "is known to hold it" not in (await uma.run("holders list", collection="254")).text
    assert left_out in (await ada.run("holders export", rule="254")).text
    gate = await role_bot.gate(ada, "254 >= 3")
    assert left_out in (await uma.run("holders stats", gate=str(gate.gate_id))).text
    await ada.run("settings include", collection="254")
    assert f"<@{hana.user}> · 12 kinds" in (await uma.run("holders list", collection="254")).text


@pytest.mark.parametrize("typed", ["254 and 261", "loopring:*", "!!"])
async def test_what_is_not_one_collection_is_refused_and_recorded_nowhere(
    role_bot: RoleBot, uma: Person, typed: str
) -> None:
    refused = await uma.run("holders list", collection=typed)
    assert refused.embeds[0]["title"] == "Please check your request"
    assert await recorded(role_bot) == []


# ---------------------------------------------------------------- top


async def test_the_board_names_only_who_shares_and_counts_the_others(
    role_bot: RoleBot, hana: Person, uma: Person
) -> None:
    hidden = await uma.run("holders top", collection="254")
    assert hidden.message["ephemeral"]
    assert hana.user not in hidden.text
    assert "and 1 other holder, who does not share it here or holds less" in hidden.text
    panel = await hana.press(await hana.run("accounts"), "share")
    shared = await uma.run("holders top", collection="254", share=True)
    assert not shared.message["ephemeral"]
    assert f"**1.** <@{hana.user}> · 12 kinds" in shared.text
    assert "other holder" not in shared.text
    await hana.press(panel, "share")
    assert hana.user not in (await uma.run("holders top", collection="254")).text
    assert await recorded(role_bot) == []


async def test_the_board_counts_only_the_accounts_that_are_shared(role_bot: RoleBot, hana: Person, uma: Person) -> None:
    await hana.press(await hana.run("accounts"), "share")
    values = {"user": int(hana.user), "now": int(role_bot.clock().timestamp()), "owner": "0x" + "ab" * 20}
    for sql in ANOTHER_ACCOUNT:
        used = {name: value for name, value in values.items() if f":{name}" in sql}
        await changed(role_bot, sql, used)
    assert "111 kinds" in (await uma.run("holders list", collection="254")).text
    board = await uma.run("holders top", collection="254")
    assert f"<@{hana.user}> · 12 kinds" in board.text
    assert "111" not in board.text


async def test_who_left_the_server_is_not_on_the_board(hana: Person, uma: Person) -> None:
    await hana.press(await hana.run("accounts"), "share")
    await hana.leave()
    assert hana.user not in (await uma.run("holders top", collection="254")).text


async def test_while_discord_does_not_say_who_is_here_nobody_is_taken_for_gone(
    role_bot: RoleBot, hana: Person, uma: Person
) -> None:
    await hana.press(await hana.run("accounts"), "share")
    await role_bot.sandbox.post("/_sandbox/member_queries", {"omit": [hana.user], "times": None})
    refused = {"service": "discord", "path": f"/members/{hana.user}", "kind": "status", "status": 403, "times": None}
    await role_bot.sandbox.post("/_sandbox/faults", refused)
    board = (await uma.run("holders top", collection="254")).text
    found = (await uma.run("holders find", account="10001")).text
    for text in (board, found):
        assert "Of 1 member who shares it Discord does not say right now whether they are still here" in text
        assert hana.user not in text
    assert "No member here who shares" not in board
    assert "other holder" not in board
    assert "No member of this server shares that account" not in found


# ---------------------------------------------------------------- find


async def test_a_member_is_found_only_by_what_they_share(role_bot: RoleBot, hana: Person, uma: Person) -> None:
    hidden = await uma.run("holders find", account="10001")
    nobodys = await uma.run("holders find", account="10003")
    assert hidden.text == nobodys.text
    assert "No member of this server shares that account here." in hidden.text
    await hana.press(await hana.run("accounts"), "share")
    found = await uma.run("holders find", account="10001")
    assert found.message["ephemeral"]
    assert f"<@{hana.user}> shares `loopring:10001` (proven) here." in found.text
    assert await recorded(role_bot) == ["holders find"] * 3
    assert "10001" not in str(await reported(role_bot))
    assert f"<@{uma.user}> looked up which member shares a certain account here." in (await reported(role_bot))[0]


async def test_a_member_is_found_by_the_address_of_what_they_share(
    role_bot: RoleBot, hana: Person, uma: Person
) -> None:
    await hana.press(await hana.run("accounts"), "share")
    sql = "SELECT owner FROM links WHERE account = 'loopring:10001'"
    [(owner,)] = await role_bot.store.writer.run(lambda db: db.execute(sql).fetchall())
    assert f"<@{hana.user}>" in (await uma.run("holders find", account=owner.upper().replace("0X", "0x"))).text
    assert "No member of this server shares" in (await uma.run("holders find", account="0x" + "12" * 20)).text


async def test_what_is_no_account_is_refused_and_recorded_nowhere(role_bot: RoleBot, uma: Person) -> None:
    refused = await uma.run("holders find", account="nonsense!")
    assert "is not an account" in refused.text
    assert await recorded(role_bot) == []


# ---------------------------------------------------------------- changes


async def test_changes_say_who_sold_and_since_when_we_look(role_bot: RoleBot, hana: Person, uma: Person) -> None:
    before = await uma.run("holders changes", collection="254", since="7d")
    assert "We first looked on <t:" in before.text
    assert "Nothing changed." in before.text
    assert "1 member holds as many as then." in before.text
    await role_bot.sandbox.trade("10001", None, "254")
    role_bot.clock.ahead = timedelta(hours=1)
    await hana.run("refresh")
    after = await uma.run("holders changes", collection="254", since="1h ago")
    assert "1 left." in after.text
    assert f"**Hold none any more**\n<@{hana.user}>: 12 kinds → 0 kinds" in after.text
    assert await recorded(role_bot) == ["holders changes"] * 2


async def test_a_moment_that_is_none_is_refused(role_bot: RoleBot, uma: Person) -> None:
    for since, words in (("yesterday", "is not a time: use a date such as"), ("2999-01-01", "still to come")):
        assert words in (await uma.run("holders changes", collection="254", since=since)).text
    assert await recorded(role_bot) == []


# ---------------------------------------------------------------- stats


async def test_stats_say_how_many_earn_each_role_and_have_it(role_bot: RoleBot, hana: Person, uma: Person) -> None:
    assert "This server has no gate yet" in (await uma.run("holders stats")).text
    gate = await role_bot.gate(hana, "254 >= 3")
    await hana.run("refresh")
    shown = await uma.run("holders stats")
    assert shown.message["ephemeral"]
    assert f"**#{gate.gate_id}** <@&{gate.role_id}>: `254 >= 3`" in shown.text
    assert "Earn it now: 1 member. With a proven account here: 1 member." in shown.text
    assert "Have the role from Tessera: 1 member." in shown.text
    assert "In 30 days: given 1, taken 0." in shown.text
    assert await recorded(role_bot) == []


async def test_stats_of_one_gate_have_the_distribution_and_the_trend(
    role_bot: RoleBot, hana: Person, uma: Person
) -> None:
    gate = await role_bot.gate(hana, "254 >= 3")
    assert await uma.suggestions("holders stats", "gate", "coll") == [str(gate.gate_id)]
    assert await uma.suggestions("holders stats", "gate", "whale") == []
    shown = await uma.run("holders stats", gate=str(gate.gate_id))
    assert "**How many kinds they hold** (12 kinds in all)" in shown.text
    assert "11–25` ████████████ 1 member" in shown.text
    assert "**Holders over time**" in shown.text
    assert ":d>: 1 member" in shown.text
    refused = await uma.run("holders stats", gate="77")
    assert "There is no gate “77” here" in refused.text


# ---------------------------------------------------------------- gap


async def founders_tiles(role_bot: RoleBot) -> str:
    """A contract on the sandbox's Ethereum that 66 addresses hold some of."""
    address = Account("eip155:1", ADA)
    _, updates = await role_bot.lookup.find_holdings(role_bot.lookup.names.parse_account(str(address)), Asker.member(1))
    [*_, last] = [each async for each in updates]
    return next(row.collection.collection_id for row in last.holdings if row.collection.name == "Founders' Tiles")


async def test_a_source_that_cannot_list_holders_leaves_the_number_unknown(hana: Person, uma: Person) -> None:
    assert hana.user
    shown = await uma.run("holders gap", collection="254")
    assert shown.message["ephemeral"]
    assert "**Hold it, in all:** not known." in shown.text
    assert "Loopring cannot list the holders of a collection." in shown.text
    assert "**Members here who hold it:** 1 member, by what was read of their accounts." in shown.text
    assert "**Have proven an account:** 1 member, as far as Tessera has seen them here." in shown.text
    assert "Discord tells only a bot with the Server Members intent" in shown.text


async def test_who_may_not_moderate_any_more_sees_nothing(role_bot: RoleBot, hana: Person, uma: Person) -> None:
    shown = await uma.run("holders list", collection="254")
    moderator = await role_bot.sandbox.role(uma.guild or "", "Moderator")
    await role_bot.sandbox.control("roles", action="take", guild=uma.guild, user=uma.user, role=moderator)
    await uma.press(shown, "read-holders")
    refusals = [each for each in await uma.messages() if "may manage this server or its roles" in str(each["embeds"])]
    assert len(refusals) == 1
    assert hana.user not in str(refusals)


@pytest.mark.parametrize(("command", "options"), [("stats", {}), ("gap", {"collection": "254"})])
async def test_who_may_not_moderate_any_more_when_long_work_ends_sees_nothing_of_it(
    role_bot: RoleBot, hana: Person, uma: Person, command: str, options: dict[str, Any]
) -> None:
    moderator = await role_bot.sandbox.role(uma.guild or "", "Moderator")
    async with role_bot.store_is_slow():
        started = await uma.start(f"holders {command}", **options)
        await role_bot.sandbox.answer(started, "acknowledged")
        await role_bot.sandbox.control("roles", action="take", guild=uma.guild, user=uma.user, role=moderator)
    answer = await role_bot.sandbox.answer(started)
    assert "Only members who may manage this server or its roles can use this." in answer.text
    assert hana.user not in answer.text


async def test_who_may_not_moderate_any_more_when_accounts_were_read_does_not_see_them(
    role_bot: RoleBot, hana: Person, uma: Person
) -> None:
    moderator = await role_bot.sandbox.role(uma.guild or "", "Moderator")
    listed = await uma.run("holders list", collection="254")
    async with role_bot.store_is_slow():
        pressed = await uma.press(listed, "read-holders", wait="acknowledged")
        await role_bot.sandbox.control("roles", action="take", guild=uma.guild, user=uma.user, role=moderator)
    await role_bot.sandbox.answer(pressed["id"])
    seen = str([message["embeds"] for message in await uma.messages()])
    assert "Only members who may manage this server or its roles can use this." in seen
    assert "Just read" not in seen
    assert hana.user in listed.text


async def test_a_right_that_is_lost_during_long_reading_takes_the_list_away(
    role_bot: RoleBot, hana: Person, uma: Person
) -> None:
    """Progress stands in its place by then: it does not stay, and neither do the members."""
    moderator = await role_bot.sandbox.role(uma.guild or "", "Moderator")
    await uma.press(await read_for_long(role_bot, uma), "read-holders", wait="acknowledged")
    await role_bot.sandbox.control("roles", action="take", guild=uma.guild, user=uma.user, role=moderator)
    [message] = await shown_once(uma, "Only members who may manage this server or its roles can use this.")
    assert hana.user not in str(message)
    assert "cancel-work" not in str(message)


async def test_the_list_is_there_again_where_reading_ends_in_an_error(
    role_bot: RoleBot, hana: Person, uma: Person
) -> None:
    silent = {"service": "discord", "path": f"/members/{uma.user}", "kind": "status", "status": 403, "times": 1}
    listed = await read_for_long(role_bot, uma)
    await role_bot.sandbox.post("/_sandbox/faults", silent)
    await uma.press(listed, "read-holders", wait="acknowledged")
    [_, error] = await shown_once(uma, "cannot be found out right now")
    again = await role_bot.sandbox.current(listed)
    assert f"<@{hana.user}> · 12 kinds" in again.text
    assert "cancel-work" not in str(again.message["components"])
    await role_bot.sandbox.clear_faults()
    assert "Just read: " in (await uma.press(again, "read-holders")).text  # its buttons work
    assert hana.user not in str(error)


async def test_the_gap_on_a_chain_counts_whose_account_is_in_the_list(
    role_bot: RoleBot, hana: Person, uma: Person
) -> None:
    [(owner,)] = await role_bot.store.writer.run(lambda db: db.execute("SELECT owner FROM links").fetchall())
    values = {"user": int(hana.user), "account": f"eip155:1:{owner}", "owner": owner}
    await changed(
        role_bot, "INSERT INTO links (user_id, account, owner, linked_at) VALUES (:user, :account, :owner, 0)", values
    )
    contract = await founders_tiles(role_bot)
    shown = await uma.run("holders gap", collection=f"eip155:1:{contract}")
    assert "**Hold it, in all:** 66 accounts." in shown.text
    assert "**Of these, proven by members here:** 1 account." in shown.text
    assert "**Of these, not linked here:** 65 accounts." in shown.text
    assert "Of 1 member that is not known." in shown.text
    assert await recorded(role_bot) == ["holders gap"]


async def test_with_the_members_intent_those_without_a_proof_are_named_and_bots_are_not(tmp_path: Path) -> None:
    intent = {"privileged_intents": MEMBERS_INTENT, "discord": "members_intent = true"}
    async with open_role_bot(tmp_path, **intent) as role_bot:  # type: ignore[arg-type] # a line of a table, and a bit set
        hana, uma = await role_bot.sandbox.person("hana"), await role_bot.sandbox.person("uma")
        await role_bot.prove(hana, "10001")
        shown = await uma.run("holders gap", collection="254")
        assert "intent" not in shown.text
        names = await uma.press(shown, "next")
        assert "**Have proven no account here** (" in names.text
        assert f"<@{uma.user}>" in names.text
        assert f"<@{hana.user}>" not in names.text
        assert f"<@{role_bot.bot.application_id}>" not in names.text
