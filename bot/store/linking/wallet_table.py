"""How wallets that are not deployed come by their addresses: told by Loopring while it still tells, and kept."""

from __future__ import annotations

from datetime import datetime

from bot.links import Counterfactual
from bot.store.rows import first, seconds
from bot.store.thread import Writer


class Wallets:
    """Reads and writes what is known of such wallets. Every method raises `StoreError` when SQLite fails."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def get(self, wallet: str) -> Counterfactual | None:
        """What is known of a wallet."""
        sql = "SELECT wallet, factory, salt, owner FROM wallets WHERE wallet = ?"
        row = await self._writer.run(lambda db: first(db, sql, [wallet]))
        return Counterfactual(row[0], row[1], int(row[2]), row[3]) if row else None

    async def save(self, known: Counterfactual, seen_at: datetime) -> None:
        """Keep what was told; the latest word stands."""
        sql = "INSERT OR REPLACE INTO wallets (wallet, factory, salt, owner, seen_at) VALUES (?, ?, ?, ?, ?)"
        values = [known.wallet, known.factory, str(known.salt), known.owner, seconds(seen_at)]
        await self._writer.transaction(lambda db: db.execute(sql, values).fetchall())
