"""Sends members what sync has to say to them alone: that a role will be taken, and that a proof will be too old.

Many people accept no direct messages: then they find it in `/roles`. A community that was founded on one day has proofs
that end on one day, and a bot that opens many direct messages at once is taken for one that sends spam. What can wait
for days goes out one at a time for each server and round, and after "too fast" nothing is sent for some minutes.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus

import aiohttp
import discord

from bot.cogs.gates.outgoing import Outbox, Post
from bot.messages import Message
from bot.sync.report import SERVER
from bot.text import safe_text
from bot.ui import embeds, sending
from bot.ui.client import Bot

log = logging.getLogger(__name__)

_LONGEST = 4000
_LONGEST_NAME = 100
_UNHURRIED = "proof_ends"
_TITLES = {"warning": Message("A role will be taken"), _UNHURRIED: Message("Your proof runs out soon")}
_UNACCEPTED = Message(
    "Discord does not accept what Tessera has to say here. `/roles` in your server shows how things are."
)
_TOO_FAST = 40003  # "You are opening direct messages too fast", with status 403
# Rounds of five seconds: ten minutes.
_RESTS = 120
_FINAL = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
_FAILURES = (discord.DiscordException, aiohttp.ClientError, OSError)


class DirectMessages:
    """Sends them.

    Args:
        client: Connected.
        outbox: Where they are marked as sent.
    """

    def __init__(self, client: Bot, outbox: Outbox) -> None:
        self._client = client
        self._outbox = outbox
        self._rests = 0  # rounds without a message, after Discord said that there were too many

    async def deliver(self, posts: Sequence[Post]) -> None:
        """One round of those that are for a member.

        Raises:
            StoreError: the next round does what is left.
        """
        if self._rests:
            self._rests -= 1
            return
        served: set[int] = set()
        for post in posts:
            if post.user_id is None or self._rests or (post.kind == _UNHURRIED and post.guild_id in served):
                continue
            if post.kind == _UNHURRIED:
                served.add(post.guild_id)
            await self._send(post, post.user_id)

    async def _send(self, post: Post, user_id: int) -> None:
        guild = self._client.get_guild(post.guild_id)
        if guild is None or guild.unavailable:  # neither it nor its roles can be named now
            return
        try:
            channel = await self._client.create_dm(discord.Object(user_id))
            with await self._client.readers.for_member(user_id, guild):
                embed, instead = _embed_of(post, guild), _UNACCEPTED().render()
            message = await sending.post(self._client, channel, instead=instead, embed=embed, nonce=post.nonce)
        except discord.HTTPException as error:
            log.info("a direct message is refused: HTTP %d, code %d", error.status, error.code)
            if error.code == _TOO_FAST:
                self._rests = _RESTS
            elif error.status in _FINAL:
                await self._outbox.sent(post.post_id)
        except _FAILURES as error:
            log.info("a direct message cannot be sent now: %s", type(error).__name__)
        else:
            await self._outbox.sent(post.post_id, channel_id=channel.id, message_id=message.id)


def _embed_of(post: Post, guild: discord.Guild) -> discord.Embed:
    text = "\n".join(line.render() for line in post.lines)
    text = text.replace(SERVER, f"**{safe_text(guild.name, _LONGEST_NAME)}**")
    for role in guild.roles:  # which are not shown by their names outside of their server
        text = text.replace(f"<@&{role.id}>", f"**{safe_text(role.name, _LONGEST_NAME)}**")
    kind = post.kind.value
    colour = embeds.BRAND if kind == _UNHURRIED else embeds.CAUTION
    title = _TITLES[kind]().render() if kind in _TITLES else None
    embed = discord.Embed(title=title, description=text[:_LONGEST], colour=colour, timestamp=post.at)
    return embed.set_footer(text=safe_text(guild.name, _LONGEST_NAME, plain=True))
