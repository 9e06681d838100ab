"""What an interaction says of what was pressed: its id, whose answer it is below, and its name for the log."""

from __future__ import annotations

import re
import secrets
from typing import Any, cast

import discord

ID_PREFIX = "tessera"
# Distinguishes the buttons of this process from those of an earlier one, whose views are gone.
RUN = secrets.token_hex(4)


_OF_COMMAND = re.compile(rf"{ID_PREFIX}:[0-9a-f]{{8}}:/([a-z -]+):")


def of_command(custom_id: str, command: str) -> str:
    """The id of something on a panel, with the command whose answer that is: a later process finds it there."""
    before = f"{ID_PREFIX}:{RUN}:"
    is_ours = custom_id.startswith(before) and not command_in(custom_id)
    return f"{before}/{command}:{custom_id.removeprefix(before)}" if is_ours else custom_id


def command_in(custom_id: str) -> str:
    """The command that such an id names, of whichever process; "" for none."""
    found = _OF_COMMAND.match(custom_id)
    return found[1] if found else ""


def action_of(custom_id: str) -> str:
    """What a button does, for the log: what follows in its id names an account, a server or a question."""
    parts = custom_id.removeprefix(f"{ID_PREFIX}:{RUN}:").split(":")
    if parts[0].startswith("/"):
        del parts[0]
    return ":".join(parts[: 2 if custom_id.startswith(f"{ID_PREFIX}-") else 1])


def custom_id_of(interaction: discord.Interaction[Any]) -> str:
    """The id of the button, menu or modal; "" for a command."""
    return str(cast("dict[str, Any]", interaction.data or {}).get("custom_id", ""))


def origin_of(interaction: discord.Interaction[Any]) -> int:
    """The id of the interaction whose answer was pressed; 0 for none."""
    metadata = interaction.message.interaction_metadata if interaction.message else None
    return metadata.id if metadata else 0


def is_askers_own(interaction: discord.Interaction[Any]) -> bool:
    """Whether the person who presses is the one whose command, or press, made the message."""
    metadata = interaction.message.interaction_metadata if interaction.message else None
    return metadata is not None and metadata.user.id == interaction.user.id


def name_of(interaction: discord.Interaction[Any]) -> str:
    """The command, or what a button does, for the log."""
    if interaction.command:
        return f"/{interaction.command.qualified_name}"
    return action_of(custom_id_of(interaction)) or interaction.type.name
