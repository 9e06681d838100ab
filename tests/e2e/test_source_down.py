"""A member types an address or a name, as with the two sources that are there without any; one of them is down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.conftest import open_bot
from tests.e2e.test_sources import ETHEREUM, OWNER
from tests.sandbox_client import Person, SandboxClient

NOBODY = "0x" + "9" * 40


@pytest.fixture(scope="module")
async def module_sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SandboxClient]:
    """A bot that asks Loopring first, and Ethereum."""
    loopring = "requests_per_second = 1000\ntimeout_seconds = 30"
    async with open_bot(tmp_path_factory.mktemp("bot"), sources=ETHEREUM, loopring=loopring) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
async def ethereum_in_no_hurry_to_throttle(sandbox: SandboxClient) -> None:
    await sandbox.post("/_sandbox/blockscout", {"per_second": 1000})


@pytest.mark.parametrize(
    "fault",
    # Silence first: after the others the source is not asked for a while, and then fails at once.
    [{"kind": "slow", "seconds": 30}, {"kind": "status", "status": 503}, {"kind": "html"}],
    ids=lambda fault: fault["kind"],
)
@pytest.mark.parametrize("typed", [OWNER, "ada.loopring.eth"])
async def test_while_loopring_is_down_an_address_or_a_name_is_answered_by_the_chain(
    sandbox: SandboxClient, ada: Person, typed: str, fault: dict[str, Any]
) -> None:
    await sandbox.fault(path="", **fault)
    answer = await ada.run("collections", account=typed)
    assert answer.account_and_source()[1] == "Ethereum (Blockscout)"
    assert answer.titles()
    assert answer.tabs() == {"Loopring": False, "Ethereum (Blockscout)": True}


async def test_an_address_is_linked_while_loopring_is_down(sandbox: SandboxClient, ada: Person) -> None:
    await sandbox.fault("status", path="", status=503)
    answer = await ada.run("link", account=NOBODY)
    assert "`eip155:1:0x9999…9999`" in answer.text


async def test_when_no_source_answers_one_sentence_says_so(sandbox: SandboxClient, ada: Person) -> None:
    for service in ("loopring", "blockscout"):
        fault = {"service": service, "path": "", "kind": "status", "status": 503, "times": None}
        await sandbox.post("/_sandbox/faults", fault)
    answer = await ada.run("collections", account=NOBODY)
    assert "None of the sources answers now: Loopring and Ethereum (Blockscout) were asked." in answer.text
    assert "holds no NFTs" not in answer.text
