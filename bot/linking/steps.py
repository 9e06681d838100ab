"""What the steps of a proof begin with and lead to, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.linking.oauth import DiscordLogin
from bot.linking.outcome import Outcome, Result
from bot.linking.proof_methods import ProofMethod
from bot.store.linking.session_table import Session


@dataclass(frozen=True, slots=True)
class Page:
    """Where members prove: `public_url` is "" where there is no page, `login` None where it has no Discord login."""

    way: ProofMethod
    public_url: str = ""
    login: DiscordLogin | None = None


@dataclass(frozen=True, slots=True)
class StartedProof:
    """A verification that was begun: where to go on, `url` is "" where that is Discord itself. It holds the token."""

    session: Session
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LoginResult:
    """Somebody came back from Discord's login: with a new cookie, or with a word on what went wrong."""

    cookie: str = field(default="", repr=False)
    problem: str = ""


def after(session: Session, outcome: Outcome) -> Session:
    """A session as it stands after its signature was judged: what the page shows, without another look at the store."""
    if outcome.ending is Result.SIGNED:
        return replace(session, status="signed", expires_at=outcome.until or session.expires_at)
    reason = "contested" if outcome.ending is Result.CONTESTED else ""
    return replace(session, status="done", reason=reason, owner=outcome.owner, account=outcome.accounts[0])
