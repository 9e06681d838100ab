"""Verifications that were started, and what signatures in them show."""

from __future__ import annotations

from datetime import timedelta

from bot.linking import cookie_secrets
from bot.linking.steps import StartedProof
from bot.links import Link, Person, ProofKind
from bot.links.proofs import ProofMethod, Session, VerifiedSignature
from bot.store.rows import to_account
from tests.linking.harness import GUILD, LinkingHarness, owner_of

FIRST, SECOND, THIRD = "loopring:10001", "loopring:10002", "loopring:10003"
CODE = "0110-ABCD"
KEYS = {FIRST: "one", SECOND: "two", THIRD: "three"}


async def begin(
    harness: LinkingHarness,
    user_id: int,
    account: str = FIRST,
    *,
    method: ProofMethod = ProofMethod.PASTE,
    owner: str = "?",
) -> StartedProof:
    """Somebody runs `/verify` for an account; `owner` is its own unless it is given."""
    whose = owner_of(KEYS[account]) if owner == "?" else owner
    await harness.own(account, whose)
    link = Link(to_account(account), whose, "", is_main=False, linked_at=harness.now)
    person = Person(user_id, "somebody", "https://cdn.discordapp.com/a.png")
    return await harness.linking.verification.start_proof(person, GUILD, "The Mosaic Society", link, method)


def verified(account: str = FIRST) -> VerifiedSignature:
    """What the signature of an account's key shows."""
    return VerifiedSignature(owner_of(KEYS[account]), (account,), ProofKind.KEY, b"\x01" * 32)


def token_of(started: StartedProof) -> str:
    """The token in a link."""
    return started.url.partition("#t=")[2]


async def signed_with_code(harness: LinkingHarness, user_id: int, code: str = CODE) -> Session:
    """Somebody's page shows a code of our own choice."""
    started = await begin(harness, user_id, method=ProofMethod.CODE)
    session, _ = await harness.linking.verification.bind_browser(token_of(started), "")
    until = harness.now + timedelta(minutes=5)
    assert await harness.proofs.put_code(
        session, verified(), cookie_secrets.hash_secret(code.replace("-", "")), harness.now, until
    )
    return session
