"""What a proof of an address covers, and that an account has one owner, whichever source names it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlite_utils import Database

from bot.errors import ProofError
from bot.links import MAX_LINKS, Link, ProofKind, covers
from bot.sources.loopring import LoopringSource
from bot.store.rows import COVERED, to_account
from tests.linking.harness import ANN, BEN, LinkingHarness, owner_of
from tests.linking.verifiers import Verifiers, key, open_verifiers, owner
from tests.sandbox_client import SandboxClient

WALLET, KEYED = 10021, 10001
ACCOUNT = "loopring:10001"
HERS, HIS = owner_of("hers"), owner_of("his")
CONTRACTS = (ProofKind.CONTRACT, ProofKind.COUNTERFACTUAL)
OTHER = "reported before as owned by another address: this bot's operator must look at that"
# Where a contract's yes counts, and where it does not: an address may be somebody else's contract there.
COVERED_BY_A_CONTRACT = {
    "loopring:10021": True,
    "loopring:1": True,
    "eip155:1:0x" + "ab" * 20: True,
    "eip155:10:0x" + "ab" * 20: False,
    "eip155:137:0x" + "ab" * 20: False,
    "eip155:8453:0x" + "ab" * 20: False,
    "eip155:11155111:0x" + "ab" * 20: False,
    "loopringish:1": False,
    "LOOPRING:1": False,
}


@pytest.fixture
async def verifiers(sandbox: SandboxClient, source: LoopringSource) -> AsyncIterator[Verifiers]:
    """Those of a bot with one node."""
    async with open_verifiers(sandbox, source) as verifiers:
        yield verifiers


# ---------------------------------------------------------------- covering


@pytest.mark.parametrize("method", ProofKind)
@pytest.mark.parametrize("account", COVERED_BY_A_CONTRACT)
async def test_an_account_is_shown_as_proven_only_if_the_proof_covers_it(
    harness: LinkingHarness, method: ProofKind, account: str
) -> None:
    expected = method not in CONTRACTS or COVERED_BY_A_CONTRACT[account]
    assert covers(method, account) is expected
    its_owner = account[-42:] if account.startswith("eip155:") else HERS
    await harness.add(ANN, account, its_owner)
    sql = "INSERT INTO proofs (owner, user_id, method, proven_at) VALUES (?, ?, ?, 0)"
    await harness.store.writer.transaction(lambda db: db.execute(sql, [its_owner, ANN, method.value]))
    assert await harness.listed(ANN) == {account: expected}


async def test_sql_and_python_agree_about_every_pair(harness: LinkingHarness) -> None:
    def work(db: Database) -> dict[tuple[str, str], bool]:
        sql = f"SELECT {COVERED} FROM (SELECT ? AS method) JOIN (SELECT ? AS account) AS links"  # noqa: S608 - the store's own words
        pairs = [(method.value, account) for method in ProofKind for account in COVERED_BY_A_CONTRACT]
        return {pair: bool(db.execute(sql, list(pair)).fetchone()[0]) for pair in pairs}

    said = await harness.store.writer.run(work)
    assert said == {pair: covers(ProofKind(pair[0]), pair[1]) for pair in said}


@pytest.mark.parametrize("network", ["eip155:137", "eip155:8453"])
async def test_a_contract_proves_no_account_of_another_chain(verifiers: Verifiers, network: str) -> None:
    with pytest.raises(ProofError, match="A smart wallet on another chain than Ethereum cannot be proven"):
        await verifiers.harness.prove(
            BEN, f"{network}:{owner(WALLET)}", key(WALLET), signer=owner(WALLET), owner=owner(WALLET)
        )
    assert await verifiers.harness.listed(BEN) == {}
    assert await verifiers.harness.store.links.holder(owner(WALLET)) is None


@pytest.mark.parametrize("account", [f"loopring:{WALLET}", f"eip155:1:{owner(WALLET)}"])
async def test_a_contract_proves_its_accounts_on_ethereum_and_loopring(verifiers: Verifiers, account: str) -> None:
    await verifiers.harness.prove(BEN, account, key(WALLET), signer=owner(WALLET), owner=owner(WALLET))
    assert await verifiers.harness.proven(BEN) == {account: ProofKind.CONTRACT}


async def test_a_key_proves_the_accounts_of_its_address_on_every_chain(verifiers: Verifiers) -> None:
    elsewhere = f"eip155:137:{owner(KEYED)}"
    await verifiers.harness.prove(ANN, elsewhere, key(KEYED))
    await verifiers.harness.name(ANN, f"loopring:{KEYED}", key(KEYED))
    assert await verifiers.harness.listed(ANN) == {elsewhere: True, f"loopring:{KEYED}": True}


# ---------------------------------------------------------------- one owner


async def test_an_account_that_somebody_has_proven_is_not_proven_under_another_owner(harness: LinkingHarness) -> None:
    """Two sources that contradict each other, or one that is wrong later."""
    await harness.prove(ANN, ACCOUNT, "hers")
    before = await harness.dump()
    with pytest.raises(ProofError, match=f"another key than that of {HERS}|not by the address's own key"):
        await harness.prove(BEN, ACCOUNT, "his")
    assert await harness.dump() == before
    assert (await harness.listed(ANN), await harness.listed(BEN)) == ({ACCOUNT: True}, {})


@pytest.mark.parametrize("is_proven", [False, True])
async def test_a_member_cannot_prove_an_address_that_owns_none_of_their_accounts(
    harness: LinkingHarness, *, is_proven: bool
) -> None:
    await harness.name(ANN, ACCOUNT, "hers")
    if is_proven:
        await harness.prove(ANN, ACCOUNT, "hers")
    before = await harness.dump()
    with pytest.raises(ProofError):
        await harness.prove(ANN, ACCOUNT, "his")
    assert await harness.dump() == before


async def test_an_unproven_link_under_another_owner_blocks_nobody(harness: LinkingHarness) -> None:
    link = Link(to_account(ACCOUNT), HERS, "", is_main=False, linked_at=harness.now)
    await harness.store.links.add(ANN, link, limit=MAX_LINKS)
    await harness.prove(BEN, ACCOUNT, "his")
    assert (await harness.listed(ANN), await harness.listed(BEN)) == ({ACCOUNT: False}, {ACCOUNT: True})


async def test_the_owner_of_a_link_is_set_once(harness: LinkingHarness) -> None:
    await harness.add(ANN, ACCOUNT, "")
    for reported_owner in (HERS, HIS, ""):
        await harness.add(ANN, ACCOUNT, reported_owner)
        [link] = await harness.store.links.of(ANN)
        assert link.owner == HERS
