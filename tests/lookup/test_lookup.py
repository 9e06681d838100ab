"""Lookup over the sandbox: one read for many, answers cached for a while, and incomplete ones never cached."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import NotFoundError, SourceError, ThrottledError, UnavailableError
from bot.holdings import LOOPRING, Account, Collection, Holding, Holdings
from bot.lookup.lookup import Lookup
from bot.reasons import reason_words
from tests.lookup.conftest import SOMEONE
from tests.sandbox_client import SandboxClient

ADA = Account(LOOPRING, "10001")
WHALE = Account(LOOPRING, "10005")
DETAILS = "user/collection/details"
FAULT = "Loopring has an internal error (HTTP 503). Try again in a minute."
THROTTLED = "Loopring gets too many requests right now. Try again in a minute."


async def watch(lookup: Lookup, account: Account, contract: str | None = None) -> list[Holdings]:
    return [holdings async for holdings in lookup.subscribe_holdings(account, SOMEONE, contract)]


async def final(lookup: Lookup, account: Account = ADA, contract: str | None = None) -> Holdings:
    return (await watch(lookup, account, contract))[-1]


async def first_state(lookup: Lookup, account: Account) -> Holdings:
    """What is known after the first upstream page; then the subscriber leaves."""
    async for holdings in lookup.subscribe_holdings(account, SOMEONE):
        return holdings
    raise AssertionError("nothing came")


# ---------------------------------------------------------------- sharing


async def test_a_hundred_who_ask_at_once_cause_one_read(sandbox: SandboxClient, lookup: Lookup) -> None:
    await sandbox.fault("slow", seconds=0.05)
    answers = await asyncio.gather(*(final(lookup, WHALE) for _ in range(100)))
    assert {(len(holdings.holdings), holdings.complete) for holdings in answers} == {(132, True)}
    assert len(await sandbox.requests(DETAILS)) == 3


async def test_a_list_grows_page_by_page_and_only_the_last_is_complete(sandbox: SandboxClient, lookup: Lookup) -> None:
    await sandbox.fault("slow", seconds=0.05)
    states = await watch(lookup, WHALE)
    assert [(len(state.holdings), state.total, state.complete) for state in states] == [
        (50, 132, False),
        (100, 132, False),
        (132, 132, True),
    ]
    assert {state.incomplete_reason for state in states} == {None}


async def test_a_late_subscriber_gets_what_is_known_so_far_and_then_the_rest(
    sandbox: SandboxClient, lookup: Lookup
) -> None:
    await sandbox.fault("slow", seconds=0.1, after=1)
    assert len((await first_state(lookup, WHALE)).holdings) == 50
    late = await watch(lookup, WHALE)
    assert (len(late[0].holdings), len(late[-1].holdings)) == (50, 132)
    assert len(await sandbox.requests(DETAILS)) == 3


async def test_a_subscriber_who_leaves_does_not_stop_the_answer_for_the_others(
    sandbox: SandboxClient, lookup: Lookup
) -> None:
    await sandbox.fault("slow", seconds=0.1)
    leaving, staying = asyncio.create_task(final(lookup)), asyncio.create_task(final(lookup))
    while not (await sandbox.get("/_sandbox/faults"))[0]["struck"]:
        assert not staying.done()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert (await staying).complete
    assert len(await sandbox.requests(DETAILS)) == 1


async def test_an_error_reaches_all_who_wait_and_is_not_cached(sandbox: SandboxClient, lookup: Lookup) -> None:
    await sandbox.fault("throttle", times=3)
    errors = await asyncio.gather(*(final(lookup) for _ in range(3)), return_exceptions=True)
    assert [str(error) for error in errors] == [THROTTLED] * 3
    assert all(isinstance(error, ThrottledError) for error in errors)
    assert (await final(lookup)).complete


async def test_accounts_and_contracts_are_read_separately(sandbox: SandboxClient, lookup: Lookup) -> None:
    of_three = (await final(lookup, Account(LOOPRING, "10011"))).holdings
    contract = of_three[0].collection.contract_address
    everything, some = await asyncio.gather(final(lookup), final(lookup, ADA, contract))
    assert (len(everything.holdings), len(some.holdings)) == (30, 3)
    assert some.complete
    assert len(await sandbox.requests(DETAILS)) == 3


# ---------------------------------------------------------------- the cache


async def test_a_complete_answer_is_reused_with_its_age(sandbox: SandboxClient, lookup: Lookup) -> None:
    first = await final(lookup)
    assert await watch(lookup, ADA) == [first]
    calls = await sandbox.requests(DETAILS)
    assert len(calls) == 1
    # The data may be newer than its `as_of`, never older.
    assert first.as_of <= datetime.fromtimestamp((calls[0]["at_ms"] + 1) / 1000, UTC)


async def test_an_expired_answer_is_asked_for_again(sandbox: SandboxClient, make_lookup: Callable[..., Lookup]) -> None:
    kept_for = timedelta(milliseconds=150)
    lookup = make_lookup(kept_for)
    first = later = await final(lookup)
    async with asyncio.timeout(60):
        while later.as_of == first.as_of:
            later = await final(lookup)
    assert later.as_of - first.as_of >= kept_for
    assert later.stale_reason is None
    assert len(await sandbox.requests(DETAILS)) == 2


async def test_without_a_cache_each_question_is_asked(
    sandbox: SandboxClient, make_lookup: Callable[..., Lookup]
) -> None:
    lookup = make_lookup(timedelta(0))
    await final(lookup)
    await final(lookup)
    assert len(await sandbox.requests(DETAILS)) == 2


async def test_when_the_source_is_down_an_earlier_answer_says_why_it_is_shown(
    sandbox: SandboxClient, make_lookup: Callable[..., Lookup]
) -> None:
    lookup = make_lookup(timedelta(0))
    first = await final(lookup)
    await sandbox.fault("status", status=503)
    later = await final(lookup)
    assert reason_words(later.stale_reason) == FAULT
    assert (later.holdings, later.as_of, later.complete) == (first.holdings, first.as_of, True)
    with pytest.raises(UnavailableError):
        await final(lookup, Account(LOOPRING, "10002"))


async def test_an_earlier_answer_does_not_hide_that_the_account_is_gone(
    sandbox: SandboxClient, make_lookup: Callable[..., Lookup]
) -> None:
    lookup = make_lookup(timedelta(0))
    await final(lookup)
    await sandbox.fault("error", code=104007, message="Invalid accountId")
    with pytest.raises(NotFoundError, match="Loopring has no such account"):
        await final(lookup)


@pytest.mark.parametrize(
    ("kind", "times", "incomplete_reason"),
    [
        # The page that lost rows, and the one after it that would bring them.
        ("short", 2, "28 of the 30 announced arrived"),
        ("empty", 1, "0 of the 30 announced arrived"),
    ],
)
async def test_an_incomplete_answer_is_never_cached(
    sandbox: SandboxClient, lookup: Lookup, kind: str, times: int, incomplete_reason: str
) -> None:
    await sandbox.fault(kind, times=times)
    incomplete = await final(lookup)
    assert (incomplete.complete, reason_words(incomplete.incomplete_reason)) == (False, incomplete_reason)
    again = await final(lookup)
    assert again.complete
    assert len(again.holdings) == 30


async def test_an_interrupted_read_says_why_and_is_not_cached(sandbox: SandboxClient, lookup: Lookup) -> None:
    await sandbox.fault("throttle", after=1, times=3)
    broken = await final(lookup, WHALE)
    assert (len(broken.holdings), broken.complete, reason_words(broken.incomplete_reason)) == (50, False, THROTTLED)
    assert (await final(lookup, WHALE)).complete


async def test_rows_of_nothing_are_not_shown_and_do_not_make_a_list_incomplete(lookup: Lookup) -> None:
    nothing = await final(lookup, Account(LOOPRING, "10009"))
    assert (nothing.holdings, nothing.complete) == ((), True)


# ---------------------------------------------------------------- NFTs and collections


async def test_nfts_are_cached_when_complete(sandbox: SandboxClient, lookup: Lookup) -> None:
    harbour = Holding(Collection(LOOPRING, "254"), 12)
    first = await lookup.nfts(ADA, harbour, SOMEONE)
    assert (len(first.nfts), first.complete) == (12, True)
    assert await lookup.nfts(ADA, harbour, SOMEONE) == first
    assert len(await sandbox.requests("collection/balances")) == 1


async def test_nfts_that_did_not_all_arrive_are_shown_and_not_cached(sandbox: SandboxClient, lookup: Lookup) -> None:
    await sandbox.fault("short", path="collection/balances", times=2)
    harbour = Holding(Collection(LOOPRING, "254"), 12)
    short = await lookup.nfts(ADA, harbour, SOMEONE)
    assert (len(short.nfts), short.complete, reason_words(short.incomplete_reason)) == (
        10,
        False,
        "10 of the 12 announced arrived",
    )
    assert (await lookup.nfts(ADA, harbour, SOMEONE)).complete


async def test_nfts_of_which_none_arrived_are_an_error_and_not_none(sandbox: SandboxClient, lookup: Lookup) -> None:
    await sandbox.fault("status", path="collection/balances", status=503)
    with pytest.raises(UnavailableError):
        await lookup.nfts(ADA, Holding(Collection(LOOPRING, "254"), 12), SOMEONE)


async def test_nfts_that_are_interrupted_have_a_reason(sandbox: SandboxClient, lookup: Lookup) -> None:
    await sandbox.post("/_sandbox/accounts", {"account": 600_001, "collections": 1, "kinds": 60})
    account = Account(LOOPRING, "600001")
    holding = (await final(lookup, account)).holdings[0]
    await sandbox.fault("status", path="collection/balances", status=503, after=1)
    nfts = await lookup.nfts(account, holding, SOMEONE)
    assert (len(nfts.nfts), nfts.complete, reason_words(nfts.incomplete_reason)) == (50, False, FAULT)


async def test_nfts_that_are_fewer_than_the_list_announced_are_incomplete(lookup: Lookup) -> None:
    nfts = await lookup.nfts(ADA, Holding(Collection(LOOPRING, "254"), 15), SOMEONE)
    assert (len(nfts.nfts), nfts.complete, reason_words(nfts.incomplete_reason)) == (
        12,
        False,
        "12 of 15 different NFTs arrived",
    )


async def test_a_collection_is_asked_for_once_and_shown_with_its_age(sandbox: SandboxClient, lookup: Lookup) -> None:
    collection, as_of = await lookup.collection(LOOPRING, "254", SOMEONE)
    assert collection.name == "Harbour Lights"
    assert await lookup.collection(LOOPRING, "254", SOMEONE) == (collection, as_of)
    assert len(await sandbox.requests("nft/public/collection")) == 1


# ---------------------------------------------------------------- the end


async def test_closing_before_the_first_page_ends_every_wait_with_an_error(
    sandbox: SandboxClient, lookup: Lookup
) -> None:
    await sandbox.fault("slow", seconds=300)
    waiting = [asyncio.create_task(final(lookup)) for _ in range(3)]
    while not (await sandbox.get("/_sandbox/faults"))[0]["struck"]:
        assert not waiting[0].done()
    await lookup.close()
    async with asyncio.timeout(60):
        errors = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(error, SourceError) for error in errors)
    assert "is being restarted" in str(errors[0])


async def test_closing_in_the_middle_leaves_an_answer_marked_as_incomplete(
    sandbox: SandboxClient, lookup: Lookup
) -> None:
    await sandbox.fault("slow", seconds=300, after=1)
    seen: list[Holdings] = []

    async def keep() -> None:
        async for holdings in lookup.subscribe_holdings(WHALE, SOMEONE):
            seen.append(holdings)
            await lookup.close()

    async with asyncio.timeout(60):
        await keep()
    assert len(seen[-1].holdings) == 50
    assert not seen[-1].complete
    # Without a reason it would be shown as "still reading…" forever.
    assert "is being restarted" in reason_words(seen[-1].incomplete_reason)
