"""How an error becomes the answer to an interaction, wherever that stands: unanswered, deferred, or answered."""

from __future__ import annotations

from typing import Any

import discord

from bot.ui import sending, waiting_notice
from bot.ui.other_process import ALREADY_ACKNOWLEDGED, OtherProcess


def is_answered_already(error: Exception) -> bool:
    """Whether Discord refuses an answer as the interaction has one: ours, whose response was lost, or another's."""
    return isinstance(error, discord.HTTPException) and error.code == ALREADY_ACKNOWLEDGED


async def show_error(interaction: discord.Interaction[Any], embed: discord.Embed, other: OtherProcess) -> None:
    """Show an error to the person alone; nothing if another process has answered this person.

    Raises:
        discord.HTTPException: Discord refuses it.
    """
    is_waiting = await waiting_notice.end(interaction)
    if not interaction.response.is_done():
        try:
            await sending.respond(interaction, embed=embed, ephemeral=True)
        except discord.HTTPException as error:
            if not is_answered_already(error):
                raise
            if other.has_answered(interaction.id):
                return
            # Else Discord took our first answer, only its response was lost.
        else:
            return
    if is_waiting:
        await sending.edit_answer(interaction, embed=embed)
        return
    # Discord replaces a "thinking" answer by the first followup; a later one appears below it.
    await sending.follow_up(interaction, embed=embed, ephemeral=True)
