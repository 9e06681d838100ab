"""Where an answer is shown: as a message of its own, or in place of the one that was pressed."""

from __future__ import annotations

from typing import Any, cast

import discord

from bot.messages import Message
from bot.ui.embeds import BRAND
from bot.ui.invocation import Purpose

_TRYING = Message("⏳ Trying again…")
_PLACE = "in place"
_ALL_SEE = "everybody sees it being answered"


def answer_in_place(interaction: discord.Interaction[Any], purpose: Purpose) -> None:
    """Let the answer to a press take the place of the message that was pressed; one that opens something does not."""
    interaction.extras[_PLACE] = None if purpose is Purpose.OPEN else purpose


def place_of(interaction: discord.Interaction[Any]) -> Purpose | None:
    """Why an answer takes the place of the message that was pressed; None: it is a message of its own."""
    return cast("Purpose | None", interaction.extras.get(_PLACE))


def trying_embed() -> discord.Embed:
    """What stands in place of an error during the new attempt."""
    return discord.Embed(description=_TRYING().render(), colour=BRAND)


def all_see_thinking(interaction: discord.Interaction[Any], *, is_so: bool) -> None:
    """Record whether everybody sees "thinking…", or a notice, where the answer is to be."""
    interaction.extras[_ALL_SEE] = is_so


def do_all_see_thinking(interaction: discord.Interaction[Any]) -> bool:
    """Whether they do, and no part of the answer is there yet."""
    return bool(interaction.extras.get(_ALL_SEE))
