"""An address that always fails, or is always too slow, is nobody else's trouble; whatever source, whatever path."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from bot import __version__
from bot.errors import SourceError, UnavailableError, UndecidedError
from bot.holdings import Account, Collection
from bot.linking.ethereum import Nodes
from bot.sources.blockscout import BlockscoutSource
from bot.sources.loopring import LoopringSource
from bot.sources.session import open_session
from tests.blockscout_source import ADA, NOW, WHALE, holdings, hurry, last_of, open_blockscout, requests
from tests.loopring_source import open_source
from tests.sandbox_client import SandboxClient

OTHERS = [f"0x{number:040x}" for number in range(0x1000, 0x1006)]
PUNKS = "0x" + "5" * 40

TROUBLES = [
    pytest.param({"kind": "status", "status": 500}, id="500"),
    pytest.param({"kind": "status", "status": 503, "headers": {"Retry-After": "1"}}, id="503 with a pause"),
    pytest.param({"kind": "html"}, id="HTML"),
    pytest.param({"kind": "garbage"}, id="no JSON"),
    pytest.param({"kind": "reset"}, id="reset"),
    pytest.param({"kind": "huge"}, id="too large"),
    pytest.param({"kind": "slow", "seconds": 30}, id="too slow"),
    pytest.param({"kind": "status", "status": 403, "body": {"message": "Forbidden"}}, id="403"),
    pytest.param({"kind": "status", "status": 401, "body": {"message": "Unauthorized"}}, id="401"),
]


async def poison(sandbox: SandboxClient, service: str, account: str, trouble: dict[str, Any]) -> None:
    await sandbox.post("/_sandbox/faults", {"service": service, "account": account, "times": None} | trouble)


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_others_are_answered_while_one_address_of_a_chain_fails(
    sandbox: SandboxClient, trouble: dict[str, Any]
) -> None:
    await hurry(sandbox)
    await poison(sandbox, "blockscout", ADA, trouble)
    async with open_blockscout(sandbox, timeout_seconds=0.5) as source:
        for other in OTHERS:
            with pytest.raises(SourceError):
                await holdings(source, ADA)
            assert (await holdings(source, other)).complete
    assert len(await requests(sandbox, ADA)) <= 6  # aiohttp itself repeats a GET once when the connection drops


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_others_are_answered_while_one_account_of_loopring_fails(
    sandbox: SandboxClient, trouble: dict[str, Any]
) -> None:
    await poison(sandbox, "loopring", "10001", trouble)
    async with open_source(sandbox, timeout_seconds=0.5) as source:
        for other in range(10002, 10008):
            with pytest.raises(SourceError):
                await last_of(source.iter_holdings(Account("loopring", "10001"), None, NOW))
            assert (await last_of(source.iter_holdings(Account("loopring", str(other)), None, NOW))).finished


async def ask_everything(source: BlockscoutSource, address: str) -> Sequence[object]:
    """Every question that a chain's source can be asked about an address."""
    account, contract = Account(source.network, address), Collection(source.network, address)
    questions = [
        last_of(source.iter_holdings(account, None, NOW)),
        last_of(source.iter_nfts(account, Collection(source.network, PUNKS), NOW)),
        last_of(source.iter_nfts(Account(source.network, PUNKS), contract, NOW)),
        last_of(source.iter_holders(address, NOW)),
        source.fetch_collection(address, NOW),
        source.resolve_name(address, NOW),
    ]
    return [await asyncio.gather(question, return_exceptions=True) for question in questions]


async def test_one_address_on_every_path_stops_nothing(sandbox: SandboxClient) -> None:
    await hurry(sandbox)
    await poison(sandbox, "blockscout", ADA, {"kind": "status", "status": 500})
    async with open_blockscout(sandbox) as source:
        for found in await ask_everything(source, ADA):
            assert isinstance(found, list)
            assert isinstance(found[0], UnavailableError)
        assert (await holdings(source, WHALE)).complete


async def ask_loopring(source: LoopringSource, number: str) -> list[object]:
    """Every question that Loopring can be asked about an account."""
    account = Account("loopring", number)
    questions = [
        last_of(source.iter_holdings(account, None, NOW)),
        last_of(source.iter_nfts(account, Collection("loopring", "254"), NOW)),
        source.fetch_owner(account, NOW),
    ]
    return [(await asyncio.gather(question, return_exceptions=True))[0] for question in questions]


async def test_one_account_on_every_path_of_loopring_stops_nothing(sandbox: SandboxClient) -> None:
    await poison(sandbox, "loopring", "10001", {"kind": "status", "status": 500})
    async with open_source(sandbox) as source:
        assert all(isinstance(found, UnavailableError) for found in await ask_loopring(source, "10001"))
        assert not any(isinstance(found, SourceError) for found in await ask_loopring(source, "10002"))


async def test_a_source_that_fails_for_everybody_is_left_alone(sandbox: SandboxClient) -> None:
    await hurry(sandbox)
    await sandbox.post("/_sandbox/faults", {"service": "blockscout", "kind": "status", "status": 500, "times": None})
    async with open_blockscout(sandbox) as source:
        for other in OTHERS:
            with pytest.raises(UnavailableError) as caught:
                await holdings(source, other)
    assert "Tessera asks again in" in caught.value.sentence
    assert len(await requests(sandbox)) == 7


async def test_a_wallet_that_no_node_answers_about_is_nobody_elses_trouble(sandbox: SandboxClient) -> None:
    async with open_session() as session:
        nodes = Nodes(session, [f"{sandbox.url}/ethereum/1"])
        fault = {"service": "ethereum", "kind": "status", "status": 503, "times": 1}
        for _ in range(8):
            await sandbox.post("/_sandbox/faults", fault)
            with pytest.raises(UndecidedError):
                await nodes.code(ADA)
            await nodes.code(WHALE)


async def test_requests_say_who_asks_and_in_which_version(sandbox: SandboxClient) -> None:
    await hurry(sandbox)
    async with open_blockscout(sandbox) as source:
        await holdings(source, WHALE)
    async with open_session() as session:
        await Nodes(session, [f"{sandbox.url}/ethereum/1"]).check()
    async with open_source(sandbox) as loopring:
        await loopring.fetch_owner(Account("loopring", "10001"), NOW)
    traffic = await sandbox.get("/_sandbox/traffic")
    agents = {exchange["headers"]["user-agent"] for exchange in traffic["exchanges"]}
    assert agents == {f"Tessera/{__version__}"}
    assert len(traffic["exchanges"]) >= 3
