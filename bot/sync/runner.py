"""The loop: accounts that are due are read, members that are due are judged; one worker for each server.

Nothing here carries an event: a row has a time when it is due, and whatever is true when it is worked off decides. In
steady state nobody is changed, so that Discord is asked nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.errors import StoreError, TesseraError
from bot.roles.safety import Cause, Hold, Scope
from bot.sources.askers import Asker
from bot.store import Store
from bot.store.sync.clock_repair import Plans
from bot.store.sync.hold_table import HoldEnd
from bot.store.sync.post_table import NewPost, PostKind
from bot.store.sync.sync_member import SyncMember
from bot.sync.gather import GuildGates
from bot.sync.judging import Judging
from bot.sync.parking import Parking
from bot.sync.ports import Discord, DiscordError, TokenRefusedError
from bot.sync.reading_ages import LONGEST_PAUSE
from bot.sync.reading_passes import ReadingPasses
from bot.sync.readings import Readings
from bot.sync.silence import SilentSources

log = logging.getLogger(__name__)

# As many as Discord answers about in one member query.
_MEMBERS = 100
_DUE = 1_000
_JUMP = timedelta(minutes=5)
_SHORTEST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(minutes=15)
_SYNC = Asker.job("sync")


@dataclass(frozen=True, slots=True)
class Times:
    """The clocks.

    Attributes:
        plans: How far ahead is planned; for its `span` nothing is taken after somebody set the clock.
        clock: Returns the present as an aware datetime.
        monotonic: A clock that nobody sets, in seconds.
    """

    plans: Plans
    clock: Callable[[], datetime]
    monotonic: Callable[[], float]


class Runner:
    """Reads and judges what is due.

    Args:
        store: Knows what is due.
        discord: Knows which servers the bot is in.
        parking: Knows the gates of a server.
        judging: Judges members.
        readings: Reads accounts.
        times: The clocks.
        epoch: Of this process.
    """

    def __init__(
        self,
        store: Store,
        discord: Discord,
        parking: Parking,
        judging: Judging,
        readings: Readings,
        times: Times,
        epoch: str,
    ) -> None:
        self._store = store
        self._discord = discord
        self._parking = parking
        self._judging = judging
        self._silence = SilentSources(store, readings, times.clock)
        self._readings = readings
        self._passes = ReadingPasses(store.readings, readings, holder=epoch, clock=times.clock)
        self._plans = times.plans
        self._clock = times.clock
        self._monotonic = times.monotonic
        self._epoch = epoch
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._retries: dict[int, tuple[float, int]] = {}  # server → when it is tried again, and how often it failed
        self._clocks: tuple[datetime, float] | None = None
        self._watching = asyncio.Lock()
        self._checked: set[int] = set()  # servers whose gates this process has looked at
        self._has_begun = False
        self._has_read = False
        self._is_refused = False

    async def begin(self) -> None:
        """From now on this process takes roles, and looks at everybody; what was not finished is finished first."""
        if self._has_begun:
            return
        now = self._clock()
        await self._store.sync.servers.begin_epoch(self._epoch, now)
        await self._store.sync.members.mark(now)
        for guild_id, user_id in await self._store.sync.ledger.with_intents():
            await self._store.sync.members.mark_user(user_id, now, guild_id=guild_id, read_roles=True)
        self._has_begun = True

    async def read_due(self) -> None:
        """Read the accounts that are due, those that have waited longest first; nothing where no server has a gate."""
        if not await self._store.gates.guild_ids():
            return
        await self._watch_clock()
        if not self._has_read:
            await self._store.readings.release_all()
            self._has_read = True
        await self._passes.run_pass()

    async def run_due(self) -> None:
        """Let a worker judge the members of each server that are due; nothing where no server has a gate."""
        for held in await self._store.sync.holds.without_gates():  # nobody is judged there who would end it
            await self._store.sync.holds.end(held, self._clock(), HoldEnd.OVER)
        guild_ids = await self.guild_ids()
        if not guild_ids or self._is_refused:
            return
        await self._watch_clock()
        await self.begin()
        await self._enter(guild_ids)
        await self._check_gates(guild_ids)
        await self._silence.look(guild_ids)
        free = [each for each in guild_ids if each not in self._workers and self._may_try(each)]
        due = await self._store.sync.members.due(free, self._clock(), _DUE)
        for guild_id in {member.guild_id for member in due}:
            self._start(guild_id)

    async def end_pauses(self) -> None:
        """What failed may be over: accounts and servers whose turn it was are tried again now."""
        for network in self._readings.networks:
            await self._store.readings.retry(network, self._clock(), LONGEST_PAUSE)
        self._passes.resume()
        self._retries.clear()

    async def guild_ids(self) -> Sequence[int]:
        """The servers that have gates, and that the bot is in and that are available now."""
        available = set(self._discord.guild_ids())
        return [guild_id for guild_id in await self._store.gates.guild_ids() if guild_id in available]

    async def idle(self) -> None:
        """Return when no worker is at work."""
        while workers := list(self._workers.values()):
            await asyncio.gather(*workers, return_exceptions=True)
            await asyncio.sleep(0)

    async def close(self) -> None:
        """Stop the workers; what they have not finished is finished after the next start."""
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    async def _watch_clock(self) -> None:
        """Where the wall clock was set, spans that were measured by it say nothing: nothing is taken for one span.

        What it dated in the future is looked at again now; at the start too, as it may have been set before.
        """
        async with self._watching:
            now, ran = self._clock(), self._monotonic()
            before, self._clocks = self._clocks, (now, ran)
            if before is None:
                await self._store.sync.servers.bring_back(now, self._plans)
                return
            jump = (now - before[0]) - timedelta(seconds=ran - before[1])
            if abs(jump) <= _JUMP:
                return
            log.warning("sync: the clock was set; no role is taken for %s", self._plans.span)
            await self._store.sync.servers.clock_jumped(now + self._plans.span)
            await self._store.sync.misses.restart(now, jump)
            await self._store.sync.members.restart(now)
            await self._store.sync.servers.bring_back(now, self._plans)
            self._passes.resume()

    async def _enter(self, guild_ids: Sequence[int]) -> None:
        """In a server to which the bot was invited again, everybody is looked at before anything is taken."""
        now = self._clock()
        for guild_id in set(await self._store.sync.servers.left_before(now + timedelta(seconds=1))) & set(guild_ids):
            if await self._store.sync.ledger.has_any(guild_id):
                hold = Hold(Scope.GUILD, "invited", guild_id, Cause.INVITED_AGAIN, now)
                await self._store.sync.holds.begin(hold)
            await self._store.sync.members.mark(now, guild_id=guild_id, read_roles=True)
            await self._store.sync.servers.entered(guild_id)

    async def _check_gates(self, guild_ids: Sequence[int]) -> None:
        """Look at the gates of each server once: a source may have been taken out, and nobody be due there."""
        for guild_id in set(guild_ids) - self._checked:
            await self._parking.server(guild_id)
            self._checked.add(guild_id)

    def _start(self, guild_id: int) -> None:
        worker = asyncio.create_task(self._work(guild_id), name=f"sync {guild_id}")
        self._workers[guild_id] = worker
        worker.add_done_callback(partial(self._on_end, guild_id))

    def _on_end(self, guild_id: int, worker: asyncio.Task[None]) -> None:
        self._workers.pop(guild_id, None)
        if not worker.cancelled() and (error := worker.exception()):
            log.error("sync of a server ended", exc_info=error)

    async def _work(self, guild_id: int) -> None:
        """Judge the members of a server until none is due."""
        try:
            while due := await self._store.sync.members.due([guild_id], self._clock(), _MEMBERS):
                await self._judge(await self._parking.server(guild_id), due)
            self._retries.pop(guild_id, None)
        except TokenRefusedError as error:
            self._is_refused = True
            log.critical("sync stops: %s", error.sentence)
        except (DiscordError, StoreError) as error:
            self._retry(guild_id, error)

    async def _judge(self, server: GuildGates, due: Sequence[SyncMember]) -> None:
        try:
            await self._judging.run(server, due, _SYNC)
        except (DiscordError, StoreError):
            raise
        except Exception:  # one of them has a defect, which must not stop the others
            if len(due) > 1:
                for member in due:
                    await self._judge(server, [member])
                return
            log.exception("sync of a member failed")
            if await self._judging.postpone(due[0]):
                post = NewPost(PostKind.STUCK, server.guild_id, self._clock(), user_id=due[0].user_id)
                await self._store.sync.posts.add(post)

    def _retry(self, guild_id: int, error: TesseraError) -> None:
        _, failures = self._retries.get(guild_id, (0.0, 0))
        pause = min(_SHORTEST_PAUSE * 2 ** min(failures, 10), _LONGEST_PAUSE)
        self._retries[guild_id] = self._monotonic() + pause.total_seconds(), failures + 1
        log.warning("sync of a server is tried again in %s: %s", pause, error.sentence)

    def _may_try(self, guild_id: int) -> bool:
        return self._retries.get(guild_id, (0.0, 0))[0] <= self._monotonic()
