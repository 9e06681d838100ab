"""What admins decide about removals: hold and release, approve, discard, look again, and undo a run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from enum import Enum, auto

from bot.errors import InputError
from bot.gates.gate import Gate
from bot.links import InGuild
from bot.messages import Message, words_of_text
from bot.roles.grants import Grant, GrantState
from bot.roles.removal import EXCUSED_FOR
from bot.roles.safety import Cause, Hold, Scope
from bot.store import Store
from bot.store.sync.hold_table import HoldEnd
from bot.store.sync.miss_table import A_DAY, StagedMiss
from bot.store.sync.post_table import ChangeRow
from bot.sync.apply import Applier
from bot.sync.breaker import Breaker, gates_of
from bot.sync.change_reason import undo_reason
from bot.sync.gather import Gatherer, GuildGates
from bot.sync.open_run import OpenRun
from bot.sync.ports import Discord, MemberRoles, Presence
from bot.sync.results import Staged, StagedState, UndoneRun
from bot.sync.second_look import read_roles

_NO_RUN = Message("Run {run_id} is none of this server's, or was undone: `/sync status` shows the latest runs.")

_AT_ONCE = 100


class GivenBack(Enum):
    """What became of one role that was to be given back."""

    DONE = auto()
    NOT_NEEDED = auto()  # the member has it, or has left
    NOT_NOW = auto()  # Discord did not do it, or its gate does not work
    NO_GATE = auto()  # no gate gives that role now


class Removals:
    """What admins decide. Every method may raise `StoreError`; nothing is half-saved.

    Args:
        store: Holds what waits.
        discord: Reads the roles of members.
        gatherer: Knows the gates of a server.
        applier: Gives back what was taken.
        breaker: Knows why removals wait.
        clock: Returns the present as an aware datetime.
    """

    def __init__(
        self,
        store: Store,
        discord: Discord,
        gatherer: Gatherer,
        applier: Applier,
        breaker: Breaker,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._discord = discord
        self._gatherer = gatherer
        self._applier = applier
        self._breaker = breaker
        self._clock = clock

    async def hold(self, guild_id: int, by: int) -> Hold:
        """Take nothing in a server until `release`."""
        hold = Hold(Scope.GUILD, "admin", guild_id, Cause.ADMIN, self._clock().replace(microsecond=0))
        await self._store.sync.holds.begin(hold, by=by)
        for each in await self._store.sync.holds.open(guild_id):
            if each.hold.cause is Cause.ADMIN:
                await self._store.sync.holds.announce(each, guild_id, self._clock())
                return each.hold
        return hold

    async def release(self, guild_id: int, by: int) -> bool:
        """End the admin's hold; without one, that of a bot that was invited again; whether there was either."""
        ended = False
        its = {each.hold.cause: each for each in await self._store.sync.holds.open(guild_id)}
        if each := its.get(Cause.ADMIN) or its.get(Cause.INVITED_AGAIN):
            gates = await self._store.gates.of_guild(guild_id)
            await self._store.sync.misses.forget(guild_id, [gate.gate_id for gate in gates], self._clock())
            ended = await self._store.sync.holds.end(each, self._clock(), HoldEnd.RELEASED, by=by)
        await self._store.sync.members.mark(self._clock(), guild_id=guild_id)
        return ended

    async def holds(self, guild_id: int) -> Sequence[Hold]:
        """Why removals wait in a server."""
        server, found = await self._gatherer.server(guild_id), await self._breaker.in_force(guild_id)
        # Where no gate asks about a source or a collection, nothing waits for it.
        return [each.hold for each in found if each.hold.guild_id or gates_of(each.hold, server.gates, server.aliases)]

    async def is_superseded(self) -> bool:
        """See `Breaker`."""
        return await self._breaker.is_superseded()

    def hold_while(self, answered_elsewhere: Callable[[], bool]) -> None:
        """Take nothing while another process answers with this token."""
        self._breaker.answered_elsewhere = answered_elsewhere

    def is_answered_elsewhere(self) -> bool:
        """Whether another process answers with this token, so that this one takes no role."""
        return self._breaker.answered_elsewhere()

    async def rests_until(self) -> datetime | None:
        """See `Breaker`."""
        return await self._breaker.rests_until()

    async def staged(self, guild_id: int) -> Sequence[Staged]:
        """The removals that wait for a person, and what was decided about them within the last day."""
        server = await self._gatherer.server(guild_id)
        gates = {gate.gate_id: gate for gate in await self._held(server)}
        protected = self._breaker.protected(server)
        return [
            self._staged(each, gates[each.gate_id])
            for each in await self._store.sync.misses.staged(guild_id, list(gates))
            if each.user_id not in protected
        ]

    async def approve(self, guild_id: int, by: int, only: Collection[tuple[int, int]] | None = None) -> int:
        """Let the removals that wait be made; see `Sync.approve`.

        If it is all of them, what a source or a collection lost up to now is accepted here.
        """
        waiting = await self._waiting(guild_id)
        approved = _among(waiting, only)
        if _is_outdated(approved, only):
            return 0
        await self._store.sync.misses.decide_about(guild_id, approved, approved_at=self._clock())
        if len(approved) < len(waiting):  # the others still wait for somebody who has looked at them
            await self._store.sync.members.mark(self._clock(), guild_id=guild_id)
            return len(approved)
        await self._end(guild_id, HoldEnd.APPROVED, by)
        gates, aliases = await self._store.gates.of_guild(guild_id), await self._store.gates.aliases(guild_id)
        about = self._breaker.counted(gates, aliases)
        await self._store.sync.holds.accept(guild_id, about, self._clock())
        return len(approved)

    async def discard(self, guild_id: int, by: int, only: Collection[tuple[int, int]] | None = None) -> int:
        """Leave the roles with those whose removals wait; the breaker goes on holding what is not among them."""
        waiting = await self._waiting(guild_id)
        discarded = _among(waiting, only)
        if _is_outdated(discarded, only):
            return 0
        await self._store.sync.misses.decide_about(guild_id, discarded, excused_until=self._clock() + EXCUSED_FOR)
        if len(discarded) == len(waiting):
            await self._end(guild_id, HoldEnd.DISCARDED, by)
        return len(discarded)

    async def look_again(self, guild_id: int, by: int, only: Collection[tuple[int, int]] | None = None) -> int:
        """Forget the misses of those who wait, and have them read again now; the others go on waiting."""
        server = await self._gatherer.server(guild_id)
        waiting = await self._waiting(guild_id)
        looked_at = _among(waiting, only)
        if _is_outdated(looked_at, only):
            return 0
        for user_id in {user_id for _, user_id in looked_at}:
            if member := await self._store.sync.members.get(guild_id, user_id):
                scope = InGuild(guild_id, member.joined_at)
                accounts = [state.facts.account for state in await self._gatherer.accounts(server, scope, user_id)]
                await self._store.readings.set_due(accounts, self._clock())
        gates = await self._held(server)
        gate_ids = [gate.gate_id for gate in gates]
        misses, is_all = self._store.sync.misses, len(looked_at) == len(waiting)
        pairs = None if is_all else looked_at
        await misses.forget(guild_id, gate_ids, self._clock(), approved_too=True, only=pairs)
        if is_all:
            await self._end(guild_id, HoldEnd.LOOKED_AGAIN, by)
        return len(looked_at)

    async def undo(self, guild_id: int, run_id: int, by: int) -> UndoneRun:
        """Give back every role that a run took, and take none of them for a day.

        What members caused themselves stays taken, and so does what no gate gives now, whatever other role its gate
        gives since. Where not all of it was given back, the run can be undone again: what was given back is there, and
        is not given twice.

        Raises:
            InputError: there is no such run in that server, or it was undone.
        """
        removals = await self._store.sync.runs.removals(guild_id, run_id)
        if removals is None:
            raise InputError(_NO_RUN, run_id=run_id)
        gates = {gate.role_id: gate for gate in await self._store.gates.of_guild(guild_id)}
        run, given = OpenRun(self._store, guild_id, self._clock, by=by), list[GivenBack]()
        try:
            for start in range(0, len(removals), _AT_ONCE):
                part = removals[start : start + _AT_ONCE]
                found = await read_roles(self._discord, guild_id, [each.user_id for each in part])
                given += [
                    await self._give_back(each, gates.get(each.role_id), found[each.user_id], run) for each in part
                ]
        finally:
            await run.end()
        if not {GivenBack.NOT_NOW, GivenBack.NO_GATE} & set(given):
            up_to = max((each.change_id for each in removals), default=0)
            await self._store.sync.runs.undone(run_id, self._clock(), up_to=up_to)
        return UndoneRun(*map(given.count, (GivenBack.DONE, GivenBack.NOT_NOW, GivenBack.NO_GATE)))

    async def _give_back(self, taken: ChangeRow, gate: Gate | None, member: MemberRoles, run: OpenRun) -> GivenBack:
        now = self._clock()
        if gate is None:
            is_over = member.presence is Presence.ABSENT or taken.role_id in member.roles
            return GivenBack.NOT_NEEDED if is_over else GivenBack.NO_GATE
        grant = Grant(gate.guild_id, member.user_id, gate.role_id, gate.gate_id, GrantState.GIVEN, now)
        await self._store.sync.misses.excuse(grant, now, now + EXCUSED_FOR)
        if member.presence is Presence.UNKNOWN:
            return GivenBack.NOT_NOW
        if member.presence is Presence.ABSENT or grant.role_id in member.roles:
            return GivenBack.NOT_NEEDED
        is_done = await self._applier.give_back(gate, grant, undo_reason(gate.gate_id, taken.run_id), run)
        return GivenBack.DONE if is_done else GivenBack.NOT_NOW

    async def _held(self, server: GuildGates) -> Sequence[Gate]:
        found: Mapping[int, Gate] = {
            gate.gate_id: gate
            for each in await self._breaker.in_force(server.guild_id)
            for gate in gates_of(each.hold, server.gates, server.aliases)
        }
        return list(found.values())

    async def _waiting(self, guild_id: int) -> Sequence[tuple[int, int]]:
        staged = await self.staged(guild_id)
        return [(each.gate.gate_id, each.user_id) for each in staged if each.state is StagedState.WAITING]

    def _staged(self, each: StagedMiss, gate: Gate) -> Staged:
        why = words_of_text(each.reason)
        return Staged(each.user_id, gate, why, self._state(each), each.misses.first_at)

    def _state(self, each: StagedMiss) -> StagedState:
        now, misses = self._clock(), each.misses
        if misses.approved_at and now - misses.approved_at < A_DAY:
            return StagedState.APPROVED
        return StagedState.DISCARDED if misses.excused_until and misses.excused_until > now else StagedState.WAITING

    async def _end(self, guild_id: int, how: HoldEnd, by: int) -> None:
        """End the breaker's holds of this server alone: those of a source or a collection are everybody's."""
        for each in await self._store.sync.holds.open(guild_id):
            if each.hold.guild_id and each.hold.cause not in (Cause.ADMIN, Cause.INVITED_AGAIN):
                await self._store.sync.holds.end(each, self._clock(), how, by=by)
        await self._store.sync.members.mark(self._clock(), guild_id=guild_id)


def _among(waiting: Sequence[tuple[int, int]], only: Collection[tuple[int, int]] | None) -> Sequence[tuple[int, int]]:
    return [each for each in waiting if only is None or each in only]


def _is_outdated(chosen: Sequence[tuple[int, int]], only: Collection[tuple[int, int]] | None) -> bool:
    """Whether none of what an admin was shown waits any more: then they decide about nothing, and end no hold."""
    return only is not None and not chosen
