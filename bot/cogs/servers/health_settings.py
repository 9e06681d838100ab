"""What a server's settings and its gates do to each other that nobody can want: pure, from `HealthFacts` alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from bot.cogs.servers.health_facts import HealthFacts
from bot.cogs.servers.health_finding import Finding, by_count, gates_named, wrong
from bot.errors import InputError
from bot.gates.contradictions import refuse_contradictions
from bot.gates.gate import Gate
from bot.gates.rule import During
from bot.gates.rule_needs import collections_of, each_rule
from bot.gates.same_collections import as_one
from bot.holdings import LOOPRING
from bot.names import Names
from bot.text import safe_text

_NAME = 80


def of_settings(facts: HealthFacts) -> Iterator[Finding]:
    """Each of them."""
    yield from _roles(facts)
    yield from _excluded(facts)
    yield from _ladders(facts)
    yield from _contradictions(facts)
    sensitive = [gate for gate in facts.gates if gate.draft.is_sensitive]
    if sensitive and not facts.settings.cool_down:
        yield wrong(
            f"The cool-down is 0, so that {gates_named(sensitive)} {by_count(len(sensitive), 'is', 'are')} marked as "
            "sensitive for nothing.",
            "`/settings cool-down` sets one.",
        )
    for gate in facts.gates:
        dates = [part.last for part in each_rule(gate.rule) if isinstance(part, During) and part.last]
        if any(last < facts.now.date() for last in dates):
            yield wrong(
                f"A date in the rule of {gates_named([gate])} has passed: who needs it to qualify does not any more.",
                "`/gate edit` changes the rule, or `/gate remove` ends the gate.",
            )


def _roles(facts: HealthFacts) -> Iterator[Finding]:
    """Roles with a power in Tessera that a gate gives to those who hold something."""
    settings = facts.settings
    for gate in facts.gates:
        if gate.role_id == settings.admin_role_id:
            yield wrong(
                f"The role that may configure Tessera is given by {gates_named([gate])}: who qualifies for it may "
                "change every gate.",
                "`/settings admin-role` names another.",
            )
        if gate.role_id in settings.protected_roles:
            yield wrong(
                f"The role of {gates_named([gate])} is protected: who has it never loses any role again.",
                "`/settings unprotect` ends that. A gate that is to take nothing is marked by `/gate edit`.",
            )


def _excluded(facts: HealthFacts) -> Iterator[Finding]:
    excluded = facts.settings.excluded_collections
    for gate in facts.gates:
        for collection in sorted(excluded.intersection(collections_of(gate.rule))):
            shown = safe_text(str(collection), _NAME, plain=True).replace("`", "'")
            yield wrong(
                f"`{shown}` never counts here, and {gates_named([gate])} asks about it: nobody is seen to hold any.",
                f"`/settings include collection:{shown}` lets it count, or `/gate edit` changes the rule.",
            )


def _contradictions(facts: HealthFacts) -> Iterator[Finding]:
    """Rules that were possible when they were saved, and are not with what counts as the same since."""
    names = Names(tuple(source.network for source in facts.sources) or (LOOPRING,))
    for gate in facts.gates:
        if not any(collection in facts.aliases for collection in collections_of(gate.rule)):
            continue
        try:
            refuse_contradictions(as_one(gate.rule, facts.aliases), names)
        except InputError as error:
            yield wrong(
                f"With what counts as the same here, the rule of {gates_named([gate])} cannot be meant: "
                f"{error.sentence}",
                "`/gate edit` changes the rule, or `/gate alias` with one collection alone parts it from the others.",
            )


def _ladders(facts: HealthFacts) -> Iterator[Finding]:
    places: dict[tuple[str, int], list[Gate]] = defaultdict(list)
    for gate in facts.gates:
        if gate.draft.ladder:
            places[gate.draft.ladder, gate.draft.rank].append(gate)
    yield from (_same_rank(*place, gates) for place, gates in places.items() if len(gates) > 1)


def _same_rank(ladder: str, rank: int, gates: Sequence[Gate]) -> Finding:
    return wrong(
        f"On the ladder “{safe_text(ladder, _NAME)}” several gates have rank {rank}, so that the oldest counts as the "
        f"highest: {gates_named(gates)}.",
        "`/gate edit` gives each a rank of its own.",
    )
