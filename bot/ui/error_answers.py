"""How an error becomes the answer to an interaction, wherever that stands: unanswered, deferred, or answered."""

from __future__ import annotations

from typing import Any

import discord

from bot.ui import waiting_notice

_ALREADY_ACKNOWLEDGED = 40060


async def show_error(interaction: discord.Interaction[Any], embed: discord.Embed) -> None:
    """Show an error to the person alone.

    Raises:
        discord.HTTPException: Discord refuses it.
    """
    is_waiting = await waiting_notice.end(interaction)
    if not interaction.response.is_done():
        try:
            await interaction.response.send_message(embed=embed, ephemeral=True)
        except discord.HTTPException as error:
            if error.code != _ALREADY_ACKNOWLEDGED:
                raise  # else Discord took our first answer, only its response was lost
        else:
            return
    if is_waiting:
        await interaction.edit_original_response(embed=embed)
        return
    # Discord replaces a "thinking" answer by the first followup; a later one appears below it.
    await interaction.followup.send(embed=embed, ephemeral=True)
