"""What is wrong with what a server's gates ask about, and the sources for it: pure, from `HealthFacts` alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.cogs.servers.health_facts import HealthFacts, SourceFacts
from bot.cogs.servers.health_finding import Finding, gates_named, since, wrong
from bot.gates.gate import Gate
from bot.gates.rule import CollectionRef
from bot.messages import Message, reader_text
from bot.sync.gate_sources import AskedNetworks, asked_networks
from bot.text import safe_text

_NAME = 80

_ADD_ONE = Message("The operator of Tessera sets up a `[[source]]` for it, or `/gate edit` changes the rule.")
_ADD_ONE_HEALS = Message(
    "The operator of Tessera sets up a `[[source]]` for it, or `/gate edit` changes the rule. It works again by itself "
    "then."
)
_UNKNOWN = Message(
    "No source here knows `{network}`, which {gates} asks about: nobody gets or loses a role by that.",
    "No source here knows `{network}`, which {gates} ask about: nobody gets or loses a role by that.",
)
_FROZEN = Message(
    "{source} reports a state that no longer changes, and {gates} rests on it: what is held there now is not "
    "known, so nobody gets or loses a role by it.",
    "{source} reports a state that no longer changes, and {gates} rest on it: what is held there now is not "
    "known, so nobody gets or loses a role by it.",
)
_FROZEN_SINCE = Message(
    "{source} reports a state that no longer changes (since {when}), and {gates} rests on it: what is held there "
    "now is not known, so nobody gets or loses a role by it.",
    "{source} reports a state that no longer changes (since {when}), and {gates} rest on it: what is held there "
    "now is not known, so nobody gets or loses a role by it.",
)
_ADD_LIVE = Message(
    "The operator of Tessera sets up a live source for `{network}`, with this one as its `fallback`; or `/gate edit` "
    "changes the rule."
)
_NO_SOURCE = Message(
    "No source is set up, so {gates} gives and takes nothing.", "No source is set up, so {gates} give and take nothing."
)
_UNREAD = Message(
    "Members have accounts on {networks}, which no source here reads any more: what they hold there is not known to "
    "{gates}, which asks about all collections. Nobody loses a role by that.",
    "Members have accounts on {networks}, which no source here reads any more: what they hold there is not known to "
    "{gates}, which ask about all collections. Nobody loses a role by that.",
)
_ADD_AGAIN = Message("The operator of Tessera sets up a `[[source]]` for it again.")
_ALIAS = Message(
    "`{collection}` counts the same as {others}, but no source here knows it: gates about these give and take nothing."
)
_END_ALIAS = Message(
    "`/gate alias collection:{collection}` alone ends that, or the operator of Tessera sets up a `[[source]]` for it."
)


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
    words = _UNKNOWN(network=_shown(network), count=len(gates), gates=gates_named(gates))
    return wrong(words, _ADD_ONE_HEALS())


def has_source(facts: HealthFacts, gate: Gate) -> bool:
    """Whether there is a source for all that a gate asks about."""
    asked, known = _asked(facts, gate), {source.network for source in facts.sources}
    return not asked.without_source(known) and bool(known or not asked.is_everything)


def _frozen(facts: HealthFacts, source: SourceFacts) -> Iterator[Finding]:
    gates = _gates(facts, lambda asked: asked.rests_on(source.network))
    if not gates:
        return
    label, when = safe_text(reader_text(source.label), _NAME), source.unchanged_since
    words = _FROZEN(source=label, count=len(gates), gates=gates_named(gates))
    if when:
        words = _FROZEN_SINCE(source=label, when=since(when), count=len(gates), gates=gates_named(gates))
    yield wrong(words, _ADD_LIVE(network=_shown(source.network)))


def _everything(facts: HealthFacts, known: Mapping[str, SourceFacts]) -> Iterator[Finding]:
    """Gates about all collections that there are."""
    gates = _gates(facts, lambda asked: asked.is_everything)
    if gates and not known:
        yield wrong(_NO_SOURCE(count=len(gates), gates=gates_named(gates)), _ADD_ONE())
    elif gates and facts.status and facts.status.unsourced:
        networks = ", ".join(f"`{_shown(network)}`" for network in facts.status.unsourced)
        words = _UNREAD(networks=networks, count=len(gates), gates=gates_named(gates))
        yield wrong(words, _ADD_AGAIN())


def _alias(collection: CollectionRef, same: Sequence[CollectionRef]) -> Finding:
    others = ", ".join(f"`{_shown(str(each))}`" for each in same if each != collection)
    shown = _shown(str(collection))
    return wrong(_ALIAS(collection=shown, others=others), _END_ALIAS(collection=shown))


def _gates(facts: HealthFacts, concerns: Callable[[AskedNetworks], bool]) -> Sequence[Gate]:
    return [gate for gate in facts.gates if concerns(_asked(facts, gate))]


def _asked(facts: HealthFacts, gate: Gate) -> AskedNetworks:
    return asked_networks(gate.rule, facts.aliases)


def _shown(text: str) -> str:
    return safe_text(text, _NAME, plain=True).replace("`", "'")
