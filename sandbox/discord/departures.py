"""People and bots leave a server and join it again. Without the members intent the bot gets no event of people's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord.audit_log import BOT_ADD, MEMBER_KICK
from sandbox.discord.member_requests import GUILD_MEMBERS
from sandbox.discord.wire import member_json, user_json
from sandbox.world import Member, Role, User

if TYPE_CHECKING:
    from sandbox.discord.audit_log import AuditLog
    from sandbox.discord.events import Events
    from sandbox.discord.gateway import Gateway
    from sandbox.discord.snowflakes import Snowflakes
    from sandbox.world import Guild, World


class Departures:
    """Moves people and bots out of servers and into them."""

    def __init__(
        self, world: World, gateway: Gateway, audit_log: AuditLog, events: Events, snowflakes: Snowflakes
    ) -> None:
        self._world = world
        self._gateway = gateway
        self._audit_log = audit_log
        self._events = events
        self._snowflakes = snowflakes
        self._removed_bot_roles: dict[tuple[int, int], Role] = {}

    def leave(self, guild_id: int, user_id: int, kicked_by: int | None = None) -> None:
        """Somebody leaves a server, or is kicked; their roles and their nickname there are gone.

        Of a bot its own role is deleted, too.

        Raises:
            ValueError: they are not in it.
        """
        guild = self._guild(guild_id)
        if user_id not in guild.members:
            raise ValueError("that user is not in this server")
        is_bot = self._world.users[user_id].bot
        if user_id == self._world.application_id:
            self._gateway.withdraw_guild(guild_id, is_outage=False)
        member = guild.members.pop(user_id)
        if is_bot:
            for role in [guild.roles[role_id] for role_id in member.roles if guild.roles[role_id].managed]:
                self._removed_bot_roles[guild_id, user_id] = guild.roles.pop(role.id)
                self._gateway.dispatch(
                    guild_id, "GUILD_ROLE_DELETE", {"guild_id": str(guild_id), "role_id": str(role.id)}
                )
        body = {"guild_id": str(guild_id), "user": user_json(self._world.users[user_id])}
        self._gateway.dispatch(guild_id, "GUILD_MEMBER_REMOVE", body, needs=GUILD_MEMBERS)
        if kicked_by is not None:
            self._audit_log.record(guild, kicked_by, user_id, MEMBER_KICK)
        self._notify(guild)

    def join(self, guild_id: int, user_id: int, joined_at: str) -> None:
        """Somebody joins a server.

        Raises:
            ValueError: they are in it already, or there is no such user, or it is a bot.
        """
        guild = self._guild(guild_id)
        if user_id in guild.members or user_id not in self._world.users:
            raise ValueError("user is somebody who is not in this server")
        if self._world.users[user_id].bot:
            raise ValueError("a bot is invited")
        guild.members[user_id] = Member(user_id, joined_at=joined_at)
        self.announce(guild_id, user_id)
        self._notify(guild)

    def announce(self, guild_id: int, user_id: int) -> None:
        """GUILD_MEMBER_ADD, which Discord also sends now and then about somebody who has been a member for long.

        Raises:
            ValueError: they are not in it.
        """
        guild = self._guild(guild_id)
        if user_id not in guild.members:
            raise ValueError("that user is not in this server")
        body = {**member_json(guild.members[user_id], self._world.users[user_id]), "guild_id": str(guild_id)}
        self._gateway.dispatch(guild_id, "GUILD_MEMBER_ADD", body, needs=GUILD_MEMBERS)

    def invite(self, guild_id: int, user_id: int, joined_at: str, position: int = 1) -> None:
        """A bot is invited: it gets a new role of its own, as low as `position`, which is where Discord puts it.

        Raises:
            ValueError: it is in the server already, or it is no bot.
        """
        guild = self._guild(guild_id)
        user = self._world.users.get(user_id)
        if user is None or not user.bot or user_id in guild.members:
            raise ValueError("user is a bot that is not in this server")
        before = self._removed_bot_roles.get((guild_id, user_id))
        permissions = before.permissions if before else 0
        role = Role(self._snowflakes.next(), user.display_name, position, permissions, managed=True)
        guild.roles[role.id] = role
        guild.members[user_id] = Member(user_id, [role.id], joined_at=joined_at)
        if user_id == self._world.application_id:
            self._gateway.send_guild(guild)
        self._audit_log.record(guild, guild.owner_id, user_id, BOT_ADD)
        self._notify(guild)

    def add_bot(self, guild_id: int, name: str, joined_at: str, position: int = 1) -> int:
        """Another bot, new to this world, is invited; returns its id.

        Raises:
            ValueError: there is no such server.
        """
        self._guild(guild_id)
        user = User(self._snowflakes.next(), name.casefold().replace(" ", "_"), name, bot=True)
        self._world.users[user.id] = user
        self.invite(guild_id, user.id, joined_at, position)
        return user.id

    def _notify(self, guild: Guild) -> None:
        self._events.publish({"type": "guild", "guild": str(guild.id)})

    def _guild(self, guild_id: int) -> Guild:
        guild = self._world.guilds.get(guild_id)
        if guild is None:
            raise ValueError("there is no such server")
        return guild
