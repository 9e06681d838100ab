"""How the addresses of undeployed wallets are computed: fetched from Loopring while it still answers, and stored."""

from __future__ import annotations

from datetime import datetime

from bot.links import Counterfactual
from bot.store.rows import first, seconds
from bot.store.thread import Writer


class Wallets:
    """Reads and writes that data. Every method raises `StoreError` when SQLite fails."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def get(self, wallet: str) -> Counterfactual | None:
        """What is known of a wallet."""
        sql = "SELECT wallet, factory, salt, owner FROM wallets WHERE wallet = ?"
        row = await self._writer.run(lambda db: first(db, sql, [wallet]))
        if row is None:
            return None
        wallet, factory, salt, owner = row
        return Counterfactual(wallet=wallet, factory=factory, salt=int(salt), owner=owner)

    async def save(self, known: Counterfactual, seen_at: datetime) -> None:
        """Store a source's answer; the latest one replaces earlier ones."""
        row = {
            "wallet": known.wallet,
            "factory": known.factory,
            "salt": str(known.salt),
            "owner": known.owner,
            "seen_at": seconds(seen_at),
        }
        await self._writer.transaction(lambda db: db.table("wallets").insert(row, replace=True))
