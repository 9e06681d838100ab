"""What a moderator vouches for: it counts in one server once its member confirms, and takes nothing from anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import InputError
from bot.linking.vouching import ANSWERS_RETAINED, VOUCH_LIMITS, ProvenHere, Vouching
from bot.links import MAX_LINKS, NOWHERE, InGuild, Scope, Vouch
from bot.store.linking.vouch_table import Answered, VouchAnswer
from bot.store.rows import to_account
from tests.linking.harness import (
    ANN,
    BEN,
    CLEO,
    GUILD,
    HERE,
    JOINED,
    MOD,
    LinkingHarness,
    owner_of,
)
from tests.linking.vouched import A_SECOND, ADA, ELSEWHERE, HANA, OWNER, vouches

NOTHING_TO_ANSWER = r"There is nothing to answer any more: `/accounts` in that server shows how things are\."
HELD = r"Another member of that server has confirmed it before; a moderator there can `/unvouch` that\."
TABLES = ("links", "proofs", "contests", "refusals", "notices", "shares", "sessions")


async def test_a_vouch_counts_once_the_member_has_confirmed_and_in_that_server_alone(asking: LinkingHarness) -> None:
    account = await asking.linking.vouching.ask(ANN, HERE, "ada.loopring.eth", moderator_id=MOD)
    assert str(account) == ADA
    [vouch] = await asking.linking.vouching.of(ANN, HERE)
    assert vouch == Vouch(GUILD, ANN, to_account(ADA), OWNER, asking.now)
    assert await asking.proven(ANN, HERE) == {}
    asking.pass_time(A_SECOND)
    confirmed, counts = await asking.linking.vouching.confirm(ANN, HERE, vouch.vouch_id)
    assert confirmed.confirmed_at == asking.now
    assert counts
    proven = (await asking.linking.proven.of(ANN, HERE)).accounts[to_account(ADA)]
    assert (proven.owner, proven.kind, proven.proven_at) == (OWNER, None, asking.now)
    assert await asking.proven(ANN, ELSEWHERE) == await asking.proven(ANN, NOWHERE) == {}
    assert await asking.listed(ANN) == {}
    assert await asking.linking.vouching.of(ANN, ELSEWHERE) == []
    assert await asking.linking.vouching.of(ANN, NOWHERE) == ()


async def test_each_step_is_recorded_under_pseudonyms(harness: LinkingHarness) -> None:
    await harness.vouch(ANN, ADA, OWNER)
    await harness.store.vouches.withdraw(GUILD, ANN, to_account(ADA), harness.now, harness.pseudonym, BEN)
    asked = await harness.ask(ANN, HANA, owner_of("10002"))
    assert asked
    await harness.linking.vouching.decline(ANN, HERE, asked.vouch_id)
    ann, mod, ben = map(harness.pseudonym, (ANN, MOD, BEN))
    assert await harness.rows("SELECT verb, actor, subject FROM audit ORDER BY id") == [
        ("vouch", mod, ann),
        ("vouch-confirm", ann, ann),
        ("vouch-withdraw", ben, ann),
        ("vouch", mod, ann),
        ("vouch-decline", ann, ann),
    ]


async def test_a_vouch_changes_no_row_of_links_proofs_or_anything_else_of_a_member(harness: LinkingHarness) -> None:
    for number in range(MAX_LINKS):
        await harness.name(ANN, f"loopring:{number}", f"wallet {number}")
    before = {table: await harness.rows(f"SELECT * FROM {table}") for table in TABLES}  # noqa: S608 - names from above
    await harness.vouch(ANN, ADA, OWNER)
    assert {table: await harness.rows(f"SELECT * FROM {table}") for table in TABLES} == before  # noqa: S608 - likewise
    assert await harness.proven(ANN, HERE) == {ADA: None}


async def test_a_member_who_declines_is_not_asked_about_it_again(harness: LinkingHarness) -> None:
    asked = await harness.ask(ANN, ADA, OWNER)
    assert asked
    await harness.linking.vouching.decline(ANN, HERE, asked.vouch_id)
    assert await vouches(harness, ANN) == []
    await harness.store.vouches.withdraw(GUILD, ANN, asked.account, harness.now, harness.pseudonym, MOD)
    harness.pass_time(timedelta(days=2))
    assert await harness.ask(ANN, ADA, OWNER) is not None  # so it looks to the moderator
    assert await vouches(harness, ANN) == []
    assert await harness.linking.vouching.to_notify() == []
    with pytest.raises(InputError, match=NOTHING_TO_ANSWER):
        await harness.linking.vouching.confirm(ANN, HERE, asked.vouch_id)
    harness.pass_time(ANSWERS_RETAINED)
    await harness.purge()
    assert await harness.ask(ANN, ADA, OWNER) is not None
    assert await vouches(harness, ANN) == [(ADA, False)]


async def test_a_member_can_take_back_what_they_confirmed(harness: LinkingHarness) -> None:
    await harness.vouch(ANN, ADA, OWNER)
    [vouch] = await harness.linking.vouching.of(ANN, HERE)
    await harness.linking.vouching.decline(ANN, HERE, vouch.vouch_id)
    assert (await harness.proven(ANN, HERE), await vouches(harness, ANN)) == ({}, [])


async def test_a_moderator_takes_it_back_and_may_ask_again(asking: LinkingHarness) -> None:
    await asking.vouch(ANN, ADA, OWNER)
    for _ in range(2):  # the same answer, whether there was anything or not
        account = await asking.linking.vouching.withdraw(ANN, GUILD, "10001", moderator_id=BEN)
        assert str(account) == ADA
        assert await asking.proven(ANN, HERE) == {}
    asking.pass_time(A_SECOND)
    assert await asking.ask(ANN, ADA, OWNER)


async def test_a_button_of_an_earlier_question_answers_no_later_one(harness: LinkingHarness) -> None:
    earlier = await harness.ask(ANN, ADA, OWNER)
    assert earlier
    await harness.store.vouches.withdraw(GUILD, ANN, earlier.account, harness.now, harness.pseudonym, MOD)
    harness.pass_time(A_SECOND)
    later = await harness.ask(ANN, ADA, OWNER)
    assert later
    with pytest.raises(InputError, match=NOTHING_TO_ANSWER):
        await harness.linking.vouching.confirm(ANN, HERE, earlier.vouch_id)
    # Nor does it when it was read before, and comes late.
    answered = await harness.store.vouches.answer(earlier, VouchAnswer.CONFIRM, harness.now, harness.pseudonym)
    assert answered is Answered.OVER
    assert await harness.proven(ANN, HERE) == {}


@pytest.mark.parametrize("late", VouchAnswer)
async def test_an_answer_that_comes_after_it_was_declined_changes_nothing(
    harness: LinkingHarness, late: VouchAnswer
) -> None:
    """Two presses at once: both were read before either is written."""
    asked = await harness.ask(ANN, ADA, OWNER)
    assert asked
    answer = harness.store.vouches.answer
    assert await answer(asked, VouchAnswer.DECLINE, harness.now, harness.pseudonym) is Answered.RECORDED
    assert await answer(asked, late, harness.now + A_SECOND, harness.pseudonym) is Answered.OVER
    assert (await harness.proven(ANN, HERE), await vouches(harness, ANN)) == ({}, [])


@pytest.mark.parametrize("user_id", [BEN, MOD], ids=["another member", "the moderator"])
@pytest.mark.parametrize("answer", ["confirm", "decline"])
async def test_nobody_answers_for_somebody_else(harness: LinkingHarness, user_id: int, answer: str) -> None:
    asked = await harness.ask(ANN, ADA, OWNER)
    assert asked
    with pytest.raises(InputError, match=NOTHING_TO_ANSWER):
        await getattr(harness.linking.vouching, answer)(user_id, HERE, asked.vouch_id)
    with pytest.raises(InputError, match=NOTHING_TO_ANSWER):
        await getattr(harness.linking.vouching, answer)(ANN, ELSEWHERE, asked.vouch_id)
    assert await vouches(harness, ANN) == [(ADA, False)]


async def test_it_is_confirmed_once(harness: LinkingHarness) -> None:
    await harness.vouch(ANN, ADA, OWNER)
    [vouch] = await harness.linking.vouching.of(ANN, HERE)
    with pytest.raises(InputError, match=NOTHING_TO_ANSWER):
        await harness.linking.vouching.confirm(ANN, HERE, vouch.vouch_id)


@pytest.mark.parametrize("other", [ADA, f"eip155:1:{OWNER}"], ids=["the same account", "another of its owner"])
async def test_of_two_members_of_a_server_the_first_to_confirm_has_it(harness: LinkingHarness, other: str) -> None:
    hers, his = await harness.ask(ANN, ADA, OWNER), await harness.ask(BEN, other, OWNER)
    assert hers
    assert his
    await harness.linking.vouching.confirm(BEN, HERE, his.vouch_id)
    with pytest.raises(InputError, match=HELD):
        await harness.linking.vouching.confirm(ANN, HERE, hers.vouch_id)
    await harness.vouch(CLEO, ADA, OWNER, guild_id=GUILD + 1)
    assert [await harness.proven(each, HERE) for each in (ANN, BEN, CLEO)] == [{}, {other: None}, {}]


async def test_an_account_of_somebody_who_left_is_free_once_a_moderator_takes_their_vouch_back(
    harness: LinkingHarness,
) -> None:
    await harness.vouch(BEN, ADA, OWNER)  # and leaves the server, which Discord tells nobody
    hers = await harness.ask(ANN, ADA, OWNER)
    assert hers
    with pytest.raises(InputError, match=HELD):
        await harness.linking.vouching.confirm(ANN, HERE, hers.vouch_id)
    assert await vouches(harness, ANN) == [(ADA, False)]
    await harness.store.vouches.withdraw(GUILD, BEN, hers.account, harness.now, harness.pseudonym, MOD)
    await harness.linking.vouching.confirm(ANN, HERE, hers.vouch_id)
    assert await harness.proven(ANN, HERE) == {ADA: None}


async def test_that_another_has_confirmed_it_is_said_to_nobody_whose_question_is_over(harness: LinkingHarness) -> None:
    hers, his = await harness.ask(ANN, ADA, OWNER), await harness.ask(BEN, ADA, OWNER)
    assert hers
    assert his
    await harness.linking.vouching.confirm(BEN, HERE, his.vouch_id)
    await harness.store.vouches.withdraw(GUILD, ANN, hers.account, harness.now, harness.pseudonym, MOD)
    answered = await harness.store.vouches.answer(hers, VouchAnswer.CONFIRM, harness.now, harness.pseudonym)
    assert answered is Answered.OVER


async def test_what_is_of_an_earlier_stay_in_a_server_counts_no_longer(harness: LinkingHarness) -> None:
    await harness.vouch(ANN, ADA, OWNER)
    back = InGuild(GUILD, harness.now + timedelta(days=1))
    assert await harness.proven(ANN, back) == {}
    assert await harness.linking.vouching.of(ANN, back) == []
    harness.pass_time(timedelta(days=2))
    again = Vouch(GUILD, ANN, to_account(HANA), owner_of("10002"), harness.now)
    assert await harness.store.vouches.ask(again, back, harness.pseudonym, MOD, VOUCH_LIMITS)
    assert await harness.rows("SELECT account FROM vouches") == [(HANA,)]


@pytest.mark.parametrize("answer", ["confirm", "decline"])
@pytest.mark.parametrize("stay", [InGuild(GUILD, JOINED + timedelta(days=900)), NOWHERE], ids=["a later one", "none"])
async def test_a_question_of_an_earlier_stay_is_not_answered(harness: LinkingHarness, answer: str, stay: Scope) -> None:
    asked = await harness.ask(ANN, ADA, OWNER)
    assert asked
    before = await harness.rows("SELECT * FROM vouches")
    with pytest.raises(InputError, match=NOTHING_TO_ANSWER):
        await getattr(harness.linking.vouching, answer)(ANN, stay, asked.vouch_id)
    assert await harness.rows("SELECT * FROM vouches") == before


async def test_a_server_that_the_bot_leaves_is_forgotten(harness: LinkingHarness) -> None:
    await harness.vouch(ANN, ADA, OWNER)
    await harness.vouch(ANN, ADA, OWNER, guild_id=ELSEWHERE.guild_id)
    await harness.linking.vouching.forget_guild(GUILD)
    assert await harness.rows("SELECT DISTINCT guild_id FROM vouches") == [(ELSEWHERE.guild_id,)]
    assert await harness.rows("SELECT DISTINCT guild_id FROM vouch_asks") == [(ELSEWHERE.guild_id,)]


async def test_a_question_that_nobody_answers_ends(harness: LinkingHarness) -> None:
    await harness.vouch(BEN, HANA, owner_of("10002"))
    await harness.ask(ANN, ADA, OWNER)
    harness.pass_time(ANSWERS_RETAINED)
    await harness.purge()
    assert await vouches(harness, ANN) == [(ADA, False)]
    harness.pass_time(A_SECOND)
    await harness.purge()
    assert (await vouches(harness, ANN), await vouches(harness, BEN)) == ([], [(HANA, True)])


async def test_switched_off_nothing_counts_and_nothing_can_be_answered(harness: LinkingHarness) -> None:
    await harness.vouch(ANN, ADA, OWNER)
    asked = await harness.ask(BEN, HANA, owner_of("10002"))
    assert asked
    await harness.prove(ANN, "loopring:10003", "hers")
    off = Vouching(harness.store, harness.lookup, harness.pseudonym, lambda: harness.now, enabled=False)
    assert (await ProvenHere(harness.store, vouching=False).of(ANN, HERE)).accounts.keys() == {
        to_account("loopring:10003")
    }
    assert (await off.of(ANN, HERE), await off.to_notify()) == ((), ())
    with pytest.raises(InputError, match=NOTHING_TO_ANSWER):
        await off.confirm(BEN, HERE, asked.vouch_id)


async def test_the_export_lists_it_and_nothing_is_left_of_a_deleted_member(harness: LinkingHarness) -> None:
    await harness.vouch(ANN, ADA, OWNER)
    await harness.ask(ANN, HANA, owner_of("10002"), guild_id=GUILD + 1)
    when = "2026-11-25T10:00:00+00:00"
    export = await harness.export(ANN)
    assert export["vouches"] == [
        {
            "guild_id": guild_id,
            "account": account,
            "owner": owner,
            "asked_at": when,
            "confirmed_at": confirmed,
            "declined_at": None,
        }
        for guild_id, account, owner, confirmed in (
            (GUILD, ADA, OWNER, when),
            (GUILD + 1, HANA, owner_of("10002"), None),
        )
    ]
    assert (await harness.export(MOD))["vouched_by_you"] == [
        {"guild_id": GUILD, "asked_at": when},
        {"guild_id": GUILD + 1, "asked_at": when},
    ]
    await harness.delete(ANN)
    assert await harness.rows("SELECT 1 FROM vouches") == []
    assert await harness.proven(ANN, HERE) == {}
