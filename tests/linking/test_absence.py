"""A contest takes nothing from whoever could not know of it: while the bot is away, and until its holder was told."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.links import Contest, News
from tests.linking.harness import A_ROUND, ANN, BEN, CONTEST, DAN, Desk, open_desk, owner_of

ACCOUNT = "loopring:10001"
KEY = "a wallet"
OWNER = owner_of(KEY)
A_SECOND = timedelta(seconds=1)
HOURS = timedelta(hours=3)


@pytest.fixture
async def contest(desk: Desk) -> Contest:
    """Ben claims what Ann has, and neither has been told anything yet."""
    return await claim(desk)


async def claim(desk: Desk) -> Contest:
    """Let Ben claim what Ann has; a round went by just before."""
    await desk.prove(ANN, ACCOUNT, KEY)
    await desk.contests.settle()
    await desk.prove(BEN, ACCOUNT, KEY)
    return next(iter(await desk.contests.opened_by(BEN)))


async def ends_at(desk: Desk) -> datetime:
    """When it ends now."""
    [contest] = await desk.contests.held_by(ANN)
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
async def test_what_the_bot_is_away_is_given_on_top(
    desk: Desk, contest: Contest, away: timedelta, added: timedelta
) -> None:
    await desk.round()
    desk.pass_time(away)
    assert await desk.contests.settle() == 0
    assert await ends_at(desk) == contest.ends_at + added
    # Once: the next rounds are ordinary ones.
    assert await desk.run_for(contest.ends_at + added - desk.now - A_SECOND) == 0
    assert await ends_at(desk) == contest.ends_at + added
    assert await desk.run_for(A_SECOND) == 1
    assert await desk.store.links.holder(OWNER) == BEN


@pytest.mark.usefixtures("contest")
async def test_a_contest_that_is_due_when_the_bot_comes_back_is_not_over(desk: Desk) -> None:
    await desk.run_for(CONTEST - A_SECOND)
    desk.pass_time(timedelta(days=1))
    assert await desk.contests.settle() == 0
    assert await desk.listed(ANN) == {ACCOUNT: True}


async def test_what_a_holder_who_objected_has_is_longer_by_an_absence_too(desk: Desk, contest: Contest) -> None:
    await desk.round()
    await desk.contests.object(ANN, contest.owner)
    before = await ends_at(desk)
    desk.pass_time(HOURS)
    await desk.contests.settle()
    assert await ends_at(desk) == before + HOURS


async def test_a_store_that_was_put_back_counts_from_when_it_was_saved(tmp_path: Path) -> None:
    saved = tmp_path / "t.db"
    async with open_desk(path=saved) as desk:
        contest = await claim(desk)
        await desk.round()
    async with open_desk(path=saved) as desk:
        desk.now = contest.opened_at + timedelta(days=3)
        assert await desk.round() == 0
        assert await ends_at(desk) == contest.ends_at + timedelta(days=3)


async def test_a_clock_that_is_put_back_shortens_nothing(desk: Desk, contest: Contest) -> None:
    await desk.round()
    desk.pass_time(-HOURS)
    assert await desk.contests.settle() == 0
    assert await ends_at(desk) == contest.ends_at


# ---------------------------------------------------------------- the holder is not told


async def test_it_does_not_end_before_its_holder_was_told(desk: Desk, contest: Contest) -> None:
    """Discord is down: rounds go by, and no message gets through."""
    end = contest.ends_at + HOURS
    while desk.now < end:
        desk.pass_time(A_ROUND)
        assert await desk.contests.settle() == 0
    assert await desk.listed(ANN) == {ACCOUNT: True}
    [notice] = await desk.contests.notices(ANN)
    assert (notice.news, notice.until) == (News.CONTESTED, end + CONTEST)
    await desk.contests.told(notice)
    assert await ends_at(desk) == notice.until
    assert await desk.run_for(CONTEST - A_SECOND) == 0
    assert await desk.run_for(A_SECOND) == 1


@pytest.mark.parametrize(("late", "given"), [(A_ROUND, timedelta()), (A_ROUND + A_SECOND, A_ROUND + A_SECOND)])
async def test_who_is_told_late_has_the_whole_time_from_then_on(
    desk: Desk, contest: Contest, late: timedelta, given: timedelta
) -> None:
    desk.pass_time(late)
    [notice] = await desk.contests.notices(ANN)
    assert notice.until == contest.ends_at + given
    await desk.contests.told(notice)
    assert await ends_at(desk) == contest.ends_at + given


async def test_to_be_told_late_shortens_nothing(desk: Desk, contest: Contest) -> None:
    await desk.contests.object(ANN, contest.owner)
    objected = await ends_at(desk)
    desk.pass_time(HOURS)
    [notice] = await desk.contests.notices(ANN)
    assert notice.until == objected
    await desk.contests.told(notice)
    assert await ends_at(desk) == objected


@pytest.mark.usefixtures("contest")
async def test_other_news_that_are_told_late_lengthen_nothing(desk: Desk) -> None:
    await desk.round()
    await desk.prove(ANN, ACCOUNT, KEY)  # she keeps it, and is not told yet
    await desk.prove(DAN, ACCOUNT, KEY)
    before = await ends_at(desk)
    desk.pass_time(HOURS)
    for notice in await desk.contests.notices(ANN):
        if notice.news is News.KEPT:
            await desk.contests.told(notice)
    assert await ends_at(desk) == before


async def test_who_takes_no_direct_messages_does_not_hold_it_up(desk: Desk, contest: Contest) -> None:
    await desk.round(ANN)
    [notice] = await desk.contests.notices(ANN)
    assert (notice.news, notice.tried) == (News.CONTESTED, True)
    assert await ends_at(desk) == contest.ends_at
    moved = 0
    while desk.now < contest.ends_at:
        desk.pass_time(A_ROUND)
        moved += await desk.round(ANN)
    assert moved == 1
    assert await desk.news(ANN) == [News.CONTESTED, News.LOST]


async def test_and_has_the_whole_time_from_when_they_hear_of_it(desk: Desk, contest: Contest) -> None:
    await desk.round(ANN)
    while desk.now < contest.opened_at + HOURS:
        desk.pass_time(A_ROUND)
        await desk.round(ANN)
    [notice] = await desk.contests.notices(ANN)
    await desk.contests.told(notice)  # below the answer to a command
    assert await ends_at(desk) == desk.now + CONTEST
    assert await desk.news(ANN) == []


async def test_a_refused_message_is_remembered_over_a_restart(tmp_path: Path) -> None:
    async with open_desk(path=tmp_path / "t.db") as desk:
        await claim(desk)
        await desk.round(ANN)
    async with open_desk(path=tmp_path / "t.db") as desk:
        assert [notice.tried for notice in await desk.contests.notices(ANN)] == [True]
