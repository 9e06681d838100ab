"""A store for a bot in the sandbox in which some of the crowd have proven accounts, and one gate for all who hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from bench.sandbox import FIRST_OF_CROWD, BenchSandbox
from bot.gates.gate import GateDraft
from bot.gates.rule import HoldsCollections
from bot.store import Store

ROLE = 910_000_000_000_000_007
FAR = 2**40
_TABLES = (
    "INSERT INTO owners (account, owner, seen_at, is_confirmed) VALUES (:account, :owner, :seen_at, 1)",
    "INSERT INTO links (user_id, account, owner, linked_at) VALUES (:user_id, :account, :owner, :now)",
    """
    INSERT INTO proofs (owner, user_id, method, text_hash, proven_at, first_proven_at)
    VALUES (:owner, :user_id, 'eoa', x'00', :now, :now)
    """,
)
_GIVEN = (
    """
    INSERT INTO sync_members (guild_id, user_id, joined_at, seen_at, drift_due)
    VALUES (:guild, :user_id, :now, :now, :far)
    """,
    """
    INSERT INTO role_grants (guild_id, user_id, role_id, gate_id, state, granted_at)
    VALUES (:guild, :user_id, :role, 1, 'given', :now)
    """,
)
# Nobody is searched for in the background: what is measured is what a member waits for.
_NO_SCAN = "INSERT INTO sync_guilds (guild_id, drift_due, search_due) VALUES (?, ?, ?)"


async def link_crowd(
    sandbox: BenchSandbox, path: Path, accounts: Mapping[int, str], *, have_role: bool = False, has_gate: bool = True
) -> None:
    """Fill an empty store.

    Args:
        sandbox: Knows who owns an account.
        path: Of the store.
        accounts: Who of the crowd has which.
        have_role: The bot has seen them in the first server before, and given them the role.
        has_gate: Whether there is a gate; without one, nothing is read.
    """
    now = datetime.now(UTC)
    store = await Store.open(path)

    def work(db: Database) -> None:
        for member, account in accounts.items():
            values = {
                "user_id": FIRST_OF_CROWD + member,
                "account": f"loopring:{account}",
                "owner": sandbox.owner_of(account),
                "now": int(now.timestamp()),
                "seen_at": now.isoformat(),
                "guild": sandbox.guild_id,
                "far": FAR,
                "role": ROLE,
            }
            for sql in (*_TABLES, *(_GIVEN if have_role else ())):
                db.execute(sql, {name: value for name, value in values.items() if f":{name}" in sql})
        db.execute(_NO_SCAN, [sandbox.guild_id, FAR, FAR])

    await store.writer.transaction(work)
    if has_gate:
        await store.gates.add(sandbox.guild_id, GateDraft(ROLE, HoldsCollections(1)), 1, now)
    await store.close()
