"""Whatever keeps roles from following holdings has a line of `/health`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cogs.servers.health_facts import Failure, HealthFacts
from bot.config.sync_table import SyncSettings
from bot.gates.rule import Holds, Network
from bot.roles.safety import Cause, Hold, Scope
from tests.cogs.servers.healthy_server import ETHEREUM, FINE, GATE, GUILD, NOW, STATUS, status, wrong

TWO_HOURS_AGO = NOW - timedelta(hours=2)


def cases() -> Iterator[tuple[str, HealthFacts, str, str]]:
    """What is wrong, in which facts, a part of its line, and a part of how to repair it."""
    down = replace(FINE, failing={"Loopring": Failure(TWO_HOURS_AGO)})
    long_ago = f"Loopring has not answered since <t:{int(TWO_HOURS_AGO.timestamp())}:R>"
    yield "source down", down, long_ago, "asked again by itself"
    failing = {"Loopring": TWO_HOURS_AGO}
    yield "source down before the start", status(failing=failing), long_ago, "asked again by itself"
    both = replace(status(failing=failing), failing={"Loopring": Failure(NOW, "Loopring refuses this bot's API key.")})
    yield "source down since then", both, long_ago, "asked again by itself"
    yield "key refused", both, "It says: Loopring refuses this bot's API key.", "asked again"
    elsewhere = status(is_answered_elsewhere=True)
    yield "another token's user", elsewhere, "Another process answers with this bot's token", "stops one of the two"
    yield "another one", status(is_superseded=True), "Another Tessera that started later", "stops one of the two"
    rests = status(rests_until=NOW + timedelta(hours=1))
    yield "clock set", rests, "no role is taken before <t:", "NTP"
    slow = status(possible=timedelta(minutes=40), slow_source="Loopring")
    yield "slow", slow, "every 40 minutes and not every 10 minutes", "`requests_per_second`"
    held = status(holds=(Hold(Scope.GATE, "12", GUILD, Cause.TOO_MANY_AT_ONCE, NOW),), staged=14)
    yield "held", held, "14 removals wait", "`/sync staged`"
    stopped = status(holds=(Hold(Scope.GUILD, "", GUILD, Cause.ADMIN, NOW),))
    yield "stopped by an admin", stopped, "an admin stopped them", "`/sync release`"
    yield "no status", replace(FINE, status=None), "cannot be found out", "Try again"
    hasty = replace(FINE, patience=SyncSettings(removal_misses=1))
    yield "few misses", hasty, "`sync.removal_misses` is 1", "Set it to 3"
    short = replace(FINE, patience=SyncSettings(removal_minutes=0.5))
    yield "short span", short, "`sync.removal_minutes` is 0.5", "Set it to 30"
    yield "clock", replace(FINE, clock_skew=timedelta(minutes=-3)), "180 seconds behind", "NTP"


@pytest.mark.parametrize(("facts", "words", "fix"), [pytest.param(*each, id=name) for name, *each in cases()])
def test_what_keeps_roles_from_following_has_one_line(facts: HealthFacts, words: str, fix: str) -> None:
    (one,) = wrong(facts)
    assert words in one.words
    assert fix in one.fix


SECOND = replace(GATE, gate_id=13)
# Asks about another network: nothing of Loopring concerns it.
OTHER = replace(GATE, gate_id=14, draft=replace(GATE.draft, rule=Holds(Network("eip155:1"))))


def hold(scope: Scope, key: str, cause: Cause = Cause.TOO_MANY_AT_ONCE, hours: int = 0) -> Hold:
    """Removals wait, since so many hours."""
    return Hold(scope, key, GUILD, cause, NOW - timedelta(hours=hours))


def wave(*holds: Hold, staged: int = 10) -> HealthFacts:
    """Three gates, one of them of another network, and why their removals wait."""
    facts = replace(FINE, gates=(GATE, SECOND, OTHER), sources=(*FINE.sources, ETHEREUM))
    return replace(facts, status=replace(STATUS, holds=holds, staged=staged))


def test_a_wave_has_one_line_that_names_its_gates_each_cause_and_the_removals_once() -> None:
    holds = [
        hold(Scope.GATE, "12"),
        hold(Scope.GATE, "13", hours=2),
        hold(Scope.SOURCE, "loopring", Cause.SOURCE_EMPTIED),
        hold(Scope.COLLECTION, "loopring:254", Cause.COLLECTION_HALVED),
    ]
    (one,) = wrong(wave(*holds))
    assert one.words == (
        "By gates #12 (<@&7>) and #13 (<@&7>) no role is taken since "
        f"<t:{int(TWO_HOURS_AGO.timestamp())}:R>: many members would lose a role at once; a source reports many "
        "accounts as empty; half of a collection's holders seem to be gone. 10 removals wait for a person."
    )


def test_no_role_is_taken_only_where_that_is_so_of_every_gate() -> None:
    (one,) = wrong(wave(hold(Scope.GATE, "12")))
    assert one.words.startswith("By gate #12 (<@&7>) no role is taken since")
    (one,) = wrong(wave(hold(Scope.GATE, "12"), hold(Scope.GUILD, "")))
    assert one.words.startswith("No role is taken since")


def test_a_source_that_no_gate_here_asks_about_holds_nothing_back_here() -> None:
    assert wrong(wave(hold(Scope.SOURCE, "eip155:137", Cause.SOURCE_EMPTIED), staged=0)) == []


def test_the_hold_of_an_admin_has_its_own_line_as_another_command_ends_it() -> None:
    first, second = wrong(wave(hold(Scope.GATE, "12"), hold(Scope.GUILD, "", Cause.ADMIN)))
    assert ("10 removals wait" in first.words, "wait" in second.words) == (True, False)
    assert "`/sync staged`" in first.fix
    assert "`/sync release`" in second.fix
    (alone,) = wrong(wave(hold(Scope.GUILD, "", Cause.ADMIN)))
    assert "10 removals wait" in alone.words
