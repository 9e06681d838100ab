"""The bot's token is reset, and with it the key of all hashes: what is frozen stays so, and stops nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.linking.outcome import Result
from bot.links import NotificationKind
from bot.store.linking.dispute_table import decide_for, find_disputes
from bot.store.rows import seconds
from tests.linking.harness import ANN, BEN, CLEO, CONTEST, TOKEN, LinkingHarness, open_linking, owner_of

ACCOUNT, OTHER = "loopring:10001", "loopring:10002"
KEY, OTHER_KEY = "a wallet", "another wallet"
OWNER = owner_of(KEY)
NEW_TOKEN = "a token after a reset"
Bot = Callable[..., AbstractAsyncContextManager[LinkingHarness]]


@pytest.fixture
def bot(tmp_path: Path) -> Bot:
    """Run the bot on one store; `token` is the one that it has now."""
    return partial(open_linking, path=tmp_path / "t.db")


@pytest.fixture
async def renewed(bot: Bot) -> AsyncIterator[LinkingHarness]:
    """Ann has an address, which was frozen before the token was reset."""
    async with bot(token=TOKEN) as harness:
        await harness.prove(ANN, ACCOUNT, KEY)
        await harness.freeze(OWNER)
        await harness.round()
    async with bot(token=NEW_TOKEN) as harness:
        yield harness


async def open_by_mistake(harness: LinkingHarness) -> None:
    """Let Ben contest a frozen address, as he could after a reset in earlier versions."""
    sql = """
        INSERT INTO contests (owner, holder_id, challenger_id, method, text_hash, opened_at, ends_at, signed_at)
        VALUES (?, ?, ?, 'eoa', x'00', ?, ?, ?)
    """
    opened, ends = seconds(harness.now), seconds(harness.now + CONTEST)
    await harness.rows(sql, OWNER, ANN, BEN, opened, ends, opened)


async def test_a_frozen_address_moves_no_more_after_a_reset(renewed: LinkingHarness) -> None:
    assert (await renewed.prove(BEN, ACCOUNT, KEY)).result is Result.FROZEN
    assert await renewed.store.contests.opened_by(BEN) == []
    assert await renewed.rows("SELECT owner_hash, owner FROM frozen") == [(renewed.pseudonym(OWNER), OWNER)]
    await renewed.run_for(CONTEST, step=timedelta(hours=1))
    assert await renewed.store.links.holder(OWNER) == ANN


async def test_it_stays_frozen_when_all_whom_it_concerns_left_after_a_reset(renewed: LinkingHarness) -> None:
    await renewed.delete(ANN)
    assert await renewed.rows("SELECT owner FROM frozen") == [(None,)]
    assert (await renewed.prove(BEN, ACCOUNT, KEY)).result is Result.FROZEN


async def test_an_address_that_concerns_nobody_is_free_after_a_reset_and_frozen_once_if_the_old_token_returns(
    bot: Bot,
) -> None:
    """What `docs/linking.md` says a new token loses: only the hash was left, and nothing finds it."""
    async with bot(token=TOKEN) as harness:
        await harness.prove(ANN, ACCOUNT, KEY)
        await harness.freeze(OWNER)
        await harness.delete(ANN)
    async with bot(token=NEW_TOKEN) as harness:
        assert (await harness.prove(BEN, ACCOUNT, KEY)).result is Result.LINKED
        await harness.freeze(OWNER)
    async with bot(token=TOKEN) as harness:  # a backup is restored, or both were confused
        assert (await harness.prove(CLEO, ACCOUNT, KEY)).result is Result.FROZEN
        assert await harness.rows("SELECT owner_hash, owner FROM frozen") == [(harness.pseudonym(OWNER), OWNER)]


async def test_freezing_once_more_after_a_reset_keeps_since_when_it_is_frozen(renewed: LinkingHarness) -> None:
    before = await renewed.rows("SELECT owner, reason, at FROM frozen")
    renewed.pass_time(CONTEST)
    await renewed.freeze(OWNER)
    assert await renewed.rows("SELECT owner, reason, at FROM frozen") == before


async def test_a_contest_that_an_earlier_version_opened_about_a_frozen_address_moves_nothing(
    renewed: LinkingHarness,
) -> None:
    await open_by_mistake(renewed)
    await renewed.prove(ANN, OTHER, OTHER_KEY)
    await renewed.prove(BEN, OTHER, OTHER_KEY)
    assert await renewed.run_for(CONTEST, step=timedelta(hours=1)) == 2
    assert await renewed.store.links.holder(OWNER) == ANN
    assert await renewed.store.links.holder(owner_of(OTHER_KEY)) == BEN
    assert [each.owner for each in await renewed.store.contests.frozen_of(BEN)] == [OWNER]


@pytest.mark.parametrize("winner", [ANN, BEN])
async def test_the_operator_can_decide_about_one_that_is_both_frozen_and_contested(
    renewed: LinkingHarness, winner: int
) -> None:
    await renewed.rows("INSERT INTO frozen_claims VALUES (?, ?, 'eoa', NULL, 1)", OWNER, BEN)  # an earlier signature
    await open_by_mistake(renewed)
    [dispute] = await renewed.store.writer.run(lambda db: find_disputes(db, OWNER))
    assert (dispute.ends_at, dispute.holder_id) == (None, ANN)
    assert [each.user_id for each in dispute.claimants] == [ANN, BEN]
    assert dispute.claimants[1].signed_at == renewed.now
    chosen = next(each for each in dispute.claimants if each.user_id == winner)
    await renewed.store.writer.transaction(lambda db: decide_for(db, dispute, chosen, renewed.pseudonym, renewed.now))
    assert await renewed.store.links.holder(OWNER) == winner
    assert await renewed.store.writer.run(find_disputes) == []
    expected = {True: NotificationKind.DECIDED_FOR, False: NotificationKind.DECIDED_AGAINST}
    for member in (ANN, BEN):
        assert await renewed.pending_kinds(member) == [expected[member == winner]]
