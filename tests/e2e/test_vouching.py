"""Moderators vouch for members, who confirm by a button: in a direct message, below an answer, or in `/accounts`."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.cogs.linking.vouch_cog import VouchCog
from bot.errors import InputError
from tests.e2e.two_servers import at_the_harbour, labels, press, question_to, running
from tests.sandbox_client import SandboxClient

ON = {"linking": "manual = true"}
HERE = "counts in this server alone"


@pytest.fixture
async def both(bare_sandbox: SandboxClient, tmp_path: Path) -> AsyncIterator[SandboxClient]:
    """A bot in two servers, of which Hana and Wren are members."""
    async with running(bare_sandbox, tmp_path, **ON):
        yield bare_sandbox


async def test_a_member_confirms_in_a_direct_message_and_it_counts_in_that_server_alone(both: SandboxClient) -> None:
    ada, hana = await both.person("ada"), await both.person("hana")
    answer = await ada.run("vouch", member=hana.user, account="10002")
    assert answer.message["ephemeral"]
    assert answer.text == (
        "Asked\n**Hana** is asked whether `loopring:10002` is theirs: by direct message if they accept any, else below "
        "their next command here, and in `/accounts` here.\nIt counts in this server once they confirm. `/unvouch` "
        "takes it back. It is recorded that you did this."
    )
    question = await question_to(hana)
    assert question["embeds"][0]["title"] == "Is this account yours?"
    words = question["embeds"][0]["description"]
    assert words.startswith("A moderator of **The Mosaic Society** says that `loopring:10002` is yours, owned by\n`0x")
    assert labels(question) == ["Confirm", "Decline"]
    assert "*unproven*" not in (await hana.run("accounts")).text
    await press(hana, question, "Confirm")
    answered = await question_to(hana)
    assert "It counts in the server whose moderator vouches for it, and nowhere else." in str(answered["embeds"])
    assert labels(answered) == []

    shown = await hana.run("accounts")
    assert HERE in shown.text
    assert "You have no account linked." in shown.text
    assert "loopring:10002" not in (await (await at_the_harbour(both, "hana")).run("accounts")).text
    linked = await hana.run("link", account="10002")
    assert "It is already vouched for by a moderator, in this server alone," in linked.text
    assert "Your main account, vouched for by a moderator here" in (await hana.run("collections")).text
    elsewhere = await (await at_the_harbour(both, "hana")).run("collections")
    assert "Your main account, *unproven*" in elsewhere.text


async def test_a_member_answers_in_accounts_one_question_after_the_other(both: SandboxClient) -> None:
    ada, hana = await both.person("ada"), await both.person("hana")
    for account in ("10002", "10010", "10013"):
        await ada.run("vouch", member=hana.user, account=account)
    panel = await hana.run("accounts")
    assert "1 of 3: the next one follows when you have answered." in panel.text
    assert panel.titles() == ["Your accounts"]
    assert labels(panel.message) == ["Confirm loopring:10002", "Decline"]
    confirmed = await hana.press(panel, "vouch-yes")
    assert "You confirmed `loopring:10002`." in confirmed.text
    assert "1 of 2" in confirmed.text
    declined = await hana.press(confirmed, "vouch-no")
    assert "Nobody vouches for `loopring:10010` of yours any more." in declined.text
    last = await hana.press(declined, "vouch-yes")
    assert labels(last.message) == ["Remove loopring:10002", "Remove loopring:10013"]
    removed = await hana.press(last, "vouch-remove-0")
    assert labels(removed.message) == ["Remove loopring:10013"]


async def test_who_accepts_no_direct_messages_is_asked_below_the_next_answer_in_that_server(
    both: SandboxClient,
) -> None:
    ada, wren = await both.person("ada"), await both.person("wren")
    await wren.set_direct_messages(accepts=False)
    answer = await ada.run("vouch", member=wren.user, account="10010")
    assert "by direct message if they accept any" in answer.text  # it does not say whether they do
    other = await at_the_harbour(both, "wren")
    await other.run("help")
    assert all("Is this account" not in str(message) for message in await other.messages())
    await wren.run("help")
    await wren.run("accounts")

    async def below() -> list[dict[str, Any]]:
        asked = [message for message in await wren.messages() if labels(message) == ["Confirm", "Decline"]]
        return [each for each in asked if len(each["embeds"]) == 1]

    async with asyncio.timeout(60):
        while not await below():  # noqa: ASYNC110 - it follows the answer, and the state is another program's
            await asyncio.sleep(0.02)
    [question] = await below()
    assert question["ephemeral"]
    await press(wren, question, "Decline")
    assert "Is this account yours?" not in (await wren.run("accounts")).text


async def test_the_buttons_of_a_direct_message_work_after_a_restart(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    async with running(bare_sandbox, tmp_path, **ON):
        ada, hana = await bare_sandbox.person("ada"), await bare_sandbox.person("hana")
        await ada.run("vouch", member=hana.user, account="10002")
        question = await question_to(hana)
    async with running(bare_sandbox, tmp_path, **ON):
        await press(hana, question, "Confirm")
        assert HERE in (await hana.run("accounts")).text


LATER = "2099-01-01T00:00:00+00:00"
OVER = "There is nothing to answer any more"


@pytest.mark.parametrize("label", ["Confirm", "Decline"])
async def test_a_question_of_before_the_member_left_and_came_back_is_over(both: SandboxClient, label: str) -> None:
    ada, hana = await both.person("ada"), await both.person("hana")
    await ada.run("vouch", member=hana.user, account="10002")
    question = await question_to(hana)
    await hana.leave()
    await hana.join(LATER)
    await press(hana, question, label)
    assert OVER in str((await question_to(hana))["embeds"])
    assert HERE not in (await hana.run("accounts")).text


async def test_a_member_who_has_left_the_server_has_nothing_to_answer(both: SandboxClient) -> None:
    ada, hana = await both.person("ada"), await both.person("hana")
    await ada.run("vouch", member=hana.user, account="10002")
    question = await question_to(hana)
    await hana.leave()
    await press(hana, question, "Confirm")
    assert OVER in str((await question_to(hana))["embeds"])


async def test_while_discord_does_not_say_who_is_a_member_an_answer_changes_nothing(both: SandboxClient) -> None:
    ada, hana = await both.person("ada"), await both.person("hana")
    await ada.run("vouch", member=hana.user, account="10002")
    question = await question_to(hana)
    fault = {"service": "discord", "path": f"/members/{hana.user}", "kind": "status", "status": 503, "times": 1}
    await both.post("/_sandbox/faults", fault)
    await press(hana, question, "Confirm")
    *_, asked, refused = await hana.direct_messages()
    assert labels(asked) == ["Confirm", "Decline"]
    assert "Who is still a member of that server cannot be found out right now" in str(refused["embeds"])
    assert HERE not in (await hana.run("accounts")).text
    await press(hana, question, "Confirm")
    assert HERE in (await hana.run("accounts")).text


async def test_what_was_vouched_for_where_the_bot_was_removed_while_it_was_offline_is_deleted_at_the_next_start(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    async with running(bare_sandbox, tmp_path, **ON):
        ada, hana = await bare_sandbox.person("ada"), await bare_sandbox.person("hana")
        await ada.run("vouch", member=hana.user, account="10002")
        assert HERE in (await hana.press(await hana.run("accounts"), "vouch-yes")).text
        bot = (await bare_sandbox.get("/_client/state", user=ada.user))["application"]["id"]
    tessera = replace(hana, user=bot)
    await tessera.leave()
    with closing(sqlite3.connect(tmp_path / "tessera.db")) as db:
        assert db.execute("SELECT guild_id FROM vouches").fetchall() == [(int(hana.guild or 0),)]
        async with running(bare_sandbox, tmp_path, **ON), asyncio.timeout(60):
            while db.execute("SELECT 1 FROM vouches").fetchall():  # noqa: ASYNC110 - the store is another thread's
                await asyncio.sleep(0.02)


async def test_a_question_that_could_not_be_sent_before_the_end_is_sent_after_the_next_start(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    path = "/channels"
    async with running(bare_sandbox, tmp_path, **ON):
        ada, hana = await bare_sandbox.person("ada"), await bare_sandbox.person("hana")
        await bare_sandbox.post(
            "/_sandbox/faults", {"service": "discord", "path": path, "kind": "reset", "times": None}
        )
        await ada.run("vouch", member=hana.user, account="10002")
    await bare_sandbox.post("/_sandbox/reset", {})
    async with running(bare_sandbox, tmp_path, **ON):
        assert labels(await question_to(hana)) == ["Confirm", "Decline"]


async def test_switched_off_no_question_can_be_answered_and_nothing_counts(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    async with running(bare_sandbox, tmp_path, **ON):
        ada, hana = await bare_sandbox.person("ada"), await bare_sandbox.person("hana")
        for account in ("10002", "10010"):
            await ada.run("vouch", member=hana.user, account=account)
        await hana.press(await hana.run("accounts"), "vouch-yes")
        question = await question_to(hana)
    async with running(bare_sandbox, tmp_path):
        assert (await hana.run("accounts")).text.startswith("Welcome! Which account is yours?")
        await press(hana, question, "Confirm")
        assert "There is nothing to answer any more" in str((await question_to(hana))["embeds"])
        with pytest.raises(AssertionError, match="there is no command /vouch"):
            await ada.run("vouch", member=hana.user, account="10013")


async def test_a_moderator_takes_it_back_and_learns_nothing(both: SandboxClient) -> None:
    ada, hana = await both.person("ada"), await both.person("hana")
    await ada.run("vouch", member=hana.user, account="10002")
    question = await question_to(hana)
    first = await ada.run("unvouch", member=hana.user, account="10002")
    assert first.text == ("Taken back\nNo moderator of this server vouches for `loopring:10002` of **Hana** now.")
    assert (await ada.run("unvouch", member=hana.user, account="10002")).text == first.text
    await press(hana, question, "Confirm")
    assert "There is nothing to answer any more" in str((await question_to(hana))["embeds"])
    assert HERE not in (await hana.run("accounts")).text


async def test_a_moderator_vouches_for_neither_themselves_nor_bots_nor_strangers(both: SandboxClient) -> None:
    ada = await both.person("ada")
    answer = await ada.run("vouch", member=ada.user, account="10001")
    assert "Nobody can vouch for themselves: prove your account by `/verify`." in answer.text
    bot = (await both.get("/_client/state", user=ada.user))["application"]["id"]
    assert "not for bots" in (await ada.run("vouch", member=bot, account="10002")).text
    assert "is not an account" in (await ada.run("vouch", member=(await both.person("hana")).user, account="?")).text


async def test_members_without_the_permission_are_not_offered_the_commands(both: SandboxClient) -> None:
    hana = await both.person("hana")
    for command in ("vouch", "unvouch"):
        with pytest.raises(AssertionError, match=f"there is no command /{command}"):
            await hana.run(command, member=hana.user, account="10013")
    assert "vouch" not in (await hana.run("help")).text
    assert "</vouch:" in (await (await both.person("ada")).run("help")).text


@pytest.mark.parametrize("command", ["vouch", "unvouch"])
async def test_the_permission_is_checked_again_when_the_command_runs(command: str) -> None:
    # A server can give any command to anybody, which the sandbox does not support.
    asked: Any = SimpleNamespace(permissions=discord.Permissions(manage_roles=True), guild_id=1)
    unused: Any = SimpleNamespace(vouching=None)
    cog = VouchCog(unused, unused, unused)
    run: Any = getattr(cog, command).callback
    with pytest.raises(InputError, match="Only members who may manage this server"):
        await run(cog, asked, SimpleNamespace(bot=False), "10001")
