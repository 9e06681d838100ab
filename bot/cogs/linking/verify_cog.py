"""`/verify`: prove that an account is yours.

/verify account? signer?
    On the page, where there is one: a link for the member alone, and the result in the same message. With a signature
    pasted in Discord where there is no page, or where a smart wallet's key is named. An account that is not linked yet
    is linked by its proof, and not before.
"""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.linking.account_options import suggest
from bot.cogs.linking.proof_messages import ProofMessages
from bot.linking import Linking
from bot.ui.client import Bot


class VerifyCog(commands.Cog, name="Verify"):
    """Proving accounts."""

    def __init__(self, linking: Linking, proofs: ProofMessages) -> None:
        self._accounts = linking.accounts
        self._proven = linking.proven
        self._proofs = proofs

    async def cog_unload(self) -> None:
        """Stop waiting for results."""
        await self._proofs.close()

    @app_commands.command(
        name="verify", description="Prove that an account is yours, with a signature that costs nothing"
    )
    @app_commands.describe(
        account="One of your accounts, or a new one to link: an id, an address, a name",
        signer="The key's address, if the account belongs to a smart wallet and you paste the signature",
    )
    @app_commands.guild_only()
    async def verify(
        self, interaction: discord.Interaction[Bot], account: str | None = None, signer: str | None = None
    ) -> None:
        """Begin a proof."""
        await interaction.client.acknowledge(interaction, ephemeral=True, thinking=True)
        link = await self._accounts.candidate(interaction.user.id, account) if account else None
        await self._proofs.start(interaction, link, signer or "")

    @verify.autocomplete("account")
    async def _complete(self, interaction: discord.Interaction[Bot], typed: str) -> list[app_commands.Choice[str]]:
        return await suggest(self._accounts, interaction, typed, unsigned_first=self._proven)
