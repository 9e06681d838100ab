"""Each step of a session by itself: taken once, by whom it is meant for, and not a second too late."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.linking.start_limits import START_LIMITS
from bot.links.proofs import RELAY_SPAN, IssuedChallenge, ProofMethod, Session, SessionStatus
from bot.store.linking.refusal import Refusal
from tests.linking.harness import ANN, BEN, CLEO, LinkingHarness, open_linking
from tests.linking.started_proof import begin, token_of

SECOND = timedelta(seconds=1)
COOKIE, TOKEN = b"\x01" * 32, b"\x02" * 32


@pytest.fixture
async def harness() -> AsyncIterator[LinkingHarness]:
    """Services over a store in memory."""
    async with open_linking() as harness:
        yield harness


async def started(harness: LinkingHarness, user_id: int = ANN, *, method: ProofMethod = ProofMethod.OAUTH) -> Session:
    """A session that a browser has."""
    session, _ = await harness.linking.verification.bind_browser(
        token_of(await begin(harness, user_id, method=method)), ""
    )
    return session


def issued(session: Session, number: int = 1) -> IssuedChallenge:
    """A text that lasts longer than any session."""
    return IssuedChallenge(
        challenge_id=f"text {number}",
        signer="0x" + "1" * 40,
        owner="0x" + "2" * 40,
        accounts=("loopring:1", "loopring:2"),
        nonce=f"nonce {number}",
        text="Sign this.",
        expires_at=session.expires_at + timedelta(hours=1),
    )


async def test_a_token_is_good_once_and_until_the_session_ends(harness: LinkingHarness) -> None:
    sessions = harness.store.sessions
    session = replace(
        (await begin(harness, BEN)).session, session_id="another", status=SessionStatus.OPEN, method=ProofMethod.CODE
    )
    await sessions.create(session, TOKEN, harness.now, actor=b"\x03" * 32, limits=START_LIMITS)
    assert await sessions.bind(TOKEN, COOKIE, session.expires_at) is None
    assert await sessions.bind(COOKIE, COOKIE, harness.now) is None
    assert await sessions.by_token(TOKEN, COOKIE, harness.now) is None
    bound = replace(session, status=SessionStatus.READY)
    assert await sessions.bind(TOKEN, COOKIE, session.expires_at - SECOND) == bound
    assert await sessions.bind(TOKEN, b"\x04" * 32, harness.now) is None
    assert await sessions.by_token(TOKEN, COOKIE, session.expires_at - SECOND) == bound
    assert await sessions.by_token(TOKEN, COOKIE, session.expires_at) is None
    assert await sessions.by_token(TOKEN, b"\x04" * 32, harness.now) is None
    assert await sessions.by_cookie(COOKIE, session.expires_at - SECOND) == bound
    assert await sessions.by_cookie(COOKIE, session.expires_at) is None
    assert await sessions.by_cookie(b"\x04" * 32, harness.now) is None


async def test_a_person_has_one_session_under_way_of_each_kind(harness: LinkingHarness) -> None:
    sessions = harness.store.sessions
    session, other = [await started(harness, user, method=ProofMethod.CODE) for user in (ANN, BEN)]
    assert await sessions.of_user(ANN, ProofMethod.CODE, session.expires_at - SECOND) == session
    assert await sessions.of_user(ANN, ProofMethod.CODE, session.expires_at) is None
    assert await sessions.of_user(ANN, ProofMethod.OAUTH, harness.now) is None
    assert await sessions.of_user(CLEO, ProofMethod.CODE, harness.now) is None
    await sessions.cancel(session)
    assert await sessions.of_user(ANN, ProofMethod.CODE, harness.now) is None
    assert await sessions.of_user(BEN, ProofMethod.CODE, harness.now) == other


async def test_a_login_callback_is_accepted_once_and_in_time(harness: LinkingHarness) -> None:
    sessions = harness.store.sessions
    session, other = await started(harness), await started(harness, BEN)
    assert (session.status, session.logins) == ("bound", 0)
    assert not await sessions.use_login(session, session.expires_at)
    assert not await sessions.use_login(replace(session, logins=1), harness.now)
    assert await sessions.use_login(session, session.expires_at - SECOND)
    assert not await sessions.use_login(session, harness.now)
    assert await harness.rows("SELECT user_id, logins FROM sessions ORDER BY 1") == [(ANN, 1), (BEN, 0)]
    assert not await sessions.accept_login(session, COOKIE, session.expires_at)
    assert await sessions.accept_login(session, COOKIE, session.expires_at - SECOND)
    assert not await sessions.accept_login(session, b"\x04" * 32, harness.now)
    assert not await sessions.use_login(replace(session, logins=1), harness.now)
    assert await sessions.by_cookie(COOKIE, harness.now) == replace(session, status=SessionStatus.READY, logins=1)
    assert await harness.rows("SELECT status FROM sessions WHERE id = ?", other.session_id) == [("bound",)]


async def test_a_session_that_a_stranger_opened_is_dead(harness: LinkingHarness) -> None:
    sessions = harness.store.sessions
    actor, subject = b"\x05" * 32, b"\x06" * 32
    session, other = await started(harness), await started(harness, BEN)
    assert await sessions.end_relayed(session, harness.now, actor=actor, subject=subject, span=RELAY_SPAN) == 1
    assert await harness.rows("SELECT actor, subject FROM audit WHERE verb = 'relay'") == [(actor, subject)]
    assert not await sessions.accept_login(session, COOKIE, harness.now)
    rows = await harness.rows("SELECT user_id, status, reason FROM sessions ORDER BY 1")
    assert rows == [(ANN, "dead", "other_user"), (BEN, "bound", "")]
    # One that went on meanwhile is its maker's: nothing ends, and nothing is counted.
    assert await sessions.accept_login(other, COOKIE, harness.now)
    later = harness.now + timedelta(hours=24) - SECOND
    assert await sessions.end_relayed(other, later, actor=actor, subject=subject, span=RELAY_SPAN) is None
    assert await harness.rows("SELECT status FROM sessions WHERE user_id = ?", BEN) == [("ready",)]
    assert await sessions.end_relayed(session, later, actor=actor, subject=subject, span=RELAY_SPAN) is None
    assert await harness.rows("SELECT count(*) FROM audit WHERE verb = 'relay'") == [(1,)]


async def test_a_text_is_for_a_session_that_waits_for_it_and_voids_the_one_before(harness: LinkingHarness) -> None:
    sessions = harness.store.sessions
    session, other = [await started(harness, user, method=ProofMethod.CODE) for user in (ANN, BEN)]
    assert await sessions.issue(other, issued(other, 9), harness.now, limit=5) is None
    for number in range(1, 6):
        assert await sessions.issue(session, issued(session, number), harness.now, limit=5) is None
    assert await sessions.issue(session, issued(session, 6), harness.now, limit=5) is Refusal.TEXTS
    # Once it is over, that is what is said: of whatever it has had.
    assert await sessions.issue(session, issued(session, 6), session.expires_at, limit=5) is Refusal.OVER
    assert await sessions.issue(other, issued(other, 10), other.expires_at, limit=5) is Refusal.OVER
    rows = await harness.rows("SELECT id FROM challenges WHERE used_at IS NULL ORDER BY 1")
    assert rows == [("text 5",), ("text 9",)]
    await sessions.cancel(other)
    assert await sessions.issue(other, issued(other, 10), harness.now, limit=5) is Refusal.OVER


async def test_a_text_is_used_up_once_by_its_session_and_in_time(harness: LinkingHarness) -> None:
    sessions = harness.store.sessions
    session, other = [await started(harness, user, method=ProofMethod.CODE) for user in (ANN, BEN)]
    text = issued(session)
    assert await sessions.issue(session, text, harness.now, limit=5) is None
    assert await sessions.issue(other, issued(other, 2), harness.now, limit=5) is None
    last = session.expires_at - SECOND
    assert await sessions.consume(other, text.challenge_id, harness.now) is None
    assert await sessions.consume(session, "text 2", harness.now) is None
    assert await sessions.consume(session, text.challenge_id, session.expires_at) is None
    assert await sessions.consume(session, text.challenge_id, last) == text
    assert await sessions.consume(session, text.challenge_id, harness.now) is None
    await sessions.cancel(other)
    assert await sessions.consume(other, "text 2", harness.now) is None


async def test_a_text_ends_before_its_session_where_it_says_so(harness: LinkingHarness) -> None:
    sessions = harness.store.sessions
    session = await started(harness, method=ProofMethod.CODE)
    for number, until, good in ((1, harness.now, False), (2, harness.now + SECOND, True)):
        text = replace(issued(session, number), expires_at=until)
        assert await sessions.issue(session, text, harness.now, limit=5) is None
        assert (await sessions.consume(session, text.challenge_id, harness.now) is not None) is good


async def test_sessions_that_ended_before_a_moment_are_deleted(harness: LinkingHarness) -> None:
    sessions = harness.store.sessions
    first = await started(harness)
    harness.pass_time(SECOND)
    second = await started(harness, BEN)
    await sessions.purge(first.expires_at)
    assert await harness.rows("SELECT count(*) FROM sessions") == [(2,)]
    await sessions.purge(second.expires_at)
    assert await harness.rows("SELECT id FROM sessions") == [(second.session_id,)]
