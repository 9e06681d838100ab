"""The same histories with all of the bot's sync and its store: real SQLite, real queues, and a clock that is set."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random

from bot.config.sync_table import SyncSettings
from bot.roles.eligibility import GuildRoles
from bot.roles.grants import GrantState
from bot.store import Store
from bot.store.sync.post_table import PostKind
from bot.sync.ports import MemberRoles
from bot.sync.results import StagedState
from tests.inline_store import open_inline
from tests.simulation.answers import Answers, Minute
from tests.simulation.chat import KilledError, SimulatedDiscord
from tests.simulation.checker import Outcome, outcome_of
from tests.simulation.faults import Faults
from tests.simulation.history import History
from tests.simulation.scenario import Scenario
from tests.simulation.source import SimulatedSource
from tests.simulation.world import COLLECTION, START, World
from tests.sync.fake_discord import FakeDiscord
from tests.sync.sync_harness import JOINED, MOD, SyncHarness, user

_FIRST = user(0)
_LINKS = """
    SELECT links.user_id, links.account FROM links
    JOIN proofs ON proofs.owner = links.owner AND proofs.user_id = links.user_id
"""
_CHANGE = re.compile(r"(?P<act>Gave|Took) <@&(?P<role>\d+)> (?:to|from) <@(?P<member>\d+)>")
# An admin looks at what waits so many passes later.
_LATER = 6


class Chat:
    """`SimulatedDiscord` with Discord's own ids, which dies once where it is killed."""

    def __init__(self, discord: SimulatedDiscord) -> None:
        self._discord = discord
        self.was_killed = False

    def guild_ids(self) -> Sequence[int]:
        """The servers."""
        return self._discord.guild_ids()

    def guild_roles(self, guild_id: int) -> GuildRoles | None:
        """Its roles."""
        return self._discord.guild_roles(guild_id)

    async def read_members(
        self, guild_id: int, user_ids: Sequence[int], *, confirm: bool = True
    ) -> Mapping[int, MemberRoles]:
        """Members with their roles."""
        found = await self._discord.read_members(guild_id, [each - _FIRST for each in user_ids], confirm=confirm)
        return {
            each + _FIRST: replace(member, user_id=each + _FIRST, joined_at=JOINED) for each, member in found.items()
        }

    async def count_role_members(self, guild_id: int) -> Mapping[int, int] | None:
        """Role → members."""
        return await self._discord.count_role_members(guild_id)

    async def add_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        """Give a role."""
        try:
            await self._discord.add_role(guild_id, user_id - _FIRST, role_id, reason)
        except KilledError:
            self.was_killed = True
            raise

    async def remove_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        """Take a role."""
        try:
            await self._discord.remove_role(guild_id, user_id - _FIRST, role_id, reason)
        except KilledError:
            self.was_killed = True
            raise


class RealBot:
    """Sync over its store, and the admin who is alerted."""

    def __init__(self, harness: SyncHarness, world: World, faults: Faults, chat: Chat, minute: Minute) -> None:
        self._harness, self._world, self._faults, self._chat = harness, world, faults, chat
        self._minute = minute
        self._waiting_for: Counter[int] = Counter()
        self._said: set[str] = set()
        self._is_running = False

    async def begin(self) -> None:
        """Gates are saved, members link and prove."""
        harness = self._harness
        self._restart()
        for gate in self._world.gates:
            saved = await harness.store.gates.add(gate.guild_id, gate.draft, MOD, harness.now)
            assert saved is not None
            assert saved.gate_id == gate.gate_id
        for guild_id in self._world.guild_ids:
            await harness.sync.gates_changed(guild_id)
        for number, holder in self._world.holders.items():
            await harness.link(number, *(int(each) - 10_000 for each in holder.accounts if int(each) > 50_000))
            for guild_id in self._world.guild_ids:
                await harness.sync.seen(guild_id, user(number), JOINED)

    async def pass_once(self) -> None:
        """One pass at the present minute; a process that was killed in it is started again."""
        minute, harness = self._minute.value, self._harness
        harness.now = START + timedelta(minutes=minute + self._faults.skew(minute))
        harness.ran = minute * 60.0
        if not self._is_running:
            self._restart()
        with suppress(KilledError):
            await harness.turn()
        await self._restart_if_killed()
        self._hear()
        await self._work_around_guards()
        if self._world.scenario.has_admin:
            for guild_id in self._world.guild_ids:
                await self._look(guild_id)

    async def unlink(self, number: int) -> None:
        """A member unlinks all of their accounts."""
        if not self._is_running:  # members wait for it
            self._restart()
        for each in self._world.holders[number].accounts:
            await self._harness.unlink(number, int(each) - 10_000)
        with suppress(KilledError):
            await self._harness.sync.own_act(user(number))
        await self._restart_if_killed()

    async def hear_of(self, number: int) -> None:
        """Discord says that a member's roles have changed."""
        if not self._is_running:
            self._restart()
        for guild_id in self._world.guild_ids:
            await self._harness.sync.drifted(guild_id, user(number))

    async def drop_spare(self, number: int, account_id: str) -> None:
        """A member unlinks one account, which takes effect at once."""
        if not self._is_running:
            self._restart()
        await self._harness.unlink(number, int(account_id) - 10_000)
        with suppress(KilledError):
            await self._harness.sync.own_act(user(number))
        await self._restart_if_killed()

    async def is_held(self) -> bool:
        """Whether removals wait."""
        return any([await self._harness.store.sync.holds.open(guild_id) for guild_id in self._world.guild_ids])

    async def find_lost_links(self) -> None:
        """Whether every member still has their links and proofs, and no others."""
        found = await self._harness.rows(_LINKS)
        linked = {
            (user(number), f"loopring:{account_id}")
            for number, holder in self._world.holders.items()
            if holder.is_linked
            for account_id in holder.accounts
        }
        self._world.history.lost_links += [
            f"I6: minute {self._minute.value}, member {user_id - _FIRST}: {account} was lost, moved or made"
            for user_id, account in sorted({(row[0], row[1]) for row in found} ^ linked)
        ]

    async def _work_around_guards(self) -> None:
        """What a test takes out is made ineffective by what an admin may do: sync has no switch for it.

        Without the breaker all that waits is approved unseen, so that the checker knows of no approval. Without the
        ledger every role that somebody else gave is adopted.
        """
        guards, sync, ledger = self._world.scenario.guards, self._harness.sync, self._harness.store.sync.ledger
        for guild_id in self._world.guild_ids if not guards.has_breaker else ():
            await sync.approve(guild_id, by=MOD)
        for gate in self._world.gates if not guards.keeps_ledger else ():
            rows = await ledger.holders(gate.guild_id, gate.role_id)
            if found := [each.user_id for each in rows if each.state is GrantState.FOUND]:
                await sync.adopt(gate.guild_id, gate.gate_id, found, by=MOD)

    def _hear(self) -> None:
        """What was said since, in the log channels."""
        history, minute = self._world.history, self._minute.value
        for nonce, post in self._harness.sent.items():
            if nonce in self._said:
                continue
            self._said.add(nonce)
            history.alerts += post.kind is PostKind.HOLD
            for line in post.lines if post.kind is PostKind.CHANGES else ():
                found = _CHANGE.match(line.render())
                assert found
                act, role_id, user_id = found.group("act", "role", "member")
                history.announced.append((minute, int(user_id) - _FIRST, int(role_id), act == "Gave"))

    async def stop(self) -> None:
        """The process ends, and is started with the next pass: it knows nothing but what is stored."""
        if self._is_running:
            await self._harness.sync.close()
            await self._harness.readings.close()
            self._is_running = False

    def _restart(self) -> None:
        self._harness.start(discord=self._chat)
        self._is_running = True

    async def _restart_if_killed(self) -> None:
        if self._chat.was_killed:
            self._chat.was_killed = False
            with suppress(KilledError):
                await self._harness.sync.close()
            self._restart()
            await self.find_lost_links()

    async def _look(self, guild_id: int) -> None:
        """An admin looks at the list some time after an alert, and approves it only if every one of it truly sold."""
        sync, world = self._harness.sync, self._world
        if not await self._harness.store.sync.holds.open(guild_id):
            self._waiting_for[guild_id] = 0
            return
        staged = [each for each in await sync.staged(guild_id) if each.state is StagedState.WAITING]
        self._waiting_for[guild_id] = self._waiting_for[guild_id] + 1 if staged else 0
        if self._waiting_for[guild_id] < _LATER or self._minute.value in self._faults.blank_hours:
            return
        gates = {gate.gate_id: gate for gate in world.gates}
        if any(world.deserves(each.user_id - _FIRST, gates[each.gate.gate_id]) for each in staged):
            await sync.look_again(guild_id, by=MOD)
        else:
            await sync.approve(guild_id, by=MOD)
            for each in staged:
                world.history.approved[each.user_id - _FIRST, each.gate.role_id] = self._minute.value
        self._waiting_for[guild_id] = 0


async def run_all(scenario: Scenario, seed: int, *, store: Store | None = None) -> Outcome:
    """Let servers live with the whole of sync, and check their history.

    Args:
        scenario: What is simulated.
        seed: Decides everything.
        store: Another one than the usual one in memory; it is closed.
    """
    random = Random(seed)  # noqa: S311  # the same history for the same seed
    faults, history, minute = Faults(scenario, random), History(), Minute()
    world = World(scenario, faults, random, history)
    discord = SimulatedDiscord(world, faults, random, lambda: minute.value)
    discord.give_some_by_hand()
    source, chat = SimulatedSource(world, faults, random), Chat(discord)
    store = store or open_inline(seed)
    patience = scenario.guards.patience
    settings = SyncSettings(
        interval_minutes=scenario.interval,
        removal_misses=patience.misses,
        removal_minutes=patience.span / timedelta(minutes=1),
    )
    harness = SyncHarness(store, FakeDiscord(), Answers(world, source, minute), settings, now=START)
    bot = RealBot(harness, world, faults, chat, minute)
    assert COLLECTION.collection_id == "254"
    try:
        await bot.begin()
        changes, is_unsettled = -1, True
        for minute.value in range(scenario.minutes):
            for number in list(world.step(minute.value)):
                await bot.unlink(number)
            for number, account_id in world.drop_spares(minute.value):
                await bot.drop_spare(number, account_id)
            if minute.value in faults.stopped:
                await bot.stop()
            if minute.value % scenario.interval or minute.value in faults.stopped:
                continue
            for number in discord.take_some_by_hand(scenario.interval):
                await bot.hear_of(number)
                is_unsettled = True
            if is_unsettled or world.changes != changes or _is_eventful(scenario, faults, minute.value):
                await bot.pass_once()
                changes = world.changes
                is_unsettled = _is_unsettled(world, discord) or await bot.is_held()
        await bot.find_lost_links()
        return outcome_of(world, discord, held=await bot.is_held())
    finally:
        await harness.sync.close()
        await harness.readings.close()
        await store.close()


def _is_eventful(scenario: Scenario, faults: Faults, minute: int) -> bool:
    """Whether something fails now or has just failed; and in quiet times, whether it is time for a pass."""
    step = scenario.quiet_step
    return step is None or minute % step == 0 or minute in faults.restless


def _is_unsettled(world: World, discord: SimulatedDiscord) -> bool:
    """Whether somebody has a role that they do not earn, or does not have one that they earn."""
    for user_id in world.holders:
        earned = {gate.role_id for guild_id in world.guild_ids if (gate := world.earned(user_id, guild_id))}
        found = discord.roles[user_id]
        from_bot = {role_id for role_id in found if (user_id, role_id) in discord.from_bot}
        if from_bot - earned or earned - found:
            return True
    return False
