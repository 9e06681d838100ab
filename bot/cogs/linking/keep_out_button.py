"""The button of `/accounts` that keeps the chosen account out of this server, or lets it count again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.cogs.linking.link_embeds import Overview, account_words, with_taken
from bot.cogs.linking.memberships import membership_of
from bot.cogs.members.role_follow_up import RoleFollowUp
from bot.errors import InputError
from bot.holdings import Account
from bot.linking.refusal_errors import refusal_error
from bot.links import Membership
from bot.messages import Message
from bot.store.gates.keep_out_table import KeepOuts
from bot.store.linking.refusal import Refusal
from bot.ui.panel import Action, ActionButton

_NOT_HERE = Message("An account is kept out of a server: use `/accounts` in that server.")

_LET_IN = Message("Let {account} count here")
_KEEP_OUT = Message("Keep {account} out of this server")
_IS_OUT = Message("{account} does not count in this server any more.")
_IS_IN = Message("{account} counts in this server again.")

_LABEL = 80  # the most that Discord accepts on a button


class KeepOutButton:
    """What can be pressed about that, and what it does.

    Args:
        keep_outs: Where it is stored.
        follow_up: Says what it costs, and takes those roles.
        act: Handles a press.
    """

    def __init__(self, keep_outs: KeepOuts, follow_up: RoleFollowUp | None, act: Action) -> None:
        self._keep_outs = keep_outs
        self._follow_up = follow_up
        self._button = ActionButton("keep-out", "", act, row=3)

    def items(self, overview: Overview, chosen: Account) -> Sequence[discord.ui.Item[Any]]:
        """The button for the account that is chosen; none where there is no server, or no role that it could earn."""
        if overview.here is None or self._follow_up is None:
            return ()
        shown = account_words(chosen)
        kept_out = chosen in overview.kept_out
        self._button.label = (_LET_IN if kept_out else _KEEP_OUT)(account=shown).render()[:_LABEL]
        return [self._button]

    async def cost(self, interaction: discord.Interaction[Any], account: Account) -> Sequence[str]:
        """Which roles it would cost the member in this server."""
        member = _member(interaction)
        if self._follow_up is None:
            return ()
        return await self._follow_up.cost_of(member.user_id, [account], guild_id=member.guild_id)

    async def keep_out(self, interaction: discord.Interaction[Any], account: Account) -> str:
        """Let an account count here no more; what was done.

        Raises:
            InputError: it is not linked.
        """
        member = _member(interaction)
        if not await self._keep_outs.start(member.user_id, member.guild_id, account):
            raise refusal_error(Refusal.NOT_LINKED)
        taken = await self._follow_up.take_now(member.user_id, guild_id=member.guild_id) if self._follow_up else ()
        return with_taken(_IS_OUT(account=f"`{account_words(account)}`").render(), taken)

    async def let_in(self, interaction: discord.Interaction[Any], account: Account) -> str:
        """Let an account count here again; what was done, and what it brought."""
        member = _member(interaction)
        began = self._follow_up.now() if self._follow_up else None
        await self._keep_outs.end(member.user_id, member.guild_id, account)
        brought = await self._follow_up.after_proof(interaction, began) if self._follow_up and began else ()
        return "\n".join([_IS_IN(account=f"`{account_words(account)}`").render(), *brought])


def _member(interaction: discord.Interaction[Any]) -> Membership:
    member = membership_of(interaction, interaction.user)
    if member is None:
        raise InputError(_NOT_HERE)
    return member
