"""All that commands about holders ask of what is stored and read, built once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.gates.gate import GuildSettings
from bot.linking.vouching import ProvenHere
from bot.links import Membership
from bot.store import Store
from bot.sync.gather import Gatherer
from bot.sync.holder_history import HolderHistory
from bot.sync.holder_lists import HolderLists
from bot.sync.holder_reads import HolderReads
from bot.sync.holder_stats import HolderStats
from bot.sync.ports import Discord, Presence
from bot.sync.readings import Readings


@dataclass(frozen=True, slots=True)
class Present:
    """Who of some people is in a server.

    Attributes:
        members: Those who are.
        unknown: Of how many Discord does not say it now: they may be, too.
    """

    members: Mapping[int, Membership]
    unknown: int


class HolderAnswers:
    """What there is to ask.

    Args:
        store: Where everything is.
        proven: Whether vouches count.
        readings: Reads accounts, and knows how long a reading counts.
        gatherer: Judges members.
        discord: Says who is a member.
        clock: Returns the present as an aware datetime.

    Attributes:
        lists: Who holds a collection.
        history: What changed.
        stats: How gates stand.
        reads: Reads what a list lacks.
        proven: Which accounts count as proven.
    """

    def __init__(
        self,
        store: Store,
        proven: ProvenHere,
        readings: Readings,
        gatherer: Gatherer,
        discord: Discord,
        clock: Callable[[], datetime],
    ) -> None:
        self.lists = HolderLists(store, readings, GuildSettings(), vouching=proven.counts_vouches, clock=clock)
        self.history = HolderHistory(self.lists)
        self.stats = HolderStats(store, gatherer, self.lists, self.history, clock)
        self.reads = HolderReads(readings)
        self.proven = proven
        self._discord = discord

    async def present(self, guild_id: int, user_ids: Sequence[int]) -> Present:
        """Which of some people are members of a server now, as Discord says."""
        found = await self._discord.read_members(guild_id, user_ids) if user_ids else {}
        members = {
            user_id: Membership(user_id, guild_id, each.joined_at)
            for user_id, each in found.items()
            if each.presence is Presence.PRESENT and each.joined_at
        }
        absent = sum(each.presence is Presence.ABSENT for each in found.values())
        return Present(members, len(user_ids) - len(members) - absent)
