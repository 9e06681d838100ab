"""Gates that cannot work are parked, which takes nothing from anybody, and heal by themselves once they can."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.gates.gate import Gate, GateState, ParkReason
from bot.gates.rule_needs import Aliases
from bot.roles.eligibility import GuildRoles, problem_of
from bot.store import Store
from bot.sync.gate_sources import asked_networks
from bot.sync.gather import Gatherer, GuildGates
from bot.sync.ports import Discord

# A source that has answered nothing for so long is gone: its gates are parked with words instead of waiting for ever.
SOURCE_GONE_AFTER = timedelta(days=30)
# Discord refused what should have been possible: one attempt an hour and gate. 10,000 refusals in ten minutes would
# have the bot's address banned.
_PROBE_AFTER = timedelta(hours=1)
# If it is refused again, then within this.
_TRIED_FOR = timedelta(minutes=5)
# Another bot may have been corrected by then; if not, it is parked again at its first fight.
_PEACE_AFTER = timedelta(hours=24)


class Parking:
    """Parks gates and lets them heal. Every method may raise `StoreError`.

    Args:
        store: Holds the gates.
        discord: Knows the roles.
        gatherer: Knows the gates of a server.
        networks: Of which a source is configured.
        clock: Returns the present as an aware datetime.
    """

    def __init__(
        self,
        store: Store,
        discord: Discord,
        gatherer: Gatherer,
        networks: Sequence[str],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._discord = discord
        self._gatherer = gatherer
        self._networks = networks
        self._clock = clock

    async def server(self, guild_id: int) -> GuildGates:
        """A server with each gate parked that cannot work now, and each healed that can."""
        server = await self._gatherer.server(guild_id)
        roles = self._discord.guild_roles(guild_id)
        gates = [await self._check(gate, roles, server.aliases) for gate in server.gates]
        return replace(server, gates=gates)

    async def park(self, gate: Gate, reason: ParkReason) -> Gate:
        """Let a gate give and take nothing until its reason has gone."""
        parked = await self._store.gates.set_state(gate.gate_id, GateState.PARKED, reason, None, self._clock())
        return parked or gate

    async def park_refused(self, gate: Gate) -> Gate:
        """Discord refused to change its role (403): for what is wrong with it or the bot, or for no visible reason."""
        roles = self._discord.guild_roles(gate.guild_id)
        problem = problem_of(gate.role_id, roles, confirmed_powers=gate.draft.confirmed_powers) if roles else None
        return await self.park(gate, problem.park_reason if problem else ParkReason.REFUSED)

    async def _check(self, gate: Gate, roles: GuildRoles | None, aliases: Aliases) -> Gate:
        if gate.state is not GateState.PAUSED:
            reason = await self._reason(gate, roles, aliases)
            if reason and reason is not gate.parked:
                gate = await self.park(gate, reason)
            elif reason is None and gate.state is GateState.PARKED:
                now = self._clock()
                gate = await self._store.gates.set_state(gate.gate_id, GateState.ACTIVE, None, None, now) or gate
                await self._store.sync.members.mark(now, guild_id=gate.guild_id)
        is_trying = self._clock() - gate.since < _TRIED_FOR
        await self._store.sync.posts.follow(gate, is_trying=is_trying)
        return gate

    async def _reason(self, gate: Gate, roles: GuildRoles | None, aliases: Aliases) -> ParkReason | None:
        if roles is None:  # nothing can be said of its role now
            return ParkReason.SOURCE_GONE if await self._is_source_gone(gate, aliases) else gate.parked
        if problem := problem_of(gate.role_id, roles, confirmed_powers=gate.draft.confirmed_powers):
            return problem.park_reason
        age = self._clock() - gate.since
        if gate.parked is ParkReason.REFUSED and age < _PROBE_AFTER:
            return gate.parked
        if gate.parked is ParkReason.ROLE_FOUGHT_OVER and age < _PEACE_AFTER:
            return gate.parked
        return ParkReason.SOURCE_GONE if await self._is_source_gone(gate, aliases) else None

    async def _is_source_gone(self, gate: Gate, aliases: Aliases) -> bool:
        """Whether nothing can be found out any more of a network that it names; or, if it asks about all, of any."""
        asked = asked_networks(gate.rule, aliases)
        for network in sorted(asked.named):
            if await self._is_gone(network):
                return True
        return asked.is_everything and all([await self._is_gone(network) for network in self._networks])

    async def _is_gone(self, network: str) -> bool:
        if network not in self._networks:  # none is configured, or not any more
            return True
        since = await self._store.readings.failing_since(network)
        return since is not None and self._clock() - since >= SOURCE_GONE_AFTER
