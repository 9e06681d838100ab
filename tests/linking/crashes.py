"""Links that are proven while the process is killed: what is written, and what must be there after.

    python -m tests.store.killing --write tests.linking.crashes:link --check tests.linking.crashes:check
    python -m tests.linking.crashes

The second one kills a child (SIGKILL) before the first statement by which a proof is written, another one before the
second, and so on, until one gets through. A link is one thing: the account, the proof of its address, the verification
that is over, and the record; any of them without the others is a torn one.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from bot.holdings import Account
from bot.linking.contest_rules import policy
from bot.linking.start_limits import START_LIMITS
from bot.links import Person, ProofKind
from bot.links.proofs import ProofMethod, Session, SessionStatus, VerifiedSignature
from bot.store import Store
from bot.store.linking.owner_table import FIRST, OwnerFact
from bot.store.linking.proof_writer import Finished, ProofWriter
from bot.store.pseudonyms import pseudonyms
from tests.store.killing import fork

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
PSEUDONYM = pseudonyms("a token")
CONTEST = timedelta(hours=24)

WHOLE = Counter(account=2, proof=1, session=1, note=1)


async def begin(store: Store, user_id: int) -> Session:
    """A verification that waits for a signature."""
    until = NOW + timedelta(minutes=10)
    session = Session(secrets.token_hex(8), ProofMethod.PASTE, SessionStatus.READY, Person(user_id, "ann"), until)
    actor, token_hash = PSEUDONYM(user_id), secrets.token_bytes(32)
    account, owner = Account("loopring", str(user_id)), f"0x{user_id:040x}"
    await store.owners.save(OwnerFact(account, owner, (), FIRST, is_confirmed=True, seen_at=NOW))
    await store.sessions.create(session, token_hash, NOW, actor=actor, limits=START_LIMITS)
    return session


def verified(user_id: int) -> VerifiedSignature:
    """What that member's signature shows: two accounts of an address of their own."""
    owner = f"0x{user_id:040x}"
    return VerifiedSignature(owner, (f"loopring:{user_id}", f"eip155:1:{owner}"), ProofKind.KEY, bytes(32))


async def finish(store: Store, session: Session, its: VerifiedSignature) -> Finished:
    """What a signature showed is written down."""
    return await ProofWriter(store.writer, PSEUDONYM).finish(session, its, NOW, policy(NOW, CONTEST))


async def link(store: Store, number: int) -> str:
    """One more member proves their accounts; returns their id, to be acknowledged."""
    session = await begin(store, number)
    await finish(store, session, verified(number))
    return str(number)


async def check(store: Store, acknowledged: list[str]) -> None:
    """Every member that was acknowledged is linked, and everybody has all parts of a link, or none."""
    found = await parts(store)
    assert all(its == WHOLE for its in found.values()), f"half a link: {found}"
    assert not {int(user_id) for user_id in acknowledged} - found.keys(), "a link that was acknowledged is lost"


async def parts(store: Store) -> dict[int, Counter[str]]:
    """Which parts of a link each member has; who has none is left out."""
    return await store.writer.run(_parts)


def _parts(db: Database) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = {}
    everybody = [row[0] for row in db.execute("SELECT DISTINCT user_id FROM sessions").fetchall()]
    for user_id in everybody:
        counts = {name: db.execute(sql, [user_id]).fetchone()[0] for name, sql in _COUNTS.items()}
        recorded = "SELECT count(*) FROM audit WHERE verb = 'link' AND actor = ? AND subject = actor"
        counts["note"] = db.execute(recorded, [PSEUDONYM(user_id)]).fetchone()[0]
        if its := +Counter(counts):
            found[user_id] = its
    return found


_COUNTS = {
    "account": "SELECT count(*) FROM links WHERE user_id = ?",
    "proof": "SELECT count(*) FROM proofs WHERE user_id = ?",
    "session": "SELECT count(*) FROM sessions WHERE user_id = ? AND status <> 'ready'",
}


def main() -> None:
    """Print what was left after a kill before each statement, as JSON: whether the link was there."""
    left: list[bool] = []
    with tempfile.TemporaryDirectory() as folder:
        for point in range(1, 100):
            path = Path(folder) / f"{point}.db"
            session = asyncio.run(_prepare(path))
            _, status = os.waitpid(fork(lambda: _finish_and_die(path, session, point)), 0)  # noqa: B023 - it runs at once
            if not os.WIFSIGNALED(status):
                assert os.WEXITSTATUS(status) == 0, "it could not be proven"
                break
            left.append(asyncio.run(_look(path)))
    json.dump(left, sys.stdout)


async def _prepare(path: Path) -> Session:
    store = await Store.open(path)
    session = await begin(store, 1)
    await store.close()
    return session


async def _finish_and_die(path: Path, session: Session, point: int) -> None:
    store = await Store.open(path)
    left = point

    def count(_statement: str) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    await store.writer.run(lambda db: db.conn.set_trace_callback(count))
    await finish(store, session, verified(1))


async def _look(path: Path) -> bool:
    store = await Store.open(path)
    try:
        await check(store, [])
        return bool(await parts(store))
    finally:
        await store.close()


if __name__ == "__main__":
    main()
