"""Who signed for a contested address is known in the server of their `/verify`: the role follows when that ends."""

from __future__ import annotations

from datetime import timedelta

from bot.linking.outcome import Outcome, Result
from bot.store.sync.sync_member import SyncMember
from sandbox.signing import sign
from tests.linking.harness import ANN, BEN, CLEO, CONTEST, GUILD, JOINED, LinkingHarness, owner_of
from tests.linking.started_proof import begin

OWNER = owner_of("one")


async def claim(harness: LinkingHarness, user_id: int) -> Outcome:
    """Somebody runs `/verify` in the server, and signs."""
    verification = harness.linking.verification
    session = (await begin(harness, user_id)).session
    challenge = await verification.challenge(session, OWNER)
    return await verification.submit(session, challenge.challenge_id, sign("one", challenge.text.encode()).hex())


async def known(harness: LinkingHarness, user_id: int) -> SyncMember | None:
    """Somebody in that server, as far as they are known there."""
    return await harness.store.sync.members.get(GUILD, user_id)


async def due(harness: LinkingHarness) -> set[int]:
    """Who is due to be judged there."""
    return {each.user_id for each in await harness.store.sync.members.due([GUILD], harness.now, 10)}


async def judged(harness: LinkingHarness, *user_ids: int) -> None:
    """These were judged: nothing is due for them."""
    now, members = harness.now, harness.store.sync.members
    theirs = [member for user_id in user_ids if (member := await members.get(GUILD, user_id))]
    await members.settle(theirs, now, roles_read=True, drift_due=now + timedelta(days=9))


async def test_who_wins_a_contest_is_judged_at_once_though_the_session_is_long_deleted(
    harness: LinkingHarness,
) -> None:
    assert (await claim(harness, ANN)).result is Result.LINKED
    assert (await claim(harness, BEN)).result is Result.CONTESTED
    assert await due(harness) == {ANN, BEN}
    await judged(harness, ANN, BEN)
    await harness.round()
    await harness.accounts.object(ANN, OWNER)  # which makes it a week
    for _ in range(8):
        await harness.run_for(CONTEST, step=timedelta(hours=1))
        await harness.purge()
    assert await harness.rows("SELECT count(*) FROM sessions") == [(0,)]
    assert await harness.store.links.holder(OWNER) == BEN
    assert await due(harness) == {ANN, BEN}
    # When they joined is found out in the server.
    assert await harness.store.sync.members.seen(GUILD, BEN, JOINED, harness.now, harness.now)
    winner = await known(harness, BEN)
    assert winner
    assert winner.joined_at == JOINED


async def test_who_signed_for_a_frozen_address_is_known_when_the_operator_decides(harness: LinkingHarness) -> None:
    await claim(harness, ANN)
    await harness.freeze(OWNER)
    assert (await claim(harness, CLEO)).result is Result.FROZEN
    assert await due(harness) == {ANN, CLEO}


async def test_a_claim_leaves_what_is_known_of_a_member_alone(harness: LinkingHarness) -> None:
    await claim(harness, ANN)
    await harness.prove(BEN, "loopring:10002", "two")
    assert await harness.store.sync.members.seen(GUILD, BEN, JOINED, harness.now, harness.now)
    await judged(harness, BEN)
    assert (await claim(harness, BEN)).result is Result.CONTESTED
    challenger = await known(harness, BEN)
    assert challenger
    assert challenger.joined_at == JOINED


async def test_a_refused_claim_makes_nobody_known(harness: LinkingHarness) -> None:
    await begin(harness, BEN)
    assert await known(harness, BEN) is None
