"""What a bot process does by itself, from its start on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.store import Store
from tests.e2e.clocked import has_notifications
from tests.process import running
from tests.sandbox_client import SandboxClient

OWNER = "0x90e78956725e312a4217e90bdd1d8a496f018a71"
NEW = datetime.now(UTC) - timedelta(days=1)
OLD = datetime.now(UTC) - timedelta(days=200)


async def rows_of(path: Path, *statements: tuple[str, list[Any]]) -> list[list[Any]]:
    """Open a store that no bot uses, and run these; the rows that each gives."""
    store = await Store.open(path)
    try:
        return await store.writer.transaction(
            lambda db: [db.conn.execute(sql, values).fetchall() for sql, values in statements]
        )
    finally:
        await store.close()


async def test_it_backs_up_notifies_settles_and_deletes_what_is_old(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    ada = await bare_sandbox.person("ada")
    record = "INSERT INTO audit (at, actor, verb) VALUES (?, ?, 'link')"
    await rows_of(
        tmp_path / "tessera.db",
        (record, [int(OLD.timestamp()), b"old"]),
        (record, [int(NEW.timestamp()), b"new"]),
        (
            "INSERT INTO notices (user_id, news, owner, at) VALUES (?, 'won', ?, ?)",
            [int(ada.user), OWNER, int(NEW.timestamp())],
        ),
    )
    async with running(bare_sandbox, tmp_path) as bot:
        await has_notifications(ada, "The account is yours")
        await bot.says("bytes, verified")
        code, _ = await bot.stop()
    assert code == 0
    assert bot.output_lines == []
    pending, audit, rounds = await rows_of(
        tmp_path / "tessera.db",
        ("SELECT * FROM notices", []),
        ("SELECT actor FROM audit", []),
        ("SELECT at FROM rounds", []),
    )
    assert (pending, audit) == ([], [(b"new",)])
    assert rounds[0][0] > NEW.timestamp()
