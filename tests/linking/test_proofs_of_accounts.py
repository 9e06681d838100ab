"""A proof is of an address: it counts for all of its accounts, and goes with the last one."""

from __future__ import annotations

import pytest

from bot.errors import InputError, LimitError
from bot.links import MAX_LINKS
from bot.store.linking.owner_table import OPERATOR, OwnerFact, set_fact
from bot.store.rows import to_account
from tests.linking.harness import ANN, BEN, LinkingHarness, owner_of
from tests.linking.named_accounts import ADA, ADA_OWNER, HANA, ON_CHAIN
from tests.loopring_source import SkippingClock
from tests.sandbox_client import SandboxClient


@pytest.fixture
def harness(two_networks: LinkingHarness) -> LinkingHarness:
    """Services that ask Loopring first, and Ethereum where that is meant."""
    return two_networks


async def test_a_proof_is_of_an_address_and_of_all_its_accounts(harness: LinkingHarness) -> None:
    await harness.accounts.link(ANN, ON_CHAIN)
    await harness.accounts.link(ANN, "10002")
    await harness.prove(ANN, ADA, "10001")
    assert await harness.listed(ANN) == {ON_CHAIN: True, HANA: False, ADA: True}
    await harness.accounts.remove(ANN, to_account(ON_CHAIN))
    await harness.accounts.link(ANN, ON_CHAIN)
    assert (await harness.listed(ANN))[ON_CHAIN]


async def test_a_proof_goes_with_the_last_account_of_its_address(harness: LinkingHarness) -> None:
    await harness.prove(ANN, ADA, "10001")
    await harness.accounts.link(ANN, ON_CHAIN)
    assert not await harness.accounts.remove(ANN, to_account(ADA))
    assert await harness.store.links.holder(ADA_OWNER) == ANN
    assert await harness.accounts.remove(ANN, to_account(ON_CHAIN))
    assert await harness.store.links.holder(ADA_OWNER) is None
    await harness.accounts.link(ANN, "10001")
    assert await harness.listed(ANN) == {ADA: False}


async def test_a_proof_can_be_taken_back_although_another_account_needs_it(harness: LinkingHarness) -> None:
    await harness.prove(ANN, ADA, "10001")
    await harness.accounts.link(ANN, ON_CHAIN)
    assert await harness.accounts.remove(ANN, to_account(ADA), with_proof=True)
    assert await harness.listed(ANN) == {ON_CHAIN: False}
    assert await harness.store.links.holder(ADA_OWNER) is None


async def correct(harness: LinkingHarness, owner: str) -> None:
    """What `tessera owners set 10001 ADDRESS` does."""
    said = OwnerFact(to_account(ADA), owner, (), OPERATOR, is_confirmed=True, seen_at=harness.now)
    await harness.store.writer.transaction(lambda db: set_fact(db, said))


async def test_after_an_owner_was_corrected_unlinking_still_deletes_the_proof_of_the_earlier_one(
    harness: LinkingHarness,
) -> None:
    await harness.prove(ANN, ADA, "10001")
    await correct(harness, owner_of("another key"))
    await harness.accounts.remove(ANN, to_account(ADA))
    assert await harness.store.links.holder(ADA_OWNER) is None


async def test_a_proof_that_an_account_still_needs_stays_when_another_account_is_unlinked(
    harness: LinkingHarness,
) -> None:
    await harness.prove(ANN, ADA, "10001")
    await harness.name(ANN, HANA, "10002")
    await harness.accounts.remove(ANN, to_account(HANA))
    assert await harness.store.links.holder(ADA_OWNER) == ANN


async def test_after_an_owner_was_corrected_unlinking_gives_the_earlier_address_to_its_challenger(
    harness: LinkingHarness,
) -> None:
    await harness.prove(ANN, ADA, "10001")
    await harness.prove(BEN, ADA, "10001")
    await correct(harness, owner_of("another key"))
    await harness.accounts.remove(ANN, to_account(ADA))
    assert await harness.store.links.holder(ADA_OWNER) == BEN


async def test_after_an_owner_was_corrected_unlinking_withdraws_the_claim_to_the_earlier_one(
    harness: LinkingHarness,
) -> None:
    await harness.prove(ANN, ADA, "10001")
    await harness.prove(BEN, ADA, "10001")
    await correct(harness, owner_of("another key"))
    await harness.accounts.remove(BEN, to_account(ADA))
    assert await harness.store.contests.opened_by(BEN) == []
    assert await harness.store.links.holder(ADA_OWNER) == ANN


async def test_after_an_owner_was_corrected_unlinking_leaves_the_frozen_address(harness: LinkingHarness) -> None:
    await harness.prove(ANN, ADA, "10001")
    await harness.freeze(ADA_OWNER)
    await harness.prove(BEN, ADA, "10001")  # which the operator sees
    await correct(harness, owner_of("another key"))
    for member in (ANN, BEN):
        assert len(await harness.store.contests.frozen_of(member)) == 1
        await harness.accounts.remove(member, to_account(ADA))
        assert await harness.store.contests.frozen_of(member) == []


async def test_without_an_owner_there_is_no_proof_that_could_go(
    sandbox: SandboxClient, harness: LinkingHarness
) -> None:
    await sandbox.fault("html", "/api/")
    await harness.accounts.link(ANN, "10001")
    assert not await harness.accounts.remove(ANN, to_account(ADA), with_proof=True)


async def test_an_account_of_unknown_owner_becomes_proven_when_that_is_known(
    sandbox: SandboxClient, harness: LinkingHarness, skipping: SkippingClock
) -> None:
    await sandbox.fault("html", "/api/")
    await harness.accounts.link(ANN, "10001")
    await harness.prove(ANN, ON_CHAIN, "10001")
    assert await harness.listed(ANN) == {ADA: False, ON_CHAIN: True}
    await sandbox.reset()
    skipping.skip(3)
    await harness.accounts.link(ANN, "10001")
    assert await harness.listed(ANN) == {ADA: True, ON_CHAIN: True}


async def test_unlinking_asks_nobody(sandbox: SandboxClient, harness: LinkingHarness) -> None:
    await harness.prove(ANN, ADA, "10001")
    await sandbox.reset()
    await harness.accounts.remove(ANN, to_account(ADA))
    assert await sandbox.requests("") == []
    assert await harness.listed(ANN) == {}
    with pytest.raises(InputError, match="not among yours"):
        await harness.accounts.remove(ANN, to_account(ADA))


async def test_an_eleventh_account_cannot_be_proven_either(harness: LinkingHarness) -> None:
    for number in range(MAX_LINKS):
        await harness.name(ANN, f"loopring:{20000 + number}", f"wallet {number}")
    before = await harness.dump()
    with pytest.raises(LimitError):
        await harness.prove(ANN, ADA, "10001")
    assert await harness.dump() == before
    assert (await harness.prove(ANN, "loopring:20003", "wallet 3")).accounts == ("loopring:20003",)
