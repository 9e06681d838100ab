"""Whole state spaces of the ways to bind a wallet to a Discord user: which the relay attack breaks, and how."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from tests.web.relay.search import Search, Trace, first_link, follow
from tests.web.relay.steps import MADE_UP, MALLORY, WHALE, Do, No, Step, page_in, session_of
from tests.web.relay.variants import VARIANTS

RUN = Step(MALLORY, Do.RUN, MALLORY)
WHALE_OPENS = Step(WHALE, Do.OPEN, MALLORY)
WHALE_SIGNS = Step(WHALE, Do.SIGN, MALLORY)
WHALES_PAGE = page_in(MALLORY, WHALE)
MALLORY_OPENS = Step(MALLORY, Do.OPEN, MALLORY)
MALLORY_KEEPS = Step(MALLORY, Do.KEEP, MALLORY)
MALLORY_TYPES = Step(MALLORY, Do.TYPE, MALLORY)
MALLORY_TOSSES = Step(MALLORY, Do.TOSS, MALLORY)
LOGGED_IN = (RUN, MALLORY_OPENS, MALLORY_KEEPS, Step(MALLORY, Do.RETURN, MALLORY, MALLORY))
# Of several that are as short the search finds the first; a change of its order may ask for a change here.
ATTACKS: dict[str, Trace] = {
    "A": (RUN, WHALE_OPENS, WHALE_SIGNS),
    "B'": (RUN, WHALE_OPENS, WHALE_SIGNS, Step(WHALE, Do.TELL, MALLORY), MALLORY_TYPES),
    "C": (RUN, WHALE_OPENS, Step(WHALE, Do.LOG_IN, WHALES_PAGE, WHALES_PAGE), WHALE_SIGNS),
    "D": (RUN, MALLORY_OPENS, MALLORY_KEEPS, Step(WHALE, Do.RETURN, MALLORY, MALLORY), WHALE_SIGNS),
    "D'": (
        *(RUN, WHALE_OPENS, Step(MALLORY, Do.KEEP, MADE_UP), Step(WHALE, Do.RETURN, MADE_UP, MADE_UP)),
        WHALE_SIGNS,
    ),
    "G": (*LOGGED_IN, Step(WHALE, Do.ELSEWHERE, MALLORY)),
    "H": (*LOGGED_IN, Step(WHALE, Do.ELSEWHERE, MALLORY), MALLORY_TYPES),
    "I": (*LOGGED_IN, Step(WHALE, Do.OPAQUE, MALLORY)),
    "I'": (RUN, MALLORY_OPENS, Step(WHALE, Do.OPAQUE, MALLORY), MALLORY_TYPES),
    "J": (RUN, MALLORY_OPENS, MALLORY_TOSSES, MALLORY_KEEPS, Step(WHALE, Do.RETURN, MALLORY, MALLORY), WHALE_SIGNS),
    "K": (*LOGGED_IN, WHALE_OPENS, WHALE_SIGNS),
    "K'": (RUN, MALLORY_OPENS, WHALE_OPENS, Step(WHALE, Do.LOG_IN, WHALES_PAGE, WHALES_PAGE), WHALE_SIGNS),
    'K"': (RUN, MALLORY_OPENS, MALLORY_KEEPS, Step(WHALE, Do.RETURN, MALLORY, MALLORY), WHALE_SIGNS),
}
# As short as that of J: she tosses the cookie of the session in which she has logged in herself.
TOSSED_LATER = (*LOGGED_IN, MALLORY_TOSSES, WHALE_SIGNS)
# Only in K" can a session be without the browser that had it, and whoever's it is has logged in: by state alone it goes
# to one that never waited. So only there would it be another number if a stranger's login then still ended it.
STATES = {
    "A": 189,
    "B": 188,
    "B'": 705,
    "C": 914,
    "D": 1290,
    "D'": 1069,
    "E": 1444,
    "F": 2474,
    "G": 856,
    "H": 1864,
    "I": 856,
    "I'": 428,
    "J": 1684,
    "J'": 270,
    "K": 1754,
    "K'": 3354,
    'K"': 3582,
    "L": 428,
}


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
    assert VARIANTS.keys() - ATTACKS.keys() == {"B", "E", "F", "J'", "L"}


def test_a_session_that_mallory_logged_in_to_is_whales_where_another_cookies_value_is_read_for_the_page_s() -> None:
    assert follow(VARIANTS["J"], TOSSED_LATER)[-1].world.linked == {(MALLORY, WHALE)}
    refused = [(move.step, move.no) for move in follow(VARIANTS["E"], TOSSED_LATER) if move.no]
    assert refused == [(MALLORY_TOSSES, No.OTHER_COOKIE), (WHALE_SIGNS, No.NOT_READY)]


def test_a_code_holds_where_cookies_do_not_as_only_the_browser_that_signed_is_shown_it() -> None:
    assert searched("J'").linked(MALLORY, WHALE) is None
    handed_over = replace(VARIANTS["J'"], shares_code=True)
    assert first_link(handed_over, MALLORY, WHALE) == ATTACKS["B'"]


@pytest.mark.parametrize("name", VARIANTS)
def test_a_flood_of_cookies_only_ends_the_session_in_whales_browser(name: str) -> None:
    floods = [(world, move) for world, move in searched(name).moves() if move.step.do is Do.FLOOD]
    assert floods
    for before, move in floods:
        assert move.world.held_by(WHALE) == ()
        assert move.world.held_by(MALLORY) == before.held_by(MALLORY)
        assert move.world.linked == before.linked


@pytest.mark.parametrize("name", ["E", "F"])
def test_only_one_browser_is_bound_at_a_time_and_another_only_by_the_login_of_who_ran_the_command(name: str) -> None:
    taken = 0
    for world, move in searched(name).moves():
        for whose in (MALLORY, WHALE):
            before, after = world.of(whose).browsers, move.world.of(whose).browsers
            assert len(after) <= 1
            if not before or not after - before:
                continue
            taken += 1
            # A login by her code, wherever it is followed, is one as Mallory; all others are as Whale himself.
            user = MALLORY if move.step.do is Do.RETURN else move.step.who
            assert (move.step.do in (Do.RETURN, Do.LOG_IN), user) == (True, whose), move.step
    assert taken


def test_who_takes_a_session_up_leaves_the_browser_before_with_a_login_and_nothing_else() -> None:
    lured = (RUN, WHALE_OPENS, MALLORY_OPENS, MALLORY_KEEPS, Step(MALLORY, Do.RETURN, MALLORY, MALLORY), WHALE_SIGNS)
    *_, taken, signs = follow(VARIANTS["E"], lured)
    session = taken.world.of(MALLORY)
    assert (session.status, *session.browsers, *session.waiting) == ("ready", MALLORY, WHALE)
    assert signs.no is No.NOT_READY
    assert taken.world.pages_of(WHALE) == (WHALES_PAGE,)


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
        assert {session_of(step.whose) for step in trace} <= {person, MADE_UP}


@pytest.mark.parametrize("name", VARIANTS)
def test_whatever_mallory_has_done_the_whale_can_start_again(name: str) -> None:
    honest = searched(name).linked(WHALE, WHALE)
    assert honest
    for world in searched(name).states:
        assert not any(move.no for move in searched(name).follow(world, honest))


# The other way round, a gift that could frame the whale: only with a link that he has given away himself.
@pytest.mark.parametrize("name", VARIANTS)
def test_mallorys_wallet_is_linked_to_the_whale_only_by_his_own_link_and_without_comparing(name: str) -> None:
    assert searched(name).linked(WHALE, MALLORY) is None
    assert (first_link(replace(VARIANTS[name], shows_link=True), WHALE, MALLORY) is not None) == (
        name in ("A", "C", "K", "K'")
    )


def test_a_code_to_type_adds_no_way_to_be_let_in() -> None:
    about_codes = {No.NOTHING_SIGNED, No.WRONG_CODE}
    with_code = {each for each in searched("F").attempts if each[1] not in about_codes}
    assert with_code == searched("E").attempts.keys()
