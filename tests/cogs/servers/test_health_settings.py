"""Settings and gates that nobody can want together have a line of `/health`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.cogs.servers.health_facts import HealthFacts
from bot.gates.gate import GateDraft, GuildSettings
from bot.gates.rule import AllOf, During, Holds, HoldsCollections, Not, Rule
from tests.cogs.servers.healthy_server import COLLECTOR, FINE, GATE, HARBOUR, MOSAICS, NOW, gate, with_rule, wrong

RANKED = replace(GATE.draft, ladder="tiers", rank=2)


def with_settings(facts: HealthFacts = FINE, **settings: Any) -> HealthFacts:
    """The same server with other settings."""
    return replace(facts, settings=GuildSettings(**settings))


def ladder(*drafts: GateDraft) -> HealthFacts:
    """The same server with these gates."""
    return replace(
        FINE, gates=tuple(replace(GATE, gate_id=place, draft=draft) for place, draft in enumerate(drafts, 1))
    )


def tied(rule: Rule) -> HealthFacts:
    """The same server with another rule, where two collections count as one."""
    return replace(with_rule(rule), aliases=dict.fromkeys((HARBOUR, MOSAICS), (HARBOUR, MOSAICS)))


def until(last: date) -> Holds | During:
    """A rule up to a day."""
    return During(Holds(HARBOUR), last=last)


def cases() -> Iterator[tuple[str, HealthFacts, str, str]]:
    """What is wrong, in which facts, a part of its line, and a part of how to repair it."""
    yield (
        "admin role",
        with_settings(admin_role_id=COLLECTOR),
        "may configure Tessera is given by gate #12",
        "admin-role",
    )
    protected = with_settings(protected_roles=frozenset({COLLECTOR}))
    yield "protected role", protected, "gate #12 (<@&7>) is protected", "`/settings unprotect`"
    excluded = with_settings(excluded_collections=frozenset({HARBOUR}))
    yield "excluded", excluded, "`loopring:254` never counts here, and gate #12", "`/settings include"
    hasty = with_settings(gate(draft=replace(GATE.draft, is_sensitive=True)), cool_down=timedelta(0))
    yield "no cool-down", hasty, "The cool-down is 0", "`/settings cool-down`"
    yield "ended", with_rule(until(NOW.date() - timedelta(days=1))), "gate #12 (<@&7>) has passed", "`/gate edit`"
    inside = with_rule(AllOf((Holds(MOSAICS), until(NOW.date() - timedelta(days=9)))))
    yield "a part ended", inside, "A date in the rule of gate #12", "`/gate remove`"
    both = tied(AllOf((Holds(HARBOUR), Not(Holds(MOSAICS)))))
    yield "nobody", both, "the rule of gate #12 (<@&7>) cannot be meant: Nobody can ever fulfil both", "`/gate alias`"
    two = tied(HoldsCollections(2, among=(HARBOUR, MOSAICS)))
    yield "fewer than asked", two, "Nobody can ever fulfil", "`/gate edit`"
    same = ladder(RANKED, replace(RANKED, rank=3), RANKED)
    yield "same rank", same, "On the ladder “tiers” several gates have rank 2", "a rank of its own"


@pytest.mark.parametrize(("facts", "words", "fix"), [pytest.param(*each, id=name) for name, *each in cases()])
def test_what_nobody_can_want_has_one_line(facts: HealthFacts, words: str, fix: str) -> None:
    (one,) = wrong(facts)
    assert words in one.words
    assert fix in one.fix


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(with_settings(admin_role_id=99), id="another role may configure"),
        pytest.param(with_settings(excluded_collections=frozenset({MOSAICS})), id="another collection is excluded"),
        pytest.param(with_settings(cool_down=timedelta(0)), id="no gate is sensitive"),
        pytest.param(gate(draft=replace(GATE.draft, is_sensitive=True)), id="a cool-down"),
        pytest.param(with_rule(until(NOW.date())), id="the last day"),
        pytest.param(
            ladder(RANKED, replace(RANKED, rank=3), replace(RANKED, ladder="others")), id="ranks of their own"
        ),
        pytest.param(tied(AllOf((Holds(HARBOUR, least=3), Holds(MOSAICS)))), id="twice the same"),
        pytest.param(with_rule(AllOf((Holds(HARBOUR), Not(Holds(MOSAICS))))), id="two collections"),
        pytest.param(ladder(GATE.draft, GATE.draft), id="no ladder"),
    ],
)
def test_what_can_be_wanted_has_none(facts: HealthFacts) -> None:
    assert wrong(facts) == []
