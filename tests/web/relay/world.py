"""Everything that matters at one moment of the machine, as a frozen value."""

from __future__ import annotations

from typing import NamedTuple

from tests.web.relay.steps import MALLORY, PEOPLE, WHALE


class Session(NamedTuple):
    """A verification.

    Attributes:
        status: "none", "open", "bound", "ready", "signed", "done", "dead".
        browsers: Of whom one has its present cookie, and is believed to be in it.
        signer: Whose wallet signed, for a code to come.
    """

    status: str = "none"
    browsers: frozenset[str] = frozenset()
    signer: str = ""

    def without(self, person: str) -> Session:
        """The same, in no browser of somebody."""
        return self._replace(browsers=self.browsers - {person})


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

    def dropped_by_whale(self) -> World:
        """Whale's browser without the page's cookie."""
        return self._replace(mallory=self.mallory.without(WHALE), whale=self.whale.without(WHALE))

    def seat(self, person: str, whose: str, status: str) -> World:
        """A session given to somebody's browser with a new cookie, which no other has.

        Whale's browser has one cookie, so that it loses the one before.
        """
        world = self.dropped_by_whale() if person == WHALE else self
        seen = {whose} if person == MALLORY and status == "bound" else set()
        return world.put(whose, Session(status, frozenset({person})))._replace(urls=world.urls | seen)

    def toss(self, whose: str) -> World:
        """The cookie of a session that Mallory's browser has, in Whale's, too, and there in place of his own."""
        world = self.dropped_by_whale()
        session = world.of(whose)
        return world.put(whose, session._replace(browsers=session.browsers | {WHALE}))
