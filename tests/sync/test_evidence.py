"""How old a denial is follows the accounts that could change it, and no others."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from bot.counts import exact
from bot.gates.facts import NOTHING_HELD, AccountFacts, Facts, Held
from bot.gates.judge import judge
from bot.gates.rule import AccountIn, AllOf, AnyOf, CollectionRef, Holds, Not, Rule, SomeOf
from bot.holdings import Account
from bot.sync.evidence import evidence_at
from bot.sync.gate_sources import asked_networks
from tests.sync.sync_harness import HARBOUR, JOINED, START, SyncHarness, account_of, open_sync, user
from tests.sync.test_roles_by_an_archive import archive_of
from tests.sync.two_networks import MONUMENTS, link_on_polygon, polygon

BOTH = AllOf((Holds(HARBOUR), Holds(MONUMENTS)))
PLACES = [CollectionRef(network, "1") for network in ("loopring", "eip155:1", "eip155:137", "eip155:8453")]


async def ten_with_both(harness: SyncHarness, rule: Rule = BOTH) -> None:
    """Ten members hold something on each of two networks, and have the role of it."""
    harness.sources = [polygon()]
    harness.start()
    await harness.gate(rule)
    await harness.members(10)
    for number in range(1, 11):
        await link_on_polygon(harness, number, 1)
    await harness.turn()
    assert len(harness.holders()) == 10


@pytest.mark.asyncio
async def test_an_account_on_a_network_that_is_silent_retains_no_role_on_another_one() -> None:
    async with open_sync() as harness:
        harness.sources = [polygon()]
        harness.start()
        await harness.gate(Holds(HARBOUR))
        await harness.members(2)
        await link_on_polygon(harness, 1, 1)
        await harness.turn()
        harness.sources[0].is_down = True
        harness.sell(1)
        await harness.pass_time(timedelta(hours=3))
        assert harness.holders() == [2]


@pytest.mark.asyncio
async def test_an_account_that_could_change_a_denial_and_is_silent_retains_the_role() -> None:
    async with open_sync() as harness:
        harness.sources = [polygon()]
        harness.start()
        await harness.gate(AnyOf((Holds(HARBOUR), Holds(MONUMENTS))))
        await harness.members(2)
        await link_on_polygon(harness, 1, 1)
        await harness.turn()
        harness.sources[0].is_down = True
        harness.sell(1)
        await harness.pass_time(timedelta(days=2))
        assert harness.holders() == [1, 2]


@pytest.mark.asyncio
@pytest.mark.parametrize("was_read", [True, False], ids=["is silent", "was never read"])
async def test_what_one_network_denies_with_certainty_is_missed_while_another_one_is_silent(was_read: bool) -> None:  # noqa: FBT001 - a case
    async with open_sync() as harness:
        await ten_with_both(harness)
        harness.sources[0].is_down = True
        if not was_read:
            await harness.rows("UPDATE sync_accounts SET read_at = NULL WHERE network = 'eip155:137'")
        harness.sell(1)
        await harness.pass_time(timedelta(hours=2))
        assert harness.holders() == list(range(2, 11))


@pytest.mark.asyncio
async def test_what_a_silent_network_may_have_changed_is_no_miss() -> None:
    async with open_sync() as harness:
        await ten_with_both(harness)
        harness.sources[0].held[Account("eip155:137", f"0x{1:040x}")] = {}
        await harness.pass_time(timedelta(minutes=10))  # one reading denies it
        harness.sources[0].is_down = True
        await harness.pass_time(timedelta(days=2), step=timedelta(minutes=30))
        assert len(harness.holders()) == 10


@pytest.mark.asyncio
async def test_what_a_live_network_denies_is_missed_beside_one_of_which_only_an_archive_is_left(tmp_path: Path) -> None:
    archive = await archive_of(tmp_path, dict.fromkeys(range(1, 11), 3))
    async with open_sync() as harness:
        harness.source, harness.sources = archive, [polygon()]
        harness.start()
        await harness.gate(BOTH)
        for number in range(1, 11):
            harness.server.members[user(number)] = set()
            harness.server.joined_at[user(number)] = JOINED
            await harness.link(number)
            await harness.sync.seen(harness.discord.guild_ids()[0], user(number), JOINED)
            await link_on_polygon(harness, number, 1)
        await harness.turn()
        assert len(harness.holders()) == 10
        harness.sources[0].held[Account("eip155:137", f"0x{1:040x}")] = {}
        await harness.pass_time(timedelta(hours=2))
        assert harness.holders() == list(range(2, 11))


@pytest.mark.asyncio
async def test_who_is_on_a_list_that_excludes_them_loses_the_role_though_nothing_can_be_read() -> None:
    async with open_sync() as harness:
        await harness.gate(AllOf((Holds(HARBOUR), Not(AccountIn(accounts=frozenset({account_of(50)}))))))
        await harness.members(10)
        await harness.turn()
        harness.source.is_down = True
        await harness.link(1, 50)
        await harness.sync.links_changed(user(1))
        await harness.pass_time(timedelta(hours=12))
        assert harness.holders() == list(range(2, 11))


def facts_of(**minutes: tuple[int, int | None, int | None]) -> Facts:
    """Accounts: of which network, how many minutes ago they were read, how many they hold (None: unknown)."""
    accounts = []
    for name, (place, ago, kinds) in minutes.items():
        ref = PLACES[place]
        held = {} if kinds is None else {ref: Held(exact(kinds), exact(kinds))}
        at = None if ago is None else START - timedelta(minutes=ago)
        known = {"held": held} if kinds is None else {"held": held, "otherwise": NOTHING_HELD}
        accounts.append(AccountFacts(Account(ref.network, name), f"0x{name}", JOINED, as_of=at, **known))
    return Facts(START, tuple(accounts))


A, B, C = (Holds(each) for each in PLACES[:3])


@pytest.mark.parametrize(
    ("rule", "facts", "minutes"),
    [
        pytest.param(A, facts_of(a=(0, 5, 0), b=(0, 9, 0)), 9, id="every account of a network"),
        pytest.param(A, facts_of(a=(0, 5, 0), b=(1, None, None)), 5, id="of a network that is asked about"),
        pytest.param(AllOf((A, B)), facts_of(a=(0, 5, 0), b=(1, None, None)), 5, id="without one that was never read"),
        pytest.param(AllOf((A, B)), facts_of(a=(0, 5, 0), b=(1, 9, 1)), 5, id="without one that would grant"),
        pytest.param(AllOf((A, B)), facts_of(a=(0, 9, 0), b=(1, 5, 1)), 9, id="though that is newer"),
        pytest.param(AllOf((A, B)), facts_of(a=(0, 5, 0), b=(1, 9, 0)), 9, id="of all that deny it: each counts"),
        pytest.param(AnyOf((A, B)), facts_of(a=(0, 5, 0), b=(1, 9, 0)), 9, id="of both that it takes"),
        pytest.param(SomeOf(2, (A, B, C)), facts_of(a=(0, 5, 0), b=(1, 9, 0), c=(2, None, None)), 9, id="two of three"),
        pytest.param(SomeOf(2, (A, B, C)), facts_of(a=(0, 5, 0), b=(1, 9, 0), c=(2, 99, 0)), 9, id="the newer ones"),
        pytest.param(A, facts_of(a=(0, None, None)), None, id="never read"),
        pytest.param(AllOf((A, B)), facts_of(a=(0, 5, 1), b=(1, 9, 1)), 9, id="granted: of everything"),
    ],
)
def test_a_denial_is_as_old_as_the_oldest_reading_that_it_needs(rule: Rule, facts: Facts, minutes: int | None) -> None:
    at = evidence_at(rule, judge(rule, facts), facts, asked_networks(rule, {}))
    assert at == (None if minutes is None else START - timedelta(minutes=minutes))


@pytest.mark.parametrize("seed", range(300))
def test_a_denial_stands_without_all_that_was_read_before_the_moment_of_its_evidence(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same cases each time
    parts = [Holds(ref, least=random.randint(1, 2)) for ref in PLACES]
    pairs = [
        random.choice((AllOf, AnyOf))((first, Not(second) if random.random() < 0.2 else second))
        for first, second in zip(parts[:2], parts[2:], strict=True)
    ]
    rule = random.choice((AllOf, AnyOf))(tuple(pairs))
    names = [chr(ord("a") + number) for number in range(random.randint(1, 6))]
    known = {
        name: (random.randrange(4), random.choice((None, 1, 5, 9, 30)), random.choice((0, 0, 0, 1, 2)))
        for name in names
    }
    facts = facts_of(
        **{name: (place, ago, None if ago is None else kinds) for name, (place, ago, kinds) in known.items()}
    )
    verdict = judge(rule, facts)
    at = evidence_at(rule, verdict, facts, asked_networks(rule, {}))
    if not verdict.is_denied or at is None or not facts.accounts:
        return
    newer = facts_of(
        **{
            name: (place, None, None) if ago is None or START - timedelta(minutes=ago) < at else (place, ago, kinds)
            for name, (place, ago, kinds) in known.items()
        }
    )
    assert judge(rule, newer).is_denied or all(ago is None for _, ago, _ in known.values())
