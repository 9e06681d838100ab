"""How the gates of a server stand: every known member is judged by what is stored; nothing is sent or changed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.counts import Ternary
from bot.gates.gate import Gate
from bot.holders.distribution import distribution_of
from bot.holders.gate_stats import GateStats
from bot.store import Store
from bot.store.holders.gate_numbers import GateNumbers, gate_numbers
from bot.sync.gather import Gatherer, GuildGates
from bot.sync.holder_history import HolderHistory
from bot.sync.holder_lists import HolderLists, named_by
from bot.sync.holder_progress import Progress

# So many by one question to the store.
_AT_ONCE = 50
DAYS = 30
# A point for each second day or so: more says nothing more to a reader, and a chart of a month needs no more.
_POINTS = 16


class HolderStats:
    """Makes them. Every method may raise `StoreError`.

    Args:
        store: Knows the members.
        gatherer: Judges them.
        lists: Makes the lists that distributions are of.
        history: How it was over time.
        clock: Returns the present as an aware datetime.
    """

    def __init__(
        self,
        store: Store,
        gatherer: Gatherer,
        lists: HolderLists,
        history: HolderHistory,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._gatherer = gatherer
        self._lists = lists
        self._history = history
        self._clock = clock

    async def of_gates(
        self, guild_id: int, progress: Progress, *, gate_ids: Sequence[int] | None = None, in_full: bool = False
    ) -> Sequence[GateStats]:
        """How gates of a server stand, in the order of the gates.

        Where it is cancelled, those who were not judged are unknown.

        Args:
            guild_id: The server.
            progress: Who waits.
            gate_ids: Only these; None: all.
            in_full: With the distribution and the trend of what each names.
        """
        now, server = self._clock(), await self._gatherer.server(guild_id)
        gates = [gate for gate in server.gates if gate_ids is None or gate.gate_id in gate_ids]
        answers, judged, members = await self._judge(server, gates, now, progress)
        proven = len(await self._lists.proven_members(guild_id))
        numbers = await gate_numbers(self._store.reader, guild_id, now - timedelta(days=DAYS))
        found = []
        for gate in gates:
            its, counted = answers[gate.gate_id], numbers.get(gate.gate_id, GateNumbers())
            stats = GateStats(
                gate=gate,
                as_of=now,
                earn=its[Ternary.YES],
                unknown=its[Ternary.UNKNOWN] + members - judged,
                judged=judged,
                members=members,
                proven=proven,
                given_to=counted.given_to,
                span_days=DAYS,
                given=counted.given,
                taken=counted.taken,
            )
            found.append(await self._in_full(stats, server, now) if in_full else stats)
        return found

    async def _judge(
        self, server: GuildGates, gates: Sequence[Gate], now: datetime, progress: Progress
    ) -> tuple[dict[int, Counter[Ternary]], int, int]:
        """Gate → how many members each answer has; how many were judged, and how many there are."""
        answers: dict[int, Counter[Ternary]] = {gate.gate_id: Counter() for gate in gates}
        members = await self._store.sync.members.present(server.guild_id)
        judged = 0
        for start in range(0, len(members), _AT_ONCE):
            if progress.is_cancelled:
                break
            part = members[start : start + _AT_ONCE]
            for known in await self._gatherer.members(server, part, now, gates=gates):
                for each in known.judged:
                    answers[each.gate.gate_id][each.verdict.status] += 1
            judged += len(part)
            await progress.report(judged, len(members))
        return answers, judged, len(members)

    async def _in_full(self, stats: GateStats, server: GuildGates, now: datetime) -> GateStats:
        collections = sorted(named_by(stats.gate.rule, server.aliases))
        if not collections:
            return stats
        since = now - timedelta(days=DAYS)
        past = await self._lists.past_of_collections(server.guild_id, collections, since)
        members = await asyncio.to_thread(past.now.members)
        trend = await self._history.trend_of(past, since, points=_POINTS)
        left_out = past.now.left_out
        return replace(stats, distribution=distribution_of(members), trend=trend, left_out=left_out)
