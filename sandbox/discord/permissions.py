"""Permission bits and who has them (Discord's "Permissions" page): owner, @everyone, roles, administrator."""

from __future__ import annotations

from sandbox.world import Guild, Role

ADMINISTRATOR = 1 << 3
MANAGE_GUILD = 1 << 5
VIEW_AUDIT_LOG = 1 << 7
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
MANAGE_NICKNAMES = 1 << 27
MANAGE_ROLES = 1 << 28
ALL = (1 << 53) - 1


def permissions_of(guild: Guild, user_id: int) -> int:
    """The bit set of a member; ALL for the owner and administrators, 0 for somebody who is not a member."""
    member = guild.members.get(user_id)
    if member is None:
        return 0
    if guild.owner_id == user_id:
        return ALL
    everyone = guild.roles.get(guild.id)
    bits = everyone.permissions if everyone else 0
    for role_id in member.roles:
        role = guild.roles.get(role_id)
        if role is not None:
            bits |= role.permissions
    return ALL if bits & ADMINISTRATOR else bits


def standing(guild: Guild, user_id: int) -> str:
    """What somebody is in a guild, for the page: owner, admin, moderator, or nothing of it."""
    bits = permissions_of(guild, user_id)
    if guild.owner_id == user_id and bits:
        return "owner"
    return "admin" if bits == ALL else "moderator" if bits & (MANAGE_GUILD | MANAGE_ROLES) else ""


def rank(role: Role) -> tuple[int, int]:
    """Order in the hierarchy: by position; of two roles at one position the older (lower id) is higher."""
    return (role.position, -role.id)


def is_above(guild: Guild, user_id: int, role: Role) -> bool:
    """Whether the member's highest role is strictly above this one. The owner is above everything."""
    if guild.owner_id == user_id:
        return True
    own = [guild.roles[role_id] for role_id in guild.members[user_id].roles if role_id in guild.roles]
    return any(rank(mine) > rank(role) for mine in own)
