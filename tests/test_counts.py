"""Counts as intervals: what is not known never becomes zero, and only a whole, fresh read of a live source denies."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import bot
from bot.counts import (
    CLOCK_TOLERANCE,
    Count,
    Ternary,
    at_least,
    count_collections,
    count_copies,
    count_kinds,
    exact,
    remembered,
    total,
    unknown,
    unknown_reason,
)
from bot.holdings import Account, Collection, Holding, Holdings, Nft, NftList, Origin
from bot.messages import Message
from bot.reasons import Reason, ReasonCode, source_error

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
MAX_AGE = timedelta(minutes=10)
LIVE = Origin("loopring", "Loopring", is_live=True)
SILENT = Message("Loopring does not answer.")()
WHY = source_error(SILENT)
NETWORKS = st.sampled_from(["loopring", "eip155:1"])
CONTRACT = "0x" + "ab" * 20

numbers = st.integers(0, 2**70)


@st.composite
def counts(draw: st.DrawFn) -> Count:
    low = draw(st.integers(0, 40))
    return Count(low, draw(st.none() | st.integers(low, 60)))


@st.composite
def numbered(draw: st.DrawFn) -> tuple[Count, int]:
    """A count, and a number that it allows to be the true one."""
    count = draw(counts())
    return count, draw(st.integers(count.low, count.high if count.high is not None else 100))


# ---------------------------------------------------------------- intervals


@pytest.mark.parametrize(("low", "high"), [(-1, None), (-1, 3), (4, 3)])
def test_a_count_that_no_number_fits_is_refused(low: int, high: int | None) -> None:
    with pytest.raises(ValueError, match="not a count"):
        Count(low, high)


@given(st.lists(numbered()))
def test_a_sum_allows_what_its_parts_allow_together(parts: list[tuple[Count, int]]) -> None:
    whole, true = total(count for count, _ in parts), sum(number for _, number in parts)
    assert whole.low <= true
    assert whole.high is None or true <= whole.high
    assert whole.low == sum(count.low for count, _ in parts)
    highs = [count.high for count, _ in parts]
    assert whole.high == (None if None in highs else sum(high for high in highs if high is not None))


@given(counts(), counts(), counts())
def test_the_order_of_adding_does_not_matter(one: Count, two: Count, three: Count) -> None:
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)
    assert one + exact(0) == one
    assert (one + unknown()).high is None


@given(numbered(), st.integers(0, 70), st.integers(0, 70))
def test_a_comparison_is_right_about_every_number_that_is_allowed(known: tuple[Count, int], one: int, two: int) -> None:
    count, true = known
    least, most = sorted((one, two))
    for answer, is_so in (
        (count.is_at_least(one), true >= one),
        (count.is_at_most(one), true <= one),
        (count.is_between(least, most), least <= true <= most),
    ):
        assert answer is Ternary.UNKNOWN or (answer is Ternary.YES) == is_so


@given(counts(), st.integers(0, 70), st.integers(0, 70))
def test_a_comparison_is_unknown_only_where_the_missing_part_could_change_it(count: Count, one: int, two: int) -> None:
    least, most = sorted((one, two))
    allowed = range(count.low, (count.high if count.high is not None else 100) + 1)
    for answer, would_be in (
        (count.is_at_least(one), {number >= one for number in allowed}),
        (count.is_at_most(one), {number <= one for number in allowed}),
        (count.is_between(least, most), {least <= number <= most for number in allowed}),
    ):
        assert (answer is Ternary.UNKNOWN) == (len(would_be) == 2)


@given(counts(), st.data(), st.integers(0, 70), st.integers(0, 70))
def test_more_knowledge_never_turns_yes_into_no_or_back(count: Count, data: st.DataObject, one: int, two: int) -> None:
    low = data.draw(st.integers(count.low, count.high if count.high is not None else 100))
    high = data.draw(st.integers(low, count.high) if count.high is not None else st.none() | st.integers(low, 120))
    narrowed, (least, most) = Count(low, high), sorted((one, two))
    before = (count.is_at_least(one), count.is_at_most(one), count.is_between(least, most))
    after = (narrowed.is_at_least(one), narrowed.is_at_most(one), narrowed.is_between(least, most))
    assert all(new is old for old, new in zip(before, after, strict=True) if old is not Ternary.UNKNOWN)


def test_a_range_that_holds_no_number_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least 3 and at most 2"):
        unknown().is_between(3, 2)


def test_the_total_of_no_accounts_is_zero() -> None:
    assert total([]) == exact(0) == Count(0, 0)
    assert (at_least(2), unknown()) == (Count(2, None), Count(0, None))


# ---------------------------------------------------------------- of what was read


@st.composite
def live_reads(draw: st.DrawFn) -> Holdings:
    """A complete and fresh read of a live source."""
    network = draw(NETWORKS)
    ids = draw(st.lists(st.integers(1, 9), max_size=6, unique=True))
    rows = tuple(
        Holding(Collection(network, str(number), is_scam=draw(st.booleans())), draw(st.integers(1, 2**63)))
        for number in ids
    )
    age = draw(st.timedeltas(-CLOCK_TOLERANCE, MAX_AGE))
    return Holdings(Account(network, "10001"), NOW - age, rows, complete=True, total=len(rows), origin=LIVE)


nft_reads = st.lists(st.integers(0, 2**256), max_size=5).map(
    lambda copies: NftList(
        tuple(Nft(str(key), str(key), count) for key, count in enumerate(copies)),
        complete=True,
        total=len(copies),
        as_of=NOW,
        origin=LIVE,
    )
)
wanted = st.integers(1, 12).map(str)


def every_count(read: Holdings, number: str) -> list[Count]:
    """All that can be counted of a read, of a collection that is or is not in it too."""
    collection = Collection(read.account.network, number)
    return [
        count_kinds(read, now=NOW, max_age=MAX_AGE),
        count_kinds(read, of=collection, now=NOW, max_age=MAX_AGE),
        count_collections(read, now=NOW, max_age=MAX_AGE),
    ]


@given(live_reads(), wanted)
def test_a_whole_fresh_read_of_a_live_source_says_exactly_how_many(read: Holdings, number: str) -> None:
    kinds = {row.collection.collection_id: row.kinds for row in read.holdings}
    assert every_count(read, number) == [exact(sum(kinds.values())), exact(kinds.get(number, 0)), exact(len(kinds))]
    assert unknown_reason(read, now=NOW, max_age=MAX_AGE) is None


@given(nft_reads)
def test_a_whole_fresh_list_of_nfts_says_exactly_how_many_copies(nfts: NftList) -> None:
    assert count_copies(nfts, now=NOW, max_age=MAX_AGE) == exact(sum(nft.copies for nft in nfts.nfts))


Change = Callable[[Holdings], Holdings]

UNKNOWN_THEN: list[tuple[str, Change]] = [
    ("an archive", lambda read: replace(read, origin=replace(LIVE, is_live=False))),
    ("the source is unknown", lambda read: replace(read, origin=Origin())),
    ("an earlier answer given again", lambda read: replace(read, stale_reason=WHY)),
    ("another source instead", lambda read: replace(read, fallback_reason=WHY)),
    ("older than it may be", lambda read: replace(read, as_of=NOW - MAX_AGE - timedelta(microseconds=1))),
    ("of last June", lambda read: replace(read, as_of=datetime(2026, 6, 28, tzinfo=UTC))),
    ("of the future", lambda read: replace(read, as_of=NOW + CLOCK_TOLERANCE + timedelta(microseconds=1))),
]
AT_LEAST_THEN: list[tuple[str, Change]] = [
    ("under way", lambda read: replace(read, complete=False)),
    ("partly read", lambda read: replace(read, complete=False, incomplete_reason=WHY)),
    ("whole, and yet not", lambda read: replace(read, incomplete_reason=WHY)),
    ("broken off", lambda read: read.broken_off(Message("Loopring does not answer.")())),
]


@pytest.mark.parametrize("change", [pytest.param(change, id=name) for name, change in UNKNOWN_THEN])
@given(read=live_reads(), number=wanted)
def test_what_is_not_of_now_or_not_of_the_source_itself_says_nothing(
    change: Change, read: Holdings, number: str
) -> None:
    changed = change(read)
    assert every_count(changed, number) == [unknown()] * 3
    assert unknown_reason(changed, now=NOW, max_age=MAX_AGE) is not None


@pytest.mark.parametrize("change", [pytest.param(change, id=name) for name, change in AT_LEAST_THEN])
@given(read=live_reads(), number=wanted)
def test_what_is_partly_read_is_a_lower_bound(change: Change, read: Holdings, number: str) -> None:
    before, after = every_count(read, number), every_count(change(read), number)
    assert after == [at_least(count.low) for count in before]


@given(
    live_reads(),
    wanted,
    st.lists(st.sampled_from([change for _, change in [*UNKNOWN_THEN, *AT_LEAST_THEN]]), min_size=1, max_size=4),
)
def test_no_faults_together_give_an_upper_bound(read: Holdings, number: str, faults: list[Change]) -> None:
    for fault in faults:
        read = fault(read)
    assert {count.high for count in every_count(read, number)} == {None}


@given(live_reads(), wanted)
def test_a_read_of_one_contract_says_nothing_of_what_else_there_is(read: Holdings, number: str) -> None:
    other = replace(read, contract=CONTRACT)
    assert every_count(other, number) == [at_least(count.low) for count in every_count(read, number)]


@given(live_reads(), wanted)
def test_a_read_of_one_contract_is_whole_for_a_collection_of_it(read: Holdings, number: str) -> None:
    of = Collection(read.account.network, number, contract_address=CONTRACT)
    asked = replace(read, contract=CONTRACT)
    assert count_kinds(asked, of=of, now=NOW, max_age=MAX_AGE) == count_kinds(read, of=of, now=NOW, max_age=MAX_AGE)
    on_a_chain = Collection(read.account.network, CONTRACT)
    assert count_kinds(asked, of=on_a_chain, now=NOW, max_age=MAX_AGE) == exact(0)


@given(live_reads(), wanted)
def test_an_account_says_nothing_of_another_network(read: Holdings, number: str) -> None:
    of = Collection("eip155:8453", number)
    assert count_kinds(read, of=of, now=NOW, max_age=MAX_AGE) == unknown()


@given(nft_reads, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_copies_that_are_not_all_there_or_not_of_now_have_no_upper_bound(nfts: NftList, age: timedelta) -> None:
    assume(age > MAX_AGE)
    seen = sum(nft.copies for nft in nfts.nfts)
    torn = [replace(nfts, complete=False), nfts.broken_off(Message("It broke off.")())]
    assert {count_copies(each, now=NOW, max_age=MAX_AGE) for each in torn} == {at_least(seen)}
    elsewhere = [
        replace(nfts, origin=Origin("old", "Archive")),
        replace(nfts, fallback_reason=WHY),
        replace(nfts, as_of=None),
        replace(nfts, as_of=NOW - age),
        replace(nfts, as_of=NOW + age),
        NftList(complete=True, total=0),  # as an archive's file has it
    ]
    assert {count_copies(each, now=NOW, max_age=MAX_AGE) for each in elsewhere} == {unknown()}


def test_shown_holdings_cannot_be_counted() -> None:
    spam = Holding(Collection("loopring", "1", is_scam=True), 3)
    read = Holdings(Account("loopring", "1"), NOW, (spam,), complete=True, total=1, origin=LIVE)
    shown = read.shown(hide_scam=True)
    assert (shown.rows, shown.hidden, shown.kinds) == ((), 1, 0)
    with pytest.raises(AttributeError):  # and mypy would complain that this comment is not needed, were it allowed
        count_kinds(shown, now=NOW, max_age=MAX_AGE)  # type: ignore[arg-type]
    assert count_kinds(shown.read, now=NOW, max_age=MAX_AGE) == exact(3)


@pytest.mark.parametrize(
    ("read", "code"),
    [
        (Holdings(Account("loopring", "1"), NOW, origin=Origin("old", "Archive")), ReasonCode.NOT_LIVE),
        (Holdings(Account("loopring", "1"), NOW - 2 * MAX_AGE, origin=LIVE), ReasonCode.TOO_OLD),
        (Holdings(Account("loopring", "1"), NOW + MAX_AGE, origin=LIVE), ReasonCode.IN_FUTURE),
        (Holdings(Account("loopring", "1"), NOW, origin=LIVE, stale_reason=WHY), ReasonCode.SOURCE_ERROR),
        (Holdings(Account("loopring", "1"), NOW, fallback_reason=Reason(ReasonCode.NO_TOTAL)), ReasonCode.NO_TOTAL),
    ],
)
def test_an_unknown_count_has_its_reason(read: Holdings, code: ReasonCode) -> None:
    why = unknown_reason(read, now=NOW, max_age=MAX_AGE)
    assert why is not None
    assert why.code is code


def makes_counts(node: ast.AST) -> bool:
    """Whether it takes `exact` from `bot.counts`, or calls `Count`; only its name may be in annotations."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "bot.counts" and "exact" in {alias.name for alias in node.names}
    return isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Count"


@pytest.mark.parametrize(
    ("age", "whole", "expected"),
    [
        pytest.param(MAX_AGE, True, exact(3), id="just young enough"),
        pytest.param(MAX_AGE, False, at_least(3), id="seen in part"),
        pytest.param(MAX_AGE + timedelta(seconds=1), True, unknown(), id="too old"),
        pytest.param(-CLOCK_TOLERANCE, True, exact(3), id="by a clock that is a little fast"),
        pytest.param(-CLOCK_TOLERANCE - timedelta(seconds=1), True, unknown(), id="from the future"),
    ],
)
def test_a_count_that_was_stored_is_unknown_when_it_is_too_old(age: timedelta, expected: Count, *, whole: bool) -> None:
    assert remembered(3, NOW - age, whole=whole, now=NOW, max_age=MAX_AGE) == expected


def test_a_count_of_what_was_never_read_is_unknown() -> None:
    assert remembered(0, None, whole=True, now=NOW, max_age=MAX_AGE) == unknown()


def test_nothing_else_in_the_program_makes_a_count() -> None:
    """So nothing else can give an upper bound to something that was read; sums and comparisons need no maker."""
    root = Path(bot.__file__).parent
    texts = {path: path.read_text(encoding="utf-8") for path in root.rglob("*.py")}
    trees = {path: ast.parse(text) for path, text in texts.items() if "Count(" in text or "bot.counts" in text}
    makers = {path.name for path, tree in trees.items() if any(makes_counts(node) for node in ast.walk(tree))}
    assert makers == {"counts.py"}
