"""What accounts mean for roles, where accounts are proven and removed: what a proof brought, what a removal costs.

A proof or a removal has happened when this is asked. So nothing here turns it into a failure: where roles cannot be
changed now, the words say that they follow, and the next round of sync makes it so.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import discord

from bot.cogs.linking.memberships import membership_of
from bot.cogs.members.difference_words import difference_lines
from bot.cogs.members.refreshing import Refreshing
from bot.errors import TesseraError
from bot.holdings import Account
from bot.links import Membership
from bot.messages import Message
from bot.roles.plan import Act
from bot.sync.results import MemberReport
from bot.sync.sync import Sync
from bot.text import safe_text
from bot.ui.client import Bot

log = logging.getLogger(__name__)

_NAME = 80
_MOST_ROLES = 10
_FOLLOW = Message("The roles follow in a moment: {sentence}")
_ROLES_IN = Message("{roles} in {server}")
_MORE_ROLES_IN = Message("{roles} and {count:,} more role in {server}", "{roles} and {count:,} more roles in {server}")
_DELETED_ROLE = Message("a deleted role")


class RoleFollowUp:
    """Asked by the commands about accounts.

    Args:
        bot: Knows the names of servers and roles.
        sync: Judges.
        refreshing: Reads how a member stands.
    """

    def __init__(self, bot: Bot, sync: Sync, refreshing: Refreshing) -> None:
        self._bot = bot
        self._sync = sync
        self._refreshing = refreshing

    def now(self) -> datetime:
        """The present, to be taken before something that brings roles."""
        return self._refreshing.now()

    async def after_proof(self, interaction: discord.Interaction[Any], proven_at: datetime) -> Sequence[str]:
        """Read a member's accounts after a proof; what it brought them in that server. Never raises.

        A role is one that it brought if it was given since the proof: the loop may have been there first.
        """
        member = membership_of(interaction, interaction.user)
        return await self._brought(member, proven_at) if member else ()

    async def after_confirmation(self, member: Membership, confirmed_at: datetime) -> Sequence[str]:
        """The same for a direct message, in which roles of a server are shown by their names. Never raises."""
        guild = self._bot.get_guild(member.guild_id)
        lines = await self._brought(member, confirmed_at)
        for role in guild.roles if guild else ():
            named = f"**{safe_text(role.name, _NAME)}**"
            lines = [line.replace(role.mention, named) for line in lines]
        return lines

    async def _brought(self, member: Membership, since: datetime) -> Sequence[str]:
        try:
            return difference_lines(await self._refreshing.read_since(member, since))
        except TesseraError as error:
            log.warning("roles: not given after a proof, the next round does it: %s", type(error).__name__)
            return [_FOLLOW(sentence=error.words).render()]

    async def cost_of(
        self, user_id: int, without: Sequence[Account] | None, *, guild_id: int | None = None
    ) -> Sequence[str]:
        """Which roles it would cost a member if these accounts (None: all) were no longer theirs.

        Args:
            user_id: The member.
            without: The accounts.
            guild_id: In that server alone; None: in all.

        Raises:
            StoreError: the store failed.
        """
        accounts = None if without is None else list(map(str, without))
        reports = await self._sync.cost_of(user_id, without=accounts)
        return list(self._taken([each for each in reports if guild_id in (None, each.guild_id)]))

    async def take_now(self, user_id: int, *, guild_id: int | None = None) -> Sequence[str]:
        """Take what a member's remaining accounts do not earn, in one server or in all (None). Never raises.

        Returns:
            What was taken, and what follows.
        """
        try:
            reports = await self._sync.own_act(user_id, guild_id=guild_id)
        except TesseraError as error:
            log.warning("roles: not taken at once, the next round does it: %s", type(error).__name__)
            return [_FOLLOW(sentence=error.words).render()]
        failed = [each.sentence for report in reports for each in report.failed]
        return [*self._taken(reports), *(_FOLLOW(sentence=sentence).render() for sentence in dict.fromkeys(failed))]

    def _taken(self, reports: Sequence[MemberReport]) -> Iterator[str]:
        """The roles by their names: mentions of another server's roles are shown to nobody."""
        for report in reports:
            guild = self._bot.get_guild(report.guild_id)
            roles = [each.gate.role_id for each in report.made if each.act is Act.REMOVE]
            if guild and roles:
                names = (guild.get_role(role_id) for role_id in roles[:_MOST_ROLES])
                shown = ", ".join(f"**{_name_of(role)}**" for role in names)
                server = f"**{safe_text(guild.name, _NAME)}**"
                if more := len(roles[_MOST_ROLES:]):
                    yield _MORE_ROLES_IN(roles=shown, count=more, server=server).render()
                else:
                    yield _ROLES_IN(roles=shown, server=server).render()


def _name_of(role: discord.Role | None) -> str:
    return safe_text(role.name, _NAME) if role else _DELETED_ROLE().render()
