"""Registers the commands at Discord, and only when they have changed.

Discord allows 200 new ones a day, and may take an hour until everybody has a change. What is registered is read and
compared, field by field, with what would be sent. Where Discord writes a field in a way that is not known here, they
seem to differ, and are sent as they always were.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, cast

import discord
from discord import app_commands

from bot.messages import forget_catalogs
from bot.ui.command_translator import CommandTranslator

log = logging.getLogger(__name__)

# A command's fields, and an option's, that are ours to decide; and what a missing one means.
_OF_COMMANDS: Mapping[str, Any] = {
    "type": 1,
    "name": "",
    "description": "",
    "name_localizations": {},
    "description_localizations": {},
    "default_member_permissions": None,
    "nsfw": False,
    "integration_types": [0],
}
_OF_OPTIONS: Mapping[str, Any] = {
    "type": 0,
    "name": "",
    "description": "",
    "name_localizations": {},
    "description_localizations": {},
    "required": False,
    "autocomplete": False,
    "channel_types": [],
    "min_value": None,
    "max_value": None,
    "min_length": None,
    "max_length": None,
}
_Command = app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu
_UNORDERED = ("integration_types", "channel_types", "contexts")


class Registration:
    """The ids of the registered commands, and how they come to be registered.

    Args:
        tree: Has the commands.
        guild_ids: Where they are registered; empty: everywhere.
    """

    def __init__(self, tree: app_commands.CommandTree[Any], guild_ids: Sequence[int]) -> None:
        self._tree = tree
        self._guild_ids = guild_ids
        self._translator = CommandTranslator()
        self._ids: dict[tuple[int | None, str], int] = {}

    async def register(self) -> None:
        """Register what has changed: at once in the configured guilds, or everywhere, which takes Discord a while."""
        try:
            await self._register_everywhere()
        finally:
            forget_catalogs()

    async def _register_everywhere(self) -> None:
        await self._tree.set_translator(self._translator)
        if not self._guild_ids:
            await self._register(None)
        for guild_id in self._guild_ids:
            guild = discord.Object(guild_id)
            self._tree.copy_global_to(guild=guild)
            try:
                await self._register(guild)
            except discord.Forbidden:
                log.error("guild %s: commands cannot be registered: invite the bot there first", guild_id)  # noqa: TRY400 - the traceback says nothing more

    async def _register(self, guild: discord.Object | None) -> None:
        place = guild.id if guild else None
        registered = await self._fetch(place)
        wanted = [await self._payload(command) for command in self._tree.get_commands(guild=guild)]
        if are_same(registered, wanted, in_guild=guild is not None):
            log.info("commands: all %d are registered as they are", len(wanted))
            self._ids |= {(place, command["name"]): int(command["id"]) for command in registered}
            return
        log.info("commands: %d are registered", len(wanted))
        self._ids |= {(place, command.name): command.id for command in await self._tree.sync(guild=guild)}

    async def _fetch(self, guild_id: int | None) -> Sequence[Mapping[str, Any]]:
        place = f"/applications/{self._tree.client.application_id or 0}"
        if guild_id is not None:
            place += f"/guilds/{guild_id}"
        # discord.py 2.7.1 has no argument for it, and without it Discord leaves all translations out.
        route = discord.http.Route("GET", f"{place}/commands")
        registered = await self._tree.client.http.request(route, params={"with_localizations": "true"})
        return cast("Sequence[Mapping[str, Any]]", registered)

    async def _payload(self, command: _Command) -> Mapping[str, Any]:
        """What `CommandTree.sync` sends of a command."""
        return await command.get_translated_payload(self._tree, self._translator)

    def mention(self, command: str, guild_id: int | None) -> str:
        """A command as text that can be clicked, where its id is known; a command of a group has both names."""
        name = command.partition(" ")[0]
        command_id = self._ids.get((guild_id, name)) or self._ids.get((None, name))
        return f"</{command}:{command_id}>" if command_id else f"`/{command}`"


def are_same(registered: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]], *, in_guild: bool) -> bool:
    """Whether what Discord has is what would be sent, in any order."""
    return _by_name(registered, in_guild=in_guild) == _by_name(wanted, in_guild=in_guild)


def _by_name(commands: Sequence[Mapping[str, Any]], *, in_guild: bool) -> dict[tuple[int, str], Any]:
    return {
        (command.get("type", 1), command["name"]): (
            _fields(command, _OF_COMMANDS),
            None if in_guild else _places(command),
            _options(command),
        )
        for command in commands
    }


def _places(command: Mapping[str, Any]) -> object:
    """Where it can be used; without contexts the older field decides, of which Discord makes contexts by itself."""
    if (contexts := command.get("contexts")) is not None:
        return sorted(contexts)
    return [0, 1, 2] if command.get("dm_permission", True) in (True, None) else [0]


def _options(command: Mapping[str, Any]) -> list[Any]:
    return [
        (
            _fields(option, _OF_OPTIONS),
            [_choice(choice) for choice in option.get("choices") or ()],
            _options(option),
        )
        for option in command.get("options") or ()
    ]


def _choice(choice: Mapping[str, Any]) -> tuple[object, ...]:
    return (choice["name"], choice["value"], choice.get("name_localizations") or {})


def _fields(written: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _plain(key, written.get(key), missing) for key, missing in known.items()}


def _plain(key: str, value: Any, missing: Any) -> Any:
    if value is None:
        return missing
    if key in _UNORDERED:
        return sorted(map(int, value)) or missing
    # Discord writes permissions as text, discord.py as a number.
    return str(value) if key == "default_member_permissions" else value
