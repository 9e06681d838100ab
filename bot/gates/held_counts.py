"""How much of something a member holds: counts of all their accounts together, each thing counted once.

Accounts of one network with the same owner hold the same, so of these only one counts. An account holds nothing of
another network's. Collections that are aliases of each other count as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from bot.counts import Count, Ternary, beyond, count_yes, counted_once, total, units_of, unknown
from bot.gates.facts import AccountFacts, Facts, Held
from bot.gates.folded_name import folded
from bot.gates.rule import CollectionRef, Holds, HoldsCollections, HoldsIds, HoldsTrait, Measure, Network

NOTHING = total(())


def sum_over_accounts(facts: Facts, network: str, count: Callable[[AccountFacts], Count]) -> Count:
    """The sum of a count over a member's accounts of a network."""
    owners: dict[str, list[AccountFacts]] = {}
    for account in facts.accounts:
        if account.account.network == network:
            owners.setdefault(account.owner or account.account.account_id, []).append(account)
    return total(counted_once(map(count, same)) for same in owners.values())


def aliases_of(facts: Facts, collection: CollectionRef) -> tuple[CollectionRef, ...]:
    """All collections that count as this one, itself included."""
    return facts.aliases.get(collection, (collection,))


def count_held(facts: Facts, rule: Holds) -> Count:
    """Kinds or copies, of a collection with its aliases or of a whole network."""
    if isinstance(rule.target, Network):
        return sum_over_accounts(facts, rule.target.network, lambda account: _of_all(account, rule.measure))
    return sum_over_aliases(facts, rule.target, lambda held: measured(held, rule.measure))


def sum_over_aliases(facts: Facts, target: CollectionRef, count: Callable[[Held], Count]) -> Count:
    """The sum of a count of what is held of a collection and its aliases, over a member's accounts."""

    def of_one(same: CollectionRef) -> Count:
        return sum_over_accounts(facts, same.network, lambda account: count(account.of(same)))

    return total(map(of_one, aliases_of(facts, target)))


def measured(held: Held, measure: Measure) -> Count:
    """Kinds or copies."""
    return held.kinds if measure is Measure.KINDS else units_of(held.kinds, held.copies)


def _of_all(account: AccountFacts, measure: Measure) -> Count:
    """All that one account holds."""
    if not account.is_certain:
        return unknown()
    network = account.account.network
    listed = (measured(held, measure) for ref, held in account.held.items() if ref.network == network)
    return total(listed) + _unlisted(account)


def _unlisted(account: AccountFacts) -> Count:
    """What an account holds of all collections that are not listed in its facts, however many these are."""
    return NOTHING if account.is_certain and account.otherwise.kinds.high == 0 else unknown()


def count_collections_held(facts: Facts, rule: HoldsCollections) -> Count:
    """Distinct collections, of those listed or of all."""
    listed = rule.among or {
        ref
        for account in facts.accounts
        if account.is_certain
        for ref in account.held
        if ref.network == account.account.network
    }
    distinct = {min(aliases_of(facts, ref)) for ref in listed}
    answers = (count_held(facts, Holds(ref)).is_at_least(1) for ref in distinct)
    return count_yes(answers, NOTHING if rule.among else total(map(_unlisted, facts.accounts)))


def count_ids(facts: Facts, rule: HoldsIds) -> Count:
    """Distinct tokens whose ids are in the ranges."""
    held = list(_held_of(facts, rule.target))
    ids = {token_id for one in held for token_id in one.tokens}
    wanted = [Ternary.YES for token_id in ids if any(first <= token_id <= last for first, last in rule.ranges)]
    return count_yes(wanted, _unseen(held))


def count_with_trait(facts: Facts, rule: HoldsTrait) -> Count:
    """Distinct tokens that have the trait; those whose traits are not reported may have it."""
    held = list(_held_of(facts, rule.target))
    wanted = (folded(rule.trait), folded(rule.value))
    traits: dict[int, list[frozenset[tuple[str, str]] | None]] = {}
    for one in held:
        for token_id, token in one.tokens.items():
            traits.setdefault(token_id, []).append(token.traits)
    return count_yes((_has_trait(reported, wanted) for reported in traits.values()), _unseen(held))


def are_traits_reported(facts: Facts, target: CollectionRef) -> bool:
    """Whether the traits are known of each token that is known to be held."""
    return all(token.traits is not None for held in _held_of(facts, target) for token in held.tokens.values())


def _has_trait(reported: Iterable[frozenset[tuple[str, str]] | None], wanted: tuple[str, str]) -> Ternary:
    known = list(reported)
    if any((folded(trait), folded(value)) == wanted for traits in known for trait, value in traits or ()):
        return Ternary.YES
    return Ternary.UNKNOWN if None in known else Ternary.NO


def _held_of(facts: Facts, target: CollectionRef) -> Iterator[Held]:
    for same in aliases_of(facts, target):
        for account in facts.accounts:
            if account.account.network == same.network:
                yield account.of(same)


def _unseen(held: Iterable[Held]) -> Count:
    """Tokens that are held and not listed."""
    return total(NOTHING if _lists_all(one) else beyond(one.kinds, len(one.tokens)) for one in held)


def _lists_all(held: Held) -> bool:
    """Whether the list of tokens is all that is held, and the count of them does not contradict it."""
    return held.has_all_tokens and held.kinds.low <= len(held.tokens)
