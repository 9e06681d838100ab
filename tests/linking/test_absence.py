"""A contest takes nothing from a holder who cannot know of it: while the bot is away, and until they are notified."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.linking.upkeep import AUDIT_RETAINED
from bot.links import Contest, NotificationKind
from tests.linking.harness import A_ROUND, ANN, BEN, CONTEST, DAN, LinkingHarness, open_linking, owner_of

ACCOUNT = "loopring:10001"
KEY = "a wallet"
OWNER = owner_of(KEY)
A_SECOND = timedelta(seconds=1)
HOURS = timedelta(hours=3)


@pytest.fixture
async def contest(harness: LinkingHarness) -> Contest:
    """Ben claims what Ann has, and neither was notified of anything yet."""
    return await claim(harness)


async def claim(harness: LinkingHarness) -> Contest:
    """Let Ben claim what Ann has; a round went by just before."""
    await harness.prove(ANN, ACCOUNT, KEY)
    await harness.settle()
    await harness.prove(BEN, ACCOUNT, KEY)
    return next(iter(await harness.store.contests.opened_by(BEN)))


async def ends_at(harness: LinkingHarness) -> datetime:
    """When it ends now."""
    [contest] = await harness.store.contests.held_by(ANN)
    return contest.ends_at


# ---------------------------------------------------------------- the bot is away


@pytest.mark.parametrize(
    ("away", "added"),
    [
        (A_ROUND, timedelta()),
        (A_ROUND + A_SECOND, A_ROUND + A_SECOND),
        (HOURS, HOURS),
        (timedelta(days=40), timedelta(days=40)),
    ],
)
async def test_the_time_that_the_bot_is_away_is_added_to_a_contest(
    harness: LinkingHarness, contest: Contest, away: timedelta, added: timedelta
) -> None:
    await harness.round()
    harness.pass_time(away)
    assert await harness.settle() == 0
    assert await ends_at(harness) == contest.ends_at + added
    # Once: the next rounds are ordinary ones.
    assert await harness.run_for(contest.ends_at + added - harness.now - A_SECOND) == 0
    assert await ends_at(harness) == contest.ends_at + added
    assert await harness.run_for(A_SECOND) == 1
    assert await harness.store.links.holder(OWNER) == BEN


@pytest.mark.usefixtures("contest")
async def test_a_contest_that_falls_due_while_the_bot_is_away_is_not_over(harness: LinkingHarness) -> None:
    await harness.run_for(CONTEST - A_SECOND)
    harness.pass_time(timedelta(days=1))
    assert await harness.settle() == 0
    assert await harness.listed(ANN) == {ACCOUNT: True}


async def test_the_time_of_a_holder_who_objected_is_extended_by_an_absence_too(
    harness: LinkingHarness, contest: Contest
) -> None:
    await harness.round()
    await harness.accounts.object(ANN, contest.owner)
    before = await ends_at(harness)
    harness.pass_time(HOURS)
    await harness.settle()
    assert await ends_at(harness) == before + HOURS


async def test_a_restored_store_counts_from_when_it_was_saved(tmp_path: Path) -> None:
    saved = tmp_path / "t.db"
    async with open_linking(path=saved) as harness:
        contest = await claim(harness)
        await harness.round()
    async with open_linking(path=saved) as harness:
        harness.now = contest.opened_at + timedelta(days=3)
        assert await harness.round() == 0
        assert await ends_at(harness) == contest.ends_at + timedelta(days=3)


async def test_a_clock_that_is_set_back_shortens_no_contest(harness: LinkingHarness, contest: Contest) -> None:
    await harness.round()
    harness.pass_time(-HOURS)
    assert await harness.settle() == 0
    assert await ends_at(harness) == contest.ends_at


# ---------------------------------------------------------------- the holder is not notified


async def test_a_contest_does_not_end_before_its_holder_was_notified(harness: LinkingHarness, contest: Contest) -> None:
    """Discord is down: rounds go by, and no message gets through."""
    end = contest.ends_at + HOURS
    while harness.now < end:
        harness.pass_time(A_ROUND)
        assert await harness.settle() == 0
    assert await harness.listed(ANN) == {ACCOUNT: True}
    [notification] = await harness.notifications.pending(ANN)
    assert (notification.kind, notification.until) == (NotificationKind.CONTESTED, end + CONTEST)
    await harness.notifications.mark_notified(notification)
    assert await ends_at(harness) == notification.until
    assert await harness.run_for(CONTEST - A_SECOND) == 0
    assert await harness.run_for(A_SECOND) == 1


@pytest.mark.usefixtures("contest")
async def test_a_notification_of_a_contest_is_not_deleted_before_that_is_over(harness: LinkingHarness) -> None:
    """Else the contest could end without its holder, after the bot was away for half a year."""
    await harness.prove(ANN, ACCOUNT, KEY)  # she keeps it, and Ben is refused
    await harness.prove(DAN, ACCOUNT, KEY)
    harness.pass_time(AUDIT_RETAINED + A_SECOND)
    await harness.purge()
    assert set(await harness.pending_kinds(ANN)) == {NotificationKind.CONTESTED}
    assert await harness.pending_kinds(BEN) == []
    await harness.prove(ANN, ACCOUNT, KEY)
    harness.pass_time(AUDIT_RETAINED + A_SECOND)
    await harness.purge()
    assert await harness.pending_kinds(ANN) == []


@pytest.mark.parametrize(("late", "given"), [(A_ROUND, timedelta()), (A_ROUND + A_SECOND, A_ROUND + A_SECOND)])
async def test_a_holder_who_is_notified_late_has_the_whole_time_from_then_on(
    harness: LinkingHarness, contest: Contest, late: timedelta, given: timedelta
) -> None:
    harness.pass_time(late)
    [notification] = await harness.notifications.pending(ANN)
    assert notification.until == contest.ends_at + given
    await harness.notifications.mark_notified(notification)
    assert await ends_at(harness) == contest.ends_at + given


async def test_a_late_notification_shortens_nothing(harness: LinkingHarness, contest: Contest) -> None:
    await harness.accounts.object(ANN, contest.owner)
    objected = await ends_at(harness)
    harness.pass_time(HOURS)
    [notification] = await harness.notifications.pending(ANN)
    assert notification.until == objected
    await harness.notifications.mark_notified(notification)
    assert await ends_at(harness) == objected


@pytest.mark.usefixtures("contest")
async def test_other_late_notifications_extend_no_contest(harness: LinkingHarness) -> None:
    await harness.round()
    await harness.prove(ANN, ACCOUNT, KEY)  # she keeps it, and is not notified yet
    await harness.prove(DAN, ACCOUNT, KEY)
    before = await ends_at(harness)
    harness.pass_time(HOURS)
    for notification in await harness.notifications.pending(ANN):
        if notification.kind is NotificationKind.KEPT:
            await harness.notifications.mark_notified(notification)
    assert await ends_at(harness) == before


async def test_a_holder_who_takes_no_direct_messages_does_not_delay_the_end(
    harness: LinkingHarness, contest: Contest
) -> None:
    await harness.round(ANN)
    [notification] = await harness.notifications.pending(ANN)
    assert (notification.kind, notification.tried) == (NotificationKind.CONTESTED, True)
    assert await ends_at(harness) == contest.ends_at
    moved = 0
    while harness.now < contest.ends_at:
        harness.pass_time(A_ROUND)
        moved += await harness.round(ANN)
    assert moved == 1
    assert await harness.pending_kinds(ANN) == [NotificationKind.LOST]  # and no longer that it is contested


async def test_a_holder_who_takes_no_direct_messages_has_the_whole_time_from_the_notification_on(
    harness: LinkingHarness, contest: Contest
) -> None:
    await harness.round(ANN)
    while harness.now < contest.opened_at + HOURS:
        harness.pass_time(A_ROUND)
        await harness.round(ANN)
    [notification] = await harness.notifications.pending(ANN)
    await harness.notifications.mark_notified(notification)  # below the answer to a command
    assert await ends_at(harness) == harness.now + CONTEST
    assert await harness.pending_kinds(ANN) == []


async def test_a_refused_message_is_remembered_over_a_restart(tmp_path: Path) -> None:
    async with open_linking(path=tmp_path / "t.db") as harness:
        await claim(harness)
        await harness.round(ANN)
    async with open_linking(path=tmp_path / "t.db") as harness:
        assert [notification.tried for notification in await harness.notifications.pending(ANN)] == [True]


# ---------------------------------------------------------------- one of them cannot be ended


async def two_claims(harness: LinkingHarness) -> tuple[str, str]:
    """Ben claims two addresses of Ann's, who was notified; in the order in which a round ends them."""
    first, second = sorted(("one", "two"), key=owner_of)
    for number, key in enumerate((first, second), start=1):
        await harness.prove(ANN, f"loopring:2000{number}", key)
        await harness.prove(BEN, f"loopring:2000{number}", key)
    await harness.round()
    return owner_of(first), owner_of(second)


async def test_a_contest_that_cannot_be_ended_keeps_no_other_one_from_ending(
    harness: LinkingHarness, caplog: pytest.LogCaptureFixture
) -> None:
    broken, whole = await two_claims(harness)
    await harness.rows(
        f"""
        CREATE TRIGGER broken BEFORE DELETE ON contests WHEN old.owner = '{broken}'
        BEGIN SELECT raise(abort, 'no'); END
        """
    )
    assert await harness.run_for(CONTEST) == 1
    assert [await harness.store.links.holder(each) for each in (broken, whole)] == [ANN, BEN]
    assert "cannot be ended" in caplog.text
    # And what passes while the bot is away is added once, with one in the round that cannot be ended or without.
    [before] = await harness.store.contests.held_by(ANN)
    harness.pass_time(HOURS)
    for _ in range(3):
        assert await harness.settle() == 0
    assert await ends_at(harness) == before.ends_at + HOURS
    await harness.rows("DROP TRIGGER broken")
    assert await harness.run_for(HOURS) == 1
    assert await harness.store.links.holder(broken) == BEN


async def test_a_contest_that_is_extended_while_its_round_ends_others_goes_on(harness: LinkingHarness) -> None:
    early, late = await two_claims(harness)
    later = int((harness.now + 2 * CONTEST).timestamp())
    await harness.rows(
        f"""
        CREATE TRIGGER objects AFTER DELETE ON contests WHEN old.owner = '{early}'
        BEGIN UPDATE contests SET ends_at = {later} WHERE owner = '{late}'; END
        """  # noqa: S608 - addresses and a number of this test
    )
    assert await harness.run_for(CONTEST) == 1
    assert [await harness.store.links.holder(each) for each in (early, late)] == [BEN, ANN]
    assert await harness.run_for(CONTEST) == 1
    assert await harness.store.links.holder(late) == BEN
