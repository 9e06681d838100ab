"""The inputs and results of the steps of a proof, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.linking.oauth import DiscordLogin
from bot.linking.outcome import Outcome, Result
from bot.links.proofs import EndReason, ProofMethod, Session, SessionStatus
from bot.store.linking.proof_writer import Proved


@dataclass(frozen=True, slots=True)
class ProofSetup:
    """How members prove here; `public_url` is "" without a page, `login` None without Discord's login."""

    method: ProofMethod
    public_url: str = ""
    login: DiscordLogin | None = None


@dataclass(frozen=True, slots=True)
class StartedProof:
    """A verification that was started. `url` leads to the page, with the token; "" where no page is needed."""

    session: Session
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LoginResult:
    """The result of the OAuth callback: a new cookie, or one word for what went wrong."""

    cookie: str = field(default="", repr=False)
    problem: str = ""


_REASONS = {Result.CONTESTED: EndReason.CONTESTED, Result.FROZEN: EndReason.FROZEN}


def session_after(session: Session, outcome: Outcome) -> Session:
    """The session after its signature was verified: what the page shows, without reading the store again."""
    if outcome.result is Result.SIGNED:
        return replace(session, status=SessionStatus.SIGNED, expires_at=outcome.until or session.expires_at)
    return replace(
        session,
        status=SessionStatus.DONE,
        reason=_REASONS.get(outcome.result, EndReason.NONE),
        owner=outcome.owner,
        account=outcome.accounts[0],
    )


def outcome_of(proved: Proved, at: datetime) -> Outcome:
    """What an accepted signature led to, at that moment."""
    contest, verified = proved.contest, proved.verified
    if proved.is_frozen:
        return Outcome(Result.FROZEN, verified.owner, verified.accounts, at=at)
    result = Result.CONTESTED if contest else Result.KEPT if proved.was_contested else Result.LINKED
    return Outcome(result, verified.owner, verified.accounts, contest.ends_at if contest else None, at=at)
