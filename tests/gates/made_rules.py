"""Rules and facts for the tests of gates: factories with defaults, and strategies that make any of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from bot.counts import Count, exact
from bot.gates.conditions import NamedCollection
from bot.gates.contradictions import refuse_contradictions
from bot.gates.facts import NOTHING_HELD, UNKNOWN_HELD, AccountFacts, Facts, Held, Level, Token
from bot.gates.parser import parse_rule
from bot.gates.rule import (
    AccountIn,
    AllOf,
    AnyOf,
    CollectionRef,
    During,
    HeldFor,
    Holds,
    HoldsCollections,
    HoldsIds,
    HoldsTrait,
    Measure,
    Network,
    Not,
    ProvenWithin,
    Rule,
    SomeOf,
)
from bot.holdings import Account
from bot.names import Names

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CONTRACT = "0x" + "ab" * 20
OTHER_CONTRACT = "0x" + "cd" * 20
OWNER = "0x" + "01" * 20
NAMES = Names(("loopring", "eip155:1"), {"ethereum": "eip155:1"})

HARBOUR = CollectionRef("loopring", "254")
BOTS = CollectionRef("loopring", "261")
THIRD = CollectionRef("loopring", "300")
ON_L1 = CollectionRef("eip155:1", CONTRACT)
NAMED = (
    NamedCollection("Harbour Lights", HARBOUR),
    NamedCollection("Harbour Nights", THIRD),
    NamedCollection("Bots", BOTS),
    NamedCollection("Twins", CollectionRef("loopring", "7")),
    NamedCollection("twins", CollectionRef("loopring", "8")),
)


def find_by_name(name: str) -> Sequence[NamedCollection]:
    """The collections whose names begin with the same letter."""
    return [one for one in NAMED if one.name[:1].casefold() == name[:1].casefold()]


def parse(text: str) -> Rule:
    return parse_rule(text, NAMES, find_by_name=find_by_name)


# ---------------------------------------------------------------- facts


def held(kinds: Count | int = 0, copies: Count | int | None = None, **changes: object) -> Held:
    """What is held of one collection; a number is exact."""
    units = kinds if copies is None else copies
    return Held(_count(kinds), _count(units), **changes)  # type: ignore[arg-type]  # of Held


def _count(number: Count | int) -> Count:
    return exact(number) if isinstance(number, int) else number


def account(
    holdings: Mapping[CollectionRef, Held | int] | None = None,
    *,
    name: str = "loopring:10001",
    owner: str = OWNER,
    age: timedelta = DAY,
    otherwise: Held = NOTHING_HELD,
    is_certain: bool = True,
) -> AccountFacts:
    """An account that was read as a whole."""
    network, _, account_id = name.rpartition(":")
    known = {ref: held(number) if isinstance(number, int) else number for ref, number in (holdings or {}).items()}
    return AccountFacts(Account(network, account_id), owner, NOW - age, known, otherwise, NOW, is_certain)


def facts(*accounts: AccountFacts, aliases: Iterable[tuple[CollectionRef, ...]] = ()) -> Facts:
    return Facts(NOW, accounts, {ref: same for same in aliases for ref in same})


def levels(*observed: tuple[float, int | None]) -> tuple[Level, ...]:
    """Levels from days ago and kinds."""
    return tuple(Level(NOW - DAY * days, kinds, kinds) for days, kinds in observed)


# ---------------------------------------------------------------- any rule

refs = st.sampled_from([HARBOUR, BOTS, THIRD, ON_L1, CollectionRef("eip155:1", OTHER_CONTRACT)])
targets = refs | st.sampled_from([Network("loopring"), Network("eip155:1")])
spans = st.integers(1, 400).map(lambda days: days * DAY) | st.integers(1, 100).map(lambda hours: timedelta(hours=hours))
days = st.dates(date(2026, 1, 1), date(2028, 1, 1))
texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=6)
addresses = st.sampled_from([CONTRACT, OTHER_CONTRACT, OWNER])
limits = st.one_of(
    st.tuples(st.integers(1, 9), st.none()),
    st.tuples(st.just(0), st.integers(0, 9)),
    st.tuples(st.integers(1, 5), st.integers(5, 9)),
)


@st.composite
def ranges(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Ranges of ids as the parser leaves them: in order and apart."""
    ends = sorted(draw(st.sets(st.integers(0, 40), min_size=1, max_size=4)))
    return tuple((3 * end, 3 * end + draw(st.integers(0, 1))) for end in ends)


listed_accounts = st.one_of(
    st.integers(1, 2**32 - 1).map(lambda number: Account("loopring", str(number))),
    addresses.map(lambda address: Account("eip155:1", address)),
)
holds = st.builds(
    lambda target, measure, bounds: Holds(target, measure, *bounds), targets, st.sampled_from(Measure), limits
)
holds_one = st.builds(
    lambda target, measure, bounds: Holds(target, measure, *bounds), refs, st.sampled_from(Measure), limits
)
conditions: st.SearchStrategy[Rule] = st.one_of(
    holds,
    st.builds(lambda target, ids, bounds: HoldsIds(target, ids, *bounds), refs, ranges(), limits),
    st.builds(lambda target, name, value, bounds: HoldsTrait(target, name, value, *bounds), refs, texts, texts, limits),
    st.builds(
        lambda bounds, among: HoldsCollections(bounds[0], bounds[1], tuple(among)),
        limits,
        st.lists(refs, max_size=4, unique=True),
    ),
    st.builds(HeldFor, holds_one, spans),
    st.builds(ProvenWithin, spans),
    st.tuples(st.frozensets(listed_accounts, max_size=2), st.frozensets(addresses, max_size=2))
    .filter(any)
    .map(lambda lists: AccountIn(*lists)),
)


def _of_rules(rules: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    several = st.lists(rules, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        several.map(AllOf),
        several.map(AnyOf),
        several.flatmap(lambda parts: st.integers(1, len(parts)).map(lambda needed: SomeOf(needed, parts))),
        rules.map(Not),
        st.builds(During, rules, days, st.none()),
        st.builds(During, rules, st.none(), days),
        st.builds(lambda rule, one, two: During(rule, min(one, two), max(one, two)), rules, days, days),
    )


rules: st.SearchStrategy[Rule] = st.recursive(conditions, _of_rules, max_leaves=5)


def is_sensible(rule: Rule) -> bool:
    """Whether the parser does not refuse it as impossible, or as fulfilled by everybody."""
    try:
        refuse_contradictions(rule, NAMES)
    except Exception as exc:  # noqa: BLE001 - the parser's tests say which
        return type(exc).__name__ != "InputError"
    return True


# ---------------------------------------------------------------- any facts


@st.composite
def counts(draw: st.DrawFn) -> Count:
    low = draw(st.integers(0, 6))
    return Count(low, draw(st.none() | st.integers(low, 9)))


@st.composite
def any_held(draw: st.DrawFn) -> Held:
    moments = sorted(draw(st.sets(st.integers(0, 60), max_size=4)), reverse=True)
    observed = tuple(
        Level(
            NOW - ago * DAY,
            draw(st.none() | st.integers(0, 6)),
            draw(st.none() | st.integers(0, 6)),
            draw(st.none() | st.integers(0, 5)),
            draw(st.none() | st.integers(0, 30).map(lambda hours, ago=ago: NOW - ago * DAY + timedelta(hours=hours))),  # type: ignore[misc]
        )
        for ago in moments
    )
    traits = st.none() | st.frozensets(st.tuples(texts.map(str.casefold), texts.map(str.casefold)), max_size=2)
    tokens = st.dictionaries(st.integers(0, 12), st.builds(Token, st.integers(1, 3), traits), max_size=3)
    return Held(draw(counts()), draw(counts()), draw(tokens), draw(st.booleans()), observed)


any_account = st.builds(
    AccountFacts,
    listed_accounts | st.sampled_from([Account("loopring", "10001"), Account("eip155:1", OWNER)]),
    addresses | st.just(""),
    st.integers(0, 300).map(lambda ago: NOW - ago * DAY),
    st.dictionaries(refs, any_held(), max_size=3),
    st.sampled_from([NOTHING_HELD, UNKNOWN_HELD]),
    st.just(NOW),
    st.booleans(),
)
ALIASES = {HARBOUR: (HARBOUR, ON_L1), ON_L1: (HARBOUR, ON_L1)}
any_facts = st.builds(
    Facts,
    st.just(NOW),
    st.lists(any_account, max_size=3).map(tuple),
    st.sampled_from([{}, ALIASES]),
)
