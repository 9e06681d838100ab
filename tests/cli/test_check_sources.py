"""What `tessera check` says of a source that is none of the sandbox's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.cli.check import check
from bot.config.settings import Settings, StoreSettings
from bot.config.source_tables import LoopringTable


async def nothing_held(_request: web.Request) -> web.Response:
    return web.json_response({"collections": [], "totalNum": 0})


@pytest.mark.parametrize(
    ("key", "words"),
    [(None, r"answers without a key, in \d+ ms"), (SecretStr("k"), r"accepts the key and answered in \d+ ms")],
    ids=["without a key", "with a key"],
)
async def test_a_key_is_only_said_to_be_accepted_when_there_is_one(
    tmp_path: Path, key: SecretStr | None, words: str
) -> None:
    app = web.Application()
    app.router.add_get("/{path:.*}", nothing_held)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    settings = Settings(
        source=(LoopringTable(name="loopring", base_url=url, api_key=key),),
        store=StoreSettings(path=tmp_path / "tessera.db"),
    )
    said: list[str] = []
    assert await check(settings, said.append) == 2  # there is no token
    await runner.cleanup()
    assert re.fullmatch(rf"✓ Loopring: {url} {words}", said[2])
