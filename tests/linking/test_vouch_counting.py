"""When a confirmed vouch counts: signatures outweigh it, and it is as good as what is known of the account's owner."""

from __future__ import annotations

import pytest

from bot.linking.upkeep import confirm_owners
from bot.links import NOWHERE, ProofKind
from bot.store.linking.owner_table import OPERATOR, OwnerFact, forget_fact, set_fact
from bot.store.rows import to_account
from tests.linking.harness import (
    ANN,
    BEN,
    CLEO,
    GUILD,
    HERE,
    MOD,
    LinkingHarness,
    owner_of,
)
from tests.linking.vouched import A_SECOND, ADA, ELSEWHERE, KEY, OWNER, vouches


async def test_a_signature_by_another_member_outweighs_it_whenever_it_comes(harness: LinkingHarness) -> None:
    await harness.vouch(ANN, ADA, OWNER)
    await harness.prove(BEN, ADA, KEY)
    assert await harness.proven(ANN, HERE) == {}
    later = await harness.ask(CLEO, ADA, OWNER, guild_id=GUILD + 1)
    assert later
    _, counts = await harness.linking.vouching.confirm(CLEO, ELSEWHERE, later.vouch_id)
    assert not counts
    assert await harness.proven(BEN, HERE) == {ADA: ProofKind.KEY}
    await harness.accounts.remove(BEN, to_account(ADA))
    assert await harness.proven(ANN, HERE) == {ADA: None}


async def test_a_vouch_counts_only_while_its_owner_is_that_of_the_account(harness: LinkingHarness) -> None:
    await harness.vouch(ANN, ADA, OWNER)
    said = OwnerFact(to_account(ADA), owner_of("another key"), (), OPERATOR, is_confirmed=True, seen_at=harness.now)
    await harness.store.writer.transaction(lambda db: set_fact(db, said))
    assert await harness.proven(ANN, HERE) == {}


async def correct(harness: LinkingHarness, owner: str) -> None:
    """What `tessera owners set` does."""
    said = OwnerFact(to_account(ADA), owner, (), OPERATOR, is_confirmed=True, seen_at=harness.now)
    await harness.store.writer.transaction(lambda db: set_fact(db, said))


@pytest.mark.parametrize("confirms", [True, False])
async def test_after_an_owner_was_corrected_a_moderator_may_vouch_again(
    harness: LinkingHarness, *, confirms: bool
) -> None:
    """What names the earlier owner is dead, and stands in the way of nothing."""
    earlier, right = owner_of("another key"), OWNER
    if confirms:
        await harness.vouch(ANN, ADA, earlier)
    else:
        await harness.ask(ANN, ADA, earlier)
    await correct(harness, right)
    harness.pass_time(A_SECOND)
    await harness.vouch(ANN, ADA, right)
    assert await harness.proven(ANN, HERE) == {ADA: None}
    assert await vouches(harness, ANN) == [(ADA, True)]


async def test_after_an_owner_was_corrected_what_the_member_declined_is_another_question(
    harness: LinkingHarness,
) -> None:
    asked = await harness.ask(ANN, ADA, owner_of("another key"))
    assert asked
    await harness.linking.vouching.decline(ANN, HERE, asked.vouch_id)
    await correct(harness, OWNER)
    harness.pass_time(A_SECOND)
    await harness.vouch(ANN, ADA, OWNER)
    assert await harness.proven(ANN, HERE) == {ADA: None}


async def test_after_an_owner_was_corrected_the_vouch_of_somebody_else_stands_in_nobodys_way(
    harness: LinkingHarness,
) -> None:
    await harness.vouch(BEN, ADA, owner_of("another key"))
    await correct(harness, OWNER)
    await harness.vouch(ANN, ADA, OWNER)
    assert await harness.proven(ANN, HERE) == {ADA: None}
    assert await harness.proven(BEN, HERE) == {}


async def test_a_vouch_counts_again_by_itself_when_who_owns_the_account_is_confirmed_again(
    asking: LinkingHarness,
) -> None:
    """Its member has proven nothing and linked nothing."""
    await asking.linking.vouching.ask(ANN, HERE, "10001", moderator_id=MOD)
    [vouch] = await asking.linking.vouching.of(ANN, HERE)
    await asking.linking.vouching.confirm(ANN, HERE, vouch.vouch_id)
    await asking.store.writer.transaction(lambda db: forget_fact(db, to_account(ADA)))
    assert await asking.proven(ANN, HERE) == {}
    await confirm_owners(asking.store, asking.lookup, 10)
    assert await asking.proven(ANN, HERE) == {ADA: None}
    assert await asking.store.owners.unconfirmed(10) == []


async def test_an_unproven_link_of_another_member_outweighs_nothing(harness: LinkingHarness) -> None:
    await harness.vouch(ANN, ADA, OWNER)
    await harness.name(BEN, ADA, KEY)
    await harness.name(CLEO, ADA, "another key")
    assert await harness.proven(ANN, HERE) == {ADA: None}


async def test_the_members_own_signature_takes_its_place(harness: LinkingHarness) -> None:
    await harness.vouch(ANN, ADA, OWNER)
    await harness.prove(ANN, ADA, KEY)
    assert await harness.proven(ANN, HERE) == await harness.proven(ANN, NOWHERE) == {ADA: ProofKind.KEY}


async def test_a_member_who_signed_for_another_account_of_the_address_outweighs_nobody(harness: LinkingHarness) -> None:
    await harness.prove(ANN, f"eip155:1:{OWNER}", KEY)
    await harness.vouch(ANN, ADA, OWNER)
    assert await harness.proven(ANN, HERE) == {f"eip155:1:{OWNER}": ProofKind.KEY, ADA: None}


async def test_a_contracts_signature_outweighs_only_what_it_covers(harness: LinkingHarness) -> None:
    """On another chain somebody else's contract may be at that address."""
    there, here = f"eip155:137:{OWNER}", f"eip155:1:{OWNER}"
    await harness.vouch(ANN, there, OWNER)
    await harness.vouch(ANN, here, OWNER)
    sql = "INSERT INTO proofs (owner, user_id, method, proven_at) VALUES (?, ?, '1271', 0)"
    await harness.store.writer.transaction(lambda db: db.execute(sql, [OWNER, BEN]))
    assert await harness.proven(ANN, HERE) == {there: None}


async def test_what_is_proven_is_answered_without_reading_a_whole_table(harness: LinkingHarness) -> None:
    await harness.vouch(ANN, ADA, OWNER)
    asked: list[str] = []
    await harness.store.writer.run(lambda db: db.conn.set_trace_callback(asked.append))
    await harness.linking.proven.of(ANN, HERE)
    await harness.linking.vouching.of(ANN, HERE)
    await harness.linking.vouching.to_notify()
    await harness.store.writer.run(lambda db: db.conn.set_trace_callback(None))
    assert len(asked) == 4
    plans = [row[-1] for sql in asked for row in await harness.rows(f"EXPLAIN QUERY PLAN {sql}")]
    assert [step for step in plans if step.startswith("SCAN") and "USING INDEX" not in step] == []
