"""What a server's settings and its gates do to each other that nobody can want: pure, from `HealthFacts` alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from bot.cogs.servers.health_facts import HealthFacts
from bot.cogs.servers.health_finding import Finding, gates_named, wrong
from bot.errors import InputError
from bot.gates.contradictions import refuse_contradictions
from bot.gates.gate import Gate
from bot.gates.rule import During
from bot.gates.rule_needs import collections_of, each_rule
from bot.gates.same_collections import as_one
from bot.holdings import LOOPRING
from bot.messages import Message
from bot.names import Names
from bot.text import safe_text

_NAME = 80

_NO_COOL_DOWN = Message(
    "The cool-down is 0, so that {gates} is marked as sensitive for nothing.",
    "The cool-down is 0, so that {gates} are marked as sensitive for nothing.",
)
_SET_COOL_DOWN = Message("`/settings cool-down` sets one.")
_DATE_PASSED = Message("A date in the rule of {gates} has passed: who needs it to qualify does not any more.")
_CHANGE_OR_END = Message("`/gate edit` changes the rule, or `/gate remove` ends the gate.")
_ADMIN_ROLE = Message(
    "The role that may configure Tessera is given by {gates}: who qualifies for it may change every gate."
)
_OTHER_ADMIN_ROLE = Message("`/settings admin-role` names another.")
_PROTECTS = Message("The role of {gates} is protected: who has it never loses any role again.")
_UNPROTECT = Message("`/settings unprotect` ends that. A gate that is to take nothing is marked by `/gate edit`.")
_EXCLUDED = Message("`{collection}` never counts here, and {gates} asks about it: nobody is seen to hold any.")
_INCLUDE = Message("`/settings include collection:{collection}` lets it count, or `/gate edit` changes the rule.")
_CANNOT_BE_MEANT = Message("With what counts as the same here, the rule of {gates} cannot be meant: {why}")
_PART = Message("`/gate edit` changes the rule, or `/gate alias` with one collection alone parts it from the others.")
_SAME_RANK = Message(
    "On the ladder “{ladder}” several gates have rank {rank}, so that the oldest counts as the highest: {gates}."
)
_RANK_EACH = Message("`/gate edit` gives each a rank of its own.")


def of_settings(facts: HealthFacts) -> Iterator[Finding]:
    """Each of them."""
    yield from _roles(facts)
    yield from _excluded(facts)
    yield from _ladders(facts)
    yield from _contradictions(facts)
    sensitive = [gate for gate in facts.gates if gate.draft.is_sensitive]
    if sensitive and not facts.settings.cool_down:
        yield wrong(_NO_COOL_DOWN(count=len(sensitive), gates=gates_named(sensitive)), _SET_COOL_DOWN())
    for gate in facts.gates:
        dates = [part.last for part in each_rule(gate.rule) if isinstance(part, During) and part.last]
        if any(last < facts.now.date() for last in dates):
            yield wrong(_DATE_PASSED(gates=gates_named([gate])), _CHANGE_OR_END())


def _roles(facts: HealthFacts) -> Iterator[Finding]:
    """Roles with a power in Tessera that a gate gives to those who hold something."""
    settings = facts.settings
    for gate in facts.gates:
        if gate.role_id == settings.admin_role_id:
            yield wrong(_ADMIN_ROLE(gates=gates_named([gate])), _OTHER_ADMIN_ROLE())
        if gate.role_id in settings.protected_roles:
            yield wrong(_PROTECTS(gates=gates_named([gate])), _UNPROTECT())


def _excluded(facts: HealthFacts) -> Iterator[Finding]:
    excluded = facts.settings.excluded_collections
    for gate in facts.gates:
        for collection in sorted(excluded.intersection(collections_of(gate.rule))):
            shown = safe_text(str(collection), _NAME, plain=True).replace("`", "'")
            yield wrong(_EXCLUDED(collection=shown, gates=gates_named([gate])), _INCLUDE(collection=shown))


def _contradictions(facts: HealthFacts) -> Iterator[Finding]:
    """Rules that were possible when they were saved, and are not with what counts as the same since."""
    names = Names(tuple(source.network for source in facts.sources) or (LOOPRING,))
    for gate in facts.gates:
        if not any(collection in facts.aliases for collection in collections_of(gate.rule)):
            continue
        try:
            refuse_contradictions(as_one(gate.rule, facts.aliases), names)
        except InputError as error:
            yield wrong(_CANNOT_BE_MEANT(gates=gates_named([gate]), why=error.words), _PART())


def _ladders(facts: HealthFacts) -> Iterator[Finding]:
    places: dict[tuple[str, int], list[Gate]] = defaultdict(list)
    for gate in facts.gates:
        if gate.draft.ladder:
            places[gate.draft.ladder, gate.draft.rank].append(gate)
    yield from (_same_rank(*place, gates) for place, gates in places.items() if len(gates) > 1)


def _same_rank(ladder: str, rank: int, gates: Sequence[Gate]) -> Finding:
    words = _SAME_RANK(ladder=safe_text(ladder, _NAME), rank=rank, gates=gates_named(gates))
    return wrong(words, _RANK_EACH())
