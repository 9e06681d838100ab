"""What is wrong with what a server's gates ask about, and the sources for it: pure, from `HealthFacts` alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.cogs.servers.health_facts import HealthFacts, SourceFacts
from bot.cogs.servers.health_finding import Finding, by_count, gates_named, since, wrong
from bot.gates.gate import Gate
from bot.gates.rule import CollectionRef
from bot.sync.gate_sources import AskedNetworks, asked_networks
from bot.text import safe_text

_NAME = 80
_ADD_ONE = "The operator of Tessera sets up a `[[source]]` for it, or `/gate edit` changes the rule."


def of_sources(facts: HealthFacts) -> Iterator[Finding]:
    """Networks that no source here knows, or only as they were in the past."""
    known = {source.network: source for source in facts.sources}
    named = {network for gate in facts.gates for network in _asked(facts, gate).named}
    yield from (_unknown(facts, network) for network in sorted(named - known.keys()))
    for source in facts.sources:
        if not source.is_live:
            yield from _frozen(facts, source)
    yield from _everything(facts, known)
    for same in sorted(set(facts.aliases.values())):
        yield from (_alias(each, same) for each in same if each.network not in known)


def _unknown(facts: HealthFacts, network: str) -> Finding:
    gates = _gates(facts, lambda asked: network in asked.named)
    return wrong(
        f"No source here knows `{_shown(network)}`, which {gates_named(gates)} {by_count(len(gates), 'asks', 'ask')} "
        "about: nobody gets or loses a role by that.",
        f"{_ADD_ONE} It works again by itself then.",
    )


def has_source(facts: HealthFacts, gate: Gate) -> bool:
    """Whether there is a source for all that a gate asks about."""
    asked, known = _asked(facts, gate), {source.network for source in facts.sources}
    return not asked.without_source(known) and bool(known or not asked.is_everything)


def _frozen(facts: HealthFacts, source: SourceFacts) -> Iterator[Finding]:
    gates = _gates(facts, lambda asked: asked.rests_on(source.network))
    if not gates:
        return
    when = f" (since {since(source.unchanged_since)})" if source.unchanged_since else ""
    yield wrong(
        f"{safe_text(source.label, _NAME)} reports a state that no longer changes{when}, and {gates_named(gates)} "
        f"{by_count(len(gates), 'rests', 'rest')} on it: what is held there now is not known, so nobody gets or loses "
        "a role by it.",
        f"The operator of Tessera sets up a live source for `{_shown(source.network)}`, with this one as its "
        "`fallback`; or `/gate edit` changes the rule.",
    )


def _everything(facts: HealthFacts, known: Mapping[str, SourceFacts]) -> Iterator[Finding]:
    """Gates about all collections that there are."""
    gates = _gates(facts, lambda asked: asked.is_everything)
    if gates and not known:
        give = by_count(len(gates), "gives and takes", "give and take")
        yield wrong(f"No source is set up, so {gates_named(gates)} {give} nothing.", _ADD_ONE)
    elif gates and facts.status and facts.status.unsourced:
        networks = ", ".join(f"`{_shown(network)}`" for network in facts.status.unsourced)
        yield wrong(
            f"Members have accounts on {networks}, which no source here reads any more: what they hold there is not "
            f"known to {gates_named(gates)}, which {by_count(len(gates), 'asks', 'ask')} about all collections. Nobody "
            "loses a role by that.",
            "The operator of Tessera sets up a `[[source]]` for it again.",
        )


def _alias(collection: CollectionRef, same: Sequence[CollectionRef]) -> Finding:
    others = ", ".join(f"`{_shown(str(each))}`" for each in same if each != collection)
    shown = _shown(str(collection))
    return wrong(
        f"`{shown}` counts the same as {others}, but no source here knows it: gates about these give and take nothing.",
        f"`/gate alias collection:{shown}` alone ends that, or the operator of Tessera sets up a `[[source]]` for it.",
    )


def _gates(facts: HealthFacts, concerns: Callable[[AskedNetworks], bool]) -> Sequence[Gate]:
    return [gate for gate in facts.gates if concerns(_asked(facts, gate))]


def _asked(facts: HealthFacts, gate: Gate) -> AskedNetworks:
    return asked_networks(gate.rule, facts.aliases)


def _shown(text: str) -> str:
    return safe_text(text, _NAME, plain=True).replace("`", "'")
