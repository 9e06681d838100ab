"""Owners and proofs of a store from before sources had to agree, and from before contests were counted."""

from __future__ import annotations

import pytest

from bot.holdings import Account
from bot.links import NOWHERE
from bot.store import Store
from bot.store.linking.owner_table import FIRST, SHOWN, RuleInForce
from tests.store.fixtures import Place
from tests.store.test_migrations import ADDRESS, STEPS, make_store_of

ALONE = RuleInForce("agree:loopring", ("loopring",), heir="loopring")
OTHER_ALONE = RuleInForce("agree:mirror", ("mirror",), heir="mirror")
SEVERAL = RuleInForce("agree:loopring,then", ("loopring", "then"))
FIRST_OF_TWO = RuleInForce(FIRST, ("loopring", "then"))


async def test_a_proof_of_an_earlier_store_has_been_its_members_since_its_signature(place: Place) -> None:
    """And its challenger signed when they opened the contest."""
    make_store_of(place, STEPS[STEPS.index("m008_contests") - 1])
    store = await Store.open(place.path)
    sql = "SELECT first_proven_at, signed_at FROM proofs JOIN contests USING (owner)"
    assert await store.writer.run(lambda db: db.execute(sql).fetchall()) == [(100, 200)]
    await store.close()


async def test_owners_of_before_are_the_first_sources_word_and_no_proof_rests_on_them(place: Place) -> None:
    make_store_of(place, "m004_audit")
    store = await Store.open(place.path)
    fact = await store.owners.get(Account("loopring", "10001"))
    assert fact
    assert (fact.owner, fact.sources, fact.basis, fact.is_confirmed) == (ADDRESS, (), FIRST, False)
    assert not (await store.proven.of(1, NOWHERE)).accounts
    await store.close()


@pytest.mark.parametrize(
    ("starts", "basis", "is_confirmed"),
    [
        ([ALONE], "agree:loopring", True),
        ([ALONE, ALONE], "agree:loopring", True),
        ([ALONE, OTHER_ALONE], "agree:loopring", False),  # it is not the word of the one that came later
        ([SEVERAL], SHOWN, False),
        ([SEVERAL, ALONE], SHOWN, False),  # nor do they become anybody's when a source is taken out
        ([FIRST_OF_TWO], SHOWN, False),  # either may have said so
        ([RuleInForce(FIRST, ("loopring",), heir="loopring")], FIRST, True),
        ([RuleInForce("agree:then", ("then",))], SHOWN, False),
    ],
)
async def test_the_first_start_decides_for_good_whose_word_the_owners_of_before_are(
    place: Place, starts: list[RuleInForce], basis: str, *, is_confirmed: bool
) -> None:
    make_store_of(place, "m004_audit")
    store = await Store.open(place.path)
    for rule in starts:
        await store.owners.apply_rule({"loopring": rule})
    fact = await store.owners.get(Account("loopring", "10001"))
    assert fact
    assert (fact.owner, fact.basis, fact.is_confirmed) == (ADDRESS, basis, is_confirmed)
    assert bool((await store.proven.of(1, NOWHERE)).accounts) is is_confirmed
    await store.close()
