"""`GET /metrics` of a running process: what happened is in its numbers, and only who may ask is answered."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.process import BotProcess, free_port, running, start, until
from tests.sandbox_client import SandboxClient, write_config

OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"
Numbers = Mapping[tuple[str, str], float]


async def numbers(port: int) -> Numbers:
    """Each number by its name and the values of its labels, which are in alphabetical order."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as response:
        assert response.status == 200
        text = await response.text()
    return {
        (sample.name, "/".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
async def port() -> int:
    """Where the metrics are to be."""
    return free_port()


@pytest.fixture
async def bot(bare_sandbox: SandboxClient, tmp_path: Path, port: int) -> AsyncIterator[BotProcess]:
    """A process with metrics, and debug lines."""
    tables = {"metrics": f"port = {port}", "log": 'level = "debug"'}
    async with running(bare_sandbox, tmp_path, **tables) as bot:
        yield bot


async def test_what_happened_is_counted_named_and_logged(
    bare_sandbox: SandboxClient, bot: BotProcess, port: int
) -> None:
    ada = await bare_sandbox.person()
    await bare_sandbox.settled(await ada.run("collections", account="10001"))
    await ada.run("collections", account="no account")
    await bare_sandbox.fault("status", path="user/collection/details", status=503)
    await ada.run("collections", account="10017")
    await until(lambda: bot.output.count("command /collections:") == 3)

    seen = await numbers(port)
    assert seen["tessera_interactions_total", "command//collections/answered"] == 1
    assert seen["tessera_interactions_total", "command//collections/refused"] == 1
    assert seen["tessera_interactions_total", "command//collections/unavailable"] == 1
    assert seen["tessera_first_response_seconds_count", "command"] == 3
    assert seen["tessera_interaction_seconds_count", "command"] == 3
    assert seen["tessera_source_requests_total", "200/loopring"] >= 1
    assert seen["tessera_source_requests_total", "503/loopring"] == 3
    assert seen["tessera_source_request_seconds_count", "loopring"] >= 4
    assert (seen["tessera_source_up", "loopring"], seen["tessera_gateway_up", ""], seen["tessera_store_up", ""]) == (
        0,
        1,
        1,
    )
    assert seen["tessera_gateway_sessions_total", "started"] == 1
    assert seen["tessera_servers", ""] >= 1
    assert seen["tessera_store_seconds_count", "writer"] > 0
    assert seen["tessera_background_runs_total", "contests/done"] >= 1
    assert seen["tessera_store_bytes", "store"] > 0

    # Each is explained, and nothing else is.
    explained = set(re.findall(r"^\| `(tessera_\w+)`", OPERATING.read_text(encoding="utf-8"), re.MULTILINE))
    shown = {name for name, _ in seen if name.startswith("tessera_")}
    endings = re.compile(r"_(?:bucket|count|sum|created|info)$")
    shown = {endings.sub("", name) if not name.endswith("_info") else name for name in shown}
    assert shown - explained == set()
    # Those that there is nothing of yet; a backup is made meanwhile, or was.
    assert explained - shown - {"tessera_backup_timestamp_seconds"} == {
        "tessera_role_changes_total",
        "tessera_sync_oldest_reading_seconds",
    }
    assert not any("10001" in label for _, label in seen)

    lines = [line for line in bot.output.splitlines() if "command /collections:" in line]
    # An answer is over when the owner is shown, which may be after the next one.
    assert sorted(re.sub(r"[0-9]+ ms", "n ms", line.partition("command ")[2]) for line in lines) == [
        f"/collections: {outcome} in n ms, first response after n ms"
        for outcome in ("answered", "refused", "unavailable")
    ]
    assert all(" INFO " in line for line in lines)
    attempts = re.findall(r"DEBUG .*: Loopring: GET (\S+), attempt (\d): (\d+) in \d+ ms", bot.output)
    assert [attempt for _, attempt, status in attempts if status == "503"] == ["1", "2", "3"]
    assert "/api/v3/user/collection/details" in {path for path, _, _ in attempts}


async def test_only_who_is_near_and_asks_directly_is_answered(bot: BotProcess, port: int) -> None:
    await bot.says(f"metrics: http://127.0.0.1:{port}/metrics")
    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{port}"
        for path, headers in (
            ("/metrics", {"X-Forwarded-For": "127.0.0.1"}),
            ("/metrics", {"Via": "1.1 proxy"}),
            ("/healthz", {}),
            ("/", {}),
        ):
            async with session.get(url + path, headers=headers) as response:
                assert response.status == 404
        async with session.get(f"{url}/metrics", headers={"Accept": "application/openmetrics-text"}) as response:
            assert response.content_type == "application/openmetrics-text"
            assert (await response.text()).endswith("# EOF\n")


async def test_a_port_that_is_taken_is_one_line_and_exit_2(bare_sandbox: SandboxClient, tmp_path: Path) -> None:
    port = free_port()
    config = write_config(tmp_path, bare_sandbox, web=f"port = {port}", metrics=f"port = {port}")
    async with start("run", "--config", config, folder=tmp_path) as bot:
        assert await bot.exit_code() == 2
    assert bot.output_lines == [
        f"tessera: [metrics] 127.0.0.1:{port} cannot be listened on: it is in use already. Choose another port."
    ]
