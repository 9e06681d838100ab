"""The commands the application has registered, globally and per guild, as Discord stores them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.discord.answers import ApiError
from sandbox.discord.command_limits import CHAT_INPUT, check_command, check_together
from sandbox.discord.form import Form
from sandbox.discord.permissions import ALL, permissions_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.discord.answers import Json
    from sandbox.discord.events import Events
    from sandbox.discord.snowflakes import Snowflakes
    from sandbox.world import Guild, World

CREATES_PER_DAY = 200
DAY_SECONDS = 86_400
# The fields of an option that Discord returns; null and false are left out, as there.
OPTION_KEYS = (
    "type", "name", "name_localizations", "description", "description_localizations", "required", "autocomplete",
    "choices", "options", "channel_types", "min_value", "max_value", "min_length", "max_length",
)  # fmt: skip
Scope = int | None  # a guild's id, or None for the global commands
Key = tuple[int, str]  # type and name: unique within a scope


class Commands:
    """The registry. Every change is published to the people's clients."""

    def __init__(self, world: World, events: Events, snowflakes: Snowflakes, clock: Callable[[], float]) -> None:
        self._world = world
        self._events = events
        self._snowflakes = snowflakes
        self._clock = clock
        self._scopes: dict[Scope, dict[Key, Json]] = {}
        self._creates: dict[Scope, list[float]] = {}

    def all(self, scope: Scope) -> list[Json]:
        """The commands of a scope."""
        return list(self._scopes.get(scope, {}).values())

    def get(self, scope: Scope, command_id: int) -> Json:
        """One command by id.

        Raises:
            ApiError: 404, code 10063.
        """
        wanted = str(command_id)
        for command in self._scopes.get(scope, {}).values():
            if command["id"] == wanted:
                return command
        raise ApiError(404, 10063, "Unknown application command")

    def overwrite(self, scope: Scope, bodies: Any) -> list[Json]:
        """Replace a scope's commands; a name that was there keeps its id."""
        form = Form()
        commands = [body for _, body in form.objects((), bodies, OVERWRITE_MOST)]
        for n, body in enumerate(commands):
            check_command(form, (n,), body)
        form.refuse()
        check_together(form, commands)
        form.refuse()
        before = self._scopes.get(scope, {})
        self._count_creates(scope, sum(_key(body) not in before for body in commands))
        after = {_key(body): self._command(scope, body, before.get(_key(body))) for body in commands}
        self._scopes[scope] = after
        self._events.publish({"type": "commands"})
        return list(after.values())

    def upsert(self, scope: Scope, body: Any) -> tuple[Json, bool]:
        """Register one command or replace the one of its name; the second value says whether it is new."""
        form = Form()
        if not isinstance(body, dict):
            form.add((), "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        else:
            check_command(form, (), body)
        form.refuse()
        commands = self._scopes.setdefault(scope, {})
        known = commands.get(_key(body))
        if known is None:
            check_together(form, [*commands.values(), body])
            form.refuse()
            self._count_creates(scope, 1)
        commands[_key(body)] = command = self._command(scope, body, known)
        self._events.publish({"type": "commands"})
        return command, known is None

    def edit(self, scope: Scope, command_id: int, body: Any) -> Json:
        """Change some fields of one command."""
        known = self.get(scope, command_id)
        merged = {**known, **(body if isinstance(body, dict) else {})}
        form = Form()
        check_command(form, (), merged)
        form.refuse()
        commands = self._scopes[scope]
        del commands[_key(known)]
        commands[_key(merged)] = command = self._command(scope, merged, known)
        self._events.publish({"type": "commands"})
        return command

    def delete(self, scope: Scope, command_id: int) -> None:
        """Remove one command."""
        del self._scopes[scope][_key(self.get(scope, command_id))]
        self._events.publish({"type": "commands"})

    def shown_to(self, guild: Guild, user_id: int) -> list[Json]:
        """The commands a member's client lists in a guild: its own and the global ones, by default permissions."""
        bits = permissions_of(guild, user_id)
        return [
            command
            for scope in (guild.id, None)
            for command in self._scopes.get(scope, {}).values()
            if may_use(command, bits) and (scope is not None or in_guilds(command))
        ]

    def find(self, guild: Guild, user_id: int, name: str, kind: int = CHAT_INPUT) -> Json | None:
        """The command of this name that a member may use; a guild's own takes precedence over a global one."""
        bits = permissions_of(guild, user_id)
        for scope in (guild.id, None):
            command = self._scopes.get(scope, {}).get((kind, name))
            if command is not None and may_use(command, bits) and (scope is not None or in_guilds(command)):
                return command
        return None

    def find_in_direct_messages(self, name: str) -> Json | None:
        """The slash command of this name that anybody may use in direct messages with the bot."""
        command = self._scopes.get(None, {}).get((CHAT_INPUT, name))
        return command if command is not None and in_direct_messages(command) else None

    def _count_creates(self, scope: Scope, new: int) -> None:
        since = self._clock() - DAY_SECONDS
        recent = [moment for moment in self._creates.get(scope, []) if moment > since]
        if new and len(recent) + new > CREATES_PER_DAY:
            raise ApiError(
                400, 30034, f"Max number of daily application command creates has been reached ({CREATES_PER_DAY})"
            )
        self._creates[scope] = recent + [self._clock()] * new

    def _command(self, scope: Scope, body: Json, known: Json | None) -> Json:
        permissions = body.get("default_member_permissions")
        command: Json = {
            "id": known["id"] if known else str(self._snowflakes.next()),
            "application_id": str(self._world.application_id),
            "version": str(self._snowflakes.next()),
            "default_member_permissions": None if permissions is None else str(permissions),
            "type": body.get("type") or CHAT_INPUT,
            "name": body["name"],
            "name_localizations": body.get("name_localizations"),
            "description": body.get("description") or "",
            "description_localizations": body.get("description_localizations"),
            "dm_permission": body.get("dm_permission") is not False,
            "contexts": body.get("contexts"),
            "integration_types": body.get("integration_types") or [0, 1],  # what the application allows
            "nsfw": bool(body.get("nsfw")),
        }
        if body.get("options"):
            command["options"] = list(_options(body["options"]))
        if scope is not None:
            command["guild_id"] = str(scope)
            del command["dm_permission"]
        return command


OVERWRITE_MOST = 131  # 100 slash, 15 user, 15 message, one entry point


def may_use(command: Json, bits: int) -> bool:
    """Whether a member with these permissions sees a command; "0" means administrators only."""
    needed = command["default_member_permissions"]
    return needed is None or bits == ALL or (needed != "0" and bits & int(needed) == int(needed))


def in_guilds(command: Json) -> bool:
    """Whether a global command shows in guilds at all."""
    return command["contexts"] is None or 0 in command["contexts"]


def in_direct_messages(command: Json) -> bool:
    """Whether a global command shows in direct messages with the bot."""
    contexts = command["contexts"]
    return bool(command["dm_permission"]) if contexts is None else 1 in contexts


def _key(body: Json) -> Key:
    return (body.get("type") or CHAT_INPUT, body["name"])


def _options(options: list[Json]) -> Iterator[Json]:
    for option in options:
        shown = {key: option[key] for key in OPTION_KEYS if _has_value(option.get(key))}
        if "options" in shown:
            shown["options"] = list(_options(shown["options"]))
        yield shown


def _has_value(value: Any) -> bool:
    return value is not None and value is not False and value != []  # a min_value of 0 does


def without_localizations(commands: list[Json]) -> list[Json]:
    """As Discord lists them unless `with_localizations` is asked for: without any translation."""
    return [_plain(command) for command in commands]


def _plain(node: Json) -> Json:
    shown = {key: value for key, value in node.items() if not key.endswith("_localizations")}
    for inner in ("options", "choices"):
        if inner in shown:
            shown[inner] = [_plain(each) for each in shown[inner]]
    return shown


def localized(node: Json, locale: str) -> Json:
    """A command with what a client in a language shows of it: `name_localized` and `description_localized`."""
    shown = {**node}
    for key in ("name", "description"):
        if found := (node.get(f"{key}_localizations") or {}).get(locale):
            shown[f"{key}_localized"] = found
    for inner in ("options", "choices"):
        if inner in shown:
            shown[inner] = [localized(each, locale) for each in shown[inner]]
    return shown
