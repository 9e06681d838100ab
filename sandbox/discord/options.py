"""What a person typed, checked against its command, as a client does before it sends anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.discord.command_limits import (
    BOOLEAN,
    CHANNEL,
    GROUP,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ROLE,
    STRING,
    SUBCOMMAND,
    USER_OPTION,
)
from sandbox.discord.permissions import permissions_of
from sandbox.discord.wire import channel_json, member_json, role_json, user_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.discord.answers import Json
    from sandbox.world import Guild, World

Store = Callable[[str, str], "Json"]
BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}


class ClientRefusedError(Exception):
    """The client does not send this; the sentence says why."""


class Resolved:
    """The users, members, roles and channels named in an interaction, as its `data.resolved`.

    In direct messages there is no guild, and only users can be named. `store` uploads a text under a file name.
    """

    def __init__(self, world: World, guild: Guild | None, store: Store | None = None) -> None:
        self._world = world
        self._guild = guild
        self._store = store
        self.body: dict[str, Json] = {}

    def add(self, kind: int, value: Any) -> str:
        """Resolve one id, for an option or select of this kind; returns it as Discord sends it.

        Raises:
            ClientRefusedError: there is nothing of that kind with this id.
        """
        guild = self._guild
        try:
            found = int(str(value).strip("<@!&#> "))
        except ValueError:
            found = 0
        if kind in (USER_OPTION, MENTIONABLE) and found in self._world.users:
            self._add("users", found, user_json(self._world.users[found]))
            member = guild.members.get(found) if guild is not None else None
            if guild is not None and member is not None:
                body = member_json(member, self._world.users[found])
                del body["user"]  # Discord leaves out what `users` has already
                self._add("members", found, {**body, "permissions": str(permissions_of(guild, found))})
        elif guild is not None and kind in (ROLE, MENTIONABLE) and found in guild.roles:
            self._add("roles", found, role_json(guild, guild.roles[found]))
        elif guild is not None and kind == CHANNEL and found in guild.channels:
            channel = channel_json(guild, guild.channels[found])
            self._add("channels", found, {**channel, "permissions": str(permissions_of(guild, guild.owner_id))})
        else:
            raise ClientRefusedError(f"there is no such {NAMES.get(kind, 'thing')}: {value}")
        return str(found)

    def add_file(self, file: Any) -> str:
        """Upload a file, {"filename", "text"}; returns the id of the attachment.

        Raises:
            ClientRefusedError: that is no file.
        """
        if self._store is None or not isinstance(file, dict) or not {"filename", "text"} <= file.keys():
            raise ClientRefusedError("a file has a filename and a text")
        body = self._store(str(file["filename"]), str(file["text"]))
        self._add("attachments", int(body["id"]), body)
        return str(body["id"])

    def add_message(self, body: Json) -> str:
        """The message that a command of its menu is about; returns its id."""
        self._add("messages", int(body["id"]), body)
        return str(body["id"])

    def _add(self, kind: str, found: int, body: Json) -> None:
        self.body.setdefault(kind, {})[str(found)] = body


NAMES = {USER_OPTION: "user", ROLE: "role", CHANNEL: "channel", MENTIONABLE: "user or role"}


def subcommand_of(command: Json, rest: list[str]) -> tuple[list[Json], list[str]]:
    """The options of a command or its subcommand, and the names that lead there.

    Raises:
        ClientRefusedError: no such subcommand, or one is missing.
    """
    options: list[Json] = command.get("options", [])
    path: list[str] = []
    while any(option["type"] in (SUBCOMMAND, GROUP) for option in options):
        if len(path) == len(rest):
            raise ClientRefusedError(f"/{command['name']} needs a subcommand")
        name = rest[len(path)]
        below = next((option for option in options if option["name"] == name), None)
        if below is None:
            raise ClientRefusedError(f"there is no command /{command['name']} {' '.join(rest)}")
        path.append(name)
        options = below.get("options", [])
    if len(path) < len(rest):
        raise ClientRefusedError(f"there is no command /{command['name']} {' '.join(rest)}")
    return options, path


def filled(options: list[Json], given: Mapping[str, Any], resolved: Resolved) -> list[Json]:
    """The options of an interaction, with values of the types that the command asks for.

    Raises:
        ClientRefusedError: unknown, missing or invalid.
    """
    unknown = set(given) - {option["name"] for option in options}
    if unknown:
        raise ClientRefusedError(f"there is no option {min(unknown)}")
    body = []
    for option in options:
        value = given.get(option["name"])
        if value is None or value == "":
            if option.get("required"):
                raise ClientRefusedError(f"{option['name']} is required")
            continue
        body.append({"name": option["name"], "type": option["type"], "value": _value(option, value, resolved)})
    return body


def nested(path: list[str], options: list[Json]) -> list[Json]:
    """Wrap options in the subcommand and group they belong to."""
    kind = SUBCOMMAND
    for name in reversed(path):
        options = [{"name": name, "type": kind, "options": options}]
        kind = GROUP
    return options


def _value(option: Json, value: Any, resolved: Resolved) -> Any:
    name, kind = option["name"], option["type"]
    if kind == STRING:
        text = str(value)
        low, high = option.get("min_length", 0), option.get("max_length", 6000)
        if not low <= len(text) <= high:
            raise ClientRefusedError(f"{name} must have {low} to {high} characters")
        return _chosen(option, text)
    if kind in (INTEGER, NUMBER):
        return _chosen(option, _number(option, value))
    if kind == BOOLEAN:
        truth = value if isinstance(value, bool) else BOOLEANS.get(str(value).lower())
        if truth is None:
            raise ClientRefusedError(f"{name} must be true or false")
        return truth
    if kind in (USER_OPTION, ROLE, CHANNEL, MENTIONABLE):
        return resolved.add(kind, value)
    return resolved.add_file(value)


def _number(option: Json, value: Any) -> int | float:
    name, whole = option["name"], option["type"] == INTEGER
    try:
        number = int(str(value)) if whole else float(value)
    except ValueError:
        raise ClientRefusedError(f"{name} must be {'an integer' if whole else 'a number'}") from None
    if "min_value" in option and number < option["min_value"]:
        raise ClientRefusedError(f"{name} must be at least {option['min_value']}")
    if "max_value" in option and number > option["max_value"]:
        raise ClientRefusedError(f"{name} must be at most {option['max_value']}")
    return number


def _chosen(option: Json, value: Any) -> Any:
    """A value of an option with choices must be one of them; a person may also type the name of a choice."""
    choices = option.get("choices")
    if not choices:
        return value
    for choice in choices:
        if value in (choice["value"], choice["name"]):
            return choice["value"]
    raise ClientRefusedError(f"{option['name']} must be one of the choices")
