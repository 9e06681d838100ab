"""Whose wallet can end up linked to whom: proofs as a small machine, and every state that it can come to.

Mallory has a Discord account, a browser that keeps every cookie, and a wallet. She runs `/verify`, sends links, keeps
OAuth codes of her own login instead of following them, and lures Whale's browser to any address that she can write.
Whale opens whatever link he is sent, logs in to Discord as himself wherever he is asked to, and signs whatever the
real page shows in his browser. His own link stays his, unless a variant says otherwise.

The model lets her do more than the handlers do: states and codes of logins may be used again, nothing expires, and
nobody is locked out. What holds here holds there as well. What it leaves out are guesses: tokens, cookies and states
are 256 bits, and of codes to type back there are five tries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

MALLORY, WHALE = "Mallory", "Whale"
PEOPLE = (MALLORY, WHALE)
MADE_UP = ""  # in place of a session's: a state or a PKCE challenge that Mallory made up


class Finds(Enum):
    """How the return from Discord's login finds its session."""

    BOTH = "by the browser's cookie, and `state` must fit it"
    STATE = "by `state`, whichever browser brings it"
    COOKIE = "by the browser's cookie, whatever `state` says"


@dataclass(frozen=True, slots=True)
class Variant:
    """A protocol, and what Whale can be talked into beyond opening, logging in and signing."""

    login: bool = False
    compared: bool = False  # who logged in, with who ran the command
    finds: Finds = Finds.BOTH
    pkce: bool = True
    code: bool = False  # shown to the person who signed, typed by the one who ran the command
    shares_code: bool = False  # Whale tells Mallory the code that his page shows
    shows_link: bool = False  # Whale sends Mallory his own link
    signs_elsewhere: bool = False  # Whale signs Mallory's text on Mallory's own site


# E is what the page does with a client secret, B without one. What G and H do, no protocol with signatures that can be
# handed on prevents: there the text itself, which names Mallory, and the wallet's warning are all that is left.
VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {
        "A": Variant(),
        "B": Variant(code=True),
        "B'": Variant(code=True, shares_code=True),
        "C": Variant(login=True),
        "D": Variant(login=True, compared=True, finds=Finds.STATE),
        "D'": Variant(login=True, compared=True, finds=Finds.COOKIE, pkce=False),
        "E": Variant(login=True, compared=True),
        "F": Variant(login=True, compared=True, code=True, shares_code=True),
        "G": Variant(login=True, compared=True, signs_elsewhere=True),
        "H": Variant(login=True, compared=True, code=True, shares_code=True, signs_elsewhere=True),
    }
)


class Do(Enum):
    """What people do."""

    RUN = "runs /verify"
    OPEN = "opens the link of"
    KEEP = "keeps the code of a login on the authorization page of"
    LOG_IN = "logs in on the authorization page of"
    RETURN = "returns from Mallory's login with the state of"
    SIGN = "signs on the page of"
    ELSEWHERE = "signs on another site the text of"
    TELL = "tells Mallory the code of"
    TYPE = "types in Discord the code of"


class No(Enum):
    """Why a step leads nowhere."""

    USED = "another browser has that link"
    NO_LOGIN = "no login was started in that browser"
    STATE = "the state is not of that browser's login"
    CODE = "the code is not of that browser's login"
    OTHER_USER = "another Discord user ran the command"
    NOT_READY = "there is no text to sign in that browser"
    NOTHING_SIGNED = "this person's own link waits for no code"
    WRONG_CODE = "the code is of another link"


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody does something about a session; sessions go by the name of who ran the command.

    Attributes:
        who: Whose browser, wallet or Discord it is.
        do: What.
        whose: Session.
        code: The OAuth code of a LOG_IN or RETURN is from the authorization page of that session.
    """

    who: str
    do: Do
    whose: str = ""
    code: str = ""

    def __str__(self) -> str:
        whose = "" if self.do is Do.RUN else f" {self.whose or 'nobody'}"
        code = f", with a code from the page of {self.code or 'nobody'}" if self.do is Do.RETURN else ""
        return f"{self.who} {self.do.value}{whose}{code}"


class Session(NamedTuple):
    """A verification; `browser` is whose browser has its cookie, `signer` whose wallet signed, for a code to come."""

    status: str = "none"
    browser: str = ""
    signer: str = ""


class World(NamedTuple):
    """Everything that matters.

    Attributes:
        mallory: The session that she started last.
        whale: Likewise.
        urls: Sessions whose authorization page, with its state and PKCE challenge, Mallory has seen.
        saved_codes: The authorization pages that she has codes of her own login from.
        code_known: Who knows the code to type of which session.
        linked: Discord user and wallet, or a contest about it: whatever an accepted signature leads to.
    """

    mallory: Session = Session()
    whale: Session = Session()
    urls: frozenset[str] = frozenset()
    saved_codes: frozenset[str] = frozenset()
    code_known: frozenset[tuple[str, str]] = frozenset()
    linked: frozenset[tuple[str, str]] = frozenset()

    def of(self, person: str) -> Session:
        """The session that somebody started."""
        return self.mallory if person == MALLORY else self.whale

    def put(self, person: str, session: Session) -> World:
        """With another session of somebody."""
        return self._replace(mallory=session) if person == MALLORY else self._replace(whale=session)

    def held_by(self, person: str) -> tuple[str, ...]:
        """Sessions whose cookie somebody's browser has."""
        return tuple(each for each in PEOPLE if self.of(each).browser == person)

    def seat(self, person: str, whose: str, status: str) -> World:
        """A session given to somebody's browser; Whale's has one cookie, so that it loses the one before."""
        world = self
        for lost in self.held_by(person) if person == WHALE else ():
            world = world.put(lost, world.of(lost)._replace(browser=""))
        seen = {whose} if person == MALLORY and status == "bound" else set()
        return world.put(whose, Session(status, person))._replace(urls=world.urls | seen)


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
    if session.browser == who or ((who, whose) == (MALLORY, WHALE) and not variant.shows_link):
        return
    if session.status == "open":
        yield Move(step, world.seat(who, whose, "bound" if variant.login else "ready"))
    else:
        yield Move(step, world, No.USED)


def _log_in(variant: Variant, world: World) -> Iterator[Move]:
    for page in sorted({MADE_UP} | world.urls):
        yield Move(Step(MALLORY, Do.KEEP, page), world._replace(saved_codes=world.saved_codes | {page}))
        for code in sorted(world.saved_codes):
            for who in PEOPLE:
                yield _come_back(variant, world, Step(who, Do.RETURN, page, code), MALLORY)
    bound = {each for each in world.held_by(WHALE) if world.of(each).status == "bound"}
    for page in sorted(bound | world.urls):
        yield _come_back(variant, world, Step(WHALE, Do.LOG_IN, page, page), WHALE)


def _come_back(variant: Variant, world: World, step: Step, user: str) -> Move:
    """A browser at `/oauth/cb` with the code of a user's login, and a state."""
    state = step.whose
    bound = [each for each in world.held_by(step.who) if world.of(each).status == "bound"]
    if variant.finds is Finds.STATE:
        found = state if state and world.of(state).status == "bound" else ""
    else:
        found = state if state in bound else next(iter(bound), "")
    if not found:
        return Move(step, world, No.NO_LOGIN)
    if variant.finds is Finds.BOTH and state != found:
        return Move(step, world, No.STATE)
    if variant.pkce and step.code != found:
        return Move(step, world, No.CODE)
    if variant.compared and user != found:
        return Move(step, world.put(found, world.of(found)._replace(status="dead")), No.OTHER_USER)
    return Move(step, world.seat(step.who, found, "ready"))


def _sign(variant: Variant, world: World, who: str, whose: str) -> Iterator[Move]:
    held, session = world.held_by(who), world.of(whose)
    if whose in held and session.status == "ready":
        yield Move(Step(who, Do.SIGN, whose), _submit(variant, world, whose, who, who))
        if variant.signs_elsewhere and who == MALLORY:
            yield Move(Step(WHALE, Do.ELSEWHERE, whose), _submit(variant, world, whose, who, WHALE))
    elif whose in held or not held:
        yield Move(Step(who, Do.SIGN, whose), world, No.NOT_READY)


def _submit(variant: Variant, world: World, whose: str, browser: str, wallet: str) -> World:
    if not variant.code:
        return world.put(whose, Session("done", browser))._replace(linked=world.linked | {(whose, wallet)})
    return world.put(whose, Session("signed", browser, wallet))._replace(
        code_known=world.code_known | {(browser, whose)}
    )


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
            done = world.put(who, Session("done", session.browser))
            yield Move(step, done._replace(linked=world.linked | {(who, session.signer)}))


Trace = tuple[Step, ...]


class Search:
    """Every state of a variant with a shortest way to it, and for every way to be refused a shortest attempt."""

    def __init__(self, variant: Variant) -> None:
        self.states: dict[World, Trace] = {World(): ()}
        self.attempts: dict[tuple[Step, No], Trace] = {}
        queue = [World()]
        for world in queue:  # grows meanwhile
            for step, after, no in moves(variant, world):
                trace = (*self.states[world], step)
                if no:
                    self.attempts.setdefault((step, no), trace)
                if after not in self.states:
                    self.states[after] = trace
                    queue.append(after)

    def linked(self, user: str, wallet: str) -> Trace | None:
        """A shortest way to link somebody's wallet to a Discord user, None: there is none."""
        return next((trace for world, trace in self.states.items() if (user, wallet) in world.linked), None)

    def signed(self, user: str, wallet: str) -> Trace | None:
        """A shortest way to a signature by somebody's wallet that is taken for a user's session, linked or not."""
        pair = (user, wallet)
        states = self.states.items()
        return next((trace for at, trace in states if pair in at.linked or at.of(user).signer == wallet), None)


def follow(variant: Variant, trace: Trace) -> list[Move]:
    """What comes of each step of a trace; the trace may be of another variant, as long as all can be tried."""
    world, done = World(), []
    for step in trace:
        move = next(each for each in moves(variant, world) if each.step == step)
        world = move.world
        done.append(move)
    return done
