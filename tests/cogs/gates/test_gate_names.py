"""Names of collections that an admin types, looked up among those that are known."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from bot.cogs.gates.gate_names import CollectionNames, finding
from bot.gates.conditions import NamedCollection
from bot.gates.parser import parse_rule
from bot.gates.rule import CollectionRef, Holds
from bot.lookup.lookup import Lookup
from bot.names import Names
from bot.store import Store
from tests.store.gates.holders import HERE, fill

LIGHTS, BOATS = (CollectionRef("loopring", number) for number in ("254", "261"))
KNOWN = [NamedCollection("Harbour Lights", LIGHTS), NamedCollection("Harbour  Boats", BOATS)]


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """A store in memory."""
    opened = await Store.open(None)
    yield opened
    await opened.close()


def no_source(store: Store) -> Lookup:
    """Nothing can be looked up."""
    return Lookup([], store, cache_for=timedelta(0))


class Counted(list[NamedCollection]):
    """Counts how often it is gone through."""

    times = 0

    def __iter__(self) -> Iterator[NamedCollection]:
        self.times += 1
        return super().__iter__()


def test_a_name_is_found_in_any_letter_case_and_else_those_that_have_it_in_them() -> None:
    find = finding(KNOWN)
    assert [each.ref for each in find(" harbour boats")] == [BOATS]
    assert [each.ref for each in find("harbour")] == [LIGHTS, BOATS]
    assert not find("")


async def test_names_that_run_out_while_they_are_asked_for_are_read_again(store: Store) -> None:
    await store.writer.transaction(fill)
    seconds = itertools.count(step=59)  # each look at the clock is a minute later
    names = CollectionNames(store, no_source(store), timer=lambda: float(next(seconds)))
    found = [[each.name for each in await names.of_guild(HERE)] for _ in range(4)]
    assert found == [["Harbour Lights", "Tiny Boats"]] * 4


async def test_where_there_was_nothing_the_first_members_names_are_known_at_once(store: Store) -> None:
    names = CollectionNames(store, no_source(store), timer=lambda: 0.0)
    assert await names.suggest(HERE, "") == []
    await store.writer.transaction(fill)
    assert await names.suggest(HERE, "lights") == [("Harbour Lights (loopring:254)", "loopring:254")]


def test_many_names_do_not_go_through_all_that_are_known_each_time() -> None:
    known = Counted(KNOWN)
    find = finding(known)
    assert [len(find("Harbour Lights")) for _ in range(100)] == [1] * 100
    assert known.times == 1


def test_similar_names_are_looked_for_only_for_the_first_that_nobody_knows() -> None:
    find = finding(KNOWN)
    assert not [name for number in range(100) for name in find(f"Nobody {number}")]
    assert not find("harbour")
    assert [each.ref for each in find("Harbour Lights")] == [LIGHTS]


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("Family👨\u200d👩\u200d👧", "family👨\u200d👩\u200d👧"),
        ("Rock &amp; Roll", "Rock & Roll"),
        ("Rock &amp; Roll", "Rock &amp; Roll"),
        ("Cafe\u0301  Noir", "Café Noir"),
        ("\U0001d5ab\U0001d5c8op", "Loop"),
    ],
)
def test_a_rule_finds_a_name_as_people_read_it(stored: str, typed: str) -> None:
    find = finding([*KNOWN, NamedCollection(stored, CollectionRef("loopring", "301"))])
    rule = parse_rule(f'"{typed}"', Names(), find_by_name=find)
    assert isinstance(rule, Holds)
    assert rule.target == CollectionRef("loopring", "301")
