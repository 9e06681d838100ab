"""What the members of a contest are notified of, and when."""

from __future__ import annotations

import pytest

from bot.linking.contest_rules import MESSAGE_SPAN
from bot.links import Contest, NotificationKind
from tests.linking.contesting import A_SECOND, ACCOUNT, KEY, OTHER, OWNER
from tests.linking.harness import ANN, BEN, CLEO, LinkingHarness, owner_of


async def test_what_a_message_was_sent_about_is_stored_for_a_day(harness: LinkingHarness, contest: Contest) -> None:
    await harness.round()
    sent = [(ANN, contest.owner)]
    for passed, expected in ((MESSAGE_SPAN - A_SECOND, sent), (A_SECOND, [])):
        harness.pass_time(passed)
        await harness.purge()
        assert await harness.rows("SELECT user_id, owner FROM messaged") == expected


async def test_there_is_one_message_a_day_about_each_address(harness: LinkingHarness) -> None:
    for account, key in ((ACCOUNT, KEY), (OTHER, "another wallet")):
        await harness.prove(ANN, account, key)
        await harness.prove(BEN, account, key)
        await harness.round()
    assert [(member, owner) for _, member, owner in harness.messages] == [
        (ANN, OWNER),
        (ANN, owner_of("another wallet")),
    ]
    await harness.prove(ANN, ACCOUNT, KEY)
    await harness.round()
    assert [member for _, member, _ in harness.messages] == [ANN, ANN, BEN]  # hers waits
    assert await harness.pending_kinds(ANN) == [NotificationKind.KEPT]
    harness.pass_time(MESSAGE_SPAN)
    await harness.round()
    assert [member for _, member, _ in harness.messages] == [ANN, ANN, BEN, ANN]


async def claim_after_todays_message(harness: LinkingHarness, member: int) -> None:
    """Ann gets today's message about the address, and keeps it; then somebody claims it once more."""
    await harness.round()
    await harness.prove(ANN, ACCOUNT, KEY)
    await harness.prove(member, ACCOUNT, KEY)
    await harness.round()
    assert await harness.pending_kinds(ANN) == [NotificationKind.KEPT, NotificationKind.CONTESTED]


@pytest.mark.usefixtures("contest")
async def test_a_holder_who_has_signed_again_is_not_notified_the_next_day_that_the_address_is_contested(
    harness: LinkingHarness,
) -> None:
    await claim_after_todays_message(harness, CLEO)
    await harness.prove(ANN, ACCOUNT, KEY)
    harness.pass_time(MESSAGE_SPAN)
    [message] = [each for each in await harness.notifications.messages() if each[0].user_id == ANN]
    assert [each.kind for each in message] == [NotificationKind.KEPT, NotificationKind.KEPT]


@pytest.mark.usefixtures("contest")
async def test_the_holder_of_an_address_that_was_frozen_is_not_notified_the_next_day_that_it_is_contested(
    harness: LinkingHarness,
) -> None:
    await claim_after_todays_message(harness, CLEO)
    await harness.freeze(OWNER)
    harness.pass_time(MESSAGE_SPAN)
    [message] = [each for each in await harness.notifications.messages() if each[0].user_id == ANN]
    assert [each.kind for each in message] == [NotificationKind.KEPT, NotificationKind.FROZEN]
