"""A store that is damaged or gone at the start: nothing is concluded from what it does not say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.store import Store
from tests.faults.sandboxed import AN_HOUR, open_sandboxed
from tests.sandbox_client import SandboxClient
from tests.sync.fake_discord import FakeDiscord
from tests.sync.sync_harness import COLLECTOR, GUILD


def _overwrite(path: Path) -> None:
    path.write_bytes(b"\0" * path.stat().st_size)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _delete(folder: Path) -> None:
    for file in folder.glob("t.db*"):
        file.unlink()


@pytest.mark.parametrize("damage", [_overwrite, _cut], ids=["overwritten", "cut"])
async def test_case_38_a_damaged_store_is_refused_and_no_role_is_touched(
    sandbox: SandboxClient, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "t.db"
    async with open_sandboxed(sandbox, path=path) as synced:
        await synced.holders_of(3)
    damage(path)
    broken = path.read_bytes()
    with pytest.raises(ConfigError):
        await Store.open(path)
    assert path.read_bytes() == broken


async def test_case_38_a_bot_whose_store_was_deleted_takes_nothing_and_owns_nothing(
    sandbox: SandboxClient, tmp_path: Path
) -> None:
    path, discord = tmp_path / "t.db", FakeDiscord()
    async with open_sandboxed(sandbox, path=path, discord=discord) as synced:
        await synced.holders_of(3)
    _delete(tmp_path)
    members = discord.servers[GUILD].members
    del discord.calls[:]
    async with open_sandboxed(sandbox, path=path, discord=discord) as synced:
        synced.server.members.update(members)
        await synced.gate()  # an admin begins again
        await synced.sold(1)
        await synced.pass_time(2 * AN_HOUR)
        assert discord.writes == []
        assert synced.holders(COLLECTOR) == [1_001, 1_002, 1_003]
