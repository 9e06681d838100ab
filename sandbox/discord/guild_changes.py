"""What admins do to the roles of a server, and outages of a server: the events that follow, and the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.discord.audit_log import ROLE_CREATE, ROLE_DELETE, ROLE_UPDATE
from sandbox.discord.wire import guild_json, role_json
from sandbox.world import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.discord.audit_log import AuditLog
    from sandbox.discord.events import Events
    from sandbox.discord.gateway import Gateway
    from sandbox.discord.snowflakes import Snowflakes
    from sandbox.world import Guild, World

CHANGEABLE: dict[str, type] = {"name": str, "position": int, "permissions": int, "managed": bool}


class GuildChanges:
    """Changes servers. Events about roles need no intent beyond GUILDS."""

    def __init__(
        self, world: World, gateway: Gateway, audit_log: AuditLog, events: Events, snowflakes: Snowflakes
    ) -> None:
        self._world = world
        self._gateway = gateway
        self._audit_log = audit_log
        self._events = events
        self._snowflakes = snowflakes

    def make_role(self, guild_id: int, by: int, **fields: Any) -> Role:
        """A new role: `name`, and `position` and `permissions` if they are not the lowest and none.

        Raises:
            ValueError: there is no such server, or a field is not what it should be.
        """
        guild = self._guild(guild_id)
        changes = _checked(fields)
        role = Role(self._snowflakes.next(), changes.get("name", "new role"), changes.get("position", 1))
        role.permissions, role.managed = changes.get("permissions", 0), changes.get("managed", False)
        guild.roles[role.id] = role
        self._send(guild, "GUILD_ROLE_CREATE", role)
        self._audit_log.record(guild, by, role.id, ROLE_CREATE, [{"key": "name", "new_value": role.name}])
        return role

    def delete_role(self, guild_id: int, by: int, role_id: int) -> None:
        """A role is deleted: nobody has it any more. About the members there is no event.

        Raises:
            ValueError: there is no such server or role.
        """
        guild = self._guild(guild_id)
        role = _role(guild, role_id)
        if role.id == guild.id:
            raise ValueError("@everyone cannot be deleted")
        del guild.roles[role.id]
        for member in guild.members.values():
            member.roles = [each for each in member.roles if each != role.id]
        self._gateway.dispatch(guild.id, "GUILD_ROLE_DELETE", {"guild_id": str(guild.id), "role_id": str(role.id)})
        self._audit_log.record(guild, by, role.id, ROLE_DELETE, [{"key": "name", "old_value": role.name}])
        self._notify(guild)

    def change_role(self, guild_id: int, by: int, role_id: int, **fields: Any) -> Role:
        """A role gets another name, position, permissions, or is taken over by an integration.

        Raises:
            ValueError: there is no such server or role, or a field is not what it should be.
        """
        guild = self._guild(guild_id)
        role, changes = _role(guild, role_id), _checked(fields)
        entries = [
            {"key": key, "old_value": _logged(key, getattr(role, key)), "new_value": _logged(key, value)}
            for key, value in changes.items()
        ]
        for key, value in changes.items():
            setattr(role, key, value)
        self._send(guild, "GUILD_ROLE_UPDATE", role)
        self._audit_log.record(guild, by, role.id, ROLE_UPDATE, entries)
        return role

    def set_available(self, guild_id: int, *, available: bool) -> None:
        """Begin or end an outage of a server; during one there are no events of it.

        Raises:
            ValueError: there is no such server.
        """
        guild = self._guild(guild_id)
        if guild.available == available:
            return
        guild.available = available
        if available:
            self._gateway.send_guild(guild)
        else:
            self._gateway.withdraw_guild(guild_id, is_outage=True)

    def set_locale(self, guild_id: int, locale: str) -> None:
        """Choose another language for a server.

        Raises:
            ValueError: there is no such server.
        """
        guild = self._guild(guild_id)
        guild.locale = locale
        self._gateway.dispatch(guild.id, "GUILD_UPDATE", guild_json(guild))
        self._notify(guild)

    def _send(self, guild: Guild, event: str, role: Role) -> None:
        self._gateway.dispatch(guild.id, event, {"guild_id": str(guild.id), "role": role_json(guild, role)})
        self._notify(guild)

    def _notify(self, guild: Guild) -> None:
        self._events.publish({"type": "guild", "guild": str(guild.id)})

    def _guild(self, guild_id: int) -> Guild:
        guild = self._world.guilds.get(guild_id)
        if guild is None:
            raise ValueError("there is no such server")
        return guild


def _role(guild: Guild, role_id: int) -> Role:
    role = guild.roles.get(role_id)
    if role is None:
        raise ValueError("there is no such role")
    return role


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    if wrong := [key for key, value in fields.items() if key not in CHANGEABLE or type(value) is not CHANGEABLE[key]]:
        raise ValueError(f"not a field of a role, or not of its kind: {', '.join(wrong)}")
    return dict(fields)


def _logged(key: str, value: Any) -> Any:
    return str(value) if key == "permissions" else value
