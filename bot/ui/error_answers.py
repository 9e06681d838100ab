"""How an error becomes the answer to an interaction, wherever that stands: unanswered, deferred, or answered."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import discord

from bot.errors import TesseraError, WithdrawnError
from bot.ui import sending, waiting_notice
from bot.ui.draft import Parts
from bot.ui.embeds import error_embed
from bot.ui.error_words import may_help_again
from bot.ui.in_place import do_all_see_thinking, place_of
from bot.ui.invocation import Invocation, Purpose
from bot.ui.lasting_buttons import again_view
from bot.ui.other_process import ALREADY_ACKNOWLEDGED, OtherProcess
from bot.ui.press_words import TRY_AGAIN
from bot.ui.pressed import origin_of

log = logging.getLogger(__name__)

# What is shown in place of an error, by its class: where there is something better to say than what went wrong.
Card = Callable[[discord.Interaction[Any]], Parts]
Cards = Mapping[type[TesseraError], Card]


def is_answered_already(error: Exception) -> bool:
    """Whether Discord refuses an answer as the interaction has one: ours, whose response was lost, or another's."""
    return isinstance(error, discord.HTTPException) and error.code == ALREADY_ACKNOWLEDGED


def _parts_of(interaction: discord.Interaction[Any], error: TesseraError, cards: Cards) -> Parts:
    """What a person sees of an error: its card, or its sentence, with *Try again* where that may help."""
    for kind, card in cards.items():
        if isinstance(error, kind):
            return card(interaction)
    message = Parts(embed=error_embed(error))
    if may_help_again(error):
        message.update(again_view(interaction, TRY_AGAIN().render(), Invocation.of(interaction)))
    return message


async def show_error(
    interaction: discord.Interaction[Any], error: TesseraError, cards: Cards, other: OtherProcess
) -> None:
    """Show an error to the person alone; nothing if another process has answered this person.

    A new attempt that fails again takes the place of the error before it, and so does what may not be shown any more.

    Raises:
        discord.HTTPException: Discord refuses it.
    """
    message = _parts_of(interaction, error, cards)
    place, is_waiting = place_of(interaction), await waiting_notice.end(interaction)
    if not interaction.response.is_done():
        try:
            await sending.respond(interaction, **Parts({**message, "ephemeral": True}))
        except discord.HTTPException as refused:
            if not is_answered_already(refused):
                raise
            if other.has_answered(interaction.id):
                return
            # Else Discord took our first answer, only its response was lost.
        else:
            return
    if do_all_see_thinking(interaction):
        # The first followup would take that place, and be for everybody, too.
        await _take_away(interaction)
    elif is_waiting or place is Purpose.AGAIN or (place and isinstance(error, WithdrawnError)):
        interaction.client.live_answers.replaced(origin_of(interaction))
        await sending.edit_answer(interaction, **Parts({"view": None, **message}))
        return
    # Discord replaces a "thinking" answer by the first followup; a later one appears below it.
    await sending.follow_up(interaction, **Parts({**message, "ephemeral": True}))


async def _take_away(interaction: discord.Interaction[Any]) -> None:
    try:
        await interaction.delete_original_response()
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        log.info("what everybody sees of an answer stays: %s", type(error).__name__)
