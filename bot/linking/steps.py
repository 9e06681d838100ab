"""What the steps of a proof begin with and lead to, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.linking.oauth import DiscordLogin
from bot.linking.outcome import Outcome, Result
from bot.proofs import EndReason, ProofMethod, Session, SessionStatus


@dataclass(frozen=True, slots=True)
class Page:
    """Where members prove: `public_url` is "" where there is no page, `login` None where it has no Discord login."""

    method: ProofMethod
    public_url: str = ""
    login: DiscordLogin | None = None


@dataclass(frozen=True, slots=True)
class StartedProof:
    """A verification that was started. `url` leads on, and holds the token; it is "" where Discord itself does."""

    session: Session
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LoginResult:
    """What came of a callback of Discord's login: a new cookie, or in one word what went wrong."""

    cookie: str = field(default="", repr=False)
    problem: str = ""


def after(session: Session, outcome: Outcome) -> Session:
    """A session as it stands after its signature was verified: what the page shows, without asking the store again."""
    if outcome.result is Result.SIGNED:
        return replace(session, status=SessionStatus.SIGNED, expires_at=outcome.until or session.expires_at)
    return replace(
        session,
        status=SessionStatus.DONE,
        reason=EndReason.CONTESTED if outcome.result is Result.CONTESTED else EndReason.NONE,
        owner=outcome.owner,
        account=outcome.accounts[0],
    )
