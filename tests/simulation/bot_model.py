"""The bot in the simulation: the real counts, decision and breaker, with a store in memory.

Each step is written down before the next one, as the store does it: whatever is killed in between is found again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.counts import Count, Ternary, count_kinds, exact, total, unknown
from bot.errors import SourceError
from bot.gates.gate import Gate, GuildSettings
from bot.gates.verdict import Verdict, WhyCode
from bot.holdings import Holding, Holdings
from bot.roles.eligibility import problem_of
from bot.roles.grants import Grant, GrantState, Misses
from bot.roles.plan import Act, Case, Change, HoldCode, Judged, Plan, decide
from bot.roles.safety import LATELY, GateCensus, Hold, Scope, SourceCensus, ends, gate_trip, source_trip
from bot.sync.ports import NotAllowedError, OutcomeUnknownError, Presence
from bot.sync.second_look import read_roles
from tests.simulation.chat import SimulatedDiscord
from tests.simulation.faults import Faults
from tests.simulation.source import SimulatedSource
from tests.simulation.world import COLLECTION, GUILD, START, World, least_of

_CODES = {Ternary.YES: WhyCode.ENOUGH, Ternary.NO: WhyCode.TOO_FEW, Ternary.UNKNOWN: WhyCode.MAY_BE_ENOUGH}
DAY = timedelta(days=1)
JUMP = timedelta(minutes=5)
_NOTHING = Plan()


@dataclass(slots=True)
class Stored:
    """What survives a restart."""

    readings: dict[str, Holdings] = field(default_factory=dict)
    held_at: dict[str, datetime] = field(default_factory=dict)  # account → when it last held anything
    ledger: dict[int, dict[int, Grant]] = field(default_factory=dict)
    misses: dict[int, dict[int, Misses]] = field(default_factory=dict)
    losing: dict[int, set[int]] = field(default_factory=dict)  # gate → members whose last answer was no
    begun: dict[tuple[int, int], Act] = field(default_factory=dict)  # writes of which the end is not recorded
    removed: dict[int, deque[datetime]] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)


class BotModel:
    """Reads an account, decides for its member, and makes the changes."""

    def __init__(self, world: World, source: SimulatedSource, discord: SimulatedDiscord, faults: Faults) -> None:
        self._world, self._source, self._discord, self._faults = world, source, discord, faults
        self._guards, self._max_age = world.scenario.guards, world.scenario.max_age
        self._settings = GuildSettings()
        self.stored = Stored()
        self._skew, self._clock = 0, (0, START)
        self._settled: dict[int, list[Sequence[Holding]]] = {}  # member → what they held when nothing followed from it
        self._no_removal_before = -1  # by the monotonic clock
        self._due = self._plan_readings(world.scenario.interval)

    # ------------------------------------------------------------ one minute

    async def pass_minute(self, minute: int) -> None:
        """Read the accounts that are due, and decide for their members."""
        self._watch_clock(minute)
        self._end_holds(self._now(minute))
        for user_id, account_ids in self._due[minute % self._world.scenario.interval]:
            is_linked = self._world.holders[user_id].is_linked
            if is_linked:
                for account_id in account_ids:
                    self._read(user_id, account_id, minute)
                if self._is_settled(user_id, minute):
                    continue
            await self.decide_for(user_id, minute, own_act=not is_linked)

    async def own_act(self, user_id: int, minute: int) -> None:
        """A member unlinked all of their accounts."""
        await self.decide_for(user_id, minute, own_act=True)

    def _is_settled(self, user_id: int, minute: int) -> bool:
        """Whether a decision would repeat the last one, which changed nothing: the same answers, whole and fresh."""
        settled = self._settled.get(user_id)
        return settled is not None and settled == self._held(user_id, self._now(minute))

    def _held(self, user_id: int, now: datetime) -> list[Sequence[Holding]] | None:
        """What each account of a member holds; None: at least one was not read whole and lately."""
        held: list[Sequence[Holding]] = []
        for account_id in self._world.holders[user_id].accounts:
            read = self.stored.readings.get(account_id)
            if read is None or not read.complete or not timedelta(0) <= now - read.as_of <= self._max_age:
                return None
            held.append(read.holdings)
        return held

    def _plan_readings(self, interval: int) -> list[list[tuple[int, list[str]]]]:
        """Minute of an interval → members, with those of their accounts that are read then."""
        due: list[list[tuple[int, list[str]]]] = [[] for _ in range(interval)]
        for user_id, holder in self._world.holders.items():
            for offset in sorted({_offset(account_id, interval) for account_id in holder.accounts}):
                accounts = [each for each in holder.accounts if _offset(each, interval) == offset]
                due[offset].append((user_id, accounts))
        return due

    def _now(self, minute: int) -> datetime:
        if self._clock[0] != minute:
            self._clock = (minute, START + timedelta(minutes=minute + self._faults.skew(minute)))
        return self._clock[1]

    def _watch_clock(self, minute: int) -> None:
        skew = self._faults.skew(minute)
        jump = timedelta(minutes=skew - self._skew)
        if abs(jump) > JUMP:
            self._no_removal_before = minute + int(self._guards.patience.span / timedelta(minutes=1))
            self.stored.misses.clear()
            self.stored.removed = {
                gate_id: deque(at + jump for at in its) for gate_id, its in self.stored.removed.items()
            }
        self._skew = skew

    def _read(self, user_id: int, account_id: str, minute: int) -> None:
        try:
            read = self._source.read(user_id, account_id, minute, self._now(minute))
        except SourceError:
            return
        before = self.stored.readings.get(account_id)
        is_usable = before is not None and before.complete and read.as_of - before.as_of <= self._max_age
        if read.complete or not is_usable:
            self.stored.readings[account_id] = read
        if read.holdings:
            self.stored.held_at[account_id] = read.as_of

    # ------------------------------------------------------------ gather

    def _case(self, user_id: int, now: datetime, minute: int, *, own_act: bool = False) -> Case:
        holder = self._world.holders[user_id]
        accounts = list(holder.accounts) if holder.is_linked else []
        counts = [self._count(account_id, now) for account_id in accounts]
        reads = [self.stored.readings.get(account_id) for account_id in accounts]
        evidence_at = None if None in reads else min((read.as_of for read in reads if read), default=now)
        if self._guards.unread_is_empty:
            evidence_at = now
        held = total(counts)
        return Case(
            user_id,
            now,
            self._settings,
            [self._judged(gate, held, evidence_at) for gate in self._world.gates],
            self.stored.ledger.get(user_id, {}),
            self.stored.misses.get(user_id, {}),
            own_act=own_act,
            removals_held=self._removals_held(minute),
        )

    def _count(self, account_id: str, now: datetime) -> Count:
        read = self.stored.readings.get(account_id)
        count = count_kinds(read, of=COLLECTION, now=now, max_age=self._max_age) if read else unknown()
        return exact(count.low) if self._guards.unread_is_empty else count

    def _judged(self, gate: Gate, held: Count, evidence_at: datetime | None) -> Judged:
        status = held.is_at_least(least_of(gate))
        return Judged(gate, Verdict(status, gate.rule, _CODES[status]), evidence_at)

    def _removals_held(self, minute: int) -> dict[int, HoldCode]:
        if minute < self._no_removal_before:
            return {gate.role_id: HoldCode.CLOCK_JUMPED for gate in self._world.gates}
        holds = self.stored.holds
        return {
            gate.role_id: HoldCode.BREAKER
            for gate in self._world.gates
            if "loopring" in holds or str(gate.gate_id) in holds
        }

    # ------------------------------------------------------------ decide

    async def decide_for(self, user_id: int, minute: int, *, own_act: bool = False) -> None:
        """Decide for a member from what is stored, and make the changes; again once more is known."""
        now = self._now(minute)
        self._settled.pop(user_id, None)
        case = self._case(user_id, now, minute, own_act=own_act)
        plan = decide(case, self._guards.patience)
        is_news = self._count_losing(case) or plan.needs_roles
        if is_news and self._guards.has_breaker and self._look_for_waves(now):
            case = replace(case, removals_held=self._removals_held(minute))
            plan = decide(case, self._guards.patience)
        self._keep(user_id, plan)
        if plan.confirm and self._is_confirmed(user_id, plan, minute):
            case = replace(case, misses=self.stored.misses[user_id])
            plan = decide(case, self._guards.patience)
        is_begun = any(key[0] == user_id for key in self.stored.begun)
        if plan == _NOTHING and not is_begun and not own_act and (held := self._held(user_id, now)) is not None:
            self._settled[user_id] = held
        if not plan.needs_roles and not is_begun:
            return
        member = (await read_roles(self._discord, GUILD, [user_id]))[user_id]
        if member.presence is not Presence.PRESENT:
            return
        self._settle_begun(user_id, member.roles, now)
        case = replace(case, roles=member.roles, ledger=self.stored.ledger.get(user_id, {}))
        plan = decide(case, self._guards.patience)
        self._keep(user_id, plan)
        for gate in plan.found:
            self._record(user_id, gate, GrantState.FOUND if self._guards.keeps_ledger else GrantState.GIVEN, now)
        await self._apply(case, plan, minute)

    def _keep(self, user_id: int, plan: Plan) -> None:
        if plan.misses:
            self.stored.misses[user_id] = dict(plan.misses)
        else:
            self.stored.misses.pop(user_id, None)

    def _is_confirmed(self, user_id: int, plan: Plan, minute: int) -> bool:
        """Ask the second question, and store what follows: confirmed, or no miss at all."""
        kinds = self._source.confirms(user_id, minute) if self._guards.asks_again else 0
        if kinds is None:
            return False
        misses = self.stored.misses[user_id]
        for gate in plan.confirm:
            if kinds < least_of(gate):
                misses[gate.gate_id] = replace(misses[gate.gate_id], is_confirmed=True)
            else:
                del misses[gate.gate_id]
        return bool(misses)

    # ------------------------------------------------------------ apply

    async def _apply(self, case: Case, plan: Plan, minute: int) -> None:
        """Make the changes in their order; what waits for a role that could not be given is left out."""
        given: set[int] = set()
        for change in plan.changes:
            if change.waits_for and change.waits_for.gate_id not in given:
                continue
            if await self._make(case, change, minute) and change.act is Act.ADD:
                given.add(change.gate.gate_id)

    async def _make(self, case: Case, change: Change, minute: int) -> bool:
        guild, role_id, user_id = self._discord.guild_roles(GUILD), change.gate.role_id, case.user_id
        if guild is None or problem_of(role_id, guild):
            return False
        self.stored.begun[user_id, role_id] = change.act
        write = self._discord.add_role if change.act is Act.ADD else self._discord.remove_role
        try:
            await write(GUILD, user_id, role_id, f"Tessera gate #{change.gate.gate_id}")
        except NotAllowedError:
            del self.stored.begun[user_id, role_id]
            return False
        except OutcomeUnknownError:
            return False  # read back before anything else
        is_counted = change.superseded_by is None and not case.own_act and not self._is_approved(user_id, change.gate)
        if change.act is Act.REMOVE and is_counted:
            self.stored.removed.setdefault(change.gate.gate_id, deque()).append(case.now)
        self._finish(user_id, change.gate, change.act, case.now, minute)
        return True

    def _settle_begun(self, user_id: int, roles: frozenset[int], now: datetime) -> None:
        """Record how writes ended that were begun: as Discord shows it now."""
        for gate in self._world.gates:
            act = self.stored.begun.pop((user_id, gate.role_id), None)
            if act and (gate.role_id in roles) is (act is Act.ADD):
                self._finish(user_id, gate, act, now, None)

    def _finish(self, user_id: int, gate: Gate, act: Act, now: datetime, minute: int | None) -> None:
        self.stored.begun.pop((user_id, gate.role_id), None)
        if act is Act.ADD:
            self._record(user_id, gate, GrantState.GIVEN, now)
        else:
            self.stored.ledger.get(user_id, {}).pop(gate.role_id, None)
            self.stored.misses.get(user_id, {}).pop(gate.gate_id, None)
            self.stored.losing.get(gate.gate_id, set()).discard(user_id)
        self._world.history.announced.append((minute or 0, user_id, gate.role_id, act is Act.ADD))

    def _record(self, user_id: int, gate: Gate, state: GrantState, now: datetime) -> None:
        rows = dict(self.stored.ledger.get(user_id, {}))
        rows[gate.role_id] = Grant(GUILD, user_id, gate.role_id, gate.gate_id, state, now)
        self.stored.ledger[user_id] = rows

    # ------------------------------------------------------------ the breaker

    def _count_losing(self, case: Case) -> bool:
        """Record whose last answer is no; whether there is one more."""
        grew = False
        for judged in case.judged:
            losing = self.stored.losing.setdefault(judged.gate.gate_id, set())
            grant = case.ledger.get(judged.gate.role_id)
            is_ours = grant is not None and grant.state is not GrantState.FOUND
            if judged.verdict.is_denied and is_ours and not case.own_act:
                grew = grew or case.user_id not in losing
                losing.add(case.user_id)
            elif judged.verdict.is_granted or not is_ours:
                losing.discard(case.user_id)
        return grew

    def census_of(self, gate: Gate, now: datetime) -> GateCensus:
        """How a gate stands."""
        holders = sum(
            gate.role_id in rows and rows[gate.role_id].state is not GrantState.FOUND
            for rows in self.stored.ledger.values()
        )
        removed = self.stored.removed.setdefault(gate.gate_id, deque())
        while removed and now - removed[0] > DAY:
            removed.popleft()
        losing = self.stored.losing.get(gate.gate_id, set())
        return GateCensus(holders, sum(not self._is_approved(user_id, gate) for user_id in losing), len(removed))

    def source_census(self, now: datetime) -> SourceCensus:
        """How the one network stands."""
        recent = [account_id for account_id, at in self.stored.held_at.items() if now - at <= DAY]
        emptied = [
            account_id
            for account_id in recent
            if (read := self.stored.readings.get(account_id)) and read.complete and not read.holdings
        ]
        lately = sum(now - self.stored.held_at[account_id] <= LATELY for account_id in emptied)
        return SourceCensus(len(recent), len(emptied), lately)

    def _look_for_waves(self, now: datetime) -> bool:
        """Whether a hold begins."""
        began = False
        for gate in self._world.gates:
            losing = self.stored.losing.get(gate.gate_id)
            if losing and str(gate.gate_id) not in self.stored.holds:
                trip = gate_trip(self.census_of(gate, now))
                if trip:
                    self._hold(Hold(Scope.GATE, str(gate.gate_id), GUILD, trip.cause, now, trip.numbers))
                    began = True
        if any(self.stored.losing.values()) and "loopring" not in self.stored.holds:
            trip = source_trip(self.source_census(now))
            if trip:
                self._hold(Hold(Scope.SOURCE, "loopring", 0, trip.cause, now, trip.numbers))
                began = True
        return began

    def _hold(self, hold: Hold) -> None:
        self.stored.holds[hold.key] = hold
        self._world.history.alerts += 1

    def _end_holds(self, now: datetime) -> None:
        for key, hold in list(self.stored.holds.items()):
            gates = [gate for gate in self._world.gates if hold.scope is Scope.SOURCE or str(gate.gate_id) == key]
            census = self.source_census(now) if hold.scope is Scope.SOURCE else self.census_of(gates[0], now)
            if ends(hold, census):
                del self.stored.holds[key]
                for gate in gates:
                    self.forget_misses(gate)

    def _is_approved(self, user_id: int, gate: Gate) -> bool:
        misses = self.stored.misses.get(user_id, {}).get(gate.gate_id)
        return misses is not None and misses.approved_at is not None

    # ------------------------------------------------------------ what an admin can do

    def staged(self) -> list[tuple[int, Gate]]:
        """The removals that wait for a person."""
        return [
            (user_id, gate)
            for gate in self._world.gates
            if "loopring" in self.stored.holds or str(gate.gate_id) in self.stored.holds
            for user_id in sorted(self.stored.losing.get(gate.gate_id, ()))
            if gate.gate_id in self.stored.misses.get(user_id, {}) and not self._is_approved(user_id, gate)
        ]

    def approve(self, user_id: int, gate: Gate, minute: int) -> None:
        """An admin approves one removal that waits."""
        misses = self.stored.misses[user_id]
        misses[gate.gate_id] = replace(misses[gate.gate_id], approved_at=self._now(minute))

    def forget_misses(self, gate: Gate) -> None:
        """Count the misses of those who are losing a role from the beginning."""
        for user_id in self.stored.losing.get(gate.gate_id, ()):
            if self.stored.misses.get(user_id, {}).get(gate.gate_id):
                del self.stored.misses[user_id][gate.gate_id]


def _offset(account_id: str, interval: int) -> int:
    """In which minute of an interval an account is read: spread evenly, and a member's two accounts by turns."""
    return (int(account_id) * 7 + int(account_id) // 50_000 * 3) % interval
