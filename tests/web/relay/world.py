"""Everything that matters at one moment of the machine, as a frozen value."""

from __future__ import annotations

from typing import NamedTuple

from tests.web.relay.steps import MALLORY, PEOPLE, WHALE, page_in


class Session(NamedTuple):
    """A verification.

    Attributes:
        status: "none", "open", "bound", "ready", "signed", "done", "dead".
        browsers: Of whom one has its present cookie, and is believed to be in it.
        signer: Whose wallet signed, for a code to come.
        waiting: Whose browsers it is not bound to, and may take it up by a login; each has a cookie of its own.
    """

    status: str = "none"
    browsers: frozenset[str] = frozenset()
    signer: str = ""
    waiting: frozenset[str] = frozenset()

    def without(self, person: str) -> Session:
        """The same, in no browser of somebody."""
        return self._replace(browsers=self.browsers - {person}, waiting=self.waiting - {person})

    def page(self, whose: str, person: str) -> str:
        """The authorization page of it in a browser, "" where none is open; a tossed cookie has the tosser's."""
        if person in self.browsers and self.status == "bound":
            return page_in(whose, MALLORY if MALLORY in self.browsers else person)
        if person in self.waiting and self.status in ("bound", "ready"):
            return page_in(whose, person)
        return ""


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
        return tuple(each for each in PEOPLE if person in self.of(each).browsers)

    def pages_of(self, person: str) -> tuple[str, ...]:
        """The authorization pages that somebody's browser may return to."""
        return tuple(page for each in PEOPLE if (page := self.of(each).page(each, person)))

    def visited_by(self, person: str) -> tuple[str, ...]:
        """Sessions that somebody's browser has any cookie of."""
        return tuple(each for each in PEOPLE if person in self.of(each).browsers | self.of(each).waiting)

    def dropped_by_whale(self) -> World:
        """Whale's browser without the page's cookie."""
        return self._replace(mallory=self.mallory.without(WHALE), whale=self.whale.without(WHALE))

    def seat(self, person: str, whose: str, status: str) -> World:
        """A session given to somebody's browser with a new cookie, which no other has.

        Whale's browser has one cookie, so that it loses the one before.
        """
        world = self.dropped_by_whale() if person == WHALE else self
        seen = {whose} if person == MALLORY and status == "bound" else set()
        before = world.of(whose)
        # The browser that it was bound to keeps its cookie, and may log in like any other.
        left = before.browsers if person in self.of(whose).waiting else frozenset[str]()
        bound = Session(status, frozenset({person}), waiting=before.waiting - {person} | left - {person})
        return world.put(whose, bound)._replace(urls=world.urls | seen)

    def wait(self, person: str, whose: str) -> World:
        """Somebody's browser, with a new cookie, may log in to take a session up."""
        world = self.dropped_by_whale() if person == WHALE else self
        session = world.of(whose)
        seen = {whose} if person == MALLORY else set()
        return world.put(whose, session._replace(waiting=session.waiting | {person}))._replace(urls=world.urls | seen)

    def toss(self, whose: str) -> World:
        """The cookie of a session that Mallory's browser has, in Whale's, too, and there in place of his own."""
        world = self.dropped_by_whale()
        session = world.of(whose)
        return world.put(whose, session._replace(browsers=session.browsers | {WHALE}))
