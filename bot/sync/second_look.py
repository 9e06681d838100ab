"""Reads the roles of members; who is said to have none is asked about twice.

Discord now and then reports a member who is there without the roles that they have. Believed, a role that somebody gave
by hand would be given again and then be the bot's to take; one that the bot gave would be dropped from its ledger, and
never be taken again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.sync.ports import Discord, MemberRoles, Presence


async def read_roles(discord: Discord, guild_id: int, user_ids: Sequence[int]) -> Mapping[int, MemberRoles]:
    """Members with their roles, before anything is changed or recorded because of them; each of `user_ids` is in it.

    All who are said to have none are asked about in one more question. Whom the second answer does not show as a member
    is unknown: one of the two answers is wrong.

    Raises:
        DiscordError: Discord did not answer.
    """
    found = dict(await discord.read_members(guild_id, user_ids))
    bare = [each for each, member in found.items() if member.presence is Presence.PRESENT and not member.roles]
    again = await discord.read_members(guild_id, bare) if bare else {}
    for user_id, member in again.items():
        is_present = member.presence is Presence.PRESENT
        found[user_id] = member if is_present else MemberRoles(user_id, Presence.UNKNOWN)
    return found
