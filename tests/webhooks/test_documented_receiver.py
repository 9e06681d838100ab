"""The receiver of docs/webhooks.md, run as it is there, takes what the bot sends and refuses all else."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
from pathlib import Path

import aiohttp

from tests.webhooks.harness import GUILD, open_webhooks

_GUIDE = Path(__file__).parents[2] / "docs" / "webhooks.md"
_PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def listening(port: int) -> None:
    """Return when somebody listens on a port."""
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0)
            else:
                writer.close()
                return


async def test_the_documented_receiver_takes_what_is_signed_and_nothing_else(tmp_path: Path) -> None:
    (program,) = _PYTHON.findall(_GUIDE.read_text(encoding="utf-8"))
    assert len(program.splitlines()) <= 20
    file, port = tmp_path / "receiver.py", free_port()
    file.write_text(program, encoding="utf-8")
    async with open_webhooks() as harness:
        url = f"http://127.0.0.1:{port}/"
        added = await harness.webhooks.add(GUILD, url, by=1)
        environment = {**os.environ, "WEBHOOK_SECRET": added.reveal(), "PORT": str(port)}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(file)),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await listening(port)
            await harness.happen(2)
            await harness.deliveries.drain()
            (standing,) = await harness.webhooks.standings(GUILD)
            assert (standing.backlog, standing.endpoint.failure) == (0, None)
            forged = {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
            async with aiohttp.ClientSession() as session, session.post(url, headers=forged, data=b"{}") as answer:
                assert answer.status == 401
        finally:
            process.terminate()
        printed, _ = await process.communicate()  # all of it: each is printed before it is answered
        lines = printed.decode().splitlines()
        assert ["'sequence': 1" in lines[0], "'sequence': 2" in lines[1], lines[2]] == [True, True, "refused"]
