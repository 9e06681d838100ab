"""Verifications that were begun, and what signatures in them show."""

from __future__ import annotations

from datetime import timedelta

from bot.linking import cookie as derived
from bot.linking.proof_methods import Way
from bot.linking.steps import Begun
from bot.links import Link, Method, Person, Proven
from bot.store.linking.session_table import Session
from bot.store.rows import to_account
from tests.linking.harness import GUILD, Desk, owner_of

FIRST, SECOND, THIRD = "loopring:10001", "loopring:10002", "loopring:10003"
CODE = "0110-ABCD"
KEYS = {FIRST: "one", SECOND: "two", THIRD: "three"}


async def begin(desk: Desk, user_id: int, account: str = FIRST, *, way: Way = Way.PASTE, owner: str = "?") -> Begun:
    """Somebody runs `/verify` for an account; `owner` is its own unless it is given."""
    whose = owner_of(KEYS[account]) if owner == "?" else owner
    link = Link(to_account(account), whose, "", is_main=False, linked_at=desk.now)
    person = Person(user_id, "somebody", "https://cdn.discordapp.com/a.png")
    return await desk.linking.verification.begin(person, GUILD, "The Mosaic Society", link, way)


def proven(account: str = FIRST) -> Proven:
    """What the signature of an account's key shows."""
    return Proven(owner_of(KEYS[account]), (account,), Method.EOA, b"\x01" * 32)


def token_of(begun: Begun) -> str:
    """The token in a link."""
    return begun.url.partition("#t=")[2]


async def signed_with_code(desk: Desk, user_id: int, code: str = CODE) -> Session:
    """Somebody's page shows a code of our own choice."""
    begun = await begin(desk, user_id, way=Way.CODE)
    session, _ = await desk.linking.verification.start(token_of(begun), "")
    until = desk.now + timedelta(minutes=5)
    await desk.proving.put_code(session, proven(), derived.hashed(code.replace("-", "")), desk.now, until)
    return session
