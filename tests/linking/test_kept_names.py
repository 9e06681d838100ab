"""The name by which an account was named is retained with it, for choosing among one's own, and never trusted."""

from __future__ import annotations

import pytest

from bot.errors import InputError, LimitError, SourceError
from bot.links import MAX_LINKS, Link
from bot.store.rows import to_account
from sandbox.app_keys import WORLD
from tests.linking.harness import ANN, LinkingHarness, owner_of
from tests.linking.named_accounts import ADA, ADA_OWNER, HANA, NAME, ON_CHAIN, names_of
from tests.sandbox_client import SandboxClient


@pytest.fixture
def harness(two_networks: LinkingHarness) -> LinkingHarness:
    """Services that ask Loopring first, and Ethereum where that is meant."""
    return two_networks


def move_name(sandbox: SandboxClient) -> None:
    """The name of ada's account leads to hana's from now on."""
    accounts = sandbox.app[WORLD].accounts
    accounts[10001].name, accounts[10002].name = "", NAME


async def test_a_name_is_kept_with_the_account_that_it_led_to(harness: LinkingHarness) -> None:
    await harness.accounts.link(ANN, "10001")
    assert await names_of(harness, ANN) == {ADA: ""}
    await harness.accounts.link(ANN, "ADA.loopring.eth")
    assert await names_of(harness, ANN) == {ADA: NAME}
    await harness.accounts.link(ANN, "10001")
    assert await names_of(harness, ANN) == {ADA: NAME}


@pytest.mark.parametrize("typed", [NAME, "Ada.LOOPRING.eth", f" loopring:{NAME} ", "ada.loopring。eth"])
async def test_ones_own_account_is_found_by_its_name_without_asking(
    sandbox: SandboxClient, harness: LinkingHarness, typed: str
) -> None:
    await harness.accounts.link(ANN, NAME)
    await sandbox.fault("html", "/api/")
    assert str((await harness.accounts.find(ANN, typed)).account) == ADA
    assert [str(link.account) for link in await harness.accounts.matching(ANN, "ada.l")] == [ADA]
    for other in ("hana.loopring.eth", f"ethereum:{NAME}"):
        with pytest.raises(InputError, match="is not among your accounts"):
            await harness.accounts.find(ANN, other)


@pytest.mark.parametrize(
    ("typed", "account"),
    [
        ("#10001", ADA),
        ("loopring:#10001", ADA),
        ("loopring: 10001", ADA),
        ("0010001", ADA),
        (f"loopring:{ADA_OWNER}", ADA),
        ("https://explorer.loopring.io/account/10001", ADA),
        (f"https://etherscan.io/address/{ADA_OWNER}", ON_CHAIN),
        (f"ethereum:{ADA_OWNER}", ON_CHAIN),
        (f"eip155:1:{ADA_OWNER.upper().replace('0X', '0x')}", ON_CHAIN),
    ],
)
async def test_ones_own_account_is_found_however_it_is_pasted(
    harness: LinkingHarness, typed: str, account: str
) -> None:
    await harness.accounts.link(ANN, "10002")
    await harness.accounts.link(ANN, "10001")
    await harness.accounts.link(ANN, ON_CHAIN)
    assert str((await harness.accounts.find(ANN, typed)).account) == account


async def test_a_link_that_is_refused_takes_no_name_away(sandbox: SandboxClient, harness: LinkingHarness) -> None:
    await harness.accounts.link(ANN, NAME)
    for number in range(10003, 10002 + MAX_LINKS):
        await harness.accounts.link(ANN, str(number))
    before = await names_of(harness, ANN)
    move_name(sandbox)
    with pytest.raises(LimitError):
        await harness.accounts.link(ANN, NAME)
    assert await names_of(harness, ANN) == before


@pytest.mark.parametrize("known", [True, False])
async def test_each_network_has_its_own_answer_for_a_name(harness: LinkingHarness, known: bool) -> None:  # noqa: FBT001
    hana, elsewhere = f"eip155:1:{owner_of('10002')}", "eip155:1:0x" + "9" * 40
    for account, owner in ((ADA, ADA_OWNER), (hana, owner_of("10002"))):
        await keep_name(harness, account, owner if known else "")
    assert await names_of(harness, ANN) == {ADA: NAME, hana: NAME}
    assert str((await harness.accounts.find(ANN, f"ethereum:{NAME}")).account) == hana
    await keep_name(harness, elsewhere, "0x" + "9" * 40 if known else "")
    assert await names_of(harness, ANN) == {ADA: NAME, hana: "", elsewhere: NAME}


async def keep_name(harness: LinkingHarness, account: str, owner: str) -> None:
    """The name leads to an account of this owner, "" where that is not known."""
    link = Link(to_account(account), owner, "", is_main=False, linked_at=harness.now, name=NAME)
    await harness.store.links.add(ANN, link, limit=MAX_LINKS)


async def test_a_name_that_leads_elsewhere_now_is_not_proven_for_the_account_it_led_to(
    sandbox: SandboxClient, harness: LinkingHarness
) -> None:
    await harness.accounts.link(ANN, NAME)
    move_name(sandbox)
    candidate = await harness.accounts.candidate(ANN, NAME)
    assert (str(candidate.account), candidate.name) == (HANA, NAME)
    again = await harness.accounts.link(ANN, NAME)
    assert (str(again.link.account), again.is_new) == (HANA, True)
    assert await names_of(harness, ANN) == {ADA: "", HANA: NAME}


async def test_while_a_name_cannot_be_looked_up_nothing_is_proven_by_it(
    sandbox: SandboxClient, harness: LinkingHarness
) -> None:
    await harness.accounts.link(ANN, NAME)
    await sandbox.fault("html", "/api/")
    with pytest.raises(SourceError):
        await harness.accounts.candidate(ANN, f"loopring:{NAME}")
    assert (await harness.accounts.candidate(ANN, "10001")).name == NAME


async def test_a_proof_keeps_the_name_by_which_the_account_was_called(harness: LinkingHarness) -> None:
    await harness.prove(ANN, ADA, "10001", name=NAME)
    await harness.prove(ANN, HANA, "10002")
    assert await names_of(harness, ANN) == {ADA: NAME, HANA: ""}
