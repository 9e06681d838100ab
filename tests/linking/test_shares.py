"""What others in a server may see: the accounts that were shared there, of those who are still there, and no more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import InputError
from bot.links import Membership
from bot.store.rows import to_account
from tests.linking.harness import ANN, BEN, GUILD, JOINED, LinkingHarness, open_linking

ONE, TWO, THREE = "loopring:10001", "loopring:10002", "eip155:1:0x" + 40 * "7"


@pytest.fixture
async def harness() -> AsyncIterator[LinkingHarness]:
    """Services without a source: sharing asks none. Ann has linked three accounts."""
    async with open_linking() as harness:
        for account, key in ((ONE, "one"), (TWO, "two"), (THREE, "three")):
            await harness.name(ANN, account, key)
            harness.pass_time(timedelta(minutes=1))
        yield harness


async def shown(harness: LinkingHarness, member: Membership | None) -> list[str]:
    """What others see of a member; [] where they are refused."""
    try:
        return [str(link.account) for link in await harness.linking.shares.shown_by(member)]
    except InputError:
        return []


async def test_nothing_is_shown_before_it_is_shared(harness: LinkingHarness) -> None:
    assert await shown(harness, harness.member(ANN)) == []
    assert await shown(harness, harness.member(BEN)) == []


async def test_a_share_is_of_one_account_in_one_server(harness: LinkingHarness) -> None:
    await harness.share(ANN, TWO)
    await harness.share(ANN, TWO)  # once more changes nothing
    assert await shown(harness, harness.member(ANN)) == [TWO]
    assert await shown(harness, harness.member(ANN, GUILD + 1)) == []
    assert await shown(harness, harness.member(BEN)) == []


async def test_a_refusal_does_not_say_why(harness: LinkingHarness) -> None:
    await harness.share(ANN, TWO)
    for member in (None, harness.member(BEN), harness.member(ANN, GUILD + 1)):
        with pytest.raises(InputError) as refused:
            await harness.linking.shares.shown_by(member)
        assert refused.value.sentence == "That member shares no account here. Each member decides that in `/accounts`."


@pytest.mark.parametrize("main", [ONE, TWO, THREE])
async def test_another_main_account_neither_moves_nor_widens_a_share(harness: LinkingHarness, main: str) -> None:
    await harness.share(ANN, THREE)
    await harness.share(ANN, TWO)
    await harness.accounts.set_main(ANN, to_account(main))
    assert await shown(harness, harness.member(ANN)) == [TWO, THREE]  # as they were linked


async def test_an_account_that_is_unlinked_is_shared_no_longer_even_if_it_is_linked_again(
    harness: LinkingHarness,
) -> None:
    await harness.share(ANN, ONE)
    await harness.share(ANN, TWO)
    await harness.accounts.remove(ANN, to_account(ONE))
    assert await shown(harness, harness.member(ANN)) == [TWO]
    await harness.name(ANN, ONE, "one")
    assert await shown(harness, harness.member(ANN)) == [TWO]


async def test_a_member_who_leaves_and_joins_again_shares_nothing(harness: LinkingHarness) -> None:
    await harness.share(ANN, ONE)
    await harness.share(ANN, ONE, GUILD + 1)
    again = JOINED + timedelta(seconds=1)
    assert await shown(harness, harness.member(ANN, joined=again)) == []
    # The share is gone for good, whatever Discord says next.
    assert await shown(harness, harness.member(ANN)) == []
    assert await shown(harness, harness.member(ANN, GUILD + 1)) == [ONE]
    await harness.share(ANN, ONE, joined=again)
    assert await shown(harness, harness.member(ANN, joined=again)) == [ONE]


async def test_a_share_ends_by_itself_or_with_all_others(harness: LinkingHarness) -> None:
    shares = harness.linking.shares
    for account in (ONE, TWO):
        await harness.share(ANN, account)
        await harness.share(ANN, account, GUILD + 1)
    await harness.name(BEN, ONE, "one")
    await harness.share(BEN, ONE)
    await shares.end(harness.member(ANN), to_account(ONE))
    assert await shown(harness, harness.member(ANN)) == [TWO]
    assert len(await shares.of(ANN, None)) == 3
    await shares.end_all(ANN)
    assert await shares.of(ANN, harness.member(ANN)) == []
    assert await shown(harness, harness.member(BEN)) == [ONE]


async def test_ones_list_leaves_out_what_ended_by_leaving_the_server_where_one_asks(harness: LinkingHarness) -> None:
    await harness.share(ANN, ONE)
    await harness.share(ANN, TWO, GUILD + 1)
    back = harness.member(ANN, joined=JOINED + timedelta(days=1))
    assert [str(share.account) for share in await harness.linking.shares.of(ANN, back)] == [TWO]


async def test_only_ones_own_linked_account_can_be_shared(harness: LinkingHarness) -> None:
    with pytest.raises(InputError, match="not among yours"):
        await harness.linking.shares.start(harness.member(BEN), to_account(ONE))
    assert await harness.linking.shares.of(BEN, None) == []


async def test_deleting_ones_data_ends_all_shares(harness: LinkingHarness) -> None:
    await harness.share(ANN, ONE)
    await harness.delete(ANN)
    await harness.name(ANN, ONE, "one")
    assert await shown(harness, harness.member(ANN)) == []


async def test_the_moment_of_joining_is_compared_whatever_its_time_zone(harness: LinkingHarness) -> None:
    await harness.share(ANN, ONE, joined=datetime(2026, 3, 1, 10, 0, 0, 999_000, tzinfo=UTC))
    assert await shown(harness, harness.member(ANN, joined=datetime(2026, 3, 1, 10, 0, 0, 1_000, tzinfo=UTC))) == [ONE]
