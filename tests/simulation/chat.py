"""Discord, as sync sees it: the roles that members really have, and requests that fail in every way that is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from bot.messages import Message
from bot.roles.eligibility import GuildRoles, RoleFacts
from bot.sync.ports import MemberRoles, NotAllowedError, OutcomeUnknownError, Presence
from tests.simulation.faults import Faults
from tests.simulation.history import Moved
from tests.simulation.scenario import DAY
from tests.simulation.world import World

_REFUSED = Message("Discord refuses it.")
_NO_ANSWER = Message("Discord did not answer.")
BOT_ROLE, OWNER = 900, 9_000_000


class KilledError(BaseException):
    """The bot's process ends here, between what Discord did and what the bot records of it."""


class SimulatedDiscord:
    """An implementation of `bot.sync.ports.Discord` in which time is an argument.

    Args:
        world: The truth, for the history.
        faults: When what fails.
        random: Decides what is drawn.
        minute: What time it is.
    """

    def __init__(self, world: World, faults: Faults, random: Random, minute: Callable[[], int]) -> None:
        self._world, self._faults, self._random, self._minute = world, faults, random, minute
        self.roles: dict[int, set[int]] = {user_id: set() for user_id in world.holders}
        self.from_bot: set[tuple[int, int]] = set()
        self.requests = 0
        self._misreported: set[int] = set()  # by the last answer about them

    def give_some_by_hand(self) -> None:
        """Somebody else gives the lowest role of each server to some members."""
        lowest = [self._world.gates_in(guild_id)[0].role_id for guild_id in self._world.guild_ids]
        for user_id in self._world.holders:
            if user_id % self._world.scenario.by_hand == 0:
                self.roles[user_id].update(lowest)

    def take_some_by_hand(self, passed: int) -> list[int]:
        """Somebody else takes what they gave to one member, in so many minutes that have passed; from whom."""
        by_hand = [
            user_id
            for user_id, roles in sorted(self.roles.items())
            if any((user_id, role_id) not in self.from_bot for role_id in roles)
        ]
        chance = self._world.scenario.rates.taken_by_hand_a_day * len(by_hand) * passed / DAY
        if not chance or not self._faults.draws(chance, self._minute()):
            return []
        user_id = self._random.choice(by_hand)
        self.roles[user_id] = {role_id for role_id in self.roles[user_id] if (user_id, role_id) in self.from_bot}
        return [user_id]

    def guild_ids(self) -> Sequence[int]:
        """The servers."""
        return self._world.guild_ids

    def guild_roles(self, guild_id: int) -> GuildRoles | None:
        """The gates' roles, below the bot's."""
        gates = self._world.gates_in(guild_id)
        roles = {gate.role_id: RoleFacts(gate.role_id, f"Role {gate.gate_id}", 1) for gate in gates}
        roles[BOT_ROLE] = RoleFacts(BOT_ROLE, "Tessera", 9, is_managed=True)
        powers = frozenset() if self._is_refused() else frozenset({"manage_roles"})
        return GuildRoles(guild_id, "Harbour", OWNER, roles, frozenset({BOT_ROLE}), powers)

    async def read_members(
        self, guild_id: int, user_ids: Sequence[int], *, confirm: bool = True
    ) -> Mapping[int, MemberRoles]:
        """Their roles; now and then a member is missing, or is reported without the roles that they have."""
        del confirm
        self.requests += 1
        own = {gate.role_id for gate in self._world.gates_in(guild_id)}
        return {user_id: self._reported(user_id, own) for user_id in user_ids}

    async def count_role_members(self, guild_id: int) -> Mapping[int, int] | None:
        """Role → members."""
        self.requests += 1
        roles = [gate.role_id for gate in self._world.gates_in(guild_id)]
        return {role_id: sum(role_id in own for own in self.roles.values()) for role_id in roles}

    async def add_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        """Give a role."""
        self._write(guild_id, user_id, role_id, reason, is_given=True)

    async def remove_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        """Take a role."""
        self._write(guild_id, user_id, role_id, reason, is_given=False)

    def _reported(self, user_id: int, own: set[int]) -> MemberRoles:
        rates, minute = self._world.scenario.rates, self._minute()
        if self._faults.draws(rates.missing_member, minute):
            return MemberRoles(user_id, Presence.UNKNOWN)
        if self._faults.draws(rates.reported_without_roles, minute):
            if user_id in self._misreported:
                self._world.history.misreported.add(user_id)
            self._misreported.add(user_id)
            return MemberRoles(user_id, Presence.PRESENT)
        self._misreported.discard(user_id)
        return MemberRoles(user_id, Presence.PRESENT, frozenset(self.roles[user_id] & own))

    def _is_refused(self) -> bool:
        return self._minute() in self._faults.refused

    def _write(self, guild_id: int, user_id: int, role_id: int, reason: str, *, is_given: bool) -> None:
        self.requests += 1
        assert role_id in {gate.role_id for gate in self._world.gates_in(guild_id)}
        assert reason
        rates, minute = self._world.scenario.rates, self._minute()
        if self._is_refused():
            raise NotAllowedError(_REFUSED)
        has_no_outcome = self._faults.draws(rates.unknown_outcome, minute)
        if has_no_outcome and self._random.random() < 0.5:
            raise OutcomeUnknownError(_NO_ANSWER)
        self._change(user_id, role_id, is_given=is_given)
        if self._faults.draws(rates.killed_in_write, minute):
            raise KilledError
        if has_no_outcome:
            raise OutcomeUnknownError(_NO_ANSWER)

    def _change(self, user_id: int, role_id: int, *, is_given: bool) -> None:
        """Make a change, and record it unless it changed nothing."""
        if (role_id in self.roles[user_id]) is is_given:
            return
        world, minute = self._world, self._minute()
        gate = next(gate for gate in world.gates if gate.role_id == role_id)
        holders = [other for other, role in self.from_bot if role == role_id]
        here = {other.role_id for other in world.gates_in(gate.guild_id)}
        moved = Moved(
            minute,
            user_id,
            role_id,
            is_given,
            is_from_bot=is_given or (user_id, role_id) in self.from_bot,
            is_deserved=world.deserves(user_id, gate),
            had_higher=any(other > role_id for other in here & self.roles[user_id]),
            losing=0 if is_given else sum(self._seems_lost(other, here) for other in holders),
            holders=len(holders),
        )
        world.history.moved.append(moved)
        key = (user_id, role_id)
        (self.roles[user_id].add if is_given else self.roles[user_id].discard)(role_id)
        (self.from_bot.add if is_given else self.from_bot.discard)(key)
        if not is_given and key in world.history.lost:
            world.history.delays.append(minute - world.history.lost[key])

    def _seems_lost(self, user_id: int, here: set[int]) -> bool:
        """Whether the source's last answers say that a member holds nothing, and nobody approved that they lose it."""
        served = self._world.history.served
        holder = self._world.holders[user_id]
        last = [served[account_id][-1] for account_id in holder.accounts if served[account_id]]
        approved = any((user_id, role_id) in self._world.history.approved for role_id in here)
        waits_for_nobody = not holder.is_linked or approved
        return bool(last) and not waits_for_nobody and all(each.is_whole and not each.kinds for each in last)
