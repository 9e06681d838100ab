"""Lists of holders over the harness of sync: members prove accounts, these are read, and time goes by."""

from __future__ import annotations

from collections.abc import Sequence

from bot.gates.gate import GuildSettings
from bot.gates.rule import CollectionRef
from bot.holders.held import HeldMember, HolderList
from bot.sync.holder_lists import HolderLists
from tests.sync.sync_harness import GUILD, HARBOUR, SyncHarness, user


def lists_of(harness: SyncHarness) -> HolderLists:
    """Lists over what a harness has stored."""
    return HolderLists(
        harness.store, harness.readings, GuildSettings(), vouching=harness.vouching, clock=lambda: harness.now
    )


async def list_of(harness: SyncHarness, collection: CollectionRef = HARBOUR, guild_id: int = GUILD) -> HolderList:
    """The list of a collection."""
    return await lists_of(harness).of_collection(guild_id, collection)


def by_number(members: Sequence[HeldMember]) -> dict[int, tuple[int, int | None]]:
    """Members by their number in a test → the interval of kinds."""
    return {each.user_id - user(0): (each.kinds.low, each.kinds.high) for each in members}
