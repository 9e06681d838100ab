"""`/holders check`, and a member's menu → Apps → *Check holder*: how another member stands, for moderators.

They see what the member sees in `/roles`, without addresses: with how many accounts, and which of them only as far as
the member shares them in that server. **Fix** reads the member's accounts now and makes the changes that are due. For
members who may manage the server or its roles; that is asked again at every press, as rights are taken away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord

from bot.cogs.linking.memberships import fetch_membership
from bot.cogs.members.difference_words import read_now
from bot.cogs.members.refreshing import Refreshing, their_membership
from bot.cogs.members.standing_embeds import Standing
from bot.cogs.members.standing_pages import StandingPages
from bot.cogs.servers.admin_rights import guild_of, require_moderator
from bot.errors import InputError
from bot.linking.shares import Shares
from bot.links import Membership
from bot.messages import Message
from bot.ui.client import Bot
from bot.ui.page_source import PageSource
from bot.ui.paginator import Paginator
from bot.ui.panel import ActionButton

_LEFT = Message("That person has left this server: there is nothing to check any more.")


class MemberCheck:
    """How other members stand.

    Args:
        bot: The client.
        refreshing: Reads how members stand.
        shares: Says which accounts members share.
        expires: Seconds without a press until buttons are disabled.
    """

    def __init__(self, bot: Bot, refreshing: Refreshing, shares: Shares, *, expires: float) -> None:
        self._bot = bot
        self._refreshing = refreshing
        self._shares = shares
        self._expires = expires

    async def show(self, interaction: discord.Interaction[Any], member: discord.User | discord.Member) -> None:
        """Show how a member stands, as the answer to a command that was acknowledged."""
        await self.require(interaction)
        membership = their_membership(interaction, member)
        standing = await self._refreshing.stored(membership, name=member.display_name, is_own=False)
        pages = StandingPages(await self._with_shared(standing, membership))
        await _CheckPages(self, interaction, membership, pages, expires=self._expires).show()

    async def _with_shared(self, standing: Standing, member: Membership) -> Standing:
        """With the accounts that others in that server may see, as it is decided at this moment."""
        try:
            links = await self._shares.shown_by(member)
        except InputError:  # none
            return standing
        return replace(standing, shared=[link.account for link in links])

    async def require(self, interaction: discord.Interaction[Any]) -> None:
        """Refuse anyone who may not check others, or may no longer.

        Raises:
            InputError: they may not.
        """
        require_moderator(interaction, await self._refreshing.settings_of(guild_of(interaction).id))

    async def fixed(self, interaction: discord.Interaction[Any], member: Membership, name: str) -> StandingPages:
        """Read a member's accounts now, for a moderator, and make the changes that are due.

        Raises:
            InputError: the member has left.
            TesseraError: it cannot be done now.
        """
        present = await fetch_membership(self._bot, member.guild_id, member.user_id)
        if present is None:
            raise InputError(_LEFT)
        standing = await self._refreshing.read(present, by=interaction.user.id, name=name)
        standing = await self._with_shared(standing, present)
        return StandingPages(standing, read_now(standing, f"<@{member.user_id}>:"))

    @property
    def bot(self) -> Bot:
        """The client."""
        return self._bot


class _CheckPages(Paginator):
    """The pages with **Fix** below them; every press asks whether the moderator still may."""

    def __init__(
        self,
        check: MemberCheck,
        interaction: discord.Interaction[Any],
        member: Membership,
        pages: StandingPages,
        *,
        expires: float,
    ) -> None:
        fix = ActionButton("fix", "Fix: read now", self._fix, style=discord.ButtonStyle.primary, row=4)
        actions: Sequence[discord.ui.Item[Any]] = [fix]
        bot = check.bot
        live = bot.live_answers
        super().__init__(
            pages, interaction, expires=expires, host=bot, live=live, actions=actions, require=check.require
        )
        self._check = check
        self._member = member
        self._name = pages.standing.name

    async def _fix(self, interaction: discord.Interaction[Any]) -> None:
        pages: PageSource = await self._check.fixed(interaction, self._member, self._name)
        self._latest = interaction
        await self.start(pages)
