"""A badge that an explorer's staff gives to a contract: it is no sale."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.config.sync_table import SyncSettings
from bot.gates.rule import CollectionRef, Holds
from bot.holdings import Account
from bot.store import Store
from bot.store.linking.owner_table import FIRST, OwnerFact
from tests.blockscout_source import hurry, open_blockscout
from tests.sandbox_client import SandboxClient
from tests.sync.fake_discord import FakeDiscord, Server
from tests.sync.sync_harness import GUILD, JOINED, OTHER_GUILD, SyncHarness, user

_CONTRACT_OF = "Founders' Tiles"


@pytest.fixture
async def on_chain(sandbox: SandboxClient) -> AsyncIterator[SyncHarness]:
    """Sync over the sandbox's Blockscout."""
    await hurry(sandbox)
    store = await Store.open(None)
    async with open_blockscout(sandbox) as source:
        discord = FakeDiscord({GUILD: Server(), OTHER_GUILD: Server()})
        harness = SyncHarness(store, discord, source, SyncSettings())
        yield harness
        await harness.sync.close()
        await harness.readings.close()
        await store.close()


async def _member(harness: SyncHarness, number: int, address: str) -> None:
    """A member who has proven an address."""
    account, now = Account("eip155:1", address), harness.now
    await harness.store.owners.save(OwnerFact(account, address, (), FIRST, is_confirmed=True, seen_at=now))
    at = int(now.timestamp())
    await harness.rows(
        "INSERT INTO links (user_id, account, owner, linked_at) VALUES (?, ?, ?, ?)",
        [user(number), str(account), address, at],
    )
    await harness.rows(
        "INSERT INTO proofs (owner, user_id, method, text_hash, proven_at, first_proven_at)"
        " VALUES (?, ?, 'eoa', ?, ?, ?)",
        [address, user(number), b"hash", at, at],
    )
    harness.server.members[user(number)] = set()
    harness.server.joined_at[user(number)] = JOINED
    await harness.sync.seen(GUILD, user(number), JOINED)


async def test_case_49_a_scam_badge_on_a_gated_contract_takes_no_role(
    sandbox: SandboxClient, on_chain: SyncHarness
) -> None:
    offered = (await sandbox.get("/_sandbox/holdings", user="0"))["collections"]
    contract = next(each["collection"] for each in offered if each["name"] == _CONTRACT_OF)
    gate = Holds(CollectionRef("eip155:1", contract.lower()))
    await on_chain.gate(gate)
    addresses = ["0x" + f"{number:040x}" for number in range(0xA1, 0xA4)]
    for number, address in enumerate(addresses, start=1):
        await sandbox.trade(None, address, contract, network="1")
        await _member(on_chain, number, address)
    await on_chain.turn()
    assert on_chain.holders() == [1, 2, 3]
    await sandbox.control("reputation", chain=1, contract=contract, reputation="scam")
    await on_chain.pass_time(timedelta(hours=2))
    assert on_chain.holders() == [1, 2, 3]
    assert await on_chain.rows("SELECT 1 FROM role_misses") == []
    assert (await on_chain.sync.status(GUILD)).holds == []
    await sandbox.trade(addresses[0], None, contract, network="1")
    await on_chain.pass_time(timedelta(minutes=75))
    assert on_chain.holders() == [2, 3]
