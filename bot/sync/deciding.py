"""The second step: `bot.roles.plan` decides, and what is to be remembered of it is stored; nothing is changed yet.

It can be repeated: a reading counts once, however often a member is judged by it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime

from bot.gates.facts import Facts
from bot.gates.gate import Gate
from bot.gates.rule_needs import networks_of
from bot.messages import words_text
from bot.roles.grants import Grant, GrantState, Misses, found_and_gone
from bot.roles.miss_count import outlast_a_silent_source
from bot.roles.plan import Act, HoldCode, Patience, Plan, decide
from bot.roles.safety import has_witness
from bot.sources.askers import Asker
from bot.store import Store
from bot.store.sync.miss_table import JudgedMisses
from bot.store.sync.sync_member import SyncMember
from bot.store.sync.warned_proofs import ProofEnds
from bot.sync.gather import Gatherer, GuildGates, MemberFacts, digest
from bot.sync.last_roles import LastRoles
from bot.sync.readings import Readings
from bot.sync.second_question import Confirmation, confirm, rests_on_readings
from bot.sync.short_reason import short_reason

# Lines of one message, below the 4,096 characters of an embed.
_MOST_ENDS = 20


class Deciding:
    """Decides about members. Every method may raise `StoreError`.

    Args:
        store: Remembers misses.
        gatherer: The first step.
        readings: Is asked a second question before a removal.
        patience: When misses are enough.
        clock: Returns the present as an aware datetime.
        last_roles: Remembers what members' roles said.
    """

    def __init__(
        self,
        store: Store,
        gatherer: Gatherer,
        readings: Readings,
        patience: Patience,
        clock: Callable[[], datetime],
        last_roles: LastRoles,
    ) -> None:
        self._store = store
        self._gatherer = gatherer
        self._readings = readings
        self._patience = patience
        self._clock = clock
        self._turn = asyncio.Lock()
        self._last_roles = last_roles

    async def server(self, guild_id: int) -> GuildGates:
        """A server's gates and settings as they are now."""
        return await self._gatherer.server(guild_id)

    async def first(
        self, server: GuildGates, members: Sequence[SyncMember], held: Mapping[int, HoldCode], *, own_act: bool
    ) -> Sequence[tuple[MemberFacts, Plan]]:
        """Judge members by what was read, for what the breaker counts; nothing is taken by these plans."""
        # Two hundred servers that are judged at once would keep everybody waiting; a member who presses waits for none.
        async with self._turn if len(members) > 1 else nullcontext():
            found = await self._gatherer.members(server, members, self._clock())
            return [
                (known, await self._decide(server, known, held, own_act=own_act or known.member.own_act))
                for known in found
            ]

    async def second(
        self,
        server: GuildGates,
        known: MemberFacts,
        plan: Plan,
        held: Mapping[int, HoldCode],
        asker: Asker,
        *,
        own_act: bool,
    ) -> tuple[MemberFacts, Plan]:
        """What follows now that the breaker has counted, also after the second question to the source."""
        takes = any(change.act is Act.REMOVE for change in plan.changes)
        if not (own_act or takes or plan.misses or plan.confirm):
            return known, plan
        # From the store again: a hold that has ended, or an admin, may have changed what was missed.
        known = await self._gatherer.member(server, known.member, self._clock())
        plan = await self._decide(server, known, held, own_act=own_act)
        known = replace(known, misses=plan.misses, missed=known.missed | plan.misses.keys())
        for gate in plan.confirm:
            known = await self._confirmed(server, known, gate, asker)
        if plan.confirm:
            plan = await self._decide(server, known, held, own_act=own_act)
        return known, plan

    async def last(
        self,
        server: GuildGates,
        member: SyncMember,
        roles: frozenset[int],
        held: Mapping[int, HoldCode],
        *,
        own_act: bool,
    ) -> tuple[MemberFacts, Plan]:
        """What is to be changed, now that a member's roles were read."""
        known = await self._gatherer.member(server, member, self._clock())
        if gone := found_and_gone(known.ledger, roles):
            for grant in gone:
                await self._store.sync.ledger.drop(grant)
            ids = {grant.role_id for grant in gone}
            known = replace(known, ledger={key: each for key, each in known.ledger.items() if key not in ids})
        self.remember(server, known, roles)
        plan = await self._decide(server, known, held, own_act=own_act, roles=roles)
        given = [change.gate.role_id for change in plan.changes if change.act is Act.ADD]
        self._last_roles.gives(server, member.user_id, given)
        return known, plan

    async def known(
        self, server: GuildGates, member: SyncMember, held: Mapping[int, HoldCode]
    ) -> tuple[MemberFacts, Plan]:
        """How a member stands, from what is stored; stores nothing."""
        now = self._clock()
        known = await self._gatherer.member(server, member, now)
        is_protected = self._last_roles.is_protected(server, member.user_id)
        return known, decide(known.case(server, now, removals_held=held, is_protected=is_protected), self._patience)

    def may_be_protected(self, server: GuildGates, known: MemberFacts, plan: Plan) -> bool:
        """Whether a member may lose a role, and nobody has looked lately whether another one protects them."""
        return bool(plan.misses and server.settings.protected_roles) and not self._last_roles.knows(
            server, known.member.user_id
        )

    def remember(self, server: GuildGates, known: MemberFacts, roles: frozenset[int]) -> None:
        """A member's roles were read just now."""
        self._last_roles.remember(server, known.member.user_id, roles, known.ledger)

    async def _decide(
        self,
        server: GuildGates,
        known: MemberFacts,
        held: Mapping[int, HoldCode],
        *,
        own_act: bool = False,
        roles: frozenset[int] | None = None,
    ) -> Plan:
        now = self._clock()
        is_protected = self._last_roles.is_protected(server, known.member.user_id)
        case = known.case(server, now, roles=roles, own_act=own_act, removals_held=held, is_protected=is_protected)
        lacking = self._last_roles.lacking(server, known.member.user_id)
        plan = decide(replace(case, lacking=lacking), self._patience)
        # Who has left cannot lose a role: what their accounts say is counted from when Discord says that they are back.
        if roles is not None or known.member.absent_since is None:
            await self._save(server, known, plan, now)
        await self._warn_of_proof(known, plan, now)
        # Stored as warned by now: what is decided next, from this plan, must not be due to be warned again.
        warned = {gate.gate_id for gate in plan.warn}
        misses = {
            gate_id: replace(its, warned_at=now) if gate_id in warned else its for gate_id, its in plan.misses.items()
        }
        return replace(plan, misses=misses)

    async def _save(self, server: GuildGates, known: MemberFacts, plan: Plan, now: datetime) -> None:
        judged = {each.gate.gate_id: each for each in known.judged}
        until = {held.gate.gate_id: held.until for held in plan.held}
        warned = {gate.gate_id for gate in plan.warn}
        misses = {
            gate_id: JudgedMisses(
                role_id=judged[gate_id].gate.role_id,
                misses=its,
                rule=digest(judged[gate_id].gate.rule),
                reason=words_text(short_reason(judged[gate_id].verdict, server.name_of)),
                warns_until=(until.get(gate_id) or now) if gate_id in warned else None,
            )
            for gate_id, its in plan.misses.items()
            if gate_id in judged
        }
        user_id = known.member.user_id
        found = [
            Grant(server.guild_id, user_id, gate.role_id, gate.gate_id, GrantState.FOUND, now) for gate in plan.found
        ]
        if misses or found or known.missed:
            before = frozenset(known.misses)
            await self._store.sync.misses.replace(
                server.guild_id, user_id, misses, found, now, before=before, stored=known.missed
            )

    async def _warn_of_proof(self, known: MemberFacts, plan: Plan, now: datetime) -> None:
        member, warned = known.member, self._store.sync.warned_proofs
        ends = [(judged.gate.gate_id, judged.proof_end) for judged in plan.proof_ends if judged.proof_end]
        if ends:
            (_, earliest), *_ = ends
            said = ProofEnds(str(earliest.account), [(gate_id, end.at) for gate_id, end in ends[:_MOST_ENDS]])
            its = member.guild_id, member.user_id
            await warned.warn(*its, earliest.proven_at, said, now, before=member.warned_proof)
        elif plan.warns_next:
            return  # their roles are read first
        elif member.warned_proof and member.warned_proof != known.latest_proof:
            await warned.cancel(member.guild_id, member.user_id, member.warned_proof)

    async def _is_credible(self, server: GuildGates, gate: Gate, misses: Misses) -> bool:
        """Whether the sources still show somebody who holds something, or have said the same for long enough."""
        if misses.approved_at or outlast_a_silent_source(misses, self._patience):
            return True
        networks = networks_of(gate.rule, server.aliases)
        asked = self._readings.networks if networks is None else sorted(networks)
        return all([has_witness(await self._store.readings.source_census(each, self._clock())) for each in asked])

    async def _confirmed(self, server: GuildGates, known: MemberFacts, gate: Gate, asker: Asker) -> MemberFacts:
        misses = dict(known.misses)
        facts = Facts(self._clock(), tuple(state.facts for state in known.accounts), server.aliases, self._patience)
        if rests_on_readings(gate, facts) and not await self._is_credible(server, gate, misses[gate.gate_id]):
            return known
        answer = await confirm(self._readings, server, gate, known, facts, asker)
        if answer is Confirmation.CONFIRMED:
            misses[gate.gate_id] = replace(misses[gate.gate_id], is_confirmed=True)
        elif answer is Confirmation.CONTRADICTED:
            del misses[gate.gate_id]
        return replace(known, misses=misses, missed=known.missed | {gate.gate_id})
