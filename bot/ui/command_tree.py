"""The slash commands: each is tracked while it runs, and each error is answered."""

from __future__ import annotations

import logging
from typing import Any, cast

import aiohttp
import discord
from discord import app_commands

from bot.errors import InputError
from bot.ui.error_answers import is_answered_already
from bot.ui.panel import Host
from bot.ui.typed_input import NOT_UNDERSTOOD, check_input

log = logging.getLogger(__name__)

# A command of an earlier version, or one that a program sent in place of a client.
_NOT_OURS = (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch, app_commands.TransformerError)


class Tree(app_commands.CommandTree[Any]):
    """The slash commands; each is tracked while it runs, and each error is answered."""

    @property
    def _host(self) -> Host:
        return cast("Host", self.client)

    async def interaction_check(self, interaction: discord.Interaction[Any]) -> bool:
        """Track what runs; refuse what arrives while the bot is stopping, and what must not be typed."""
        if not await self._host.accept(interaction):
            return False
        try:
            check_input(interaction)
        except InputError as error:
            await self._refuse(interaction, error)
            return False
        return True

    async def _refuse(self, interaction: discord.Interaction[Any], error: InputError) -> None:
        if interaction.type is not discord.InteractionType.autocomplete:
            await self._host.answer_error(interaction, error)
            return
        try:
            await interaction.response.autocomplete([])  # suggestions show no errors
        except (discord.DiscordException, aiohttp.ClientError, OSError) as problem:
            if not is_answered_already(problem):
                log.info("suggestions stay unanswered: %s", type(problem).__name__)

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        """Answer the person."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if isinstance(error, _NOT_OURS):
            log.info("a command is not understood: %s", type(error).__name__)
            await self._refuse(interaction, InputError(NOT_UNDERSTOOD))
            return
        await self._host.answer_error(interaction, cause)
