"""Members who have a gate's role already come under the gate, so that it may be taken from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.errors import InputError
from bot.messages import Message
from bot.roles.grants import Grant, GrantState
from bot.store import Store
from bot.sync.ports import Discord, Presence
from bot.sync.second_look import read_roles

_NO_GATE = Message("There is no gate #{gate_id} in this server: `/gate list` shows them.")

_AT_ONCE = 100


class Adoption:
    """Adopts. Every method may raise `StoreError`.

    Args:
        store: Holds the ledger.
        discord: Knows who has a role.
        drift: How often roles are compared.
        clock: Returns the present as an aware datetime.
    """

    def __init__(self, store: Store, discord: Discord, drift: timedelta, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._discord = discord
        self._drift = drift
        self._clock = clock

    async def adopt(self, guild_id: int, gate_id: int, user_ids: Sequence[int], by: int) -> int:
        """Put members under a gate who have its role; how many.

        Raises:
            InputError: there is no such gate.
            DiscordError: Discord did not say who has the role.
        """
        gate = await self._store.gates.get(gate_id)
        if gate is None or gate.guild_id != guild_id:
            raise InputError(_NO_GATE, gate_id=gate_id)
        now, grants = self._clock(), []
        for start in range(0, len(user_ids), _AT_ONCE):
            found = await read_roles(self._discord, guild_id, user_ids[start : start + _AT_ONCE])
            for user_id, member in found.items():
                if member.presence is Presence.PRESENT and gate.role_id in member.roles:
                    grants.append(Grant(guild_id, user_id, gate.role_id, gate_id, GrantState.ADOPTED, now))
                    if member.joined_at:
                        drift_due = now + self._drift
                        await self._store.sync.members.seen(guild_id, user_id, member.joined_at, now, drift_due)
        run = await self._store.sync.runs.begin(guild_id, now, by=by)
        adopted = await self._store.sync.ledger.adopt(grants)
        await self._store.sync.runs.end(run, self._clock())
        return adopted
