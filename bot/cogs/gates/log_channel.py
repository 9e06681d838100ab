"""Posts what sync has to say: role changes and alerts in a server's log channel; what is for members goes to them.

In each round at most one message for each server, in the order in which they were made. Each has a nonce that stays the
same until it is marked as sent, so that Discord takes a repetition after a kill for the same message. A channel that is
missing or forbidden ends nothing: what was to be posted is dropped, and `/health` says so until a message arrives. An
alert that was dropped is posted as soon as there is a channel that works, if its removals still wait.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus

import aiohttp
import discord

from bot.cogs.gates import sync_embeds
from bot.cogs.gates.approval import hold_note
from bot.cogs.gates.direct_messages import DirectMessages
from bot.cogs.gates.hold_buttons import hold_view, is_decision
from bot.cogs.gates.outgoing import Outbox, Post
from bot.cogs.servers.channel_access import missing_to_post, own_member
from bot.cogs.servers.log_problems import LogProblem, LogProblems
from bot.messages import Message
from bot.store.gates.settings_table import SettingsTable
from bot.sync.results import StagedState
from bot.sync.sync import Sync
from bot.ui import embeds, sending
from bot.ui.client import Bot
from bot.ui.reader_locales import for_guild

log = logging.getLogger(__name__)

_LONGEST = 4000
_LONGEST_NAME = 100
_ALERT = "hold"
_TITLES = {
    "changes": Message("Roles"),
    "hold_over": Message("Removals do not wait any more"),
    "parked": Message("A gate is parked"),
    "healed": Message("A gate works again"),
    "silent": Message("A source does not answer"),
    "answers": Message("A source answers again"),
    "viewed": Message("Holders were looked at"),
    "snapshot": Message("Snapshot of holders"),
    "stuck": Message("Roles that could not be updated"),
    "webhook_added": Message("Webhooks"),
    "webhook_rotated": Message("Webhooks"),
    "webhook_removed": Message("Webhooks"),
    "webhook_failed": Message("A webhook is paused"),
}
_UNACCEPTED = Message(
    "Discord does not accept what Tessera has to say here. `/sync status` shows how things are, and `/sync staged` "
    "lists the removals that wait for a decision."
)
_ALARMING = frozenset({_ALERT, "parked", "silent", "stuck", "webhook_failed"})
# Rounds of five seconds: ten minutes.
_RESTS = 120
_FAILURES = (discord.DiscordException, aiohttp.ClientError, OSError)
_FINAL = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


class LogChannel:
    """Posts it.

    Args:
        client: Connected.
        outbox: What is to be posted.
        sync: What waits, for the alert.
        settings: Which channel.
        problems: What could not be posted, for `/health`.
    """

    def __init__(
        self,
        client: Bot,
        outbox: Outbox,
        sync: Sync,
        settings: SettingsTable,
        problems: LogProblems | None = None,
    ) -> None:
        self._client = client
        self._outbox = outbox
        self._sync = sync
        self._settings = settings
        self._direct = DirectMessages(client, outbox)
        self.problems = problems or LogProblems()
        self._rests: dict[int, int] = {}  # server whose channel refused something → rounds without an alert

    async def deliver(self) -> None:
        """One round; to be called every five seconds while the bot is ready.

        Raises:
            StoreError: the next round does what is left.
        """
        served: set[int] = set()
        posts = await self._outbox.posts()
        for post in posts:
            if post.user_id is None and post.guild_id not in served:
                served.add(post.guild_id)
                others = [each for each in posts if each.guild_id == post.guild_id and each.kind == _ALERT]
                await self._post(post, others if post.kind == _ALERT else [post])
        unread: dict[int, list[Post]] = {}
        for alert in await self._outbox.unread_alerts():
            unread.setdefault(alert.guild_id, []).append(alert)
        for guild_id, alerts in unread.items():
            if guild_id not in served:
                await self._post_again(alerts)
        await self._direct.deliver(posts)

    async def _post(self, post: Post, together: Sequence[Post]) -> None:
        """Send one message. A wave is seen in several ways: what is said of it is one message.

        Args:
            post: The first.
            together: All that the message says.
        """
        guild = self._client.get_guild(post.guild_id)
        if guild is not None and not _is_reported(guild):
            return
        channel = await self._channel(guild)
        if channel is None:  # nobody wants to read it
            self.problems.clear(post.guild_id)
            await self._sent(together)
        elif isinstance(channel, LogProblem):
            await self._drop(together, channel)
        else:
            await self._send_to(channel, post, together)

    async def _post_again(self, alerts: Sequence[Post]) -> None:
        """Post alerts that were dropped, if there is a channel now; one that refuses them is left alone for a while."""
        first = alerts[0]
        guild = self._client.get_guild(first.guild_id)
        if guild is None or not _is_reported(guild):
            return
        if rests := self._rests.pop(first.guild_id, 0):
            self._rests[first.guild_id] = rests - 1
            return
        channel = await self._channel(guild)
        if channel is not None and not isinstance(channel, LogProblem):
            await self._send_to(channel, first, alerts)

    async def _channel(self, guild: discord.Guild | None) -> discord.abc.Messageable | LogProblem | None:
        """The log channel, or why nothing can be posted there; None: there is none."""
        channel_id = (await self._settings.of(guild.id)).log_channel_id if guild else None
        if guild is None or channel_id is None:
            return None
        channel = guild.get_channel(channel_id)
        if not isinstance(channel, discord.abc.Messageable):
            return LogProblem.CHANNEL_GONE
        # Asked before: each refusal of Discord would count against the bot.
        return LogProblem.FORBIDDEN if missing_to_post(channel) else channel

    async def _send_to(self, channel: discord.abc.Messageable, post: Post, together: Sequence[Post]) -> None:
        try:
            with for_guild(self._client.get_guild(post.guild_id)):
                message = await self._edit(post) or await self._send(channel, post, together)
        except discord.HTTPException as error:
            if error.status not in _FINAL:
                log.info("the log channel of %d takes nothing now: HTTP %d", post.guild_id, error.status)
                return
            gone = error.status == HTTPStatus.NOT_FOUND
            self._rests[post.guild_id] = _RESTS
            await self._drop(together, LogProblem.CHANNEL_GONE if gone else LogProblem.FORBIDDEN)
        except _FAILURES as error:
            log.info("the log channel of %d takes nothing now: %s", post.guild_id, type(error).__name__)
        else:
            self.problems.clear(post.guild_id)
            await self._sent(together, message)

    async def _sent(self, posts: Sequence[Post], message: discord.Message | None = None) -> None:
        channel_id, message_id = (message.channel.id, message.id) if message else (None, None)
        for post in posts:
            await self._outbox.sent(post.post_id, channel_id=channel_id, message_id=message_id)

    async def _edit(self, post: Post) -> discord.Message | None:
        """Say in the alert itself that it is over, below what was decided; None: there is no such message."""
        if post.edits is None:
            return None
        channel_id, message_id = post.edits
        channel = self._client.get_channel(channel_id)
        if not isinstance(channel, discord.TextChannel):
            return None
        try:
            message = await channel.fetch_message(message_id)
        except (discord.NotFound, discord.Forbidden):
            return None
        decided = [field for field in (message.embeds[0].fields if message.embeds else []) if is_decision(field.value)]
        embed = _embed_of(post)
        for field in decided:
            embed.add_field(name=field.name, value=field.value, inline=False)
        return await sending.edit_post(self._client, message, embed=embed, view=None)

    async def _send(self, channel: discord.abc.Messageable, post: Post, together: Sequence[Post]) -> discord.Message:
        none = discord.AllowedMentions.none()
        send = partial(
            sending.post, self._client, channel, instead=_UNACCEPTED().render(), nonce=post.nonce, allowed_mentions=none
        )
        if post.kind != _ALERT:
            return await send(embed=_embed_of(post))
        waiting = [one for one in await self._sync.staged(post.guild_id) if one.state is StagedState.WAITING]
        causes = dict.fromkeys(line.render() for each in together for line in each.lines)
        note = await hold_note(self._sync, post.guild_id)
        return await send(embed=sync_embeds.alert_embed(list(causes), waiting, note), view=hold_view())

    async def _drop(self, posts: Sequence[Post], problem: LogProblem) -> None:
        guild_id = posts[0].guild_id
        channel_id = (await self._settings.of(guild_id)).log_channel_id
        if self.problems.add(guild_id, problem, channel_id, posts[0].at, len(posts)):
            log.warning("the log channel of server %d: %s", guild_id, problem.name.lower().replace("_", " "))
        await self._sent(posts)


def _is_reported(guild: discord.Guild) -> bool:
    """Whether it is known what the bot may do in a server; until then posts wait."""
    return not guild.unavailable and own_member(guild) is not None


def _embed_of(post: Post) -> discord.Embed:
    kind = post.kind.value
    # Each its share, so that a long one takes none away from those after it.
    longest = _LONGEST // max(1, len(post.lines)) - 1
    text = "\n".join(_cut(line.render(), longest) for line in post.lines)
    colour = embeds.CAUTION if kind in _ALARMING else embeds.BRAND
    title = _TITLES[kind]().render() if kind in _TITLES else None
    return discord.Embed(title=title, description=text, colour=colour, timestamp=post.at)


def _cut(line: str, longest: int) -> str:
    return line if len(line) <= longest else line[: longest - 1] + "…"
