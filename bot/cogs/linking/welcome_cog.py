"""The buttons of the welcome card: link an account in a modal, prove a wallet, and look at an example.

They are answered by this listener, also below messages of an earlier process.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord.ext import commands

from bot.cogs.linking.welcome_card import PRESSED, Start, Welcome, start_button
from bot.errors import InputError, NotFoundError, NothingLinkedError
from bot.messages import Message
from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.embeds import error_embed
from bot.ui.lasting_buttons import answer_press, lasting_view
from bot.ui.panel import TOKEN_SECONDS, Action, Panel, PromptModal
from bot.ui.pressed import custom_id_of

_LONGEST = 300
_YOUR_ACCOUNT = Message("Your account")
_LINK = Message("Link an account")
_AGAIN = Message("Type it again")
Link = Callable[[discord.Interaction[Any], str], Awaitable[None]]


class WelcomeCog(commands.Cog, name="Welcome"):
    """Shows the card wherever nothing is linked, and answers its buttons.

    Args:
        bot: The client.
        welcome: The card.
        link: Links what was typed; gets a modal that is not acknowledged yet.
        prove: Begins a proof, at a press that is not acknowledged yet.
        example: Shows an account that everybody may look at, likewise.
    """

    def __init__(self, bot: Bot, welcome: Welcome, *, link: Link, prove: Action, example: Action) -> None:
        self._bot = bot
        self._welcome = welcome
        self._link = link
        self._actions = {Start.LINK: self._ask, Start.PROVE: prove, Start.EXAMPLE: example}
        bot.answered_elsewhere(PRESSED)
        bot.cards[NothingLinkedError] = welcome.parts

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Bot]) -> None:
        """Answer a press."""
        if start := Start.of(custom_id_of(interaction)):
            await answer_press(interaction, self._actions[start])

    async def _ask(self, interaction: discord.Interaction[Any]) -> None:
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=_YOUR_ACCOUNT().render(),
            custom_id="account",
            placeholder=self._welcome.placeholder,
            max_length=_LONGEST,
        )
        # It checks who sends the modal, and what; nothing of it is shown.
        panel = Panel(interaction, expires=TOKEN_SECONDS, host=self._bot)
        modal = PromptModal(panel, "welcome-link", _LINK().render(), field, self._typed)
        await interaction.response.send_modal(modal)

    async def _typed(self, interaction: discord.Interaction[Any], account: str) -> None:
        try:
            await self._link(interaction, account)
        except (InputError, NotFoundError) as error:  # of what was typed: it can be typed again
            view = lasting_view(start_button(Start.LINK, _AGAIN()))
            await sending.edit_answer(interaction, embed=error_embed(error), view=view)
