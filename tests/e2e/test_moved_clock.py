"""Days that pass in a demonstration: a grace ends, and what was held for days counts, as if they had passed."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from discord.utils import snowflake_time

from tests.e2e.holders import HARBOUR_LIGHTS, WHALE, has, lost, prove, saved, until
from tests.e2e.two_servers import running
from tests.sandbox_client import Person, SandboxClient

# What is read counts for a day: three times as long as until the next reading.
SLOW = {"sync": "interval_minutes = 480", "loopring": "requests_per_second = 1000"}


@dataclass
class Club:
    """The sandbox, and the store of its bot."""

    sandbox: SandboxClient
    store: Path

    async def pass_time(self, hours: int = 9) -> None:
        """Let time pass until the one account is due, and return when it was read again, and its member judged."""
        (before,) = self._ask("SELECT read_at FROM sync_accounts")
        await self.sandbox.control("clock", hours=hours, at_once=True)

        async def judged() -> bool:
            read_at, judged_at = self._ask("SELECT read_at, judged_at FROM sync_accounts, sync_members")
            return bool(judged_at >= read_at > before)

        await until(judged)

    def _ask(self, sql: str) -> tuple[int, ...]:
        with closing(sqlite3.connect(self.store)) as store:
            row: tuple[int, ...] = store.execute(sql).fetchone()
            return row


@pytest.fixture
async def club(bare_sandbox: SandboxClient, tmp_path: Path) -> AsyncIterator[Club]:
    """A bot with the patience of a real one, whose time the sandbox moves."""
    clock = f'clock_url = "{bare_sandbox.url}/_sandbox/clock"'
    async with running(bare_sandbox, tmp_path, discord=clock, **SLOW):
        yield Club(bare_sandbox, tmp_path / "tessera.db")


@pytest.fixture
async def rosalind(club: Club) -> Person:
    """The owner of the server."""
    return await club.sandbox.person("rosalind")


async def test_a_grace_of_a_day_ends_after_a_day_and_not_before(club: Club, rosalind: Person) -> None:
    await saved(rosalind, "gate add", role=WHALE, rule="254 >= 3", grace_hours=24)
    hana = await club.sandbox.person("hana")
    await prove(hana, "10007")
    await has(hana, "Whale")
    await club.sandbox.trade("10007", None, HARBOUR_LIGHTS)
    for _ in range(3):  # as many misses as a removal needs
        await club.pass_time()
    (warning,) = await until(hana.direct_messages)
    assert "You no longer qualify for **Whale**" in str(warning["embeds"])
    for _ in range(2):
        await club.pass_time()
        assert "You keep it until" in (await hana.run("roles")).text
        assert "Whale" in await hana.roles()
    await club.pass_time()
    await lost(hana, "Whale")
    assert len(await hana.direct_messages()) == 1


async def test_what_is_held_for_two_days_gives_the_role_after_two_days(club: Club, rosalind: Person) -> None:
    await saved(rosalind, "gate add", role=WHALE, rule="254 for 2 days")
    hana = await club.sandbox.person("hana")
    await prove(hana, "10007")
    for _ in range(5):  # 45 hours
        await club.pass_time()
    assert "Whale" not in await hana.roles()
    await club.pass_time()
    await has(hana, "Whale")


async def test_a_month_without_readings_takes_no_role_and_is_no_clock_that_was_set(
    club: Club, rosalind: Person, caplog: pytest.LogCaptureFixture
) -> None:
    await saved(rosalind, "gate add", role=WHALE, rule="254 >= 3")
    hana = await club.sandbox.person("hana")
    await prove(hana, "10007")
    await has(hana, "Whale")
    await club.pass_time(720)
    assert "Whale" in await hana.roles()
    assert "✔" in (await hana.run("roles")).text
    assert len(await club.sandbox.role_writes()) == 1
    assert "the clock was set" not in caplog.text
    shown = await club.sandbox.settled(await hana.run("collections", account="10007"))
    (as_of,) = re.findall(r"<t:(\d+):R>", shown.embeds[0]["description"])
    in_29_days = datetime.now(UTC) + timedelta(days=29)
    assert datetime.fromtimestamp(int(as_of), UTC) > in_29_days
    assert datetime.fromisoformat(shown.message["timestamp"]) > in_29_days
    assert snowflake_time(int(shown.message["id"])) > in_29_days
    assert snowflake_time(int(shown["id"])) < in_29_days  # from which is read until when its token is valid
