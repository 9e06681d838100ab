"""Facts about owners: what replaces what, which of them confirm a link, and which accounts are asked about again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import pytest

from bot.holdings import LOOPRING, Account
from bot.links import MAX_LINKS, Link
from bot.store import Store
from bot.store.linking.owner_table import FIRST, OPERATOR, SHOWN, OwnerFact, RuleInForce, is_owner
from bot.store.rows import to_account
from tests.store.fixtures import NOW

ACCOUNT = Account(LOOPRING, "10001")
HERS, HIS = "0x" + "aa" * 20, "0x" + "bb" * 20
AGREED = "agree:loopring,then"
WORD = OwnerFact(ACCOUNT, HIS, ("loopring",), SHOWN, is_confirmed=False, seen_at=NOW)
ENOUGH = OwnerFact(ACCOUNT, HIS, ("loopring",), FIRST, is_confirmed=True, seen_at=NOW)
CONFIRMED = OwnerFact(ACCOUNT, HERS, ("loopring", "then"), AGREED, is_confirmed=True, seen_at=NOW)
SAID = OwnerFact(ACCOUNT, HIS, (), OPERATOR, is_confirmed=True, seen_at=NOW)
ANN, BEN = 401, 402


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """An empty one."""
    store = await Store.open(None)
    yield store
    await store.close()


async def link(store: Store, user_id: int, account: str, owner: str) -> None:
    """Somebody links an account."""
    await store.links.add(user_id, Link(to_account(account), owner, "", is_main=False, linked_at=NOW), limit=MAX_LINKS)


async def prove(store: Store, user_id: int, owner: str) -> None:
    """Somebody proves an address."""
    sql = "INSERT INTO proofs VALUES (?, ?, 'eoa', ?, NULL, 0, 0)"
    await store.writer.run(lambda db: db.execute(sql, [owner, user_id, b"hash"]).rowcount)


async def owns(store: Store, account: str, owner: str) -> bool:
    """Whether a proof of an address may count for an account."""
    return await store.writer.run(lambda db: is_owner(db, account, owner))


@pytest.mark.parametrize(
    ("first", "then", "stored"),
    [
        (WORD, replace(WORD, owner=HERS), WORD),
        (WORD, CONFIRMED, CONFIRMED),
        (CONFIRMED, WORD, CONFIRMED),
        (CONFIRMED, replace(CONFIRMED, owner=HIS), CONFIRMED),
        (SAID, CONFIRMED, SAID),
    ],
)
async def test_only_what_is_confirmed_replaces_what_is_not(
    store: Store, first: OwnerFact, then: OwnerFact, stored: OwnerFact
) -> None:
    assert await store.owners.save(first) == first
    assert await store.owners.save(then) == stored
    assert await store.owners.get(ACCOUNT) == stored


async def test_what_is_confirmed_corrects_the_links_of_its_account(store: Store) -> None:
    await link(store, ANN, "loopring:10001", HIS)
    await link(store, BEN, "loopring:10001", "")
    await link(store, BEN, "loopring:10002", HIS)
    await store.owners.save(WORD)
    assert [each.owner for each in await store.links.of(BEN)] == ["", HIS]
    await store.owners.save(CONFIRMED)
    assert [each.owner for each in await store.links.of(ANN)] == [HERS]
    assert [each.owner for each in await store.links.of(BEN)] == [HERS, HIS]


async def test_a_link_is_corrected_when_it_is_made_again(store: Store) -> None:
    """Its owner was found out just before the operator corrected it."""
    await store.owners.save(CONFIRMED)
    await link(store, ANN, "loopring:10001", HIS)
    for reported in (HIS, HERS, HIS):
        await link(store, ANN, "loopring:10001", reported)
    assert [each.owner for each in await store.links.of(ANN)] == [HERS]


@pytest.mark.parametrize(
    ("account", "owner", "expected"),
    [
        ("loopring:10001", HERS, True),
        ("loopring:10001", HIS, False),
        ("loopring:10002", HERS, False),
        (f"eip155:1:{HIS}", HIS, True),
        (f"eip155:1:{HIS}", HERS, False),
        (f"loopring:{HIS}", HIS, False),
    ],
)
async def test_an_owner_is_one_that_is_confirmed_or_the_account_itself(
    store: Store, account: str, owner: str, *, expected: bool
) -> None:
    await store.owners.save(CONFIRMED)
    assert await owns(store, account, owner) is expected


@pytest.mark.parametrize(
    ("rules", "confirmed"),
    [
        ({LOOPRING: RuleInForce(AGREED, ("loopring", "then"))}, {"10001", "10003"}),
        ({LOOPRING: RuleInForce(FIRST, ("then", "loopring"))}, {"10002", "10003"}),
        ({LOOPRING: RuleInForce(FIRST, ("then",))}, {"10003"}),  # who said it is configured no more
        ({LOOPRING: RuleInForce("agree:loopring", ("loopring",), heir="loopring")}, {"10003"}),
        ({LOOPRING: RuleInForce("agree:loopring,then,more", ("loopring", "then", "more"))}, {"10003"}),
        ({"taiko": RuleInForce(AGREED, ("loopring", "then"))}, {"10003"}),
        ({}, {"10003"}),
    ],
)
async def test_the_rule_in_force_confirms_its_own_and_the_operators(
    store: Store, rules: Mapping[str, RuleInForce], confirmed: set[str]
) -> None:
    await store.owners.save(CONFIRMED)
    await store.owners.save(replace(ENOUGH, account=Account(LOOPRING, "10002")))
    await store.owners.save(replace(SAID, account=Account(LOOPRING, "10003")))
    await store.owners.save(replace(WORD, account=Account(LOOPRING, "10004")))
    await store.owners.apply_rule(rules)
    facts = [await store.owners.get(Account(LOOPRING, number)) for number in ("10001", "10002", "10003", "10004")]
    assert {fact.account.account_id for fact in facts if fact and fact.is_confirmed} == confirmed


async def test_a_rule_corrects_the_links_that_it_confirms(store: Store) -> None:
    await store.owners.save(replace(ENOUGH, is_confirmed=False))
    await link(store, ANN, "loopring:10001", HERS)
    await store.owners.apply_rule({LOOPRING: RuleInForce(FIRST, ("loopring",))})
    assert [each.owner for each in await store.links.of(ANN)] == [HIS]


async def test_only_numbers_of_members_with_a_proof_are_asked_about_again(store: Store) -> None:
    await store.owners.save(CONFIRMED)
    for account in ("loopring:10001", "loopring:10002", "loopring:10003", f"eip155:1:{HERS}"):
        await link(store, ANN, account, "")
    await link(store, BEN, "loopring:10004", HIS)
    assert await store.owners.unconfirmed(10) == []
    await prove(store, ANN, HERS)
    assert {each.account_id for each in await store.owners.unconfirmed(10)} == {"10002", "10003"}
    assert len(await store.owners.unconfirmed(1)) == 1
