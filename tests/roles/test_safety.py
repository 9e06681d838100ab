"""The breaker: which waves wait for a person, and when a hold ends by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.roles.safety import (
    Cause,
    CollectionCensus,
    GateCensus,
    Hold,
    Scope,
    SourceCensus,
    collection_trip,
    ends,
    gate_trip,
    guild_trip,
    has_witness,
    source_trip,
)
from tests.roles.cases import NOW

SMALL = st.integers(0, 60)


@pytest.mark.parametrize(
    ("holders", "losing", "removed", "cause"),
    [
        pytest.param(1, 1, 0, None, id="the only holder sold"),
        pytest.param(9, 2, 0, None, id="two of nine"),
        pytest.param(9, 3, 0, Cause.TOO_MANY_AT_ONCE, id="three of nine"),
        pytest.param(10, 3, 0, None, id="three of ten"),
        pytest.param(10, 4, 0, Cause.TOO_MANY_AT_ONCE, id="four of ten"),
        pytest.param(39, 3, 0, None, id="three of 39"),
        pytest.param(39, 4, 0, Cause.TOO_MANY_AT_ONCE, id="four of 39 are more than a tenth"),
        pytest.param(40, 4, 0, None, id="four of 40 are a tenth"),
        pytest.param(500, 50, 0, None, id="a tenth of 500"),
        pytest.param(500, 51, 0, Cause.TOO_MANY_AT_ONCE, id="more than a tenth of 500"),
        pytest.param(500, 500, 0, Cause.TOO_MANY_AT_ONCE, id="all of 500"),
        pytest.param(20, 1, 4, None, id="five of 20 in a day"),
        pytest.param(20, 1, 5, Cause.TOO_MANY_IN_A_DAY, id="six of 20 in a day"),
        pytest.param(20, 0, 6, None, id="what was removed already is not held"),
        pytest.param(500, 10, 90, None, id="a fifth of 500 in a day"),
        pytest.param(500, 10, 91, Cause.TOO_MANY_IN_A_DAY, id="more than a fifth of 500 in a day"),
        pytest.param(0, 0, 0, None, id="a gate without holders"),
    ],
)
def test_a_gate_that_loses_too_many_waits(holders: int, losing: int, removed: int, cause: Cause | None) -> None:
    trip = gate_trip(GateCensus(holders, losing, removed))
    assert (trip and trip.cause) == cause


def test_a_trip_says_what_was_counted() -> None:
    trip = gate_trip(GateCensus(500, 51, 7))
    assert trip
    assert dict(trip.numbers) == {"losing": 51, "holders": 500, "limit": 50}


@pytest.mark.parametrize(
    ("accounts", "emptied", "trips"),
    [(2, 2, False), (10, 3, False), (10, 4, True), (1000, 100, False), (1000, 101, True)],
)
def test_a_source_where_many_accounts_became_empty_waits(accounts: int, emptied: int, trips: bool) -> None:  # noqa: FBT001  # a column of the table
    trip = source_trip(SourceCensus(accounts, emptied))
    assert (trip is not None and trip.cause is Cause.SOURCE_EMPTIED) is trips


@pytest.mark.parametrize(
    ("accounts", "emptied", "is_there"),
    [(0, 0, False), (1, 0, True), (1, 1, False), (2, 1, True), (2, 2, False), (3, 2, True), (3, 3, False)],
)
def test_a_source_needs_an_account_that_holds_something(
    accounts: int,
    emptied: int,
    is_there: bool,  # noqa: FBT001  # a column of the table
) -> None:
    assert has_witness(SourceCensus(accounts, emptied)) is is_there


@pytest.mark.parametrize(
    ("emptied", "lately", "trips"),
    [(101, 100, False), (101, 101, True), (200, 0, False), (201, 0, True)],
)
def test_accounts_that_became_empty_over_a_day_are_a_wave_only_when_they_are_twice_as_many(
    emptied: int,
    lately: int,
    trips: bool,  # noqa: FBT001  # a column of the table
) -> None:
    assert (source_trip(SourceCensus(1000, emptied, lately)) is not None) is trips


def test_a_source_that_hides_everything_for_more_than_a_day_is_not_calm_on_the_second_one() -> None:
    trip = source_trip(SourceCensus(accounts=20, emptied=20))
    assert trip
    held = Hold(Scope.SOURCE, "loopring", 0, trip.cause, NOW, trip.numbers)
    assert not ends(held, SourceCensus(accounts=0, emptied=0))
    assert not ends(held, SourceCensus(accounts=9, emptied=0))
    assert ends(held, SourceCensus(accounts=10, emptied=0))


def test_a_collection_that_is_hidden_for_more_than_a_day_is_not_calm_on_the_second_one() -> None:
    trip = collection_trip(CollectionCensus(holders=20, gone=20))
    assert trip
    held = Hold(Scope.COLLECTION, "loopring:254", 0, trip.cause, NOW, trip.numbers)
    assert not ends(held, CollectionCensus(holders=9, gone=0))
    assert ends(held, CollectionCensus(holders=10, gone=0))


@pytest.mark.parametrize(
    ("holders", "gone", "trips"),
    [
        (2, 2, False),
        (4, 2, False),
        (4, 3, True),
        (5, 3, True),
        (7, 3, False),
        (7, 4, True),
        (100, 49, False),
        (100, 50, True),
    ],
)
def test_a_collection_that_lost_half_of_its_holders_waits(holders: int, gone: int, trips: bool) -> None:  # noqa: FBT001  # a column of the table
    trip = collection_trip(CollectionCensus(holders, gone))
    assert (trip is not None and trip.cause is Cause.COLLECTION_HALVED) is trips
    assert trips is (gone * 2 >= holders and gone > 2)


def test_three_gates_that_wait_hold_their_whole_server() -> None:
    assert [guild_trip(gates) for gates in (2, 3, 4)] == [False, True, True]


def hold(cause: Cause, scope: Scope = Scope.GATE) -> Hold:
    return Hold(scope, "1", 7, cause, NOW)


@pytest.mark.parametrize(
    ("cause", "census", "is_over"),
    [
        pytest.param(Cause.TOO_MANY_AT_ONCE, GateCensus(500, 26, 0), False, id="just above half"),
        pytest.param(Cause.TOO_MANY_AT_ONCE, GateCensus(500, 25, 0), True, id="half"),
        pytest.param(Cause.TOO_MANY_AT_ONCE, GateCensus(9, 2, 0), False, id="two of few"),
        pytest.param(Cause.TOO_MANY_AT_ONCE, GateCensus(9, 1, 0), True, id="one of few"),
        pytest.param(Cause.TOO_MANY_AT_ONCE, GateCensus(500, 25, 90), False, id="half, but the day trips"),
        pytest.param(Cause.TOO_MANY_IN_A_DAY, GateCensus(500, 20, 31), False, id="more than half of the day's"),
        pytest.param(Cause.TOO_MANY_IN_A_DAY, GateCensus(500, 20, 30), True, id="half of the day's"),
        pytest.param(Cause.TOO_MANY_IN_A_DAY, GateCensus(500, 40, 0), False, id="many at once though few in the day"),
        pytest.param(Cause.SOURCE_EMPTIED, SourceCensus(1000, 51), False, id="a source just above half"),
        pytest.param(Cause.SOURCE_EMPTIED, SourceCensus(1000, 50), True, id="a source at half"),
        pytest.param(Cause.SOURCE_EMPTIED, SourceCensus(1000, 100, 50), True, id="a source at half, and of the day"),
        pytest.param(Cause.SOURCE_EMPTIED, SourceCensus(1000, 101, 0), False, id="more than half of the day's"),
        pytest.param(Cause.COLLECTION_HALVED, CollectionCensus(101, 26), False, id="more than a quarter gone"),
        pytest.param(Cause.COLLECTION_HALVED, CollectionCensus(101, 25), True, id="a quarter gone"),
        pytest.param(Cause.ADMIN, GateCensus(500, 0, 0), False, id="an admin's hold"),
        pytest.param(Cause.INVITED_AGAIN, GateCensus(500, 0, 0), False, id="after an invitation"),
    ],
)
def test_a_hold_ends_by_itself_at_half_of_what_would_pass(
    cause: Cause,
    census: GateCensus | SourceCensus | CollectionCensus,
    is_over: bool,  # noqa: FBT001  # a column of the table
) -> None:
    assert ends(hold(cause), census) is is_over


def test_the_hold_of_a_server_ends_when_every_gate_is_calm() -> None:
    held = hold(Cause.TOO_MANY_AT_ONCE, Scope.GUILD)
    calm, wave = GateCensus(500, 0, 0), GateCensus(500, 200, 0)
    assert ends(held, calm, calm)
    assert not ends(held, calm, wave)
    assert not ends(held)


@given(SMALL, SMALL, SMALL)
def test_what_trips_is_not_over(holders: int, losing: int, removed: int) -> None:
    census = GateCensus(holders, losing, removed)
    trip = gate_trip(census)
    if trip:
        assert not ends(hold(trip.cause), census)


@given(SMALL, SMALL)
def test_a_source_or_a_collection_that_trips_is_not_over(everybody: int, lost: int) -> None:
    if source_trip(SourceCensus(everybody, lost)):
        assert not ends(hold(Cause.SOURCE_EMPTIED), SourceCensus(everybody, lost))
    if collection_trip(CollectionCensus(everybody, lost)):
        assert not ends(hold(Cause.COLLECTION_HALVED), CollectionCensus(everybody, lost))
