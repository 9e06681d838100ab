"""`/privacy export` of a member whose accounts had more collections than fit into a file that Discord accepts."""

from __future__ import annotations

import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

import aiohttp

from tests.e2e.holders import FAST, prove, until
from tests.e2e.two_servers import running
from tests.sandbox_client import SandboxClient

COUNT = 40_000


def add_collections(folder: Path, count: int) -> None:
    """So many collections, each of which the one account that was read held once; straight into a bot's store."""
    store = next(folder.rglob("*.db"))
    with sqlite3.connect(store, timeout=60) as db:
        (account,) = db.execute("SELECT id FROM sync_accounts WHERE account = 'loopring:10007'").fetchone()
        ids = [(str(500_000 + number),) for number in range(count)]
        db.executemany("INSERT INTO sync_collections (network, collection_id) VALUES ('loopring', ?)", ids)
        db.execute(
            "INSERT INTO sync_held (account_id, collection_id, kinds, first_at) "
            "SELECT ?, id, 1, 1795000000 FROM sync_collections WHERE length(collection_id) = 6",
            [account],
        )
    db.close()


async def test_an_export_that_is_too_large_for_discord_is_packed(bare_sandbox: SandboxClient, tmp_path: Path) -> None:
    async with running(bare_sandbox, tmp_path, **FAST):
        lotte = await bare_sandbox.person("lotte")
        await prove(lotte, "10007")

        async def exported() -> dict[str, Any] | None:
            [attached] = (await lotte.run("privacy export")).message["attachments"]
            async with aiohttp.ClientSession() as session, session.get(attached["url"]) as response:
                content = await response.read()
            if attached["filename"].endswith(".gz"):
                content = gzip.decompress(content)
            data = json.loads(content)
            return data | {"name": attached["filename"]} if data["holdings"] else None

        small = await until(exported)
        assert small["name"] == "tessera-export.json"
        add_collections(tmp_path, COUNT)
        answer = await lotte.run("privacy export")
        assert "unpack it with a program for `.gz` files" in answer.text
        large = await until(exported)
        assert large["name"] == "tessera-export.json.gz"
        assert len(large["holdings"]) >= COUNT
