"""Guilds that exist only to be announced: the bench measures what a bot of a thousand guilds costs.

Their GUILD_CREATE is built as text, a member is one formatted line, and nothing of it is stored.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from sandbox.discord.wire import guild_create_json
from sandbox.world import JOINED_AT, Channel, Guild, Member, Role, World

FIRST_GUILD = 700_000_000_000_000_000
FIRST_USER = 710_000_000_000_000_000
# The sharding formula looks at the bits above these: neighbours go to neighbouring shards.
GUILD_STEP = 1 << 22
MEMBER = (
    '{{"user":{{"id":"{id}","username":"member{n}","discriminator":"0","global_name":"Member {n}","avatar":null,'
    '"banner":null,"accent_color":null,"avatar_decoration_data":null,"primary_guild":null,"public_flags":0,"flags":0}},'
    '"nick":null,"avatar":null,"banner":null,"roles":[],"joined_at":"' + JOINED_AT + '","premium_since":null,'
    '"communication_disabled_until":null,"pending":false,"deaf":false,"mute":false,"flags":0}}'
)


class ExtraGuilds:
    """How many extra guilds the next identify lists, and how many members each carries."""

    def __init__(self) -> None:
        self.guilds = 0
        self.members = 0

    def ids(self) -> list[int]:
        """The ids of the extra guilds."""
        return [FIRST_GUILD + n * GUILD_STEP for n in range(self.guilds)]

    def create_bodies(self, world: World, ids: list[int], *, all_members: bool) -> Iterator[bytes]:
        """The GUILD_CREATE of each, encoded, one at a time; without the members intent only the bot is in it."""
        named = self.members if all_members else 0
        lines = ",".join(MEMBER.format(id=FIRST_USER + n, n=n) for n in range(named)).encode()
        for guild_id in ids:
            guild = Guild(id=guild_id, name=f"Guild {guild_id - FIRST_GUILD >> 22}", owner_id=FIRST_USER)
            guild.roles[guild_id] = Role(guild_id, "@everyone", 0, permissions=1 << 10 | 1 << 11)
            guild.channels[guild_id + 1] = Channel(guild_id + 1, "general")
            guild.members[world.application_id] = Member(world.application_id)
            body = guild_create_json(guild, world, all_members=True)
            body["member_count"] = self.members + 1
            body["large"] = self.members >= 250  # noqa: PLR2004 - as in guild_create_json
            own = body.pop("members")
            head = orjson.dumps(body)
            own_line = orjson.dumps(own)[1:-1]
            members = own_line + (b"," + lines if lines else b"")
            yield head[:-1] + b',"members":[' + members + b"]}"
