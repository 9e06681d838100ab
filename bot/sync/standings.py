"""How members stand, and what an act of theirs would cost them; changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.gates.gate import Gate
from bot.roles.plan import Act, Change, Judged, Patience, decide
from bot.store import Store
from bot.store.sync.sync_member import SyncMember
from bot.sync.gather import Gatherer
from bot.sync.judging import Judging, report_of
from bot.sync.ports import Presence
from bot.sync.results import MemberReport


class Standings:
    """How members stand. Every method may raise `StoreError`.

    Args:
        store: Knows the members.
        gatherer: Knows what they hold.
        judging: Knows what follows.
        patience: When misses are enough.
        clock: Returns the present as an aware datetime.
    """

    def __init__(
        self, store: Store, gatherer: Gatherer, judging: Judging, patience: Patience, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._gatherer = gatherer
        self._judging = judging
        self._patience = patience
        self._clock = clock

    async def explain(self, guild_id: int, user_id: int) -> MemberReport:
        """How a member stands in a server."""
        server = await self._gatherer.server(guild_id)
        member = await self._store.sync.members.get(guild_id, user_id)
        presence = Presence.UNKNOWN
        if member:
            presence = Presence.ABSENT if member.absent_since else Presence.PRESENT
        known, plan = await self._judging.known(server, member or _stranger(guild_id, user_id, self._clock()))
        return report_of(known, plan, presence)

    async def changed_since(self, report: MemberReport, since: datetime) -> MemberReport:
        """The same, with what was changed since a moment by another run: the loop may judge a member before a press."""
        rows = await self._store.sync.runs.of_member(report.guild_id, report.user_id, since)
        acts = {row.role_id: row.act for row in rows}  # the last one of each role
        known = {change.gate.role_id for change in report.made}
        others = [
            Change(act, judged.gate, judged.verdict, superseded_by=_higher(report, judged) if is_taken else None)
            for judged in report.judged
            if (act := acts.get(judged.gate.role_id)) and judged.gate.role_id not in known
            for is_taken in [act is Act.REMOVE]
            if is_taken != (judged.gate.role_id in report.ledger)
        ]
        return replace(report, made=(*report.made, *others)) if others else report

    async def cost_of(self, user_id: int, *, without: Sequence[str] | None) -> Sequence[MemberReport]:
        """What would be taken if these accounts (None: all) were no longer a member's: `made` of each report."""
        reports = []
        for member in await self._store.sync.members.of_user(user_id):
            now, server = self._clock(), await self._gatherer.server(member.guild_id)
            known = await self._gatherer.member(server, member, now, without=without)
            plan = decide(known.case(server, now, own_act=True), self._patience)
            made = tuple(change for change in plan.changes if change.act is Act.REMOVE)
            reports.append(replace(report_of(known, plan, Presence.PRESENT), made=made))
        return reports


def _higher(report: MemberReport, taken: Judged) -> Gate | None:
    """The gate of a higher role on the same ladder, which the member has."""
    draft = taken.gate.draft
    above = (
        each.gate
        for each in report.judged
        if draft.ladder and each.gate.draft.ladder == draft.ladder and each.gate.draft.rank > draft.rank
    )
    return next((gate for gate in above if gate.role_id in report.ledger), None)


def _stranger(guild_id: int, user_id: int, now: datetime) -> SyncMember:
    """Somebody of whom it is not known whether they are in a server: only what they signed for counts."""
    return SyncMember(
        guild_id=guild_id,
        user_id=user_id,
        joined_at=now,
        absent_since=None,
        marks=0,
        read_roles=False,
        own_act=False,
        judged_at=None,
        failures=0,
    )
