"""What gates ask about and no source here knows, or only as it was, has a line of `/health`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.cogs.servers.health_facts import HealthFacts, SourceFacts
from bot.gates.gate import GateState, ParkReason
from bot.gates.rule import AccountIn, AllOf, CollectionRef, Holds, HoldsCollections, Network
from tests.cogs.servers.healthy_server import (
    ETHEREUM,
    FINE,
    GATE,
    HARBOUR,
    MOSAICS,
    NOW,
    STATUS,
    gate,
    with_rule,
    wrong,
)


def cases() -> Iterator[tuple[str, HealthFacts, str, str]]:
    """What is wrong, in which facts, a part of its line, and a part of how to repair it."""
    parked = gate(state=GateState.PARKED, parked=ParkReason.SOURCE_GONE)
    yield "no source", replace(FINE, sources=(ETHEREUM,)), "knows `loopring`, which gate #12", "`[[source]]`"
    gone = replace(parked, sources=(ETHEREUM,))
    yield "stopped without a source", gone, "nobody gets or loses a role by that", "works again by itself"
    for rule in (Holds(Network("loopring")), AllOf((HoldsCollections(least=2), Holds(HARBOUR)))):
        asking = with_rule(rule)
        yield f"no source for {rule}", replace(asking, sources=(ETHEREUM,)), "knows `loopring`", "`/gate edit`"
    everything = with_rule(HoldsCollections(least=2))
    yield "no source at all", replace(everything, sources=()), "No source is set up, so gate #12", "`[[source]]`"
    unsourced = replace(everything, status=replace(STATUS, unsourced=("eip155:137",)))
    yield "a source less", unsourced, "on `eip155:137`, which no source here reads any more", "for it again"
    past = SourceFacts("loopring", "Archive", is_live=False, unchanged_since=NOW)
    frozen = replace(FINE, sources=(past,))
    yield (
        "frozen",
        frozen,
        f"Archive reports a state that no longer changes (since <t:{int(NOW.timestamp())}:R>)",
        "live",
    )
    undated = replace(everything, sources=(replace(past, unchanged_since=None), ETHEREUM))
    yield "frozen some time", undated, "no longer changes, and gate #12", "`fallback`"
    twins = (CollectionRef("eip155:137", "0xab"), MOSAICS)
    tied = replace(FINE, aliases=dict.fromkeys(twins, twins))
    yield (
        "half an alias",
        tied,
        "`eip155:137:0xab` counts the same as `loopring:261`",
        "`/gate alias collection:eip155:",
    )


@pytest.mark.parametrize(("facts", "words", "fix"), [pytest.param(*each, id=name) for name, *each in cases()])
def test_what_no_source_knows_has_one_line(facts: HealthFacts, words: str, fix: str) -> None:
    (one,) = wrong(facts)
    assert words in one.words
    assert fix in one.fix


def test_a_source_of_the_past_that_no_gate_asks_is_nothing_to_repair() -> None:
    past = SourceFacts("eip155:1", "Archive", is_live=False, unchanged_since=NOW)
    facts = replace(FINE, sources=(*FINE.sources, past))
    assert wrong(facts) == []


def test_a_rule_about_accounts_alone_needs_no_source() -> None:
    facts = replace(with_rule(AccountIn(frozenset())), sources=())
    assert wrong(facts) == []


def test_a_network_without_a_source_is_named_once_for_all_gates() -> None:
    gates = tuple(replace(GATE, gate_id=number) for number in range(1, 12))
    (one,) = wrong(replace(FINE, gates=gates, sources=()))
    assert "#7 (<@&7>), #8 (<@&7>) and 3 more ask about" in one.words
