"""`/link` and `/unlink`: the accounts that a member names as theirs.

/link account
    Links an account, unproven: `/collections` shows it, roles never count it. A button proves it.
/unlink account
    Asks once, with the roles that it costs; then removes an account, its proof and those roles. Asks no source.
"""

from __future__ import annotations

from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.linking import link_embeds
from bot.cogs.linking.account_options import suggest
from bot.cogs.linking.accounts_panel import overview_of
from bot.cogs.linking.memberships import scope_of
from bot.cogs.linking.proof_messages import ProofMessages
from bot.cogs.members.role_follow_up import RoleFollowUp
from bot.linking import Linking
from bot.links import Link
from bot.messages import Message
from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.confirm_view import ConfirmView
from bot.ui.embeds import done_embed
from bot.ui.invocation import Invocation
from bot.ui.lasting_buttons import lasting_view, open_buttons
from bot.ui.panel import ActionButton, Panel

_SHOW = Message("Show its collections")
_PROVE = Message("Prove it is mine")
_UNLINK = Message("Unlink")
_UNLINKED = Message("Unlinked")


class LinkingCog(commands.Cog, name="Linking"):
    """Naming accounts."""

    def __init__(
        self,
        bot: Bot,
        linking: Linking,
        proofs: ProofMessages,
        *,
        expires: float,
        follow_up: RoleFollowUp | None = None,
    ) -> None:
        self._bot = bot
        self._linking = linking
        self._accounts = linking.accounts
        self._proofs = proofs
        self._expires = expires
        self._follow_up = follow_up

    @app_commands.command(name="link", description="Link an account as yours, without a proof")
    @app_commands.describe(account="An id (10001), an address (0x…), a name (vitalik.eth), or eip155:1:0x…")
    async def link(self, interaction: discord.Interaction[Bot], account: str) -> None:
        """Link an account."""
        await self.show_linked(interaction, account)

    async def show_linked(self, interaction: discord.Interaction[Bot], account: str) -> None:
        """Link what was typed, at an interaction that is not acknowledged yet."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        # A pasted link may be longer than an id has room for, and a modal is no command that could be used again.
        Invocation("link", {"account": self._accounts.as_understood(account)}).remember(interaction)
        linked = await self._accounts.link(interaction.user.id, account)
        proven = await self._linking.proven.of(interaction.user.id, scope_of(interaction, interaction.user))
        embed = link_embeds.linked_embed(linked, proven)
        show = open_buttons(
            interaction, _SHOW().render(), Invocation("collections", {"account": str(linked.link.account)})
        )
        if proven.is_signed(linked.link):
            await sending.edit_answer(interaction, embed=embed, view=lasting_view(*show))
            return
        panel = Panel(interaction, expires=self._expires, host=self._bot)
        act = partial(self._prove, linked.link)
        panel.lay_out([ActionButton("prove", _PROVE().render(), act, style=discord.ButtonStyle.primary), *show])
        await sending.edit_answer(interaction, embed=embed, view=panel)

    async def _prove(self, link: Link, interaction: discord.Interaction[Bot]) -> None:
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._proofs.start(interaction, link)

    @app_commands.command(name="unlink", description="Remove one of your accounts and its proof")
    @app_commands.describe(account="One of your accounts: its number or address, or its label")
    async def unlink(self, interaction: discord.Interaction[Bot], account: str) -> None:
        """Ask, then remove an account."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        user_id = interaction.user.id
        link = await self._accounts.find(user_id, account)
        overview = await overview_of(self._linking, interaction)
        cost = await self._follow_up.cost_of(user_id, [link.account]) if self._follow_up else ()
        embed = link_embeds.remove_embed(link, overview, cost)
        act = partial(self._remove, link, was_signed=overview.proven.is_signed(link))
        confirmation = ConfirmView(interaction, _UNLINK().render(), act, expires=self._expires, host=self._bot)
        await sending.edit_answer(interaction, embed=embed, view=confirmation)

    async def _remove(self, link: Link, press: discord.Interaction[Bot], *, was_signed: bool) -> discord.Embed:
        user_id = press.user.id
        gone = await self._accounts.remove(user_id, link.account)
        taken = await self._follow_up.take_now(user_id) if self._follow_up else ()
        words = link_embeds.removed_words(link, with_proof=gone and was_signed)
        return done_embed(_UNLINKED().render(), link_embeds.with_taken(words, taken))

    @unlink.autocomplete("account")
    async def _complete(self, interaction: discord.Interaction[Bot], typed: str) -> list[app_commands.Choice[str]]:
        return await suggest(self._accounts, interaction, typed)
