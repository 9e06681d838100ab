"""Every line of `/health` that counts something is right for one and for two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cogs.servers.health_checks import findings
from bot.cogs.servers.health_cog import health_embed
from bot.cogs.servers.health_facts import HealthFacts, LogChannel
from bot.cogs.servers.log_problems import LogProblem, Unposted
from bot.gates.gate import Gate, GateState, GuildSettings
from bot.gates.rule import Holds, HoldsCollections, Network, Rule
from bot.roles.safety import Cause, Hold, Scope
from tests.cogs.servers.healthy_server import FINE, GATE, GUILD, NOW, STATUS, status

AT = f"<t:{int(NOW.timestamp())}:R>"
WAVE = Cause.TOO_MANY_AT_ONCE
ONE, TWO = "gate #1 (<@&7>)", "gates #1 (<@&7>) and #2 (<@&7>)"


def gates(count: int, rule: Rule = GATE.rule, **draft: bool) -> Sequence[Gate]:
    """So many gates."""
    its = replace(GATE, draft=replace(GATE.draft, rule=rule, **draft))  # type: ignore[arg-type] # of GateDraft
    return [replace(its, gate_id=number) for number in range(1, count + 1)]


def having(count: int, rule: Rule = GATE.rule, **facts: object) -> HealthFacts:
    """A server with so many gates."""
    return replace(FINE, gates=gates(count, rule), **facts)  # type: ignore[arg-type] # of HealthFacts


def unposted(count: int) -> HealthFacts:
    """A log channel in which so many messages were not posted."""
    return replace(FINE, channel=LogChannel(5, unposted=Unposted(LogProblem.FORBIDDEN, 5, NOW, count)))


def held(count: int) -> HealthFacts:
    """So many gates whose removals wait, and as many of these."""
    holds = tuple(Hold(Scope.GATE, str(number), GUILD, WAVE, NOW) for number in range(1, count + 1))
    return having(count, status=replace(STATUS, holds=holds, staged=count))


def sensitive(count: int) -> HealthFacts:
    """So many sensitive gates in a server without a cool-down."""
    settings = GuildSettings(cool_down=timedelta(0))
    return replace(FINE, gates=gates(count, is_sensitive=True), settings=settings)


def frozen(count: int) -> HealthFacts:
    """So many gates about a source of the past."""
    past = replace(FINE.sources[0], is_live=False)
    return having(count, sources=(past,))


def unsourced(count: int) -> HealthFacts:
    """So many gates about everything, and as many networks without a source."""
    networks = ("eip155:10", "eip155:137")[:count]
    return having(count, HoldsCollections(least=2), status=replace(STATUS, unsourced=networks))


def slow(count: int) -> HealthFacts:
    """Accounts are read every so many hours, and not every so many minutes."""
    return status(interval=timedelta(minutes=count), possible=timedelta(hours=count), slow_source="Loopring")


def cases() -> Iterator[tuple[str, Callable[[int], HealthFacts], str, str]]:
    """Facts with so many, and a part of the line with one and with two of them."""
    yield (
        "protected roles",
        lambda count: replace(FINE, protected_roles_gone=count),
        "1 protected role was deleted: it protects nobody.",
        "2 protected roles were deleted: they protect nobody.",
    )
    yield (
        "messages",
        unposted,
        f"1 message was not posted since {AT}.",
        f"2 messages were not posted since {AT}.",
    )
    yield (
        "removals",
        held,
        f"By {ONE} no role is taken since {AT}: many members would lose a role at once. 1 removal waits for a person.",
        f"By {TWO} no role is taken since {AT}: many members would lose a role at once. 2 removals wait for a person.",
    )
    yield (
        "sensitive gates",
        sensitive,
        f"so that {ONE} is marked as sensitive for nothing.",
        f"so that {TWO} are marked as sensitive for nothing.",
    )
    polygon = Holds(Network("eip155:137"))
    yield (
        "gates without a source",
        lambda count: having(count, polygon),
        f"which {ONE} asks about: nobody",
        f"which {TWO} ask about: nobody",
    )
    yield (
        "gates of the past",
        frozen,
        f"{ONE} rests on it",
        f"{TWO} rest on it",
    )
    yield (
        "no source at all",
        lambda count: having(count, HoldsCollections(least=2), sources=()),
        f"so {ONE} gives and takes nothing.",
        f"so {TWO} give and take nothing.",
    )
    yield (
        "networks that nothing reads",
        unsourced,
        f"what they hold there is not known to {ONE}, which asks about all collections.",
        f"what they hold there is not known to {TWO}, which ask about all collections.",
    )
    yield (
        "intervals",
        slow,
        "read every hour and not every minute: Loopring",
        "read every 2 hours and not every 2 minutes: Loopring",
    )
    yield (
        "gates in order",
        having,
        "1 gate: its role can be given.",
        "2 gates: each role can be given.",
    )
    yield (
        "members",
        lambda count: status(members=count, accounts=count),
        f"1 linked member, 1 account: the oldest reading is of {AT}.",
        f"2 linked members, 2 accounts: the oldest reading is of {AT}.",
    )


@pytest.mark.parametrize(("make", "one", "two"), [pytest.param(*each, id=name) for name, *each in cases()])
def test_what_is_counted_is_said_right_for_one_and_for_two(
    make: Callable[[int], HealthFacts], one: str, two: str
) -> None:
    for count, words in ((1, one), (2, two)):
        assert [each.words for each in findings(make(count)) if words in each.words] != []


def test_the_title_counts_too() -> None:
    for count, title in ((1, "1 thing to repair"), (2, "2 things to repair")):
        paused = [replace(gate, state=GateState.PAUSED) for gate in gates(count)]
        assert health_embed(findings(replace(FINE, gates=paused))).title == title
