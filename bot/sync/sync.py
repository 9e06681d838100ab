"""Sync, as the commands and the jobs see it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from secrets import token_hex
from time import monotonic as running

from bot.config.sync_table import SyncSettings
from bot.gates.gate import GateDraft
from bot.gates.rule import CollectionRef
from bot.linking.vouching import ProvenHere
from bot.links import InGuild
from bot.roles.plan import Patience
from bot.roles.safety import Hold
from bot.sources.askers import Asker
from bot.store import Store
from bot.store.sync.clock_repair import Plans
from bot.store.sync.sync_member import SyncMember
from bot.sync.adoption import Adoption
from bot.sync.apply import Applier
from bot.sync.asked_rules import AskedRules
from bot.sync.breaker import Breaker
from bot.sync.debts import Debts
from bot.sync.deciding import Deciding
from bot.sync.first_readings import FirstReadings
from bot.sync.gather import Gatherer
from bot.sync.holder_answers import HolderAnswers
from bot.sync.judging import Judging
from bot.sync.last_roles import LastRoles
from bot.sync.left_servers import LeftServers
from bot.sync.outbox import Outbox
from bot.sync.parking import Parking
from bot.sync.ports import Discord, Presence
from bot.sync.previews import Previews
from bot.sync.readings import Readings
from bot.sync.removals import Removals
from bot.sync.results import MemberReport, Preview, Run, Staged, SyncStatus, UndoneRun
from bot.sync.runner import Runner, Times
from bot.sync.scans import Scans
from bot.sync.standings import Standings
from bot.sync.sync_status import latest_runs, run_of, status_of


class Sync:
    """Roles that follow holdings. Every method may raise `StoreError`; nothing is half-saved.

    Args:
        store: Where everything is.
        proven: Which accounts are whose.
        readings: Reads accounts.
        discord: Reads and changes roles.
        settings: How often, and how patient.
        clock: Returns the present as an aware datetime.
        monotonic: A clock that nobody sets, in seconds.
        asked: What rules ask for, as the readings know it.

    Attributes:
        outbox: What is to be said of it.
        holders: Who holds a collection in a server.
        hold_while: Takes the function by which it is known whether another process answers with this token.
    """

    def __init__(
        self,
        store: Store,
        proven: ProvenHere,
        readings: Readings,
        discord: Discord,
        settings: SyncSettings,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = running,
        asked: AskedRules | None = None,
    ) -> None:
        epoch = token_hex(8)  # names this process
        patience = Patience(misses=settings.removal_misses, span=settings.removal_span)
        self.outbox = Outbox(store, clock)
        self._asked = asked or AskedRules(store, clock)
        self._store, self._readings, self._discord = store, readings, discord
        self._settings, self._clock = settings, clock
        self._gatherer = Gatherer(store, proven, readings, settings.grace, patience)
        self.holders = HolderAnswers(store, proven, readings, self._gatherer, discord, clock)
        self._parking = Parking(store, discord, self._gatherer, readings.networks, clock)
        last_roles = LastRoles(clock, settings.drift)
        breaker = Breaker(store, clock, patience.lapse, epoch, readings.networks, last_roles)
        applier = Applier(store, discord, self._parking, clock, epoch)
        deciding = Deciding(store, self._gatherer, readings, patience, clock, last_roles)
        self._judging = Judging(store, discord, deciding, breaker, applier, settings.drift, settings.interval, clock)
        self._removals = Removals(store, discord, self._gatherer, applier, breaker, clock)
        self.hold_while = self._removals.hold_while
        self._first = FirstReadings(store, readings, clock)
        self._previews = Previews(store, self._gatherer, patience, self._first, clock)
        self._standings = Standings(store, self._gatherer, self._judging, patience, clock)
        self._debts = Debts(store, discord, self._parking, clock, epoch)
        self._scans = Scans(store, discord, settings.drift, clock)
        self._adoption = Adoption(store, discord, settings.drift, clock)
        self._left_servers = LeftServers(store, clock)
        times = Times(Plans(settings.interval, settings.drift, settings.removal_span), clock, monotonic)
        self._runner = Runner(store, discord, self._parking, self._judging, readings, times, epoch)
        self.idle, self.end_pauses = self._runner.idle, self._runner.end_pauses

    async def read_due(self) -> None:
        """Read the accounts that are due; returns when none is."""
        await self._asked.refresh()
        await self._runner.read_due()

    async def run_due(self) -> None:
        """Start judging the members who are due; `idle` waits for the end."""
        await self._runner.run_due()

    async def scan(self) -> None:
        """Look for drift and for linked members where that is due, take what is owed; to be called once a minute."""
        guild_ids = await self._runner.guild_ids()
        await self._debts.run(guild_ids)
        await self._scans.run(guild_ids)

    async def purge(self) -> None:
        """Delete what was retained for long enough."""
        await self._left_servers.purge(self._discord.guild_ids())

    async def close(self) -> None:
        """Stop; what is not finished is finished after the next start."""
        await self._first.close()
        await self._runner.close()

    async def seen(self, guild_id: int, user_id: int, joined_at: datetime) -> None:
        """Discord gave a member of a server in an interaction: they are due there. Cheap, and can be repeated."""
        now = self._clock()
        await self._store.sync.members.seen(guild_id, user_id, joined_at, now, now + self._settings.drift)

    async def drifted(self, guild_id: int, user_id: int) -> None:
        """Somebody else changed a member's roles: they are compared now."""
        await self._store.sync.members.mark_user(user_id, self._clock(), guild_id=guild_id, read_roles=True)

    async def left(self, guild_id: int) -> None:
        """The bot is not in a server any more; everything of it is retained for 30 days."""
        await self._left_servers.left(guild_id)

    async def in_servers(self, guild_ids: Sequence[int]) -> None:
        """The bot is in these servers, available or not, and in no other."""
        await self._left_servers.in_servers(guild_ids)

    async def links_changed(self, user_id: int) -> None:
        """A member linked or proved something: they are due wherever they are."""
        await self._store.sync.members.mark_user(user_id, self._clock())

    async def look_at(self, guild_id: int, user_id: int, asker: Asker, *, fresh: bool = True) -> MemberReport:
        """Judge one member now, make the changes that are due, and report; also what another run makes meanwhile.

        Args:
            guild_id: The server.
            user_id: The member.
            asker: Who waits for it.
            fresh: Read their accounts at the sources first; False: judge from what is stored.

        Raises:
            DiscordError: Discord does not say whether they are a member.
        """
        await self._runner.begin()
        began, server = self._clock(), await self._parking.server(guild_id)
        member = await self._present(guild_id, user_id)
        if member is None:
            return await self.explain(guild_id, user_id)
        if fresh:
            scope = InGuild(guild_id, member.joined_at)
            for state in await self._gatherer.accounts(server, scope, user_id):
                await self._readings.read(state.facts.account, asker)
            await self._store.sync.members.mark_user(user_id, self._clock())
            member = await self._store.sync.members.get(guild_id, user_id) or member
        (report,) = await self._judging.run(server, [member], asker)
        return await self.changed_since(report, began)

    async def changed_since(self, report: MemberReport, since: datetime) -> MemberReport:
        """The same report, with what was changed since a moment, by whatever run."""
        return await self._standings.changed_since(report, since)

    async def own_act(self, user_id: int, *, guild_id: int | None = None) -> Sequence[MemberReport]:
        """A member unlinked an account or deleted their data: what that costs is taken at once.

        In the server in which an account counts no more, or (None) in all of theirs. A role that was denied before, and
        is retained for now, is no cost of it. What Discord does not do is tried again, until something else is read.
        """
        await self._runner.begin()
        began = self._clock()
        await self._store.sync.members.mark_user(user_id, began, guild_id=guild_id, own_act=True)
        reports: list[MemberReport] = []
        for member in await self._store.sync.members.of_user(user_id):
            if guild_id in (None, member.guild_id):
                server = await self._parking.server(member.guild_id)
                reports += await self._judging.run(server, [member], Asker.member(user_id), own_act=True)
        return [await self.changed_since(report, began) for report in reports]

    async def cost_of(self, user_id: int, *, without: Sequence[str] | None) -> Sequence[MemberReport]:
        """What `own_act` would take if these accounts (None: all) were no longer theirs; changes nothing.

        `made` of each report has the removals.
        """
        return await self._standings.cost_of(user_id, without=without)

    async def explain(self, guild_id: int, user_id: int) -> MemberReport:
        """How a member stands, from what is stored; reads nothing and changes nothing."""
        return await self._standings.explain(guild_id, user_id)

    async def preview(
        self,
        guild_id: int,
        drafts: Sequence[GateDraft],
        *,
        aliases: Sequence[Sequence[CollectionRef]] = (),
        parted: Collection[CollectionRef] = (),
        removed: Collection[int] = (),
        resumed: Collection[int] = (),
    ) -> Preview:
        """What would follow if these drafts replaced the gates of their roles; changes nothing. See `Previews`."""
        return await self._previews.preview(
            guild_id, drafts, aliases=aliases, parted=parted, removed=removed, resumed=resumed
        )

    async def gates_changed(self, guild_id: int) -> None:
        """The gates or the settings of a server were changed: all of its members are due."""
        now = self._clock()
        await self._asked.refresh(changed=True)
        await self._store.sync.members.mark(now, guild_id=guild_id)
        await self._store.sync.servers.search_now(guild_id, now)
        await self._parking.server(guild_id)  # also where nobody is due who would have it looked at

    async def adopt(self, guild_id: int, gate_id: int, user_ids: Sequence[int], *, by: int) -> int:
        """Put members who have a gate's role already under the gate, so that it may be taken; how many.

        Raises:
            InputError: there is no such gate.
            DiscordError: Discord did not say who has the role.
        """
        return await self._adoption.adopt(guild_id, gate_id, user_ids, by)

    async def run_now(self, guild_id: int) -> None:
        """Read and judge every member of a server as soon as possible."""
        now = self._clock()
        for member in await self._store.sync.members.present(guild_id):
            states = await self._readings.facts_of(member.user_id, InGuild(guild_id, member.joined_at))
            await self._store.readings.set_due([state.facts.account for state in states], now)
        await self._store.sync.members.mark(now, guild_id=guild_id, read_roles=True)

    async def status(self, guild_id: int) -> SyncStatus:
        """How sync stands in a server."""
        now, interval = self._clock(), self._settings.interval
        return await status_of(self._store, self._readings, self._removals, guild_id, interval, now)

    async def hold(self, guild_id: int, *, by: int) -> Hold:
        """Take no role in a server until `release`."""
        return await self._removals.hold(guild_id, by)

    async def release(self, guild_id: int, *, by: int) -> bool:
        """End the admin's hold; whether there was one. Misses are counted again from the beginning."""
        return await self._removals.release(guild_id, by)

    async def staged(self, guild_id: int) -> Sequence[Staged]:
        """The removals that wait for a person."""
        return await self._removals.staged(guild_id)

    async def approve(self, guild_id: int, *, by: int, only: Collection[tuple[int, int]] | None = None) -> int:
        """Let removals that wait be made, if they are still due; how many. `only`: these (gate, member) alone."""
        return await self._removals.approve(guild_id, by, only)

    async def discard(self, guild_id: int, *, by: int, only: Collection[tuple[int, int]] | None = None) -> int:
        """Leave the roles with the members whose removals wait; how many. `only`: see `approve`."""
        return await self._removals.discard(guild_id, by, only)

    async def look_again(self, guild_id: int, *, by: int, only: Collection[tuple[int, int]] | None = None) -> int:
        """It is repaired: forget the misses of those who wait, and read them now; how many. `only`: see `approve`."""
        return await self._removals.look_again(guild_id, by, only)

    async def runs(self, guild_id: int, limit: int = 10, *, to_undo: bool = False) -> Sequence[Run]:
        """The latest runs that changed something, newest first; or those that took roles and were not undone."""
        return await latest_runs(self._store, guild_id, limit, to_undo=to_undo)

    async def run(self, guild_id: int, run_id: int) -> Run | None:
        """A run by its id, however old; None: there is no such run in that server."""
        return await run_of(self._store, guild_id, run_id)

    async def undo(self, guild_id: int, run_id: int, *, by: int) -> UndoneRun:
        """Give back every role that a run took, and excuse those members.

        Raises `InputError` where there is no such run, or it was undone, and `DiscordError`.
        """
        return await self._removals.undo(guild_id, run_id, by)

    async def _present(self, guild_id: int, user_id: int) -> SyncMember | None:
        """A member of a server, looked for there where they are not known; None: no member, or nothing is proven."""
        members = self._store.sync.members
        known = await members.get(guild_id, user_id)
        if known is None or known.absent_since:
            found = (await self._discord.read_members(guild_id, [user_id]))[user_id]
            if found.presence is not Presence.PRESENT or not found.joined_at:
                return None
            await self.seen(guild_id, user_id, found.joined_at)
            known = await members.get(guild_id, user_id)
        return known
