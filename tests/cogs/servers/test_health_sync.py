"""Whatever keeps roles from following holdings has a line of `/health`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cogs.servers.health_facts import Failure, HealthFacts
from bot.config.sync_table import SyncSettings
from bot.roles.safety import Cause, Hold, Scope
from tests.cogs.servers.healthy_server import FINE, GUILD, NOW, status, wrong

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
