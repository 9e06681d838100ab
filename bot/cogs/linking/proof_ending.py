"""How a proof ends in Discord: what was linked, what it brought, and a button that undoes it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import aiohttp
import discord

from bot.cogs.linking import link_embeds, proof_embeds
from bot.cogs.members.role_follow_up import RoleFollowUp
from bot.linking.accounts import Accounts
from bot.linking.outcome import Outcome, Result
from bot.messages import Message
from bot.store.rows import to_account
from bot.ui import sending
from bot.ui.embeds import done_embed
from bot.ui.panel import TOKEN_SECONDS, ActionButton, Host, Panel

log = logging.getLogger(__name__)

_LOOKING = Message("Looking at what it earns…")
_ROLES = Message("Roles")
_UNLINK = Message("Unlink")
_UNLINKED = Message("Unlinked")
_WITH_PROOF = Message("{accounts} and the proof.")
# After these the member's accounts are worth reading: one is new, or its proof is newer.
_EARNING = frozenset({Result.LINKED, Result.KEPT})


class LinkedPanel(Panel):
    """Below the message that accounts were linked: a button undoes it, for a member who was tricked into it."""

    def __init__(
        self,
        interaction: discord.Interaction[Any],
        outcome: Outcome,
        accounts: Accounts,
        follow_up: RoleFollowUp | None,
        *,
        host: Host,
    ) -> None:
        super().__init__(interaction, expires=TOKEN_SECONDS, host=host)
        self._outcome = outcome
        self._accounts = accounts
        self._follow_up = follow_up
        unlink = self.once(self._unlink)  # a second press would name accounts that are no longer theirs
        self.lay_out([ActionButton("unlink", _UNLINK().render(), unlink, style=discord.ButtonStyle.danger)])

    async def _unlink(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        self.stop()
        listed = [to_account(text) for text in self._outcome.accounts]
        for account in listed:
            # A member who was tricked wants the proof removed, even where another account of theirs has the same owner.
            await self._accounts.remove_any(interaction.user.id, account)
        taken = await self._follow_up.take_now(interaction.user.id) if self._follow_up else ()
        accounts = ", ".join(f"`{link_embeds.account_words(account)}`" for account in listed)
        words = _WITH_PROOF(accounts=accounts).render()
        embed = done_embed(_UNLINKED().render(), link_embeds.with_taken(words, taken))
        await sending.edit_answer(interaction, embed=embed, view=None)


class ProofEnding:
    """Shows results.

    Args:
        accounts: Can unlink again.
        follow_up: Says what a proof brought; None: there are no roles.
        host: As for every panel.
    """

    def __init__(self, accounts: Accounts, follow_up: RoleFollowUp | None, *, host: Host) -> None:
        self._accounts = accounts
        self._follow_up = follow_up
        self._host = host

    async def show(self, interaction: discord.Interaction[Any], outcome: Outcome) -> None:
        """Put a result into the message that an interaction answers: at once, and again with what it brought.

        Raises:
            discord.HTTPException: Discord refuses, or cannot be reached.
        """
        panel = None
        if outcome.result is Result.LINKED:
            panel = LinkedPanel(interaction, outcome, self._accounts, self._follow_up, host=self._host)
        embed = proof_embeds.outcome_embed(outcome)
        earns = self._follow_up is not None and outcome.result in _EARNING
        if earns:
            embed.add_field(name=_ROLES().render(), value=_LOOKING().render())
        await sending.edit_answer(interaction, content=None, embed=embed, view=panel)
        if earns:
            await self._show_brought(interaction, outcome, panel)

    async def embed(self, interaction: discord.Interaction[Any], outcome: Outcome) -> discord.Embed:
        """A result with what it brought, for a message of its own."""
        embed = proof_embeds.outcome_embed(outcome)
        return _with_roles(embed, await self._brought(interaction, outcome))

    async def _show_brought(
        self, interaction: discord.Interaction[Any], outcome: Outcome, panel: LinkedPanel | None
    ) -> None:
        try:
            lines = await self._brought(interaction, outcome)
        except Exception:
            await self._edit(interaction, outcome, (), panel)  # it is not looked at any longer
            raise
        await self._edit(interaction, outcome, lines, panel)

    async def _edit(
        self, interaction: discord.Interaction[Any], outcome: Outcome, lines: Sequence[str], panel: LinkedPanel | None
    ) -> None:
        if panel and panel.is_finished():  # unlinked meanwhile
            return
        embed = _with_roles(proof_embeds.outcome_embed(outcome), lines)
        try:
            await sending.edit_answer(interaction, embed=embed, view=panel)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("verify: what a proof brought is not shown: %s", error)  # dismissed, or the token has expired

    async def _brought(self, interaction: discord.Interaction[Any], outcome: Outcome) -> Sequence[str]:
        if self._follow_up is None or outcome.at is None or outcome.result not in _EARNING:
            return ()
        return await self._follow_up.after_proof(interaction, outcome.at)


def _with_roles(embed: discord.Embed, lines: Sequence[str]) -> discord.Embed:
    return embed.add_field(name=_ROLES().render(), value="\n".join(lines)[:1024]) if lines else embed
