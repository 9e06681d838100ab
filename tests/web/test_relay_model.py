"""Whole state spaces of the ways to bind a wallet to a Discord user: which the relay attack breaks, and how."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from tests.web.relay_model import MADE_UP, MALLORY, VARIANTS, WHALE, Do, No, Search, Step, Trace, follow

RUN = Step(MALLORY, Do.RUN, MALLORY)
WHALE_OPENS = Step(WHALE, Do.OPEN, MALLORY)
WHALE_SIGNS = Step(WHALE, Do.SIGN, MALLORY)
MALLORY_OPENS = Step(MALLORY, Do.OPEN, MALLORY)
MALLORY_KEEPS = Step(MALLORY, Do.KEEP, MALLORY)
MALLORY_TYPES = Step(MALLORY, Do.TYPE, MALLORY)
OUTSIDE = (
    *(RUN, MALLORY_OPENS, MALLORY_KEEPS, Step(MALLORY, Do.RETURN, MALLORY, MALLORY)),
    Step(WHALE, Do.ELSEWHERE, MALLORY),
)
# Of several that are as short the search finds the first; a change of its order may ask for a change here.
ATTACKS: dict[str, Trace] = {
    "A": (RUN, WHALE_OPENS, WHALE_SIGNS),
    "B'": (RUN, WHALE_OPENS, WHALE_SIGNS, Step(WHALE, Do.TELL, MALLORY), MALLORY_TYPES),
    "C": (RUN, WHALE_OPENS, Step(WHALE, Do.LOG_IN, MALLORY, MALLORY), WHALE_SIGNS),
    "D": (RUN, MALLORY_OPENS, MALLORY_KEEPS, Step(WHALE, Do.RETURN, MALLORY, MALLORY), WHALE_SIGNS),
    "D'": (
        *(RUN, WHALE_OPENS, Step(MALLORY, Do.KEEP, MADE_UP), Step(WHALE, Do.RETURN, MADE_UP, MADE_UP)),
        WHALE_SIGNS,
    ),
    "G": OUTSIDE,
    "H": (*OUTSIDE, MALLORY_TYPES),
}
STATES = {"A": 162, "B": 159, "B'": 571, "C": 784, "D": 1112, "D'": 913, "E": 370, "F": 732, "G": 750, "H": 1668}


@cache
def searched(name: str) -> Search:
    """The whole state space of a variant."""
    return Search(VARIANTS[name])


@pytest.mark.parametrize("name", ATTACKS)
def test_a_weaker_protocol_links_the_whales_wallet_to_mallory(name: str) -> None:
    assert searched(name).linked(MALLORY, WHALE) == ATTACKS[name]


@pytest.mark.parametrize("name", sorted(VARIANTS.keys() - ATTACKS.keys()))
def test_nothing_links_the_whales_wallet_to_mallory(name: str) -> None:
    assert searched(name).linked(MALLORY, WHALE) is None


def test_the_protocols_that_hold_are_these() -> None:
    assert VARIANTS.keys() - ATTACKS.keys() == {"B", "E", "F"}


@pytest.mark.parametrize("name", ["E", "F"])
def test_with_a_login_no_signature_of_the_whale_is_even_taken(name: str) -> None:
    assert searched(name).signed(MALLORY, WHALE) is None
    assert searched("B").signed(MALLORY, WHALE) == (RUN, WHALE_OPENS, WHALE_SIGNS)


@pytest.mark.parametrize("name", VARIANTS)
def test_the_whole_state_space_is_explored(name: str) -> None:
    assert len(searched(name).states) == STATES[name]


@pytest.mark.parametrize("name", VARIANTS)
def test_a_member_who_proves_their_own_wallet_needs_nobody_else(name: str) -> None:
    for person in (WHALE, MALLORY):
        trace = searched(name).linked(person, person)
        assert trace
        assert {step.who for step in trace} == {person}
        assert {step.whose for step in trace} <= {person, MADE_UP}


@pytest.mark.parametrize("name", VARIANTS)
def test_whatever_mallory_has_done_the_whale_can_start_again(name: str) -> None:
    honest = searched(name).linked(WHALE, WHALE)
    assert honest
    for trace in searched(name).states.values():
        assert not any(move.no for move in follow(VARIANTS[name], trace + honest)[len(trace) :])


# The other way round, a gift that could frame the whale: only with a link that he has given away himself.
@pytest.mark.parametrize("name", VARIANTS)
def test_mallorys_wallet_is_linked_to_the_whale_only_by_his_own_link_and_without_comparing(name: str) -> None:
    assert searched(name).linked(WHALE, MALLORY) is None
    given_away = Search(replace(VARIANTS[name], shows_link=True))
    assert (given_away.linked(WHALE, MALLORY) is not None) == (name in ("A", "C"))


def test_a_code_to_type_adds_no_way_to_be_let_in() -> None:
    about_codes = {No.NOTHING_SIGNED, No.WRONG_CODE}
    with_code = {each for each in searched("F").attempts if each[1] not in about_codes}
    assert with_code == searched("E").attempts.keys()
