"""What members name as theirs is remembered whatever the sources do, and never more than they named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import InputError, LimitError, NotFoundError, SourceError, TesseraError
from bot.links import MAX_LINKS, Link
from bot.store.rows import to_account
from tests.linking.harness import ANN, BEN, CLEO, LinkingHarness
from tests.linking.named_accounts import ADA, ADA_OWNER, NAME, ON_CHAIN
from tests.loopring_source import SkippingClock
from tests.sandbox_client import SandboxClient


@pytest.fixture
def harness(two_networks: LinkingHarness) -> LinkingHarness:
    """Services that ask Loopring first, and Ethereum where that is meant."""
    return two_networks


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("10001", ADA),
        ("loopring:10001", ADA),
        (ADA_OWNER, ADA),
        ("ada.loopring.eth", ADA),
        (ON_CHAIN, ON_CHAIN),
        (f"ethereum:{ADA_OWNER}", ON_CHAIN),
    ],
)
async def test_an_account_has_many_names(harness: LinkingHarness, text: str, account: str) -> None:
    linked = await harness.accounts.link(ANN, text)
    name = text if text == NAME else ""
    assert linked.link == Link(to_account(account), ADA_OWNER, "", is_main=True, linked_at=harness.now, name=name)
    assert (linked.is_new, linked.unknown_reason) == (True, "")
    assert await harness.listed(ANN) == {account: False}


async def test_to_link_again_changes_nothing(harness: LinkingHarness) -> None:
    first = await harness.accounts.link(ANN, "10001")
    await harness.accounts.set_label(ANN, first.link.account, "vault")
    before = await harness.dump()
    harness.pass_time(timedelta(days=1))
    again = await harness.accounts.link(ANN, ADA_OWNER)
    assert (again.is_new, again.link.label, again.link.linked_at) == (False, "vault", first.link.linked_at)
    assert await harness.dump() == before


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", InputError),
        ("ada", InputError),
        ("0x1234", InputError),
        ("nowhere:1", InputError),
        ("0", InputError),
        ("99999", NotFoundError),
        ("loopring:0x" + "9" * 40, NotFoundError),
        ("loopring:nomad.eth", NotFoundError),
    ],
)
async def test_what_is_no_account_is_not_linked(harness: LinkingHarness, text: str, kind: type[TesseraError]) -> None:
    with pytest.raises(kind):
        await harness.accounts.link(ANN, text)
    assert await harness.listed(ANN) == {}


async def test_an_account_is_remembered_although_its_source_is_down(
    sandbox: SandboxClient, harness: LinkingHarness, skipping: SkippingClock
) -> None:
    await sandbox.fault("html", "/api/")
    linked = await harness.accounts.link(ANN, "10001")
    assert (linked.link.owner, linked.is_new) == ("", True)
    assert linked.unknown_reason
    await sandbox.reset()
    skipping.skip(3)
    known = await harness.accounts.link(ANN, "10001")
    assert (known.link.owner, known.is_new, known.unknown_reason) == (ADA_OWNER, False, "")


async def test_a_name_cannot_be_resolved_while_its_source_is_down(
    sandbox: SandboxClient, harness: LinkingHarness
) -> None:
    await sandbox.fault("html", "/api/")
    with pytest.raises(SourceError):
        await harness.accounts.link(ANN, "loopring:ada.loopring.eth")
    assert await harness.listed(ANN) == {}


async def test_an_address_without_an_account_on_loopring_is_one_on_the_chain(harness: LinkingHarness) -> None:
    linked = await harness.accounts.link(ANN, "0x" + "9" * 40)
    assert str(linked.link.account) == "eip155:1:0x" + "9" * 40


async def test_while_loopring_is_down_an_address_or_a_name_is_linked_on_the_chain(
    sandbox: SandboxClient, harness: LinkingHarness
) -> None:
    await sandbox.fault("html", "/api/")
    by_name = await harness.accounts.link(ANN, "ada.loopring.eth")
    assert str(by_name.link.account) == f"eip155:1:{by_name.link.owner}"
    assert not (await harness.accounts.link(ANN, by_name.link.owner)).is_new


async def test_ten_accounts_and_no_eleventh(harness: LinkingHarness) -> None:
    for number in range(10001, 10001 + MAX_LINKS):
        await harness.accounts.link(ANN, str(number))
    with pytest.raises(LimitError, match="10 accounts are linked already, which is the most: `/unlink` one first"):
        await harness.accounts.link(ANN, "10011")
    assert not (await harness.accounts.link(ANN, "10001")).is_new
    await harness.accounts.remove(ANN, to_account(ADA))
    assert (await harness.accounts.link(ANN, "10011")).is_new
    assert len(await harness.listed(ANN)) == MAX_LINKS


async def test_two_members_may_name_one_account_and_only_one_has_proven_it(harness: LinkingHarness) -> None:
    before = await harness.accounts.link(ANN, "10001")
    await harness.prove(BEN, ADA, "10001")
    assert (await harness.listed(ANN), await harness.listed(BEN)) == ({ADA: False}, {ADA: True})
    # Nor does it show that somebody else has: otherwise anyone could find out who holds which account.
    assert await harness.accounts.link(ANN, "10001") == replace(before, is_new=False)
    assert await harness.accounts.link(CLEO, "10001") == before
