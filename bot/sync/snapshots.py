"""Makes snapshots: when somebody asks for one, and by themselves, as servers have scheduled them.

It asks nothing upstream: a snapshot says what is known at that moment, and of what, and as of when.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.errors import InputError, StoreError
from bot.gates.gate import GuildSettings
from bot.gates.parser import parse_rule
from bot.gates.rule import Rule
from bot.gates.rule_needs import collections_of
from bot.gates.rule_text import rule_text
from bot.holders.snapshot import Snapshot, SnapshotMember, SnapshotRequest, SnapshotSchedule, next_time
from bot.holders.snapshot_changes import SnapshotDiff, compare_snapshots
from bot.messages import Message, words_text
from bot.names import Names
from bot.store import Store
from bot.store.sync.post_table import NewPost, PostKind
from bot.sync.rule_holders import Knowledge, RuleQuestion, fitting, read_members, to_snapshot

log = logging.getLogger(__name__)

# As of a reading.
_INTERNAL_ERROR = Message("Something went wrong inside Tessera; its operator finds it in the log.")

NO_SUCH_SNAPSHOT = Message("This server has no snapshot {number}. The newest ones: {known}.")
NO_SNAPSHOTS = Message("This server has no snapshot yet: `/holders export` and `/holders schedule` make them.")

# Each takes some tens of microseconds; commands are answered between these.
_AT_ONCE = 50
_DUE_AT_ONCE = 5
# What was full, locked or repaired by then is no reason to wait for a month; and the log stays readable.
_RETRY_AFTER = timedelta(hours=1)
_LONGEST_RULE = 10_000


class SnapshotMaker:
    """Makes them. Every method may raise `StoreError`.

    Args:
        store: Where everything is.
        networks: Those whose rules can be read.
        defaults: What a server has that has set nothing.
        knowledge: How far what is stored tells something about the present.
        clock: Returns the present as an aware datetime.
    """

    def __init__(
        self,
        store: Store,
        networks: Names,
        defaults: GuildSettings,
        knowledge: Knowledge,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._networks = networks
        self._defaults = defaults
        self._knowledge = knowledge
        self._clock = clock

    def text_of(self, rule: Rule) -> str:
        """A rule as the text that a request has."""
        return rule_text(rule, self._networks)

    def now(self) -> datetime:
        """The present, by the clock that dates snapshots."""
        return self._clock()

    async def settings_of(self, guild_id: int) -> GuildSettings:
        """What a server has set."""
        return await self._store.guild_settings.of(guild_id, self._defaults)

    async def make(self, guild_id: int, request: SnapshotRequest) -> Snapshot:
        """Make a snapshot that somebody wants, and store it.

        Raises:
            InputError: the rule cannot be read any more.
        """
        snapshot = await self._take(guild_id, request)
        return await self._store.snapshots.add(snapshot, retain=self._knowledge.retain)

    async def _take(self, guild_id: int, request: SnapshotRequest, schedule_id: int | None = None) -> Snapshot:
        rule = parse_stored(request, self._networks)
        settings = await self.settings_of(guild_id)
        question = RuleQuestion(guild_id, request, rule, settings, await self._store.gates.aliases(guild_id))
        now, knowledge = self._clock(), self._knowledge
        stored = await self._store.reader.run(lambda db: read_members(db, question, now, knowledge))
        found: list[SnapshotMember] = []
        for start in range(0, len(stored.accounts), _AT_ONCE):
            await asyncio.sleep(0)
            found += fitting(question, stored, now, knowledge.patience, slice(start, start + _AT_ONCE))
        named = set(collections_of(rule))
        names = await self._store.readings.names_of(named) if named else {}
        return to_snapshot(question, found, now, names, schedule_id)

    async def get(self, guild_id: int, number: int) -> Snapshot:
        """A snapshot of a server.

        Raises:
            InputError: it has none with that number.
        """
        if found := await self._store.snapshots.get(guild_id, number):
            return found
        known = [str(each.snapshot.snapshot_id) for each in await self._store.snapshots.of_guild(guild_id, 10)]
        raise InputError(NO_SUCH_SNAPSHOT, number=number, known=", ".join(known)) if known else InputError(NO_SNAPSHOTS)

    async def compare(self, guild_id: int, first: int, second: int) -> SnapshotDiff:
        """What changed between two snapshots of a server.

        Raises:
            InputError: it has none with one of these numbers, or they are not comparable.
        """
        one, other, linked = await self._store.snapshots.pair(guild_id, first, second)
        one, other = one or await self.get(guild_id, first), other or await self.get(guild_id, second)
        return await asyncio.to_thread(compare_snapshots, one, other, linked)

    async def run_due(self) -> int:
        """Make the snapshots that are due by now, each once however many were missed; how many were made.

        One whose rule cannot be read is not tried again before it is due the next time; one that met an error is,
        after an hour. Both say why in the server's list, and stop none of the others.

        Raises:
            StoreError: that one could not be made could not be written down either; the others were tried all the same.
        """
        now, made = self._clock(), 0
        unusable: StoreError | None = None
        for schedule in await self._store.snapshot_schedules.due(now, _DUE_AT_ONCE):
            try:
                made += await self._run(schedule, now)
            except StoreError as error:
                unusable = error
        if unusable:
            raise unusable
        return made

    async def _run(self, schedule: SnapshotSchedule, now: datetime) -> bool:
        next_at = next_time(schedule.every, schedule.first_at, now)
        try:
            snapshot = await self._take(schedule.guild_id, schedule.request, schedule.schedule_id)
            stored = await self._store.snapshots.add_scheduled(
                snapshot,
                retain=schedule.retain,
                retain_others=self._knowledge.retain,
                next_at=next_at,
                post=lambda made: post_of(made, now),
            )
        except InputError as error:
            log.warning("snapshots: schedule %d makes none: %s", schedule.schedule_id, error.sentence)
            await self._store.snapshot_schedules.failed(schedule.schedule_id, next_at, words_text(error.words))
            return False
        except Exception as error:
            # What one server's data meets, reading or storing, must not keep those of all others from being made.
            log.exception("snapshots: schedule %d makes none", schedule.schedule_id)
            failure = words_text(error.words if isinstance(error, StoreError) else _INTERNAL_ERROR())
            again_at = min(next_at, now + _RETRY_AFTER)
            await self._store.snapshot_schedules.failed(schedule.schedule_id, again_at, failure)
            return False
        return stored is not None


def parse_stored(request: SnapshotRequest, networks: Names) -> Rule:
    """The rule of a request, whose text `rule_text` wrote.

    Raises:
        InputError: it cannot be read any more: one of its networks has no source now.
    """
    return parse_rule(request.rule, networks, find_by_name=lambda _: (), longest=_LONGEST_RULE)


def post_of(snapshot: Snapshot, now: datetime, *, by: int | None = None, layout: str = "") -> NewPost:
    """What a server's log channel says of a snapshot that was made or (`by`) sent as a file to somebody."""
    detail = {
        "number": snapshot.snapshot_id,
        "rule": snapshot.request.short_rule,
        "members": len(snapshot.members),
        "incomplete": snapshot.incomplete,
        "layout": layout,
    }
    return NewPost(PostKind.SNAPSHOT, snapshot.guild_id, now, user_id=by, detail=json.dumps(detail))
