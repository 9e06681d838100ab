"""Roles of members who deleted their data while Discord did not do its part: they are taken as soon as it does.

All that is retained for it is the server, the user and the role, until Discord says about that member that they do not
have it, and for 30 days at most.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.gates.gate import Gate, GateState
from bot.messages import words_text
from bot.store import Store
from bot.store.sync.owed_table import OwedRole
from bot.sync.change_reason import audit_line, deleted_reason
from bot.sync.gather import GuildGates
from bot.sync.open_run import OpenRun
from bot.sync.parking import Parking
from bot.sync.ports import Discord, DiscordError, MemberRoles, NotAllowedError, Presence, TokenRefusedError
from bot.sync.second_look import read_roles

log = logging.getLogger(__name__)

_AT_ONCE = 100


class Debts:
    """Takes what is owed. Every method may raise `StoreError`.

    Args:
        store: Knows what is owed.
        discord: Takes it.
        parking: Knows the gates of a server.
        clock: Returns the present as an aware datetime.
        epoch: Of this process: it takes nothing once another one has started.
    """

    def __init__(
        self, store: Store, discord: Discord, parking: Parking, clock: Callable[[], datetime], epoch: str
    ) -> None:
        self._store = store
        self._owed = store.sync.owed
        self._discord = discord
        self._parking = parking
        self._clock = clock
        self._epoch = epoch

    async def run(self, guild_ids: Sequence[int]) -> None:
        """Take what can be taken now; to be called once a minute. One server's refusal does not stop the others."""
        for guild_id in guild_ids:
            owed = await self._owed.of(guild_id, _AT_ONCE)
            if not owed or (await self._store.sync.servers.instance())[0] != self._epoch:
                continue
            run = OpenRun(self._store, guild_id, self._clock)
            try:
                await self._pay(await self._parking.server(guild_id), owed, run)
            except TokenRefusedError:
                return
            except DiscordError as error:
                log.info("roles of deleted members are taken later: %s", error.sentence)
            finally:
                await run.end()

    async def _pay(self, server: GuildGates, owed: Sequence[OwedRole], run: OpenRun) -> None:
        gates = {gate.role_id: gate for gate in server.gates}
        members = await read_roles(self._discord, server.guild_id, sorted({each.user_id for each in owed}))
        for each in owed:
            if await self._owed.earned_again(each):
                continue
            gate, member = gates.get(each.role_id), members[each.user_id]
            if member.presence is Presence.UNKNOWN:
                continue
            if gate is None or each.role_id not in member.roles or _retains(server, gate, member):
                await self._owed.settle(each)
            elif gate.state is GateState.ACTIVE:
                await self._take(each, gate, run)

    async def _take(self, owed: OwedRole, gate: Gate, run: OpenRun) -> None:
        reason = deleted_reason(gate.gate_id)
        try:
            await self._discord.remove_role(owed.guild_id, owed.user_id, owed.role_id, audit_line(reason))
        except NotAllowedError:
            await self._parking.park_refused(gate)
            raise
        await self._owed.taken(owed, await run.run_id(), gate.gate_id, self._clock(), words_text(reason))


def _retains(server: GuildGates, gate: Gate, member: MemberRoles) -> bool:
    """Whether nothing is ever taken from this member there, whatever they do."""
    settings = server.settings
    is_protected = member.user_id in settings.protected_members or settings.protected_roles & member.roles
    return gate.draft.never_remove or bool(is_protected)
