"""What `tessera check` prints for a source that is not in the sandbox."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.cli.check import check
from bot.config.settings import Settings, StoreSettings
from bot.config.source_tables import ArchiveTable, BlockscoutTable, LoopringTable, SourceTable
from tests.archive.fixtures import write_small


async def nothing_held(_request: web.Request) -> web.Response:
    return web.json_response({"collections": [], "totalNum": 0, "items": [], "next_page_params": None})


@asynccontextmanager
async def served() -> AsyncIterator[str]:
    """A service where nobody holds anything; its base URL."""
    app = web.Application()
    app.router.add_get("/{path:.*}", nothing_held)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def checked(folder: Path, *sources: SourceTable) -> list[str]:
    """The lines of `tessera check` for some sources."""
    settings = Settings(source=sources, store=StoreSettings(path=folder / "tessera.db"))
    lines: list[str] = []
    assert await check(settings, lines.append) == 2  # there is no token
    return lines


@pytest.mark.parametrize(
    ("key", "words"),
    [(None, r"answers without a key, in \d+ ms"), (SecretStr("k"), r"accepts the key and answered in \d+ ms")],
    ids=["without a key", "with a key"],
)
async def test_a_key_is_only_reported_as_accepted_when_there_is_one(
    tmp_path: Path, key: SecretStr | None, words: str
) -> None:
    async with served() as url:
        lines = await checked(tmp_path, LoopringTable(name="loopring", base_url=url, api_key=key))
    assert re.fullmatch(rf"✓ Loopring: {url} {words}", lines[2])


async def test_a_chain_alone_is_asked_for_every_account_and_for_no_number(tmp_path: Path) -> None:
    async with served() as url:
        lines = await checked(tmp_path, BlockscoutTable(name="ethereum", base_url=url, chain_id=1))
    assert lines[3] == "✓ Accounts: without a network, an account is looked up at: ethereum."


@pytest.mark.parametrize("grants", [False, True])
async def test_an_archive_that_gives_roles_is_named_as_a_danger(tmp_path: Path, *, grants: bool) -> None:
    write_small(tmp_path / "old")

    lines = await checked(tmp_path, ArchiveTable(name="old", path=tmp_path / "old", grants=grants))

    warned = [line for line in lines if line.startswith("! source old has grants = true: roles are given for what was")]
    assert len(warned) == grants
