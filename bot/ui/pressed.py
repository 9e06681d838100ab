"""What an interaction says of what was pressed: its id, whose answer it is below, and its name for the log."""

from __future__ import annotations

from typing import Any, cast

import discord

from bot.ui.panel import action_of


def custom_id_of(interaction: discord.Interaction[Any]) -> str:
    """The id of the button, menu or modal; "" for a command."""
    return str(cast("dict[str, Any]", interaction.data or {}).get("custom_id", ""))


def origin_of(interaction: discord.Interaction[Any]) -> int:
    """The id of the interaction whose answer was pressed; 0 for none."""
    metadata = interaction.message.interaction_metadata if interaction.message else None
    return metadata.id if metadata else 0


def name_of(interaction: discord.Interaction[Any]) -> str:
    """The command, or what a button does, for the log."""
    if interaction.command:
        return f"/{interaction.command.qualified_name}"
    return action_of(custom_id_of(interaction)) or interaction.type.name
