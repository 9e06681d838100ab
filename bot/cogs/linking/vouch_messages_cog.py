"""Asks members whether what a moderator vouches for is theirs, and takes their answers.

By direct message. Anyone who accepts none is asked below the answer to their next command in that server, and nowhere
else. The buttons work after a restart. A question is recorded as asked after it was sent: if the bot is killed in
between, it is sent twice, but never lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, cast

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.linking import vouch_embeds
from bot.cogs.linking.memberships import fetch_scope
from bot.cogs.linking.vouch_buttons import PRESSED, VouchPress, question_view
from bot.cogs.members.role_follow_up import RoleFollowUp
from bot.errors import InputError, TesseraError
from bot.linking import Linking
from bot.links import InGuild, Membership, Vouch
from bot.messages import Message
from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.embeds import error_embed
from bot.ui.typed_input import check_input

log = logging.getLogger(__name__)

_ROLES = Message("Roles")
# No such person, or one who accepts no direct messages: trying again only counts against the bot.
_FINAL = frozenset({400, 403, 404})
_FAILURES = (TesseraError, discord.DiscordException, aiohttp.ClientError, OSError)


class VouchMessagesCog(commands.Cog, name="Vouch messages"):
    """Delivers the questions.

    Args:
        bot: The client.
        linking: Where they are.
        follow_up: Says what a confirmation brought; None: there are no roles.
    """

    def __init__(self, bot: Bot, linking: Linking, follow_up: RoleFollowUp | None = None) -> None:
        self._bot = bot
        self._follow_up = follow_up
        bot.answered_elsewhere(PRESSED)
        self._vouching = linking.vouching
        # One delivery at a time: otherwise a direct message and the answer to a command could both ask the same.
        self._delivering = asyncio.Lock()
        self._waiting: frozenset[tuple[int, int]] = frozenset()  # (server, user) who could not be asked yet

    async def deliver(self) -> None:
        """Ask what was not asked yet, once; the bot must be ready.

        Raises:
            TesseraError: the store failed; the next call does what is left.
        """
        async with self._delivering:
            for vouch, was_refused in await self._vouching.to_notify():
                guild = self._bot.get_guild(vouch.guild_id)
                if guild is not None and not was_refused:
                    await self._send(vouch, guild.name)
            await self._look()

    async def deliver_now(self) -> None:
        """The same, for somebody who waits for nothing: never raises, and the next round does what is left."""
        try:
            await self.deliver()
        except TesseraError as error:
            log.warning("vouches: not asked now: %s", error.sentence)

    async def _look(self) -> None:
        waiting = await self._vouching.to_notify()
        self._waiting = frozenset((vouch.guild_id, vouch.user_id) for vouch, _ in waiting)

    async def _send(self, vouch: Vouch, guild_name: str) -> None:
        """Send one direct message."""
        try:
            channel = await self._bot.create_dm(discord.Object(vouch.user_id))
            with await self._bot.readers.for_member(vouch.user_id, self._bot.get_guild(vouch.guild_id)):
                embed, view = vouch_embeds.question_embed(vouch, guild_name), question_view(vouch)
            await sending.post(self._bot, channel, embed=embed, view=view)
        except discord.HTTPException as error:
            log.info("vouches: a direct message is refused: HTTP %d, code %d", error.status, error.code)
            if error.status in _FINAL:
                await self._vouching.mark_notified(vouch, refused=True)
        except (aiohttp.ClientError, OSError) as error:
            log.warning("vouches: a direct message cannot be sent now: %s", type(error).__name__)
        else:
            await self._vouching.mark_notified(vouch)

    @commands.Cog.listener()
    async def on_app_command_completion(
        self, interaction: discord.Interaction[Bot], command: app_commands.Command[Any, ..., Any]
    ) -> None:
        """Ask anyone who accepts no direct messages below the answer to a command in that server."""
        del command
        key = (interaction.guild_id, interaction.user.id)
        if key not in self._waiting:
            return
        try:
            async with self._delivering:
                pending = [vouch for vouch, _ in await self._vouching.to_notify()]
                for vouch in pending:
                    if (vouch.guild_id, vouch.user_id) == key:
                        name = interaction.guild.name if interaction.guild else ""
                        embed = vouch_embeds.question_embed(vouch, name)
                        await sending.follow_up(interaction, embed=embed, view=question_view(vouch), ephemeral=True)
                        await self._vouching.mark_notified(vouch)
                await self._look()
        except _FAILURES as error:
            log.warning("vouches: not asked below an answer: %s", error)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Bot]) -> None:
        """Take an answer, also to a question of an earlier process."""
        press = VouchPress.parse(str(cast("dict[str, Any]", interaction.data or {}).get("custom_id", "")))
        if press is None or interaction.type is not discord.InteractionType.component:
            return
        try:
            if await self._bot.accept(interaction):
                check_input(interaction)
                await self._answer(interaction, press)
        except Exception as error:  # noqa: BLE001 - a listener's exceptions end nowhere; here they become an answer
            await self._bot.answer_error(interaction, error)

    async def _answer(self, interaction: discord.Interaction[Bot], press: VouchPress) -> None:
        """The one who pressed is the one who answers: a button of somebody else's question finds nothing."""
        await self._bot.acknowledge(interaction)
        # Before anything is changed. Where Discord does not answer, the question and its buttons stay.
        scope = await fetch_scope(interaction, press.guild_id)
        its = interaction.user.id, scope, press.vouch_id
        member = confirmed_at = None
        try:
            if press.confirms:
                vouch, counts = await self._vouching.confirm(*its)
                words = vouch_embeds.confirmed_words(vouch, counts=counts)
                confirmed_at = vouch.confirmed_at
                if isinstance(scope, InGuild):
                    member = Membership(interaction.user.id, scope.guild_id, scope.joined_at)
            else:
                words = vouch_embeds.declined_words(await self._vouching.decline(*its))
            embed = vouch_embeds.answered_embed(words)
        except InputError as error:
            embed = error_embed(error)
        await sending.edit_answer(interaction, embed=embed, view=None)
        if member and confirmed_at and self._follow_up:
            brought = await self._follow_up.after_confirmation(member, confirmed_at)
            await self._show_brought(interaction, embed, brought)

    async def _show_brought(
        self, interaction: discord.Interaction[Bot], embed: discord.Embed, lines: Sequence[str]
    ) -> None:
        """Show in the answer which roles came of it, or what is missing: it was confirmed in any case."""
        embed.add_field(name=_ROLES().render(), value="\n".join(lines)[:1024])
        try:
            await sending.edit_answer(interaction, embed=embed)
        except _FAILURES as error:
            log.info("vouches: what a confirmation brought is not shown: %s", type(error).__name__)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Forget what was vouched for in servers that the bot left while it was offline.

        Discord lists all of its servers at every new connection, also those that are not available now.
        """
        try:
            await self._vouching.forget_guilds_but([guild.id for guild in self._bot.guilds])
        except TesseraError as error:
            log.warning("vouches of servers that the bot left meanwhile may still be there: %s", error.sentence)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forget what was vouched for in a server that the bot has left."""
        try:
            await self._vouching.forget_guild(guild.id)
        except TesseraError as error:
            log.warning("vouches of a server that the bot left are still there: %s", error.sentence)
