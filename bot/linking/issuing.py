"""Creates the text that a connected address is to sign: it names the person, and is valid once, for minutes."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from bot.links.proofs import IssuedChallenge, ProofMethod, Session
from bot.signing.challenge import Challenge, new_nonce, site_of

_CHALLENGE_LIFETIME = timedelta(minutes=5)


def new_challenge(
    session: Session, signer: str, accounts: tuple[str, ...], now: datetime, public_url: str
) -> IssuedChallenge:
    """A new challenge for a session.

    Args:
        session: With the owner of its account, "" where the signer is the owner.
        signer: The address that is to sign.
        accounts: The accounts that its signature links.
        now: The present.
        public_url: Of the page, "" where there is none.
    """
    owner, nonce = session.owner or signer, new_nonce(secrets.choice)
    domain, uri = site_of(public_url) if public_url else ("", "")
    text = Challenge(
        domain=domain,
        uri=uri,
        address=signer,
        user_id=session.person.user_id,
        username=session.person.name,
        guild_id=session.guild_id,
        nonce=nonce,
        issued_at=now,
        expires_at=min(now + _CHALLENGE_LIFETIME, session.expires_at),
        request_id=session.session_id,
        wallet="" if signer == owner else owner,
        accounts=accounts,
    )
    return IssuedChallenge(
        challenge_id=secrets.token_urlsafe(12),
        signer=signer,
        owner=owner,
        accounts=accounts,
        nonce=nonce,
        text=text.paste_text() if session.method is ProofMethod.PASTE else text.sign_in_text(),
        expires_at=text.expires_at,
    )
