"""A store that a bot's process will use: members with proven accounts and a gate, written while no bot runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.gates.gate import GateDraft
from bot.gates.rule import CollectionRef, Holds
from bot.store import Store
from bot.store.linking.owner_table import FIRST, OwnerFact
from sandbox.app_keys import WORLD
from sandbox.fixtures import ensure_account
from sandbox.world import Member, User
from tests.cogs.gates.live_bot import MOSAIC, WHALE
from tests.sandbox_client import SandboxClient
from tests.sync.sync_harness import JOINED, MOD, account_of, user

CHANNEL = MOSAIC + 101
GATED = CollectionRef("loopring", "254")
_LINK = "INSERT INTO links (user_id, account, owner, linked_at) VALUES (?, ?, ?, ?)"
_PROVE = """
    INSERT INTO proofs (owner, user_id, method, text_hash, proven_at, first_proven_at) VALUES (?, ?, 'eoa', ?, ?, ?)
"""


@asynccontextmanager
async def at_rest(folder: Path) -> AsyncIterator[Store]:
    """The store of a bot that does not run now."""
    store = await Store.open(folder / "tessera.db", backups=folder / "backups")
    try:
        yield store
    finally:
        await store.close()


async def prepare(sandbox: SandboxClient, folder: Path, numbers: range, *, gated: bool = True) -> None:
    """These members are in the server, hold what the gate asks for, and proved it; the log channel is set."""
    world, now = sandbox.app[WORLD], datetime.now(UTC)
    at = int(now.timestamp())
    async with at_rest(folder) as store:
        for number in numbers:
            account, owner, user_id = account_of(number), f"0x{number:040x}", user(number)
            world.users[user_id] = User(user_id, f"member{number}", f"Member {number}")
            world.guilds[MOSAIC].members[user_id] = Member(user_id, joined_at=JOINED.isoformat())
            ensure_account(world, int(account.account_id))
            await sandbox.trade(None, account.account_id, GATED.collection_id)
            await store.owners.save(OwnerFact(account, owner, (), FIRST, is_confirmed=True, seen_at=now))

            def link(db: Any, values: tuple[Any, ...] = (owner, user_id, str(account))) -> None:
                owner, user_id, account = values
                db.execute(_LINK, [user_id, account, owner, at])
                db.execute(_PROVE, [owner, user_id, b"hash", at, at])

            await store.writer.transaction(link)
            await store.sync.members.seen(MOSAIC, user_id, JOINED, now, now)
        settings = await store.guild_settings.of(MOSAIC)
        await store.guild_settings.save(MOSAIC, replace(settings, log_channel_id=CHANNEL), MOD, now)
        if gated:
            await store.gates.add(MOSAIC, GateDraft(WHALE, Holds(GATED)), MOD, now)


async def ledger(folder: Path) -> list[int]:
    """Who has the gate's role by the ledger of a bot that does not run now, by number."""
    async with at_rest(folder) as store:
        sql = "SELECT user_id FROM role_grants WHERE state = 'given' AND role_id = ? ORDER BY user_id"
        rows = await store.writer.run(lambda db: db.execute(sql, [WHALE]).fetchall())
        assert await store.writer.run(lambda db: db.execute("SELECT * FROM role_intents").fetchall()) == []
    return [user_id - user(0) for (user_id,) in rows]


async def holders(sandbox: SandboxClient) -> list[int]:
    """Who has the gate's role as Discord has it, by number."""
    members = (await sandbox.get("/_sandbox/discord"))["guilds"][str(MOSAIC)]["members"]
    return sorted(
        int(each) - user(0) for each, roles in members.items() if str(WHALE) in roles and int(each) < 9 * 10**17
    )


async def writes(sandbox: SandboxClient, *, changed: bool | None = None) -> Counter[tuple[int, bool]]:
    """How often each member's role was written, by number and whether it was given."""
    return Counter(
        (int(write["user_id"]) - user(0), write["is_given"])
        for write in await sandbox.role_writes()
        if changed in (None, write["changed"])
    )


async def announced(sandbox: SandboxClient) -> Counter[str]:
    """How often each change is said in the log channel, where Discord has taken each nonce once."""
    traffic = await sandbox.get("/_sandbox/traffic", service="discord")
    said: dict[str, str] = {}
    for one in traffic["exchanges"]:
        if one["method"] == "POST" and one["path"].endswith(f"/channels/{CHANNEL}/messages"):
            body = one["request"]
            content = str(body["embeds"][0]["description"])
            assert body["enforce_nonce"]
            assert said.setdefault(body["nonce"], content) == content
    return Counter(line.split(":")[0] for content in said.values() for line in content.split("\n"))
