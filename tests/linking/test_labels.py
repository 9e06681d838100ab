"""Which of their accounts a member means: the main one, its label, and what it is found by."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import InputError
from bot.links import MAX_LABEL
from bot.store.rows import to_account
from tests.linking.harness import ANN, BEN, LinkingHarness, owner_of
from tests.linking.named_accounts import ADA, ADA_OWNER, HANA


@pytest.fixture
def harness(two_networks: LinkingHarness) -> LinkingHarness:
    """Services that ask Loopring first, and Ethereum where that is meant."""
    return two_networks


async def test_the_first_is_the_main_one_and_the_oldest_left_follows_it(harness: LinkingHarness) -> None:
    for number in ("10001", "10002", "10003"):
        await harness.accounts.link(ANN, number)
        harness.pass_time(timedelta(minutes=1))
    assert str((await harness.accounts.main(ANN)).account) == ADA
    await harness.accounts.set_main(ANN, to_account("loopring:10003"))
    assert list(await harness.listed(ANN)) == ["loopring:10003", ADA, HANA]
    await harness.accounts.remove(ANN, to_account(HANA))
    assert str((await harness.accounts.main(ANN)).account) == "loopring:10003"
    await harness.accounts.remove(ANN, to_account("loopring:10003"))
    main = await harness.accounts.main(ANN)
    assert (str(main.account), main.is_main) == (ADA, True)
    await harness.accounts.remove(ANN, to_account(ADA))
    with pytest.raises(InputError, match="You have no account linked"):
        await harness.accounts.main(ANN)


async def test_what_is_not_linked_becomes_neither_main_nor_named(harness: LinkingHarness) -> None:
    await harness.accounts.link(ANN, "10001")
    with pytest.raises(InputError, match="not among yours"):
        await harness.accounts.set_main(ANN, to_account(HANA))
    with pytest.raises(InputError, match="not among yours"):
        await harness.accounts.set_label(ANN, to_account(HANA), "mine")
    assert (await harness.accounts.main(ANN)).is_main


@pytest.mark.parametrize(
    ("label", "stored"),
    [
        ("vault", "vault"),
        ("  cold \n storage ", "cold storage"),
        ("", ""),
        (" ", ""),
        ("金庫 🗝", "金庫 🗝"),
        ("x" * MAX_LABEL, "x" * MAX_LABEL),
    ],
)
async def test_a_label_is_stored_as_one_line(harness: LinkingHarness, label: str, stored: str) -> None:
    linked = await harness.accounts.link(ANN, "10001")
    await harness.accounts.set_label(ANN, linked.link.account, "before")
    await harness.accounts.set_label(ANN, linked.link.account, label)
    assert (await harness.accounts.main(ANN)).label == stored


@pytest.mark.parametrize("label", ["x" * (MAX_LABEL + 1), "a\u202eb", "a\x00b", "\u200b", "a\ud800"])
async def test_a_label_that_deceives_or_does_not_fit_is_refused(harness: LinkingHarness, label: str) -> None:
    linked = await harness.accounts.link(ANN, "10001")
    with pytest.raises(InputError, match="at most 32 letters"):
        await harness.accounts.set_label(ANN, linked.link.account, label)
    assert (await harness.accounts.main(ANN)).label == ""


@pytest.mark.parametrize("text", ["10001", ADA, "Vault", " vAULT ", ADA_OWNER, ADA_OWNER.upper().replace("X", "x")])
async def test_a_member_finds_an_account_by_what_they_call_it(harness: LinkingHarness, text: str) -> None:
    await harness.accounts.link(ANN, "10002")
    linked = await harness.accounts.link(ANN, "10001")
    await harness.accounts.set_label(ANN, linked.link.account, "Vault")
    assert (await harness.accounts.find(ANN, text)).account == linked.link.account


@pytest.mark.parametrize("text", ["", " ", "10003", "x", "@everyone"])
async def test_an_account_of_another_member_is_not_found(harness: LinkingHarness, text: str) -> None:
    await harness.accounts.link(ANN, "10001")
    await harness.accounts.link(BEN, "10003")
    with pytest.raises(InputError, match="is not among your accounts"):
        await harness.accounts.find(ANN, text)


@pytest.mark.parametrize("text", ["#10003", "eip155:1:10001", f"ethereum:{ADA_OWNER}", "<@10001>"])
async def test_what_is_only_like_ones_own_account_is_not_found(harness: LinkingHarness, text: str) -> None:
    await harness.accounts.link(ANN, "10001")
    with pytest.raises(InputError, match="is not among your accounts"):
        await harness.accounts.find(ANN, text)


async def test_a_label_comes_before_the_number_of_another(harness: LinkingHarness) -> None:
    await harness.accounts.link(ANN, "10001")
    linked = await harness.accounts.link(ANN, "10002")
    await harness.accounts.set_label(ANN, linked.link.account, "10001")
    assert (await harness.accounts.find(ANN, "10001")).account == linked.link.account


async def test_the_keys_here_are_the_communitys() -> None:
    assert owner_of("10001") == ADA_OWNER
