"""Notifications to members, and the results of contests about accounts that two of them claim."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.holdings import Account
from bot.links import MAX_LINKS, FreezeReason, Link
from bot.store.linking.freeze_table import freeze
from tests.e2e.clocked import all_are_notified, has_notifications, prove, titles_sent_to, until
from tests.sandbox_client import Person, SandboxClient
from tests.web.harness import PageHarness

CLAIMED = "Somebody else claims your account"


async def test_holder_and_claimant_are_notified_of_what_becomes_of_an_account(harness: PageHarness) -> None:
    ada, wren = await harness.sandbox.person("ada"), await harness.sandbox.person("wren")
    await prove(harness, "ada", "10001")
    await prove(harness, "wren", "10001")
    await has_notifications(ada, "Somebody else claims your account")
    (message,) = await ada.direct_messages()
    words = message["embeds"][0]["description"]
    assert "0x90E78956725E312A4217E90bDD1d8A496F018A71".lower() in words.lower()
    assert "`/accounts` → **Object** gives you a week" in words
    assert await titles_sent_to(wren) == []

    await all_are_notified(harness)
    await harness.run_for(timedelta(hours=24))
    await has_notifications(ada, "Somebody else claims your account", "An account is no longer proven as yours")
    await has_notifications(wren, "The account is yours")
    assert await harness.accounts("ada") == {"loopring:10001": False}
    assert await harness.accounts("wren") == {"loopring:10001": True}


async def test_time_while_the_bot_was_away_does_not_count_for_a_contest(harness: PageHarness) -> None:
    ada, wren = await harness.sandbox.person("ada"), await harness.sandbox.person("wren")
    await prove(harness, "ada", "10001")
    await prove(harness, "wren", "10001")
    await has_notifications(ada, "Somebody else claims your account")
    await all_are_notified(harness)
    (before,) = await harness.store.contests.held_by(int(ada.user))
    harness.pass_time(timedelta(hours=25))

    async def goes_on() -> bool:
        (contest,) = await harness.store.contests.held_by(int(ada.user))
        return contest.ends_at == before.ends_at + timedelta(hours=25)

    await until(goes_on)
    assert await harness.accounts("ada") == {"loopring:10001": True}
    assert await titles_sent_to(wren) == []


async def test_unlink_below_a_proof_removes_the_proof_even_where_another_account_needs_it(harness: PageHarness) -> None:
    ada = await harness.sandbox.person("ada")
    linked = await prove(harness, "ada", "10001")
    owner = (await harness.address("10001")).lower()
    link = Link(Account("eip155:1", owner), owner, "", is_main=False, linked_at=harness.now)
    await harness.store.links.add(int(ada.user), link, limit=MAX_LINKS)
    assert await harness.accounts("ada") == {"loopring:10001": True, f"eip155:1:{owner}": True}
    undone = await ada.press(linked, "unlink")
    assert "`loopring:10001` and the proof." in undone.text
    assert await harness.accounts("ada") == {f"eip155:1:{owner}": False}


@pytest.mark.parametrize("how", ["unlink", "accounts"])
async def test_unlinking_leaves_a_proof_that_another_account_needs_and_says_so(harness: PageHarness, how: str) -> None:
    ada = await harness.sandbox.person("ada")
    await prove(harness, "ada", "10001")
    owner = (await harness.address("10001")).lower()
    link = Link(Account("eip155:1", owner), owner, "", is_main=False, linked_at=harness.now)
    await harness.store.links.add(int(ada.user), link, limit=MAX_LINKS)
    if how == "unlink":
        gone = await ada.press(await ada.run("unlink", account="10001"), "yes")
    else:
        panel = await ada.press(await ada.run("accounts"), "choose", "loopring:10001")
        gone = await ada.press(await ada.press(panel, "remove"), "yes")
    assert "`loopring:10001`." in gone.text
    asked = await ada.run("unlink", account=owner) if how == "unlink" else await ada.press(gone, "remove")
    assert "Its **proof** is lost" in asked.text
    assert "and its proof." in (await ada.press(asked, "yes")).text


async def test_removing_a_contested_account_says_who_gets_it(harness: PageHarness) -> None:
    ada, wren = await harness.sandbox.person("ada"), await harness.sandbox.person("wren")
    await prove(harness, "ada", "10001")
    await prove(harness, "wren", "10001")
    for asked in (await wren.press(await wren.run("accounts"), "remove"), await wren.run("unlink", account="10001")):
        assert "Your **claim** to its address ends." in asked.text
    asked = await ada.press(await ada.run("accounts"), "remove")
    assert "Another member claims its address, and **gets it at once**." in asked.text
    await ada.press(asked, "yes")
    assert await harness.accounts("wren") == {"loopring:10001": True}


async def test_a_member_who_accepts_no_direct_messages_is_notified_below_the_next_answer(harness: PageHarness) -> None:
    ada = await harness.sandbox.person("ada")
    await ada.set_direct_messages(accepts=False)
    await prove(harness, "ada", "10001")
    await prove(harness, "wren", "10001")

    async def is_refused() -> bool:
        return await refused_messages(harness.sandbox) > 0

    await until(is_refused)
    # Notifications that came later get through, so rounds went by: a member who refused is not sent another.
    await prove(harness, "wren", "10010")
    await prove(harness, "hana", "10010")
    await has_notifications(await harness.sandbox.person("wren"), "Somebody else claims your account")
    assert await refused_messages(harness.sandbox) == 1

    await ada.run("accounts")
    await all_are_notified(harness)
    await ada.run("accounts")
    below = [message for message in await ada.messages() if "claims your" in message["embeds"][0]["title"]]
    assert [message["ephemeral"] for message in below] == [True]


async def _kept(harness: PageHarness) -> Person:
    """Ada was notified of wren's claim by a direct message, and has signed again on the same day."""
    ada = await harness.sandbox.person("ada")
    await prove(harness, "ada", "10001")
    await prove(harness, "wren", "10001")
    await has_notifications(ada, CLAIMED)
    await all_are_notified(harness)
    await prove(harness, "ada", "10001")
    # What is sent to another member at the same time gets through, so rounds went by.
    await has_notifications(await harness.sandbox.person("wren"), "The account stays with its holder")
    assert await titles_sent_to(ada) == [CLAIMED]
    return ada


async def test_a_second_direct_message_about_an_address_waits_for_the_next_day(harness: PageHarness) -> None:
    ada = await _kept(harness)
    await prove(harness, "wren", "10001")
    await harness.run_for(timedelta(hours=24))
    await has_notifications(ada, CLAIMED, "The account stays yours", CLAIMED)
    assert [len(message["embeds"]) for message in await ada.direct_messages()] == [1, 2]


async def test_what_waits_for_the_next_day_is_shown_below_the_next_answer(harness: PageHarness) -> None:
    ada = await _kept(harness)
    await ada.run("accounts")
    await all_are_notified(harness)
    below = [message for message in await ada.messages() if message["embeds"][0]["title"] == "The account stays yours"]
    assert [message["ephemeral"] for message in below] == [True]
    await harness.run_for(timedelta(hours=25))
    assert await titles_sent_to(ada) == [CLAIMED]


async def test_a_member_who_signs_for_a_frozen_address_reads_that_the_operator_decides(harness: PageHarness) -> None:
    await prove(harness, "ada", "10001")
    owner = (await harness.address("10001")).lower()
    owner_hash, now = harness.linking.pseudonym(owner), harness.now
    await harness.store.writer.transaction(lambda db: freeze(db, owner, owner_hash, FreezeReason.CLAIMS, now))
    assert "the operator must decide" in (await prove(harness, "wren", "10001")).text
    ada, wren = await harness.sandbox.person("ada"), await harness.sandbox.person("wren")
    await has_notifications(ada, "The operator must decide whose the account is")
    for person in (ada, wren):
        shown = (await person.run("accounts")).text
        assert "was claimed again and again: frozen since" in shown
        assert "sign once more. Tell the operator of this bot what you know" in shown
    assert await harness.accounts("ada") == {"loopring:10001": True}


async def refused_messages(sandbox: SandboxClient) -> int:
    """How many direct messages Discord refused."""
    traffic = await sandbox.get("/_sandbox/traffic", service="discord")
    return sum(
        exchange["method"] == "POST" and exchange["path"].endswith("/messages") and exchange["status"] == 403
        for exchange in traffic["exchanges"]
    )


async def test_rounds_go_on_after_the_store_failed(harness: PageHarness, caplog: pytest.LogCaptureFixture) -> None:
    await prove(harness, "ada", "10001")
    await harness.store.writer.run(lambda db: db.conn.execute("ALTER TABLE notices RENAME TO elsewhere").fetchall())

    async def has_failed() -> bool:
        return "contests: this run failed" in caplog.text

    await until(has_failed)
    await harness.store.writer.run(lambda db: db.conn.execute("ALTER TABLE elsewhere RENAME TO notices").fetchall())
    await prove(harness, "wren", "10001")
    await has_notifications(await harness.sandbox.person("ada"), "Somebody else claims your account")
