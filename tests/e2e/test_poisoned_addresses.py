"""What one member asks for is refused or fails: that member is told why, and another one gets holdings meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.conftest import open_bot
from tests.e2e.test_sources import ETHEREUM, OWNER
from tests.sandbox_client import Person, SandboxClient


@pytest.fixture(scope="module")
async def module_sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SandboxClient]:
    """A bot with a chain, which does not wait long for it."""
    impatient = ETHEREUM.replace("timeout_seconds = 60", "timeout_seconds = 2")
    async with open_bot(
        tmp_path_factory.mktemp("bot"),
        sources=impatient,
        display="cache_seconds = 0",
    ) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
async def ethereum_in_no_hurry_to_throttle(sandbox: SandboxClient) -> None:
    await sandbox.post("/_sandbox/blockscout", {"per_second": 1000})


def status(number: int, body: Any = "", **options: Any) -> dict[str, Any]:
    return {"kind": "status", "status": number, "body": body} | options


@pytest.mark.parametrize(
    ("digit", "trouble", "sentence"),
    [
        pytest.param(
            "1", status(403, {"message": "Restricted access"}), "gives no answers about this", id="sanctioned"
        ),
        pytest.param("2", status(500), "has an internal error (HTTP 500)", id="500"),
        pytest.param("3", {"kind": "slow", "seconds": 30}, "did not answer within", id="slow"),
        pytest.param(
            "4",
            status(403, "<html>", content_type="text/html", headers={"cf-mitigated": "challenge"}),
            "lets only browsers pass",
            id="challenge",
        ),
        pytest.param("5", status(401, {"message": "Unauthorized"}), "refuses this bot's API key (HTTP 401)", id="401"),
        pytest.param("6", status(402, {"message": "x"}), "the plan of its API key is used up", id="402"),
    ],
)
async def test_one_member_is_told_and_another_is_answered(
    sandbox: SandboxClient, ada: Person, digit: str, trouble: dict[str, Any], sentence: str
) -> None:
    poisoned = "0x" + digit * 40
    await sandbox.post("/_sandbox/faults", {"service": "blockscout", "account": poisoned, "times": None} | trouble)
    other = await sandbox.person("brunowaves")
    for _ in range(2):
        answer = await ada.run("collections", account=f"eip155:1:{poisoned}")
        assert sentence in answer.text
        assert "holds no NFTs" not in answer.text
        assert (await other.run("collections", account=f"eip155:1:{OWNER}")).titles()
