"""`tessera backup`: it looks for earlier copies where the settings say, as `run` does."""

from __future__ import annotations

from pathlib import Path

from tests.cli.result import Command
from tests.sandbox_client import SandboxClient, write_config
from tests.store.fixtures import Place, damage, make_saved_store


async def test_a_damaged_store_is_restored_from_the_folder_of_the_settings(
    sandbox: SandboxClient, tessera: Command, tmp_path: Path
) -> None:
    place = Place(tmp_path / "t.db", tmp_path / "elsewhere")
    await make_saved_store(place, rows=500)
    config = write_config(tmp_path, sandbox, store=f'path = "{place.path}"\nbackup_folder = "{place.backups}"')
    saved = await tessera("backup", str(tmp_path / "one.db"), config=config)
    assert (saved.code, saved.err) == (0, "")
    damage(place.path)
    for is_gone in (False, True):
        if is_gone:
            place.path.unlink()
        refused = await tessera("backup", str(tmp_path / "two.db"), config=config)
        assert refused.code == 3
        assert f"cp -p {place.backups}/t-2026-11-24.db {place.path}" in refused.err
        assert "There is no good backup" not in refused.err
