"""Members of one server from what is true to what follows: gather → decide → apply → report.

All of a batch are judged, and their misses stored, before the breaker counts; only then are roles read, of those alone
for whom something is due, and changed. A member who is judged twice at the same time, by the loop and by a press, is
changed once: what was read before the other one wrote is not used.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from bot.gates.gate import GateState
from bot.roles.grants import found_and_gone
from bot.roles.plan import HoldCode, Plan
from bot.sources.askers import Asker
from bot.store import Store
from bot.store.sync.post_table import NewPost, PostKind
from bot.store.sync.sync_member import SyncMember
from bot.sync.apply import Applied, Applier, approved_of
from bot.sync.breaker import LONGEST_PAUSE, Breaker
from bot.sync.deciding import Deciding
from bot.sync.gather import GuildGates, MemberFacts
from bot.sync.open_run import OpenRun
from bot.sync.ports import Discord, DiscordError, MemberRoles, Presence, TokenRefusedError
from bot.sync.results import MemberReport
from bot.sync.second_look import read_roles

log = logging.getLogger(__name__)

_SHORTEST_PAUSE = timedelta(seconds=2)
# So often in a row; then only a new reading, or somebody's act, has a member tried again.
MOST_FAILURES = 5
# What ends by judging somebody again.
_PATIENT = frozenset(
    {HoldCode.TOO_FEW_MISSES, HoldCode.TOO_SHORT_SPAN, HoldCode.GRACE, HoldCode.NOT_CONFIRMED, HoldCode.CLOCK_JUMPED}
)


@dataclass(eq=False)
class MemberTurn:
    """Lets one change a member at a time; it is there while somebody does or is about to.

    Attributes:
        lock: Held while the member is changed.
        version: How often they were changed meanwhile.
    """

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    version: int = 0


class Judging:
    """Judges members, and makes what follows true. Every method may raise `StoreError` or `DiscordError`.

    Args:
        store: Where everything is.
        discord: Reads roles.
        deciding: The second step.
        breaker: Lets removals wait.
        applier: The third step.
        drift: How often roles are compared.
        interval: How often somebody is judged again whom no reading makes due.
        clock: Returns the present as an aware datetime.
    """

    def __init__(
        self,
        store: Store,
        discord: Discord,
        deciding: Deciding,
        breaker: Breaker,
        applier: Applier,
        drift: timedelta,
        interval: timedelta,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._discord = discord
        self._deciding = deciding
        self._breaker = breaker
        self._applier = applier
        self._drift = drift
        self._interval = interval
        self._clock = clock
        self._turns: WeakValueDictionary[tuple[int, int], MemberTurn] = WeakValueDictionary()

    async def run(
        self, server: GuildGates, members: Sequence[SyncMember], asker: Asker, *, own_act: bool = False
    ) -> Sequence[MemberReport]:
        """Judge members of one server, and make the changes that are due."""
        run = OpenRun(self._store, server.guild_id, self._clock)
        try:
            held = await self._breaker.held(server)
            first = await self._deciding.first(server, members, held, own_act=own_act)
            await self._read_protected(server, first)
            await self._breaker.check(server)
            held = await self._breaker.held(server)
            planned = [
                await self._deciding.second(server, known, plan, held, asker, own_act=own_act or known.member.own_act)
                for known, plan in first
            ]
            turns = [self._turn(member) for member in members]
            versions = [turn.version for turn in turns]
            roles = await self._read(server.guild_id, planned)
            await self._settle([each for each in planned if each[0].member.user_id not in roles])
            return [
                await self._change(server, known.member, found, turn, version, held, run, own_act=own_act)
                if (found := roles.get(known.member.user_id))
                else report_of(known, plan, Presence.PRESENT)
                for (known, plan), turn, version in zip(planned, turns, versions, strict=True)
            ]
        finally:
            await run.end()

    async def known(self, server: GuildGates, member: SyncMember) -> tuple[MemberFacts, Plan]:
        """How a member stands, from what is stored; changes nothing."""
        return await self._deciding.known(server, member, await self._breaker.held(server))

    async def postpone(self, member: SyncMember, *, in_doubt: bool | None = None) -> bool:
        """Try a member again later; whether it is given up now, until something suggests it.

        `in_doubt`: as it was found, where they were judged.
        """
        pause = min(_SHORTEST_PAUSE * 2 ** min(2 * member.failures, 10), LONGEST_PAUSE)
        # What a member gave up is tried again, however long Discord does not do it.
        gives_up = member.failures + 1 >= MOST_FAILURES and not member.own_act
        await self._store.sync.members.postpone(member, self._clock() + pause, gives_up=gives_up, in_doubt=in_doubt)
        return member.failures + 1 == MOST_FAILURES  # and is given up at each later reading, without a word

    async def _read_protected(self, server: GuildGates, judged: Sequence[tuple[MemberFacts, Plan]]) -> None:
        """Find out whom of those who may lose a role another one protects: they are no part of a wave."""
        unknown = [known for known, plan in judged if self._deciding.may_be_protected(server, known, plan)]
        if not unknown:
            return
        try:
            found = await read_roles(self._discord, server.guild_id, [known.member.user_id for known in unknown])
        except TokenRefusedError:
            raise
        except DiscordError as error:  # they count as others do: more removals wait, and none is made
            log.warning("sync: who is protected is not known now: %s", error.sentence)
            return
        for known in unknown:
            if (its := found[known.member.user_id]).presence is not Presence.UNKNOWN:
                self._deciding.remember(server, known, its.roles)

    async def _read(self, guild_id: int, planned: Sequence[tuple[MemberFacts, Plan]]) -> Mapping[int, MemberRoles]:
        """The roles of those for whom something is due, and of nobody else."""
        user_ids = [known.member.user_id for known, plan in planned if plan.needs_roles or known.member.read_roles]
        found = dict(await read_roles(self._discord, guild_id, user_ids)) if user_ids else {}
        # Given again, what somebody else gave would be the bot's to take: once more is asked whether it is truly gone.
        doubted = [
            user_id
            for known, _ in planned
            if (its := found.get(user_id := known.member.user_id)) and its.presence is Presence.PRESENT
            if found_and_gone(known.ledger, its.roles)
        ]
        return found | dict(await read_roles(self._discord, guild_id, doubted)) if doubted else found

    async def _change(
        self,
        server: GuildGates,
        member: SyncMember,
        found: MemberRoles,
        turn: MemberTurn,
        version: int,
        held: Mapping[int, HoldCode],
        run: OpenRun,
        *,
        own_act: bool,
    ) -> MemberReport:
        """Make what is due for one member, whose roles were just read."""
        own_act = own_act or member.own_act
        async with turn.lock:
            is_changed = turn.version != version  # meanwhile: they stay due, and are read again
            if not is_changed:
                member = await self._presence(member, found)
            if is_changed or found.presence is not Presence.PRESENT:
                return report_of(*await self._deciding.known(server, member, held), found.presence)
            await self._applier.settle(server.guild_id, member.user_id, found.roles)
            # An admin may have paused a gate, changed its rule or held all removals since the batch began.
            server = await self._deciding.server(server.guild_id)
            held = await self._breaker.held(server)
            known, plan = await self._deciding.last(server, member, found.roles, held, own_act=own_act)
            approvals = {gate_id: misses.approved_at for gate_id, misses in plan.misses.items()}
            applied = await self._applier.apply(
                member.user_id,
                plan.changes,
                known.ledger,
                found.roles,
                run,
                approved=approved_of(approvals, self._clock()),
                own_act=own_act,
                name_of=server.name_of,
            )
            turn.version += 1
            await self._conclude(member, known, plan, applied, run)
            ledger = await self._store.sync.ledger.of(server.guild_id, member.user_id)
            report = report_of(replace(known, ledger=ledger), plan, found.presence)
            return replace(report, made=tuple(applied.made), failed=tuple(applied.failed))

    async def _presence(self, member: SyncMember, found: MemberRoles) -> SyncMember:
        """Store whether a member is there; since when, if they joined again."""
        now, members = self._clock(), self._store.sync.members
        if found.presence is Presence.ABSENT:
            await members.mark_absent(member.guild_id, member.user_id, now)
        elif found.presence is Presence.UNKNOWN:
            await self.postpone(member)
        elif found.joined_at and (found.joined_at.replace(microsecond=0) != member.joined_at or member.absent_since):
            await members.seen(member.guild_id, member.user_id, found.joined_at, now, now + self._drift)
            return await members.get(member.guild_id, member.user_id) or member
        return member

    async def _conclude(
        self, member: SyncMember, known: MemberFacts, plan: Plan, applied: Applied, run: OpenRun
    ) -> None:
        """They are due no more; where something failed that may succeed later, they are tried again."""
        if applied.is_absent:
            await self._store.sync.members.mark_absent(member.guild_id, member.user_id, self._clock())
            return
        failed = (each.change.gate for each in applied.failed)
        if any(gate.gate_id not in run.parked and gate.state is GateState.ACTIVE for gate in failed):
            if await self.postpone(member, in_doubt=known.is_in_doubt) and applied.is_ignored:
                post = NewPost(PostKind.STUCK, member.guild_id, self._clock(), user_id=member.user_id)
                await self._store.sync.posts.add(post)
        else:
            await self._settle([(known, plan)], roles_read=True)

    async def _settle(self, judged: Sequence[tuple[MemberFacts, Plan]], *, roles_read: bool = False) -> None:
        """Nothing is due for members any more, or only later."""
        if not judged:
            return
        now = self._clock()
        again_at = {
            known.member.user_id: at for known, plan in judged if (at := _again_at(known, plan, now, self._interval))
        }
        await self._store.sync.members.settle(
            [known.member for known, _ in judged],
            now,
            roles_read=roles_read,
            drift_due=now + self._drift,
            again_at=again_at,
            in_doubt={known.member.user_id for known, _ in judged if known.is_in_doubt},
        )

    def _turn(self, member: SyncMember) -> MemberTurn:
        key = member.guild_id, member.user_id
        turn = self._turns.get(key)
        if turn is None:
            turn = self._turns[key] = MemberTurn()
        return turn


def _again_at(known: MemberFacts, plan: Plan, now: datetime, interval: timedelta) -> datetime | None:
    """When a member is judged again though nothing suggests it; None: never."""
    soon = now + interval
    moments = [plan.again_at if plan.again_at > now else soon] if plan.again_at else []
    # Nothing marks them when an excuse is over.
    moments += [held.until for held in plan.held if held.code is HoldCode.EXCUSED and held.until]
    return min([*moments, soon] if _waits(known, plan) else moments, default=None)


def _waits(known: MemberFacts, plan: Plan) -> bool:
    """Whether something is retained only until its member is judged again, and that is after no reading.

    Who has no account left is in none. Without this a removal that waits would wait for the next drift.
    """
    unread = {each.gate.gate_id for each in known.judged if not each.needs_readings}
    return any(held.code in _PATIENT and held.gate.gate_id in unread for held in plan.held)


def report_of(known: MemberFacts, plan: Plan, presence: Presence) -> MemberReport:
    """How a member stands."""
    return MemberReport(
        guild_id=known.member.guild_id,
        user_id=known.member.user_id,
        presence=presence,
        accounts=known.accounts,
        judged=known.judged,
        ledger=known.ledger,
        held=plan.held,
    )
