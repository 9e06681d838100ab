"""People leave a server and join it again. Without the members intent the bot gets no event of either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord.member_requests import GUILD_MEMBERS
from sandbox.discord.wire import member_json, user_json
from sandbox.world import Member

if TYPE_CHECKING:
    from sandbox.discord.gateway import Gateway
    from sandbox.world import Guild, World


class Departures:
    """Moves people out of servers and into them."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self._world = world
        self._gateway = gateway

    def leave(self, guild_id: int, user_id: int) -> None:
        """Somebody leaves a server; their roles and their nickname there are gone. The bot is removed from it likewise.

        Raises:
            ValueError: they are not in it.
        """
        guild = self._guild(guild_id)
        if guild.members.pop(user_id, None) is None:
            raise ValueError("that user is not in this server")
        if user_id == self._world.application_id:
            self._gateway.dispatch(guild_id, "GUILD_DELETE", {"id": str(guild_id)})
            return
        body = {"guild_id": str(guild_id), "user": user_json(self._world.users[user_id])}
        self._gateway.dispatch(guild_id, "GUILD_MEMBER_REMOVE", body, needs=GUILD_MEMBERS)

    def join(self, guild_id: int, user_id: int, joined_at: str) -> None:
        """Somebody joins a server.

        Raises:
            ValueError: they are in it already, or there is no such user.
        """
        guild = self._guild(guild_id)
        if user_id in guild.members or user_id not in self._world.users:
            raise ValueError("user is somebody who is not in this server")
        guild.members[user_id] = member = Member(user_id, joined_at=joined_at)
        body = {**member_json(member, self._world.users[user_id]), "guild_id": str(guild_id)}
        self._gateway.dispatch(guild_id, "GUILD_MEMBER_ADD", body, needs=GUILD_MEMBERS)

    def _guild(self, guild_id: int) -> Guild:
        guild = self._world.guilds.get(guild_id)
        if guild is None:
            raise ValueError("there is no such server")
        return guild
