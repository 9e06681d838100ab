"""What people do: type a command, press a button, choose from a menu, send a modal, ask for suggestions.

Each is checked as a client checks it before sending; then the bot gets an interaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.discord.attachments import Upload
from sandbox.discord.command_limits import CHAT_INPUT, USER, USER_OPTION
from sandbox.discord.composing import custom_components
from sandbox.discord.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    Interaction,
    Interactions,
    new_token,
)
from sandbox.discord.menus import chosen_values
from sandbox.discord.modal_answers import modal_components
from sandbox.discord.options import ClientRefusedError, Resolved, filled, nested, subcommand_of
from sandbox.discord.payloads import in_direct_messages, in_guild, interaction_create, metadata

if TYPE_CHECKING:
    from sandbox.discord.answers import Json
    from sandbox.discord.attachments import Attachments
    from sandbox.discord.commands import Commands
    from sandbox.discord.dms import DirectMessages
    from sandbox.discord.gateway import Gateway
    from sandbox.discord.messages import Message, Messages
    from sandbox.discord.snowflakes import Snowflakes
    from sandbox.world import Guild, World

BUTTON = 2


class ClientActions:
    """Turns what a person does into interactions. Every method raises Refused when a client would not send it."""

    def __init__(
        self,
        world: World,
        *,
        commands: Commands,
        messages: Messages,
        dms: DirectMessages,
        interactions: Interactions,
        gateway: Gateway,
        snowflakes: Snowflakes,
        attachments: Attachments,
    ) -> None:
        self._world = world
        self._attachments = attachments
        self._commands = commands
        self._messages = messages
        self._dms = dms
        self._interactions = interactions
        self._gateway = gateway
        self._snowflakes = snowflakes

    def guild_of(self, guild_id: int, user_id: int) -> Guild:
        """A guild that the person is in."""
        guild = self._world.guilds.get(guild_id)
        if guild is None or user_id not in guild.members:
            raise ClientRefusedError("you are not in this server")
        return guild

    def command(self, body: Json) -> int:
        """Send a command, in direct messages if no guild is named; returns the interaction's id."""
        user_id, guild, channel_id = self._place(body)
        if body.get("type", CHAT_INPUT) != CHAT_INPUT:
            return self._menu_command(body, user_id, guild, channel_id)
        command, options, path = self._named(guild, user_id, str(body["name"]))
        given: Json = body.get("options") or {}
        resolved = self._resolved(guild, channel_id, body)
        data = _command_data(command, nested(path, filled(options, given, resolved)))
        if resolved.body:
            data["resolved"] = resolved.body
        interaction = self._interaction(COMMAND, user_id, guild.id if guild else None, channel_id)
        interaction.name = " ".join([command["name"], *path])
        interaction.metadata["name"] = interaction.name
        shown = {name: value["filename"] if isinstance(value, dict) else value for name, value in given.items()}
        typed = [f"{name}:{value}" for name, value in shown.items() if value is not None and value != ""]
        interaction.command_text = " ".join([f"/{interaction.name}", *typed])
        return self._send(interaction, data)

    def _menu_command(self, body: Json, user_id: int, guild: Guild | None, channel_id: int) -> int:
        """Use a command of the menu of a user (type 2) or message (3), named by the id `target`."""
        kind, name, target = int(body["type"]), str(body["name"]), int(body["target"])
        command = self._commands.find(guild, user_id, name, kind) if guild else None
        if command is None:
            raise ClientRefusedError(f"there is no {name} in this menu")
        resolved = self._resolved(guild, channel_id, body)
        if kind == USER:
            resolved.add(USER_OPTION, target)
        else:
            resolved.add_message(self._visible(target, user_id).body)
        data = {**_command_data(command, []), "target_id": str(target), "resolved": resolved.body}
        interaction = self._interaction(COMMAND, user_id, guild.id if guild else None, channel_id)
        interaction.name = interaction.metadata["name"] = name
        interaction.command_text = name
        return self._send(interaction, data)

    def _resolved(self, guild: Guild | None, channel_id: int, body: Json) -> Resolved:
        def store(filename: str, text: str) -> Json:
            upload = Upload(filename, text.encode(), "")
            return self._attachments.store(upload, channel_id, str(body["host"]), described=None, hidden=True)

        return Resolved(self._world, guild, store)

    async def autocomplete(self, body: Json) -> list[Json] | None:
        """Ask for suggestions; None when the bot gave none in time."""
        user_id, guild, channel_id = self._place(body)
        command, options, path = self._named(guild, user_id, str(body["name"]))
        focused = str(body["focused"])
        given = {focused: "", **(body.get("options") or {})}
        typed = []
        for option in options:
            name = option["name"]
            if name == focused and not option.get("autocomplete"):
                raise ClientRefusedError(f"{name} has no suggestions")
            if name in given:
                one = {"name": name, "type": option["type"], "value": given[name]}
                typed.append({**one, "value": str(given[name]), "focused": True} if name == focused else one)
        if not any(option.get("focused") for option in typed):
            raise ClientRefusedError(f"there is no option {focused}")
        interaction = self._interaction(AUTOCOMPLETE, user_id, guild.id if guild else None, channel_id)
        self._send(interaction, _command_data(command, nested(path, typed)))
        await self._interactions.wait(interaction, "answered", self._interactions.deadlines.first_response + 1)
        return interaction.choices

    def component(self, body: Json) -> int:
        """Press a button, or choose from a menu."""
        user_id = int(body["user"])
        message = self._visible(int(body["message"]), user_id)
        custom_id = str(body["custom_id"])
        component = next(
            (c for c in custom_components(message.body["components"]) if c["custom_id"] == custom_id), None
        )
        if component is None:
            raise ClientRefusedError("there is no such component on this message")
        if component.get("disabled"):
            raise ClientRefusedError("this component is disabled")
        guild = self._guild_or_none(message.guild_id, user_id)
        data: Json = {"component_type": component["type"], "custom_id": custom_id, "id": component["id"]}
        if component["type"] != BUTTON:
            resolved = self._resolved(guild, message.channel_id, body)
            data["values"] = chosen_values(component, body.get("values") or [], resolved)
            if resolved.body:
                data["resolved"] = resolved.body
        interaction = self._interaction(COMPONENT, user_id, message.guild_id, message.channel_id)
        interaction.source = message
        interaction.metadata["interacted_message_id"] = str(message.id)
        return self._send(interaction, data)

    def modal(self, body: Json) -> int:
        """Send a modal that an interaction opened."""
        user_id = int(body["user"])
        opener = self._interactions.find(int(body["interaction"]))
        if opener is None or opener.modal is None or opener.user_id != user_id:
            raise ClientRefusedError("there is no modal to send")
        resolved = self._resolved(self._guild_or_none(opener.guild_id, user_id), opener.channel_id, body)
        data: Json = {
            "custom_id": opener.modal["custom_id"],
            "components": modal_components(opener.modal["components"], body.get("values") or {}, resolved),
        }
        if resolved.body:
            data["resolved"] = resolved.body
        interaction = self._interaction(MODAL_SUBMIT, user_id, opener.guild_id, opener.channel_id)
        interaction.source = opener.source
        interaction.command_text = opener.command_text
        interaction.metadata["triggering_interaction_metadata"] = opener.metadata
        return self._send(interaction, data)

    def handmade(self, body: Json) -> int:
        """Send an interaction as it is, unchecked, as a program could in place of a client; returns its id."""
        user_id, guild, channel_id = self._place(body)
        interaction = self._interaction(int(body["type"]), user_id, guild.id if guild else None, channel_id)
        if "message" in body:
            interaction.source = self._visible(int(body["message"]), user_id)
            interaction.metadata["interacted_message_id"] = str(interaction.source.id)
        if interaction.kind == MODAL_SUBMIT:
            interaction.metadata["triggering_interaction_metadata"] = {**interaction.metadata, "type": COMPONENT}
            interaction.metadata.pop("interacted_message_id", None)
        if interaction.kind == COMMAND:
            interaction.metadata["name"] = interaction.name = str(body["data"].get("name", ""))
        if "integration_owners" in body:  # who installed the application: {"0": guild, "1": user}
            interaction.metadata["authorizing_integration_owners"] = body["integration_owners"]
        interaction.in_group = bool(body.get("in_group"))
        return self._send(interaction, body["data"])

    def _place(self, body: Json) -> tuple[int, Guild | None, int]:
        """Who acts, in which guild (None in direct messages) and channel."""
        user_id = int(body["user"])
        if body.get("guild") is None:
            return user_id, None, self._dms.open(user_id).id
        guild = self.guild_of(int(body["guild"]), user_id)
        channel = guild.channels.get(int(body["channel"]))
        if channel is None:
            raise ClientRefusedError("there is no such channel")
        return user_id, guild, channel.id

    def _guild_or_none(self, guild_id: int | None, user_id: int) -> Guild | None:
        """A guild that the person is in; None in direct messages."""
        return None if guild_id is None else self.guild_of(guild_id, user_id)

    def _named(self, guild: Guild | None, user_id: int, name: str) -> tuple[Json, list[Json], list[str]]:
        first, *rest = name.removeprefix("/").split() or [""]
        commands = self._commands
        command = commands.find(guild, user_id, first) if guild else commands.find_in_direct_messages(first)
        if command is None:
            raise ClientRefusedError(f"there is no command /{first}")
        options, path = subcommand_of(command, rest)
        return command, options, path

    def _visible(self, message_id: int, user_id: int) -> Message:
        message = self._messages.find(message_id)
        if message is None or not message.may_be_seen_by(user_id):
            raise ClientRefusedError("there is no such message")
        return message

    def _interaction(self, kind: int, user_id: int, guild_id: int | None, channel_id: int) -> Interaction:
        interaction_id = self._snowflakes.next()
        return Interaction(
            id=interaction_id,
            token=new_token(interaction_id),
            kind=kind,
            user_id=user_id,
            guild_id=guild_id,
            channel_id=channel_id,
            created_at=self._interactions.clock(),
            metadata=metadata(interaction_id, kind, self._world.users[user_id], guild_id),
        )

    def _send(self, interaction: Interaction, data: Json) -> int:
        place = self._fields_of_place(interaction)
        self._interactions.open(interaction)
        self._gateway.dispatch(
            interaction.guild_id,
            "INTERACTION_CREATE",
            interaction_create(interaction, data, self._world, place),
            on_sent=lambda: self._interactions.mark_sent(interaction),
        )
        return interaction.id

    def _fields_of_place(self, interaction: Interaction) -> Json:
        user = self._world.users[interaction.user_id]
        if interaction.guild_id is None:
            return in_direct_messages(self._dms.channel_json(self._dms.open(user.id)), user)
        guild = self._world.guilds[interaction.guild_id]
        return in_guild(self._world, guild, guild.channels[interaction.channel_id], user)


def _command_data(command: Json, options: list[Json]) -> Json:
    data: dict[str, Any] = {"id": command["id"], "name": command["name"], "type": command["type"]}
    if options:
        data["options"] = options
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return data
