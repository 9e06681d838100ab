"""`GET /healthz` of a running process: fit as long as it could serve, whatever happens to others."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp

from tests.process import PATIENCE, free_port, running, start
from tests.sandbox_client import SandboxClient, write_config


async def healthz(port: int) -> tuple[int, Any]:
    """Status and JSON."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/healthz") as response:
        assert response.headers["Cache-Control"] == "no-store"
        assert response.content_type == "application/json"
        body = await response.json()
        assert body.pop("loop_lag_ms").keys() == {"p99", "max", "own_p99"}
        return response.status, body


def fit(gateway: str) -> tuple[int, Any]:
    """The answer of a healthy process."""
    return 200, {"status": "ok", "store": "ok", "gateway": gateway, "background": "ok", "other_process": "none"}


async def becomes(port: int, expected: tuple[int, Any]) -> None:
    """Return when that is the answer."""
    async with asyncio.timeout(PATIENCE):
        while await healthz(port) != expected:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)


async def test_a_running_bot_is_healthy(bare_sandbox: SandboxClient, tmp_path: Path) -> None:
    port = free_port()
    async with running(bare_sandbox, tmp_path, web=f"port = {port}"):
        assert await healthz(port) == fit("ready")


async def test_a_source_that_is_down_makes_the_bot_no_less_healthy(bare_sandbox: SandboxClient, tmp_path: Path) -> None:
    port = free_port()
    await bare_sandbox.fault("status", path="", status=503)
    async with running(bare_sandbox, tmp_path, web=f"port = {port}"):
        answer = await (await bare_sandbox.person()).run("collections", account="10001")
        assert "HTTP 503" in answer.text
        assert await healthz(port) == fit("ready")


async def test_a_gateway_that_refuses_is_reported_and_makes_the_bot_no_less_healthy(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    port = free_port()
    await bare_sandbox.post("/_sandbox/gateway", {"action": "refuse", "times": 1000})
    config = write_config(tmp_path, bare_sandbox, web=f"port = {port}")
    async with start("run", "--config", config, folder=tmp_path) as bot:
        await bot.says("next attempt in ")
        assert await healthz(port) == fit("connecting")


async def test_a_lost_gateway_is_reported(bare_sandbox: SandboxClient, tmp_path: Path) -> None:
    port = free_port()
    async with running(bare_sandbox, tmp_path, web=f"port = {port}"):
        assert await healthz(port) == fit("ready")
        await bare_sandbox.post("/_sandbox/gateway", {"action": "refuse", "times": 1000})
        await bare_sandbox.post("/_sandbox/gateway", {"action": "drop"})
        await becomes(port, fit("connecting"))
        await bare_sandbox.post("/_sandbox/gateway", {"action": "refuse", "times": 0})
        await becomes(port, fit("ready"))


async def test_nothing_else_is_served(bare_sandbox: SandboxClient, tmp_path: Path) -> None:
    port = free_port()
    async with running(bare_sandbox, tmp_path, web=f"port = {port}"), aiohttp.ClientSession() as session:
        for path in ("/", "/metrics", "/healthz/../../etc/passwd"):
            async with session.get(f"http://127.0.0.1:{port}{path}") as response:
                assert response.status == 404
        async with session.post(f"http://127.0.0.1:{port}/healthz") as response:
            assert response.status == 405
