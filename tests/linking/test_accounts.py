"""What members name as theirs: remembered whatever the sources do, by its rules, and never more than named."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import InputError, LimitError, NotFoundError, SourceError, TesseraError
from bot.links import MAX_LABEL, MAX_LINKS, Link
from bot.sources.loopring import LoopringSource
from bot.store.linking.owner_table import OPERATOR, OwnerFact, set_fact
from bot.store.rows import to_account
from sandbox.app_keys import WORLD
from tests.blockscout_source import open_blockscout
from tests.linking.harness import ANN, BEN, CLEO, LinkingHarness, open_linking, owner_of
from tests.loopring_source import SkippingClock
from tests.sandbox_client import SandboxClient

ADA = "loopring:10001"
ADA_OWNER = "0x90e78956725e312a4217e90bdd1d8a496f018a71"
HANA = "loopring:10002"
ON_CHAIN = f"eip155:1:{ADA_OWNER}"
NAME = "ada.loopring.eth"


def move_name(sandbox: SandboxClient) -> None:
    """The name of ada's account leads to hana's from now on."""
    accounts = sandbox.app[WORLD].accounts
    accounts[10001].name, accounts[10002].name = "", NAME


@pytest.fixture
async def harness(sandbox: SandboxClient, source: LoopringSource) -> AsyncIterator[LinkingHarness]:
    """Services that ask Loopring first, and Ethereum where that is meant."""
    async with open_blockscout(sandbox) as ethereum, open_linking(source, ethereum) as harness:
        yield harness


# ---------------------------------------------------------------- linking


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


# ---------------------------------------------------------------- names that are kept


async def names_of(harness: LinkingHarness, user_id: int) -> dict[str, str]:
    """The accounts of somebody, and the names that are kept with them."""
    return {str(link.account): link.name for link in await harness.store.links.of(user_id)}


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


# ---------------------------------------------------------------- proofs


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


# ---------------------------------------------------------------- main, labels, names


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
