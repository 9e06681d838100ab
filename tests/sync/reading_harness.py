"""Readings and all that they work on: members prove accounts, accounts are read, time goes by when a test says so."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from bot.gates.facts import AccountFacts
from bot.gates.rule import CollectionRef
from bot.holdings import LOOPRING, Account
from bot.links import NOWHERE, Scope
from bot.sources.askers import Asker
from bot.sources.source import Source
from bot.store.rows import to_account
from bot.sync.readings import Readings, ReadOutcome, Wanted
from bot.sync.results import AccountState
from sandbox.app_keys import WORLD
from tests.linking.harness import ANN, LinkingHarness, open_linking
from tests.sandbox_client import SandboxClient

ADA = Account(LOOPRING, "10001")
WHALE = Account(LOOPRING, "10005")
PASS = Asker.job("pass")
INTERVAL = timedelta(minutes=10)
DETAILS = "user/collection/details"
BALANCES = "user/nft/collection/balances"


@dataclass
class ReadingHarness:
    """Readings, and the members whose accounts they are about."""

    linking: LinkingHarness
    readings: Readings
    wanted: list[Wanted] = field(default_factory=lambda: [Wanted()])

    def pass_time(self, span: timedelta = INTERVAL) -> None:
        """Let time go by."""
        self.linking.pass_time(span)

    async def own(self, account: Account = ADA, user_id: int = ANN) -> None:
        """Let somebody have proven an account."""
        await self.linking.prove(user_id, str(account), account.account_id)

    async def read(self, account: Account = ADA, asker: Asker = PASS) -> ReadOutcome:
        """Read an account."""
        return await self.readings.read(account, asker)

    async def state(self, user_id: int = ANN, scope: Scope = NOWHERE) -> AccountState:
        """What is known about a member's one account."""
        [state] = await self.readings.facts_of(user_id, scope)
        return state

    async def facts(self, user_id: int = ANN, scope: Scope = NOWHERE) -> AccountFacts:
        """The same, without when it is read."""
        return (await self.state(user_id, scope)).facts

    async def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the store holds."""
        return await self.linking.rows(sql, *values)

    async def observations(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that was ever observed."""
        tables = {
            "sync_accounts": "account, read_at, part_at, holds, emptied_at",
            "sync_held": "*",
            "sync_parts": "*",
            "sync_levels": "*",
            "sync_tokens": "*",
        }
        return {table: await self.rows(f"SELECT {what} FROM {table}") for table, what in tables.items()}  # noqa: S608 - names from above

    async def accounts(self) -> list[str]:
        """The accounts that are read."""
        return [account for (account,) in await self.rows("SELECT account FROM sync_accounts ORDER BY account")]


def ref(text: str) -> CollectionRef:
    """A collection by its text."""
    account = to_account(text)
    return CollectionRef(account.network, account.account_id)


@asynccontextmanager
async def open_readings(
    *sources: Source, path: Path | None = None, rates: Mapping[str, float] | None = None
) -> AsyncIterator[ReadingHarness]:
    """Readings over a new store (in memory, or at `path`)."""
    async with open_linking(*sources, path=path) as linking:
        wanted = [Wanted()]
        readings = Readings(
            linking.store.readings,
            sources,
            linking.linking.proven,
            rates=rates or {},
            interval=INTERVAL,
            wanted=lambda: wanted[0],
            clock=lambda: linking.now,
            random=Random(1),  # noqa: S311 - it only spreads pauses
        )
        try:
            yield ReadingHarness(linking, readings, wanted)
        finally:
            await readings.close()


def held_of(sandbox: SandboxClient, account: Account = ADA) -> dict[int, dict[str, int]]:
    """What an account holds in the sandbox, to be changed."""
    return sandbox.app[WORLD].accounts[int(account.account_id)].holdings


def collection_of(sandbox: SandboxClient, account: Account = ADA) -> int:
    """A collection of which an account holds more than one NFT."""
    return next(number for number, nfts in held_of(sandbox, account).items() if sum(map(bool, nfts.values())) > 1)
