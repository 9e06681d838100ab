"""What members name as theirs: remembered whatever the sources do, by its rules, and never more than named."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import InputError, LimitError, NotFoundError, SourceError, TesseraError
from bot.links import MAX_LABEL, MOST_LINKS, Link
from bot.sources.loopring import LoopringSource
from bot.store.rows import to_account
from tests.blockscout_source import open_blockscout
from tests.linking.harness import ANN, BEN, CLEO, GUILD, Desk, open_desk, owner_of
from tests.sandbox_client import Stage

ADA = "loopring:10001"
ADA_OWNER = "0x90e78956725e312a4217e90bdd1d8a496f018a71"
HANA = "loopring:10002"
ON_CHAIN = f"eip155:1:{ADA_OWNER}"


@pytest.fixture
async def desk(stage: Stage, source: LoopringSource) -> AsyncIterator[Desk]:
    """Services that ask Loopring first, and Ethereum where that is meant."""
    async with open_blockscout(stage) as ethereum, open_desk(source, ethereum) as desk:
        yield desk


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
async def test_an_account_has_many_names(desk: Desk, text: str, account: str) -> None:
    linked = await desk.accounts.link(ANN, text)
    assert linked.link == Link(to_account(account), ADA_OWNER, "", is_main=True, linked_at=desk.now)
    assert (linked.is_new, linked.why_unknown) == (True, "")
    assert await desk.listed(ANN) == {account: False}


async def test_to_link_again_changes_nothing(desk: Desk) -> None:
    first = await desk.accounts.link(ANN, "10001")
    await desk.accounts.set_label(ANN, first.link.account, "vault")
    before = await desk.dump()
    desk.pass_time(timedelta(days=1))
    again = await desk.accounts.link(ANN, "ada.loopring.eth")
    assert (again.is_new, again.link.label, again.link.linked_at) == (False, "vault", first.link.linked_at)
    assert await desk.dump() == before


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", InputError),
        ("ada", InputError),
        ("0x1234", InputError),
        ("nowhere:1", InputError),
        ("0", InputError),
        ("99999", NotFoundError),
        ("0x" + "9" * 40, NotFoundError),
        ("nomad.eth", NotFoundError),
    ],
)
async def test_what_is_no_account_is_not_linked(desk: Desk, text: str, kind: type[TesseraError]) -> None:
    with pytest.raises(kind):
        await desk.accounts.link(ANN, text)
    assert await desk.listed(ANN) == {}


async def test_an_account_is_remembered_although_its_source_is_down(stage: Stage, desk: Desk) -> None:
    await stage.fault("html", "/api/")
    linked = await desk.accounts.link(ANN, "10001")
    assert (linked.link.owner, linked.is_new) == ("", True)
    assert linked.why_unknown
    await stage.reset()
    learnt = await desk.accounts.link(ANN, "10001")
    assert (learnt.link.owner, learnt.is_new, learnt.why_unknown) == (ADA_OWNER, False, "")


async def test_a_name_cannot_be_told_while_its_source_is_down(stage: Stage, desk: Desk) -> None:
    await stage.fault("html", "/api/")
    with pytest.raises(SourceError):
        await desk.accounts.link(ANN, "ada.loopring.eth")
    assert await desk.listed(ANN) == {}


async def test_ten_accounts_and_no_eleventh(desk: Desk) -> None:
    for number in range(10001, 10001 + MOST_LINKS):
        await desk.accounts.link(ANN, str(number))
    with pytest.raises(LimitError, match="10 accounts are linked already, which is the most: `/unlink` one first"):
        await desk.accounts.link(ANN, "10011")
    assert not (await desk.accounts.link(ANN, "10001")).is_new
    await desk.accounts.remove(ANN, to_account(ADA))
    assert (await desk.accounts.link(ANN, "10011")).is_new
    assert len(await desk.listed(ANN)) == MOST_LINKS


async def test_two_members_may_name_one_account_and_only_one_has_proven_it(desk: Desk) -> None:
    before = await desk.accounts.link(ANN, "10001")
    await desk.prove(BEN, ADA, "10001")
    assert (await desk.listed(ANN), await desk.listed(BEN)) == ({ADA: False}, {ADA: True})
    # Nor does it tell that somebody else has: whoever asks after every account learns who holds which.
    assert await desk.accounts.link(ANN, "10001") == replace(before, is_new=False)
    assert await desk.accounts.link(CLEO, "10001") == before


# ---------------------------------------------------------------- proofs


async def test_a_proof_is_of_an_address_and_of_all_its_accounts(desk: Desk) -> None:
    await desk.accounts.link(ANN, ON_CHAIN)
    await desk.accounts.link(ANN, "10002")
    await desk.prove(ANN, ADA, "10001")
    assert await desk.listed(ANN) == {ON_CHAIN: True, HANA: False, ADA: True}
    await desk.accounts.remove(ANN, to_account(ON_CHAIN))
    assert (await desk.accounts.link(ANN, ON_CHAIN)).link.proven


async def test_a_proof_goes_with_the_last_account_of_its_address(desk: Desk) -> None:
    await desk.prove(ANN, ADA, "10001")
    await desk.accounts.link(ANN, ON_CHAIN)
    assert not await desk.accounts.remove(ANN, to_account(ADA))
    assert await desk.store.links.holder(ADA_OWNER) == ANN
    assert await desk.accounts.remove(ANN, to_account(ON_CHAIN))
    assert await desk.store.links.holder(ADA_OWNER) is None
    await desk.accounts.link(ANN, "10001")
    assert await desk.listed(ANN) == {ADA: False}


async def test_a_proof_can_be_taken_back_although_another_account_needs_it(desk: Desk) -> None:
    await desk.prove(ANN, ADA, "10001")
    await desk.accounts.link(ANN, ON_CHAIN)
    assert await desk.accounts.remove(ANN, to_account(ADA), with_proof=True)
    assert await desk.listed(ANN) == {ON_CHAIN: False}
    assert await desk.store.links.holder(ADA_OWNER) is None


async def test_without_an_owner_there_is_no_proof_that_could_go(stage: Stage, desk: Desk) -> None:
    await stage.fault("html", "/api/")
    await desk.accounts.link(ANN, "10001")
    assert not await desk.accounts.remove(ANN, to_account(ADA), with_proof=True)


async def test_an_account_of_unknown_owner_becomes_proven_when_that_is_known(stage: Stage, desk: Desk) -> None:
    await stage.fault("html", "/api/")
    await desk.accounts.link(ANN, "10001")
    await desk.prove(ANN, ON_CHAIN, "10001")
    assert await desk.listed(ANN) == {ADA: False, ON_CHAIN: True}
    await stage.reset()
    await desk.accounts.link(ANN, "10001")
    assert await desk.listed(ANN) == {ADA: True, ON_CHAIN: True}


async def test_unlinking_asks_nobody(stage: Stage, desk: Desk) -> None:
    await desk.prove(ANN, ADA, "10001")
    await stage.reset()
    await desk.accounts.remove(ANN, to_account(ADA))
    assert await stage.requests("") == []
    assert await desk.listed(ANN) == {}
    with pytest.raises(InputError, match="not among yours"):
        await desk.accounts.remove(ANN, to_account(ADA))


async def test_an_eleventh_account_cannot_be_proven_either(desk: Desk) -> None:
    for number in range(MOST_LINKS):
        await desk.name(ANN, f"loopring:{20000 + number}", f"wallet {number}")
    before = await desk.dump()
    with pytest.raises(LimitError):
        await desk.prove(ANN, ADA, "10001")
    assert await desk.dump() == before
    assert (await desk.prove(ANN, "loopring:20003", "wallet 3")).accounts == ("loopring:20003",)


# ---------------------------------------------------------------- main, labels, names


async def test_the_first_is_the_main_one_and_the_oldest_left_follows_it(desk: Desk) -> None:
    for number in ("10001", "10002", "10003"):
        await desk.accounts.link(ANN, number)
        desk.pass_time(timedelta(minutes=1))
    assert str((await desk.accounts.main(ANN)).account) == ADA
    await desk.accounts.set_main(ANN, to_account("loopring:10003"))
    assert list(await desk.listed(ANN)) == ["loopring:10003", ADA, HANA]
    await desk.accounts.remove(ANN, to_account(HANA))
    assert str((await desk.accounts.main(ANN)).account) == "loopring:10003"
    await desk.accounts.remove(ANN, to_account("loopring:10003"))
    main = await desk.accounts.main(ANN)
    assert (str(main.account), main.is_main) == (ADA, True)
    await desk.accounts.remove(ANN, to_account(ADA))
    with pytest.raises(InputError, match="You have no account linked"):
        await desk.accounts.main(ANN)


async def test_what_is_not_linked_becomes_neither_main_nor_named(desk: Desk) -> None:
    await desk.accounts.link(ANN, "10001")
    with pytest.raises(InputError, match="not among yours"):
        await desk.accounts.set_main(ANN, to_account(HANA))
    with pytest.raises(InputError, match="not among yours"):
        await desk.accounts.set_label(ANN, to_account(HANA), "mine")
    assert (await desk.accounts.main(ANN)).is_main


@pytest.mark.parametrize(
    ("label", "kept"),
    [
        ("vault", "vault"),
        ("  cold \n storage ", "cold storage"),
        ("", ""),
        (" ", ""),
        ("金庫 🗝", "金庫 🗝"),
        ("x" * MAX_LABEL, "x" * MAX_LABEL),
    ],
)
async def test_a_label_is_kept_as_one_line(desk: Desk, label: str, kept: str) -> None:
    linked = await desk.accounts.link(ANN, "10001")
    await desk.accounts.set_label(ANN, linked.link.account, "before")
    await desk.accounts.set_label(ANN, linked.link.account, label)
    assert (await desk.accounts.main(ANN)).label == kept


@pytest.mark.parametrize("label", ["x" * (MAX_LABEL + 1), "a\u202eb", "a\x00b", "\u200b", "a\ud800"])
async def test_a_label_that_deceives_or_does_not_fit_is_refused(desk: Desk, label: str) -> None:
    linked = await desk.accounts.link(ANN, "10001")
    with pytest.raises(InputError, match="at most 32 letters"):
        await desk.accounts.set_label(ANN, linked.link.account, label)
    assert (await desk.accounts.main(ANN)).label == ""


@pytest.mark.parametrize("text", ["10001", ADA, "Vault", " vAULT ", ADA_OWNER, ADA_OWNER.upper().replace("X", "x")])
async def test_a_member_finds_an_account_by_what_they_call_it(desk: Desk, text: str) -> None:
    await desk.accounts.link(ANN, "10002")
    linked = await desk.accounts.link(ANN, "10001")
    await desk.accounts.set_label(ANN, linked.link.account, "Vault")
    assert (await desk.accounts.find(ANN, text)).account == linked.link.account


@pytest.mark.parametrize("text", ["", " ", "10003", "x", "@everyone"])
async def test_what_is_none_of_theirs_is_not_found(desk: Desk, text: str) -> None:
    await desk.accounts.link(ANN, "10001")
    await desk.accounts.link(BEN, "10003")
    with pytest.raises(InputError, match="is not among your accounts"):
        await desk.accounts.find(ANN, text)


async def test_a_label_comes_before_the_number_of_another(desk: Desk) -> None:
    await desk.accounts.link(ANN, "10001")
    linked = await desk.accounts.link(ANN, "10002")
    await desk.accounts.set_label(ANN, linked.link.account, "10001")
    assert (await desk.accounts.find(ANN, "10001")).account == linked.link.account


# ---------------------------------------------------------------- others


async def test_others_see_the_main_account_where_its_member_shares_it_and_nowhere_else(desk: Desk) -> None:
    await desk.accounts.link(ANN, "10001")
    with pytest.raises(InputError, match="shares no account here") as kept_private:
        await desk.accounts.shared_main(ANN, GUILD)
    await desk.accounts.set_share(ANN, GUILD, shared=True)
    await desk.accounts.set_share(ANN, GUILD, shared=True)
    assert str((await desk.accounts.shared_main(ANN, GUILD)).account) == ADA
    for user_id, guild_id in ((ANN, GUILD + 1), (BEN, GUILD)):
        with pytest.raises(InputError) as other:
            await desk.accounts.shared_main(user_id, guild_id)
        assert other.value.sentence == kept_private.value.sentence
    await desk.accounts.set_share(ANN, GUILD, shared=False)
    assert not await desk.accounts.shares(ANN, GUILD)


async def test_the_keys_here_are_the_communitys() -> None:
    assert owner_of("10001") == ADA_OWNER
