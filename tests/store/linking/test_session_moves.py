"""Sessions only ever move as the table of transitions says: whatever is done to one, however far it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from itertools import product

import pytest
from sqlite_utils import Database

from bot.linking import cookie_secrets
from bot.linking.contest_rules import policy
from bot.linking.start_limits import START_LIMITS
from bot.links.proofs import (
    MAX_TRIES,
    RELAY_SPAN,
    TRANSITIONS,
    ProofMethod,
    Session,
    SessionStatus,
    initial_status,
    opened_status,
    statuses_before,
)
from bot.store.linking.session_moves import move
from tests.linking.harness import ANN, CONTEST, LinkingHarness, open_linking
from tests.linking.started_proof import begin, verified

STATUSES = list(SessionStatus)
OPEN, BOUND, READY, SIGNED, DONE, DEAD = STATUSES
TOKEN, COOKIE = b"\x01" * 32, b"\x02" * 32
RIGHT, WRONG = cookie_secrets.hash_secret("0110ABCD"), cookie_secrets.hash_secret("00000000")
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def harness() -> AsyncIterator[LinkingHarness]:
    """Services over a store in memory."""
    async with open_linking() as harness:
        yield harness


async def session_at(harness: LinkingHarness, status: SessionStatus, method: ProofMethod) -> Session:
    """Ann's session, put where it is by force, with a code that waits for its last try."""
    session = (await begin(harness, ANN, method=method)).session
    owner = verified().owner

    def force(db: Database) -> None:
        db.execute("UPDATE sessions SET status = ?, token_hash = ? WHERE id = ?", [status, TOKEN, session.session_id])
        values = [session.session_id, RIGHT, MAX_TRIES - 1, owner, '["loopring:10001"]', "eoa", b"", 2**40]
        db.execute("INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

    await harness.store.writer.transaction(force)
    return session


async def is_run_again(harness: LinkingHarness, _session: Session) -> None:
    await begin(harness, ANN)


async def is_opened(harness: LinkingHarness, _session: Session) -> None:
    await harness.store.sessions.bind(TOKEN, COOKIE, harness.now)


async def is_logged_in(harness: LinkingHarness, session: Session) -> None:
    await harness.store.sessions.accept_login(session, COOKIE, harness.now)


async def is_relayed(harness: LinkingHarness, session: Session) -> None:
    await harness.store.sessions.end_relayed(session, harness.now, actor=b"a", subject=b"b", span=RELAY_SPAN)


async def is_cancelled(harness: LinkingHarness, session: Session) -> None:
    await harness.store.sessions.cancel(session)


async def is_signed(harness: LinkingHarness, session: Session) -> None:
    await harness.store.writer.transaction(lambda db: db.execute("DELETE FROM codes").fetchall())
    await harness.proofs.put_code(session, verified(), RIGHT, harness.now, harness.now + MINUTE)


async def is_finished(harness: LinkingHarness, session: Session) -> None:
    await harness.finish(session, verified())


async def has_its_code_typed(harness: LinkingHarness, session: Session) -> None:
    terms = policy(harness.now, CONTEST)
    await harness.proofs.take_code(session, RIGHT, harness.now, terms, max_tries=MAX_TRIES)


async def is_guessed_at(harness: LinkingHarness, session: Session) -> None:
    terms = policy(harness.now, CONTEST)
    await harness.proofs.take_code(session, WRONG, harness.now, terms, max_tries=MAX_TRIES)


Deed = Callable[[LinkingHarness, Session], Awaitable[None]]

# What each deed does to a session, from where; everywhere else it changes nothing.
MOVES: dict[Deed, dict[SessionStatus, SessionStatus]] = {
    is_run_again: dict.fromkeys((OPEN, BOUND, READY, SIGNED), DEAD),
    is_opened: {OPEN: BOUND},
    is_logged_in: {BOUND: READY},
    is_relayed: {BOUND: DEAD},
    is_cancelled: dict.fromkeys((OPEN, BOUND, READY, SIGNED), DEAD),
    is_signed: {READY: SIGNED},
    is_finished: {READY: DONE},
    has_its_code_typed: {SIGNED: DONE},
    is_guessed_at: {SIGNED: DEAD},
}


@pytest.mark.parametrize("deed", MOVES, ids=lambda deed: deed.__name__)
@pytest.mark.parametrize("status", STATUSES)
async def test_a_session_changes_its_status_as_the_table_says_or_not_at_all(
    harness: LinkingHarness, deed: Deed, status: SessionStatus
) -> None:
    session = await session_at(harness, status, ProofMethod.OAUTH)
    await deed(harness, session)
    ((after,),) = await harness.rows("SELECT status FROM sessions WHERE id = ?", session.session_id)
    assert after == MOVES[deed].get(status, status)
    assert after == status or after in TRANSITIONS[status]


@pytest.mark.parametrize(("method", "after"), [(ProofMethod.OAUTH, BOUND), (ProofMethod.CODE, READY)])
async def test_a_link_that_is_opened_leads_to_a_login_where_there_is_one(
    harness: LinkingHarness, method: ProofMethod, after: SessionStatus
) -> None:
    await session_at(harness, OPEN, method)
    bound = await harness.store.sessions.bind(TOKEN, COOKIE, harness.now)
    assert bound
    assert (bound.status, opened_status(method)) == (after, after)


@pytest.mark.parametrize(("from_status", "to_status"), [*product(STATUSES, STATUSES)])
async def test_what_is_not_in_the_table_is_refused_before_sqlite_is_asked(
    harness: LinkingHarness, from_status: SessionStatus, to_status: SessionStatus
) -> None:
    session = await session_at(harness, from_status, ProofMethod.CODE)
    its = {"id": session.session_id}

    async def moved() -> Session | None:
        return await harness.store.writer.transaction(
            lambda db: move(db, "id = :id", its, from_status=from_status, to_status=to_status)
        )

    if to_status in TRANSITIONS[from_status]:
        after = await moved()
        assert after
        assert after.status is to_status
    else:
        with pytest.raises(ValueError, match=f"never goes from {from_status} to {to_status}"):
            await moved()
        assert await harness.rows("SELECT status FROM sessions") == [(from_status,)]


def test_what_has_ended_goes_on_to_nothing_else() -> None:
    assert not TRANSITIONS[DONE]
    assert TRANSITIONS[DEAD] == {DEAD}
    assert statuses_before(OPEN) == frozenset()
    assert {initial_status(method) for method in ProofMethod} == {OPEN, READY}
    assert TRANSITIONS.keys() == set(SessionStatus)


async def test_a_start_that_is_refused_ends_nothing(harness: LinkingHarness) -> None:
    """Or who is locked out would lose what they have under way."""
    for _ in range(START_LIMITS.by_person):
        session = (await begin(harness, ANN)).session
    actor = harness.pseudonym(ANN)
    refused = await harness.store.sessions.create(session, COOKIE, harness.now, actor=actor, limits=START_LIMITS)
    assert refused
    assert refused.free_at == harness.now + START_LIMITS.person_span
    assert await harness.rows("SELECT status FROM sessions WHERE id = ?", session.session_id) == [(READY,)]
