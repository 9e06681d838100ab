"""`/accounts`: the accounts that a member linked, and everything that can be done with them, in one message.

A menu chooses an account; buttons make it the main account, label it, prove it, unlink it (asks once), and object to a
claim by somebody else. An account can be kept out of this server, where it then earns no role. Whether others in this
server see the chosen account is switched here; all that is shared anywhere is listed, and ends with one press. The list
itself is in the store, so it works with every source down.
"""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.linking.accounts_panel import AccountsPanel, overview_of
from bot.cogs.linking.proof_messages import ProofMessages
from bot.cogs.linking.welcome_card import Welcome
from bot.cogs.members.role_follow_up import RoleFollowUp
from bot.linking import Linking
from bot.ui.client import Bot


class AccountsCog(commands.Cog, name="Accounts"):
    """The list of one's own accounts."""

    def __init__(
        self,
        bot: Bot,
        linking: Linking,
        proofs: ProofMessages,
        *,
        expires: float,
        follow_up: RoleFollowUp | None = None,
        welcome: Welcome | None = None,
    ) -> None:
        self._bot = bot
        self._linking = linking
        self._proofs = proofs
        self._expires = expires
        self._follow_up = follow_up
        self._welcome = welcome or Welcome()

    @app_commands.command(
        name="accounts", description="Your accounts: main account, labels, proofs, and who may see them"
    )
    async def accounts(self, interaction: discord.Interaction[Bot]) -> None:
        """Show the list."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        overview = await overview_of(self._linking, interaction)
        panel = AccountsPanel(
            interaction,
            overview,
            self._linking,
            self._proofs.start,
            self._follow_up,
            welcome=self._welcome,
            expires=self._expires,
            host=self._bot,
        )
        await panel.show()
