"""The breaker at work: counts who would lose a role, lets removals wait, and ends that when the figures are normal.

It runs after everybody of a batch was judged and before anything is taken, so that a wave is seen before its first
victim. What it decides from is counted by indexed queries; `bot.roles.safety` decides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from bot.gates.gate import Gate
from bot.gates.rule import CollectionRef
from bot.gates.rule_needs import Aliases, collections_of, networks_of, with_aliases
from bot.roles.plan import HoldCode
from bot.roles.safety import (
    Cause,
    GateCensus,
    Hold,
    Scope,
    Trip,
    collection_trip,
    ends,
    gate_trip,
    guild_trip,
    source_trip,
)
from bot.store import Store
from bot.store.sync.hold_table import HoldEnd, OpenHold
from bot.sync.gather import GuildGates
from bot.sync.last_roles import LastRoles

# Between two attempts at a member.
LONGEST_PAUSE = timedelta(minutes=15)


class Breaker:
    """Lets removals wait. Every method may raise `StoreError`.

    Args:
        store: Holds everything that is counted.
        clock: Returns the present as an aware datetime.
        lapse: Misses that are older are over.
        epoch: Of this process: see `held`.
        networks: Of which accounts can be read here.
        last_roles: Remembers whom a role protects.

    Attributes:
        answered_elsewhere: Whether another process answers with this token: it may do so with another store.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        lapse: timedelta,
        epoch: str,
        networks: Sequence[str],
        last_roles: LastRoles,
    ) -> None:
        self._store = store
        self._holds = store.sync.holds
        self._clock = clock
        self._lapse = lapse
        self._epoch = epoch
        self._started_at = clock()
        self._networks = networks
        self._last_roles = last_roles
        self.answered_elsewhere: Callable[[], bool] = lambda: False

    def protected(self, server: GuildGates) -> frozenset[int]:
        """Everybody from whom nothing is taken, as far as is known: they are no part of a wave."""
        return self._last_roles.protected(server)

    async def held(self, server: GuildGates) -> Mapping[int, HoldCode]:
        """Role → why it may not be taken now."""
        epoch, settled_at = await self._store.sync.servers.instance()
        everything = [gate.role_id for gate in server.gates]
        # Another process with this store started after this one, or one with another store is there.
        if epoch != self._epoch or self.answered_elsewhere():
            return dict.fromkeys(everything, HoldCode.OTHER_INSTANCE)
        if self._clock() < settled_at:
            return dict.fromkeys(everything, HoldCode.CLOCK_JUMPED)
        found: dict[int, HoldCode] = {}
        for each in await self.in_force(server.guild_id):
            code = HoldCode.ADMIN_HOLD if each.hold.cause is Cause.ADMIN else HoldCode.BREAKER
            for gate in gates_of(each.hold, server.gates, server.aliases):
                if found.get(gate.role_id) is not HoldCode.ADMIN_HOLD:  # no approval overrides an admin's hold
                    found[gate.role_id] = code
        return found

    async def is_superseded(self) -> bool:
        """Whether another process with this store started after this one, which takes no role since."""
        return await self._store.sync.servers.is_superseded(self._epoch, self._started_at)

    async def rests_until(self) -> datetime | None:
        """Until when no role is taken, as the clock was set; None: it was not."""
        _, settled_at = await self._store.sync.servers.instance()
        return settled_at if self._clock() < settled_at else None

    async def in_force(self, guild_id: int) -> Sequence[OpenHold]:
        """Why removals wait in a server: its own holds, and those of sources and collections that it did not accept."""
        return [each for each in await self._holds.open(guild_id) if not await self._is_accepted(guild_id, each.hold)]

    def counted(self, gates: Collection[Gate], aliases: Aliases) -> Collection[tuple[Scope, str]]:
        """The sources and collections whose losses may hold back the removals of these gates."""
        sources = {(Scope.SOURCE, network) for gate in gates for network in _asked(gate, self._networks, aliases)}
        collections = {
            (Scope.COLLECTION, str(each)) for gate in gates for each in with_aliases(collections_of(gate.rule), aliases)
        }
        return sources | collections

    async def check(self, server: GuildGates) -> None:
        """Count, and let removals wait where that is too many, or wait no more where the figures are normal."""
        now = self._clock()
        opened = await self._holds.open(server.guild_id)
        losing = await self._store.sync.misses.gate_ids(server.guild_id)
        counted = [gate for gate in server.active if not gate.draft.never_remove]
        suspect = [gate for gate in counted if gate.gate_id in losing]
        if not suspect and not opened:
            return
        censuses = {gate.gate_id: await self._census(server, gate) for gate in counted}
        tripped = 0
        for gate in suspect:
            if trip := gate_trip(censuses[gate.gate_id]):
                tripped += 1
                await self._holds.begin(_hold(Scope.GATE, str(gate.gate_id), server.guild_id, trip, now))
        if guild_trip(tripped):
            numbers = (("gates", tripped),)
            await self._holds.begin(Hold(Scope.GUILD, "", server.guild_id, Cause.TOO_MANY_AT_ONCE, now, numbers))
        await self._check_sources(suspect, server.aliases, now)
        for each in await self._holds.open(server.guild_id):
            if await self._has_ended(server, each, censuses):
                await self._end(each)
            elif gates_of(each.hold, server.gates, server.aliases) and not await self._is_accepted(
                server.guild_id, each.hold
            ):
                await self._holds.announce(each, server.guild_id, now)

    async def _check_sources(self, suspect: Sequence[Gate], aliases: Aliases, now: datetime) -> None:
        readings = self._store.readings
        networks = {each for gate in suspect for each in _asked(gate, self._networks, aliases)}
        for network in sorted(networks):
            if trip := source_trip(await readings.source_census(network, now)):
                await self._holds.begin(_hold(Scope.SOURCE, network, 0, trip, now))
        for collection in sorted(
            {each for gate in suspect for each in with_aliases(collections_of(gate.rule), aliases)}
        ):
            if trip := collection_trip(await readings.collection_census(collection, now)):
                await self._holds.begin(_hold(Scope.COLLECTION, str(collection), 0, trip, now))

    async def _is_accepted(self, guild_id: int, hold: Hold) -> bool:
        """Whether an admin has accepted what a hold counts, and what was lost since would not trip the breaker."""
        if hold.guild_id or (accepted_at := await self._holds.accepted_at(guild_id, hold)) is None:
            return False
        now, readings = self._clock(), self._store.readings
        if hold.scope is Scope.SOURCE:
            return source_trip(await readings.source_census(hold.key, now, accepted_at=accepted_at)) is None
        collection = _collection_of(hold)
        return collection_trip(await readings.collection_census(collection, now, accepted_at=accepted_at)) is None

    async def _census(self, server: GuildGates, gate: Gate) -> GateCensus:
        return await self._store.sync.misses.census(gate, self.protected(server), self._clock(), self._lapse)

    async def _has_ended(self, server: GuildGates, each: OpenHold, censuses: Mapping[int, GateCensus]) -> bool:
        hold, now = each.hold, self._clock()
        if hold.cause is Cause.INVITED_AGAIN:
            # Their misses are counted before Discord is asked: whom it does not answer about, hides no wave.
            return not await self._holds.unjudged_since(server.guild_id, hold.since, LONGEST_PAUSE)
        if hold.scope is Scope.SOURCE:
            return ends(hold, await self._store.readings.held_source(hold.key, hold.since, now))
        if hold.scope is Scope.COLLECTION:
            return ends(hold, await self._store.readings.held_collection(_collection_of(hold), hold.since, now))
        its = [gate for gate in gates_of(hold, server.gates, server.aliases) if gate.gate_id in censuses]
        if hold.scope is Scope.GATE and not its:  # its gate was removed, or takes nothing any more
            return True
        return ends(hold, *(censuses[gate.gate_id] for gate in its))

    async def _end(self, each: OpenHold) -> None:
        """The figures are normal: misses that were counted while they were not start again from zero."""
        guild_ids = [each.hold.guild_id] if each.hold.guild_id else await self._store.gates.guild_ids()
        for guild_id in guild_ids:
            aliases = await self._store.gates.aliases(guild_id)
            gates = gates_of(each.hold, await self._store.gates.of_guild(guild_id), aliases)
            await self._store.sync.misses.forget(guild_id, [gate.gate_id for gate in gates], self._clock())
        await self._holds.end(each, self._clock(), HoldEnd.OVER)


def gates_of(hold: Hold, gates: Collection[Gate], aliases: Aliases) -> Sequence[Gate]:
    """The gates whose removals wait by a hold."""
    return [gate for gate in gates if _concerns(hold, gate, aliases)]


def _collection_of(hold: Hold) -> CollectionRef:
    network, _, collection_id = hold.key.rpartition(":")
    return CollectionRef(network, collection_id)


def _concerns(hold: Hold, gate: Gate, aliases: Aliases) -> bool:
    if hold.scope is Scope.GATE:
        return hold.key == str(gate.gate_id)
    if hold.scope is Scope.SOURCE:
        networks = networks_of(gate.rule, aliases)
        return networks is None or hold.key in networks
    if hold.scope is Scope.COLLECTION:
        return hold.key in map(str, with_aliases(collections_of(gate.rule), aliases))
    return True


def _asked(gate: Gate, everywhere: Sequence[str], aliases: Aliases) -> Collection[str]:
    networks = networks_of(gate.rule, aliases)
    return everywhere if networks is None else networks


def _hold(scope: Scope, key: str, guild_id: int, trip: Trip, now: datetime) -> Hold:
    return Hold(scope, key, guild_id, trip.cause, now, trip.numbers)
