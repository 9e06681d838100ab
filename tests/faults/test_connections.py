"""Connections that hang, drip and break: what they cost others, and whether anything of them remains."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.sandboxed import AN_HOUR, UNTIL_A_SALE_IS_SEEN, open_sandboxed
from tests.sandbox_client import SandboxClient
from tests.sync.sync_harness import COLLECTOR, OTHER_GUILD, TEN_MINUTES


async def test_case_14_a_source_that_drips_about_one_account_delays_no_other_server(sandbox: SandboxClient) -> None:
    async with open_sandboxed(sandbox, timeout_seconds=0.3) as synced:
        await synced.gate(guild_id=OTHER_GUILD)
        await synced.holder(7, guild_id=OTHER_GUILD)
        await synced.holders_of(3)
        assert synced.has(synced.number(7), COLLECTOR, OTHER_GUILD)
        await synced.fails("drip", seconds=0.1, account=synced.account_id(1))
        await synced.sold(1, 7)
        await synced.holder(8, guild_id=OTHER_GUILD)
        await synced.pass_time(TEN_MINUTES)
        assert synced.has(synced.number(8), COLLECTOR, OTHER_GUILD)
        await synced.pass_time(timedelta(minutes=40))
        assert not synced.has(synced.number(7), COLLECTOR, OTHER_GUILD)
        assert synced.having() == [1, 2, 3]
        await synced.repaired()
        await synced.pass_time(UNTIL_A_SALE_IS_SEEN)
        assert synced.having() == [2, 3]


@pytest.mark.parametrize("kind", ["reset", "torn"])
async def test_case_15_of_hundreds_of_broken_connections_none_remains(sandbox: SandboxClient, kind: str) -> None:
    async with open_sandboxed(sandbox) as synced:
        await synced.holders_of(2)
        assert await synced.reads(1)
        await synced.fails(kind)
        before, requests = _open_files(), await synced.requests()
        while await synced.requests() - requests < 200:
            assert not await synced.reads(1)
            synced.advance(AN_HOUR)  # so that the source is asked again
        assert _open_files() <= before
        await synced.repaired()
        assert await synced.reads(1)
        assert synced.having() == [1, 2]
        await synced.all_goes_on(1, 9)


async def test_case_15_a_connection_on_which_nothing_comes_is_given_up(sandbox: SandboxClient) -> None:
    async with open_sandboxed(sandbox, timeout_seconds=0.1) as synced:
        await synced.holders_of(2)
        await synced.fails("slow", seconds=60)
        before = _open_files()
        await synced.pass_time(AN_HOUR, step=timedelta(minutes=20))
        assert synced.having() == [1, 2]
        assert await synced.misses() == {}
        assert _open_files() <= before + 2  # the sandbox's side, until it notices
        await synced.repaired()
    async with open_sandboxed(sandbox) as synced:
        await synced.holders_of(2)
        await synced.all_goes_on(1, 9)


def _open_files() -> int:
    """Sockets among them."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())
