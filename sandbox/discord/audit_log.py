"""A guild's audit log: who changed what, and the reason they gave; and the event about each new entry.

The event needs the GUILD_MODERATION intent, which is not privileged, and View Audit Log in that guild ("Gateway
Intents" and "Guild Audit Log Entry Create" of Discord's documentation).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.discord.permissions import VIEW_AUDIT_LOG, permissions_of
from sandbox.discord.wire import user_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sandbox.discord.answers import Json
    from sandbox.discord.gateway import Gateway
    from sandbox.discord.snowflakes import Snowflakes
    from sandbox.world import Guild, World

GUILD_MODERATION = 1 << 2
# Discord's numbers for what an entry is about ("Audit Log Events").
MEMBER_KICK, MEMBER_ROLE_UPDATE, BOT_ADD = 20, 25, 28
ROLE_CREATE, ROLE_UPDATE, ROLE_DELETE = 30, 31, 32
LONGEST_REASON = 512


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line: `user_id` did something to `target_id`, a user or a role; `changes` as Discord writes them."""

    id: int
    guild_id: int
    user_id: int
    target_id: int
    action_type: int
    changes: tuple[Json, ...] = ()
    reason: str | None = None

    @property
    def added(self) -> tuple[int, ...]:
        """The roles that a change of somebody's roles added."""
        return self._roles("$add")

    @property
    def removed(self) -> tuple[int, ...]:
        """The roles that a change of somebody's roles removed."""
        return self._roles("$remove")

    def json(self) -> Json:
        """An audit log entry object."""
        body: Json = {
            "id": str(self.id),
            "user_id": str(self.user_id),
            "target_id": str(self.target_id),
            "action_type": self.action_type,
            "changes": list(self.changes),
        }
        return body if self.reason is None else {**body, "reason": self.reason}

    def _roles(self, key: str) -> tuple[int, ...]:
        return tuple(int(role["id"]) for each in self.changes if each["key"] == key for role in each["new_value"])


class AuditLog:
    """The entries of all guilds, oldest first."""

    def __init__(self, world: World, gateway: Gateway, snowflakes: Snowflakes) -> None:
        self.entries: list[AuditEntry] = []
        self._world = world
        self._gateway = gateway
        self._snowflakes = snowflakes

    def record(
        self,
        guild: Guild,
        user_id: int,
        target_id: int,
        action_type: int,
        changes: Sequence[Json] = (),
        reason: str | None = None,
    ) -> None:
        """Add an entry, and send it to a bot that may see it."""
        entry = AuditEntry(self._snowflakes.next(), guild.id, user_id, target_id, action_type, tuple(changes), reason)
        self.entries.append(entry)
        if permissions_of(guild, self._world.application_id) & VIEW_AUDIT_LOG:
            body = {**entry.json(), "guild_id": str(guild.id)}
            self._gateway.dispatch(guild.id, "GUILD_AUDIT_LOG_ENTRY_CREATE", body, needs=GUILD_MODERATION)

    def page(self, entries: Iterable[AuditEntry]) -> Json:
        """Entries as REST gives them: with the users they name, and without what this stand-in has none of."""
        listed = list(entries)
        named = {user_id for entry in listed for user_id in (entry.user_id, entry.target_id)}
        users = [user_json(user) for user_id, user in self._world.users.items() if user_id in named]
        empty = ("integrations", "webhooks", "guild_scheduled_events", "threads", "application_commands")
        return {
            "audit_log_entries": [entry.json() for entry in listed],
            "users": users,
            **{name: [] for name in (*empty, "auto_moderation_rules")},
        }
