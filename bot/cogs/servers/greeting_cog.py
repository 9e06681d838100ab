"""The first message to the owner of a server to which Tessera was added: three steps until its members get roles.

Written once, as a direct message and without a link, as all of Tessera's: where the response to it was lost it is sent
again with the same nonce, which Discord takes for the same message for a few minutes. A server in which something was
decided already, or which Tessera has been in for longer, needs none: so an update writes to nobody.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp
import discord
from discord.ext import commands

from bot.cogs.servers.channel_access import own_member
from bot.errors import TesseraError
from bot.messages import Message
from bot.store import Store
from bot.text import safe_text
from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.embeds import BRAND

log = logging.getLogger(__name__)

# Long enough for an invitation on a Friday and a first start on the Thursday after.
_NEW_FOR = timedelta(days=7)
_NAME = 80
_TITLE = Message("Tessera is in {server}")
_BEGIN = Message("Three steps, and its members get roles for what they hold:")
_ROLE = Message(
    "**1. Let Tessera give roles.** Server Settings → Roles: drag **{own}** above each role that it is to give."
)
_ROLE_LACKING = Message(
    "**1. Let Tessera give roles.** Server Settings → Roles: drag **{own}** above each role that it is to give. It "
    "also lacks the permission **Manage Roles**: give it to that role."
)
_GATE = Message(
    "**2. Make a gate.** `/gate add` in your server says which role is for which collection; nothing is given before "
    "you have seen whom it is for."
)
_PANEL = Message(
    "**3. Show members where to begin.** `/panel post` in a channel posts the message with *Verify* and *My roles*."
)
_THEN = Message("`/health` says at any time what is missing, and `/settings show` what is set.")
_ONCE = Message("You get this once, as the owner. Tessera's direct messages never contain a link.")


class GreetingCog(commands.Cog, name="Greeting"):
    """Writes it.

    Args:
        bot: The client.
        store: Knows who was greeted, and where something was decided.
        clock: Returns the present as an aware datetime.
    """

    def __init__(self, bot: Bot, store: Store, clock: Callable[[], datetime]) -> None:
        self._bot = bot
        self._store = store
        self._clock = clock

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Greet where Tessera was added while it did not run, such as before its first start."""
        for guild in self._bot.guilds:
            await self._greet(guild)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Greet where it was added just now."""
        await self._greet(guild)

    async def _greet(self, guild: discord.Guild) -> None:
        own = own_member(guild)
        if guild.unavailable or guild.owner_id is None or own is None or own.joined_at is None:
            return
        now = self._clock()
        if now - own.joined_at > _NEW_FOR:
            return
        try:
            if await self._store.gates.version(guild.id) or not await self._store.sync.servers.greet(guild.id, now):
                return
            await self._write(guild, guild.owner_id, own)
        except TesseraError as error:
            log.warning("the owner of a server is not greeted now: %s", error.sentence)

    async def _write(self, guild: discord.Guild, owner_id: int, own: discord.Member) -> None:
        try:
            channel = await self._bot.create_dm(discord.Object(owner_id))
            with await self._bot.readers.for_member(owner_id, guild):
                embed, nonce = greeting_embed(guild, own), f"greet-{guild.id:x}"  # 25 letters at most
            await sending.repeated(lambda: sending.post(self._bot, channel, embed=embed, nonce=nonce))
        except discord.Forbidden:
            log.info("the owner of a server accepts no greeting")
        except asyncio.CancelledError:  # the bot stops
            await asyncio.shield(self._store.sync.servers.greet_later(guild.id))
            raise
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.info("the owner of a server is greeted later: %s", type(error).__name__)
            await self._store.sync.servers.greet_later(guild.id)


def greeting_embed(guild: discord.Guild, own: discord.Member) -> discord.Embed:
    """The three steps."""
    first = _ROLE if own.guild_permissions.manage_roles else _ROLE_LACKING
    role = guild.self_role
    steps = [first(own=safe_text(role.name if role else own.display_name, _NAME)), _GATE(), _PANEL()]
    text = (
        f"{_BEGIN().render()}\n\n"
        + "\n".join(step.render() for step in steps)
        + f"\n\n{_THEN().render()}\n-# {_ONCE().render()}"
    )
    title = _TITLE(server=safe_text(guild.name, _NAME)).render()
    return discord.Embed(title=title, description=text, colour=BRAND)
