"""The third step: makes the changes of a plan, one request at a time, and records each after Discord confirmed it.

    intent written → Discord asked → outcome written: ledger, journal and misses in one transaction, the intent gone

Killed in between, or without an answer of Discord, the intent is still there: the member is then read before anything
else, and what is true decides whether it was done (`settle`). So a role that the bot gave is never taken for one that
somebody else gave, and no change is reported twice. A removal is read back as well: Discord has been seen to confirm
one that did not happen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.gates.describe import NameOf
from bot.gates.gate import Gate, GateState, ParkReason
from bot.messages import Message, Words, words_of_text, words_text
from bot.roles.eligibility import problem_of
from bot.roles.grants import Grant, GrantState
from bot.roles.plan import Act, Change
from bot.store import Store
from bot.store.sync.ledger_table import FLIP_SPAN, Intent
from bot.store.sync.miss_table import A_DAY
from bot.sync.change_reason import audit_line, reason_of
from bot.sync.open_run import OpenRun
from bot.sync.parking import Parking
from bot.sync.ports import (
    Discord,
    DiscordError,
    MemberGoneError,
    NotAllowedError,
    OutcomeUnknownError,
    Presence,
    RoleGoneError,
    TokenRefusedError,
)
from bot.sync.results import FailedChange
from bot.sync.second_look import read_roles

_PARKED = Message("Its gate is parked: an admin must repair something first.")
_AWAY = Message("Discord does not show this server now; it is tried again.")
_UNKNOWN = Message("Discord did not say whether it was done; that is checked first the next time.")
_NOT_DONE = Message("Discord confirmed it, and did not do it; it is tried again.")
_WAITS = Message("The role that replaces it could not be given.")


@dataclass
class Applied:
    """What became of changes.

    Attributes:
        made: Those that were made.
        failed: Those that were not.
        is_absent: The member is not in that server.
        is_ignored: Discord confirmed one of them, and did not do it.
    """

    made: list[Change] = field(default_factory=list)
    failed: list[FailedChange] = field(default_factory=list)
    is_absent: bool = False
    is_ignored: bool = False


class Applier:
    """Makes changes. Every method may raise `StoreError`, or `TokenRefusedError`, after which nothing is sent any more.

    Args:
        store: Holds the ledger and the journal.
        discord: Does it.
        parking: Parks gates that Discord refuses.
        clock: Returns the present as an aware datetime.
        epoch: Of this process: it takes nothing once another one has started.
    """

    def __init__(
        self, store: Store, discord: Discord, parking: Parking, clock: Callable[[], datetime], epoch: str
    ) -> None:
        self._store = store
        self._ledger = store.sync.ledger
        self._discord = discord
        self._parking = parking
        self._clock = clock
        self._epoch = epoch
        self._writing: dict[int, asyncio.Lock] = {}  # one request at a time in each server

    async def apply(
        self,
        user_id: int,
        changes: Sequence[Change],
        ledger: Mapping[int, Grant],
        roles: frozenset[int],
        run: OpenRun,
        *,
        approved: frozenset[int] = frozenset(),
        own_act: bool = False,
        name_of: NameOf = str,
    ) -> Applied:
        """Make changes for one member.

        Args:
            user_id: The member.
            changes: What to do, in this order.
            ledger: Role → grant.
            roles: The member's roles, as Discord reported them just now.
            run: What it is part of.
            approved: Gates whose removal an admin approved.
            own_act: They caused the removals themselves.
            name_of: The names of collections, for reasons.
        """
        applied = Applied()
        for change in changes:
            if applied.is_absent:
                break
            if refusal := await self._refusal(change, applied, run):
                applied.failed.append(FailedChange(change, refusal()))
                continue
            grant = ledger.get(change.gate.role_id)
            if change.act is Act.REMOVE and grant and change.gate.role_id not in roles:
                await self._ledger.drop(grant)  # somebody else has taken it
                continue
            if change.act is Act.ADD and grant and await self._is_fought_over(change.gate, grant, run):
                applied.failed.append(FailedChange(change, _PARKED()))
                continue
            is_undoable = not (own_act or change.superseded_by)
            is_counted = is_undoable and change.gate.gate_id not in approved
            reason = reason_of(change, name_of)
            await self._make(user_id, change, reason, applied, run, is_counted=is_counted, is_undoable=is_undoable)
        return applied

    async def give_back(self, gate: Gate, grant: Grant, reason: Words, run: OpenRun) -> bool:
        """Give a role that was taken, if its gate works and the role may be given now; whether that was done."""
        if gate.state is not GateState.ACTIVE or await self._refusal_to_give(gate, run):
            return False
        intent = self._intent(grant, Act.ADD, reason, await run.run_id(), is_counted=False)
        try:
            return await self._ask(intent) is None
        except DiscordError:
            return False

    async def settle(self, guild_id: int, user_id: int, roles: frozenset[int]) -> bool:
        """Write down what became of changes whose outcome is not known, from the roles that a member has.

        Whether there were any.
        """
        intents = await self._ledger.intents(guild_id, user_id)
        for intent in intents:
            if (intent.role_id in roles) is (intent.act is Act.ADD):
                await self._ledger.done(intent)
            else:
                await self._ledger.not_done(intent)
        return bool(intents)

    async def _refusal(self, change: Change, applied: Applied, run: OpenRun) -> Message | None:
        """Why a change is not even tried."""
        gate = change.gate
        if gate.gate_id in run.parked or gate.state is not GateState.ACTIVE:
            return _PARKED
        if change.waits_for and not any(
            made.act is Act.ADD and made.gate.gate_id == change.waits_for.gate_id for made in applied.made
        ):
            return _WAITS
        if change.act is Act.REMOVE:
            return None
        return await self._refusal_to_give(gate, run)

    async def _refusal_to_give(self, gate: Gate, run: OpenRun) -> Message | None:
        """Why a role may not be given now: the gate was saved at another time, and roles change."""
        guild = self._discord.guild_roles(gate.guild_id)
        if guild is None:
            return _AWAY
        if problem_of(gate.role_id, guild, confirmed_powers=gate.draft.confirmed_powers):
            await self._parking.park_refused(gate)
            run.parked.add(gate.gate_id)
            return _PARKED
        return None

    async def _is_fought_over(self, gate: Gate, grant: Grant, run: OpenRun) -> bool:
        """Whether somebody has taken again what was given back before; then the gate is parked."""
        if not await self._ledger.repairs(grant, self._clock() - FLIP_SPAN):
            return False
        await self._parking.park(gate, ParkReason.ROLE_FOUGHT_OVER)
        run.parked.add(gate.gate_id)
        return True

    async def _make(
        self,
        user_id: int,
        change: Change,
        reason: Words,
        applied: Applied,
        run: OpenRun,
        *,
        is_counted: bool,
        is_undoable: bool,
    ) -> None:
        gate = change.gate
        grant = Grant(gate.guild_id, user_id, gate.role_id, gate.gate_id, GrantState.GIVEN, self._clock())
        intent = self._intent(grant, change.act, reason, await run.run_id(), is_counted=is_counted)
        intent = replace(intent, is_undoable=is_undoable)
        try:
            failure = await self._ask(intent)
        except NotAllowedError as error:
            await self._parking.park_refused(gate)
            run.parked.add(gate.gate_id)
            failure = error.words
        except RoleGoneError as error:
            await self._parking.park(gate, ParkReason.ROLE_GONE)
            run.parked.add(gate.gate_id)
            failure = error.words
        except MemberGoneError as error:
            applied.is_absent = True
            failure = error.words
        except TokenRefusedError:
            raise
        except DiscordError as error:
            failure = error.words
        if failure is None:
            applied.made.append(change)
        else:
            applied.failed.append(FailedChange(change, failure))
            applied.is_ignored |= failure.message is _NOT_DONE

    async def _ask(self, intent: Intent) -> Words | None:
        """Ask Discord for a change, and write down what became of it; why it was not done, or None.

        Raises:
            DiscordError: it was not done.
        """
        async with self._writing.setdefault(intent.guild_id, asyncio.Lock()):
            if intent.act is Act.REMOVE and (await self._store.sync.servers.instance())[0] != self._epoch:
                return _UNKNOWN()
            await self._ledger.begin(intent)
            send = self._discord.add_role if intent.act is Act.ADD else self._discord.remove_role
            try:
                await send(intent.guild_id, intent.user_id, intent.role_id, audit_line(words_of_text(intent.reason)))
            except OutcomeUnknownError:
                return await self._read_back(intent, is_confirmed=False)
            except DiscordError:
                await self._ledger.not_done(intent)
                raise
            if intent.act is Act.REMOVE:
                return await self._read_back(intent, is_confirmed=True)
            await self._ledger.done(intent)
            return None

    async def _read_back(self, intent: Intent, *, is_confirmed: bool) -> Words | None:
        """Let what is true decide; where it cannot be read, what Discord confirmed was done."""
        its = intent.guild_id, [intent.user_id]
        try:
            # That a role is gone which Discord confirmed to have taken is said twice already.
            read = self._discord.read_members(*its) if is_confirmed else read_roles(self._discord, *its)
            found = (await read)[intent.user_id]
        except TokenRefusedError:
            raise
        except DiscordError:
            found = None
        if found is None or found.presence is not Presence.PRESENT:
            if not is_confirmed:
                return _UNKNOWN()
            await self._ledger.done(intent)
            return None
        if (intent.role_id in found.roles) is (intent.act is Act.ADD):
            await self._ledger.done(intent)
            return None
        await self._ledger.not_done(intent)
        return _NOT_DONE()

    def _intent(self, grant: Grant, act: Act, reason: Words, run_id: int, *, is_counted: bool) -> Intent:
        return Intent(
            guild_id=grant.guild_id,
            user_id=grant.user_id,
            role_id=grant.role_id,
            gate_id=grant.gate_id,
            run_id=run_id,
            act=act,
            reason=words_text(reason),
            is_counted=is_counted,
            at=self._clock(),
        )


def approved_of(misses: Mapping[int, datetime | None], now: datetime) -> frozenset[int]:
    """The gates whose removal an admin approved within the last day."""
    return frozenset(gate_id for gate_id, at in misses.items() if at and now - at < A_DAY)
