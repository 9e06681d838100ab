"""What anybody can do next, or try."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tests.web.relay.steps import MADE_UP, MALLORY, PEOPLE, WHALE, Do, No, Step, session_of
from tests.web.relay.variants import Finds, Takes, Variant
from tests.web.relay.world import Session, World


class Move(NamedTuple):
    """A step, what comes of it, and why nothing does."""

    step: Step
    world: World
    no: No | None = None


def moves(variant: Variant, world: World) -> Iterator[Move]:
    """Whatever anybody can do next, or try."""
    for who in PEOPLE:
        yield Move(Step(who, Do.RUN, who), _run(world, who))
        for whose in PEOPLE:
            if world.of(whose).status != "none":
                yield from _open(variant, world, who, whose)
                yield from _sign(variant, world, who, whose)
    yield from _write_cookies(variant, world)
    if variant.login:
        yield from _log_in(variant, world)
    if variant.code:
        yield from _type(variant, world)


def _run(world: World, who: str) -> World:
    """Start again: what was known of the session before is worth nothing."""
    fresh = world.put(who, Session("open"))
    code_known = frozenset(each for each in world.code_known if each[1] != who)
    return fresh._replace(urls=world.urls - {who}, saved_codes=world.saved_codes - {who}, code_known=code_known)


def _open(variant: Variant, world: World, who: str, whose: str) -> Iterator[Move]:
    session, step = world.of(whose), Step(who, Do.OPEN, whose)
    if who in session.browsers | session.waiting or ((who, whose) == (MALLORY, WHALE) and not variant.shows_link):
        return
    if session.status == "open":
        yield Move(step, world.seat(who, whose, "bound" if variant.login else "ready"))
    elif session.status not in ("bound", "ready") or variant.takes is Takes.NOTHING:
        yield Move(step, world, No.USED)
    elif variant.takes is Takes.OPENING:
        yield Move(step, world.seat(who, whose, session.status))
    else:
        yield Move(step, world.wait(who, whose))


def _log_in(variant: Variant, world: World) -> Iterator[Move]:
    pages = {who: world.pages_of(who) for who in PEOPLE}
    for page in sorted({MADE_UP} | world.urls):
        kept = world if page in world.saved_codes else world._replace(saved_codes=world.saved_codes | {page})
        yield Move(Step(MALLORY, Do.KEEP, page), kept)
        for code in sorted(world.saved_codes):
            for who in PEOPLE:
                yield _callback(variant, world, pages, Step(who, Do.RETURN, page, code), MALLORY)
    for page in sorted({*pages[WHALE]} | world.urls):
        yield _callback(variant, world, pages, Step(WHALE, Do.LOG_IN, page, page), WHALE)


def _callback(variant: Variant, world: World, pages: Mapping[str, tuple[str, ...]], step: Step, user: str) -> Move:
    """A browser at `/oauth/cb` with the code of a user's login, and a state; `pages` are those of each browser."""
    state, own = step.whose, pages[step.who]
    if variant.finds is Finds.STATE:
        page = state if any(state in each for each in pages.values()) else ""
    else:
        page = state if state in own else next(iter(own), "")
    if not page:
        return Move(step, world, No.NO_LOGIN)
    if variant.finds is Finds.BOTH and state != page:
        return Move(step, world, No.STATE)
    if variant.pkce and step.code != page:
        return Move(step, world, No.CODE)
    found = session_of(page)
    takes_up = step.who not in world.of(found).browsers and variant.takes is not Takes.NOTHING
    is_compared = variant.compared and not (takes_up and variant.takes is Takes.ANY_LOGIN)
    if is_compared and user != found:
        # Once its person has logged in the session goes on, and only this browser is refused.
        session = world.of(found)
        after = session._replace(status="dead") if session.status == "bound" else session.without(step.who)
        return Move(step, world.put(found, after), No.OTHER_USER)
    return Move(step, world.seat(step.who, found, "ready"))


def _sign(variant: Variant, world: World, who: str, whose: str) -> Iterator[Move]:
    held, session = world.held_by(who), world.of(whose)
    if whose in held and session.status == "ready":
        yield Move(Step(who, Do.SIGN, whose), _submit(variant, world, whose, who, who))
        if who == MALLORY:
            yield from _sign_elsewhere(variant, world, whose)
    elif whose in held or not held:
        yield Move(Step(who, Do.SIGN, whose), world, No.NOT_READY)


def _sign_elsewhere(variant: Variant, world: World, whose: str) -> Iterator[Move]:
    """What Mallory has Whale sign on a site of hers, and submits as the signature of her own text for his address."""
    signed = _submit(variant, world, whose, MALLORY, WHALE)
    if variant.signs_elsewhere:
        yield Move(Step(WHALE, Do.ELSEWHERE, whose), signed)
    if variant.second_digest:
        yield Move(Step(WHALE, Do.OPAQUE, whose), signed)
    else:
        yield Move(Step(WHALE, Do.OPAQUE, whose), world, No.OTHER_DIGEST)


def _submit(variant: Variant, world: World, whose: str, browser: str, wallet: str) -> World:
    """A signature by a wallet, sent from a browser; that browser alone is shown the code."""
    session = world.of(whose)
    if not variant.code:
        return world.put(whose, session._replace(status="done"))._replace(linked=world.linked | {(whose, wallet)})
    return world.put(whose, session._replace(status="signed", signer=wallet))._replace(
        code_known=world.code_known | {(browser, whose)}
    )


def _write_cookies(variant: Variant, world: World) -> Iterator[Move]:
    """What Mallory's subdomain does to the cookies of Whale's browser."""
    for whose in world.held_by(MALLORY):
        if WHALE in world.of(whose).browsers:
            continue
        if variant.lenient_cookies:
            yield Move(Step(MALLORY, Do.TOSS, whose), world.toss(whose))
        else:
            yield Move(Step(MALLORY, Do.TOSS, whose), world, No.OTHER_COOKIE)
    for whose in world.visited_by(WHALE):
        yield Move(Step(MALLORY, Do.FLOOD, whose), world.dropped_by_whale())


def _type(variant: Variant, world: World) -> Iterator[Move]:
    for who, whose in sorted(world.code_known):
        if variant.shares_code and who == WHALE:
            yield Move(Step(WHALE, Do.TELL, whose), world._replace(code_known=world.code_known | {(MALLORY, whose)}))
        step, session = Step(who, Do.TYPE, whose), world.of(who)
        if session.status != "signed":
            yield Move(step, world, No.NOTHING_SIGNED)
        elif who != whose:
            yield Move(step, world, No.WRONG_CODE)
        else:
            done = world.put(who, Session("done", session.browsers, waiting=session.waiting))
            yield Move(step, done._replace(linked=world.linked | {(who, session.signer)}))
