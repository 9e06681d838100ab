"""Routes of a channel: itself, and the messages that the bot posts there by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.discord.answers import (
    ApiError,
    json_answer,
    missing_access,
    missing_permissions,
    unknown_channel,
    unknown_message,
)
from sandbox.discord.attachments import read_message_body
from sandbox.discord.message_limits import COMPONENTS_V2, check_message
from sandbox.discord.permissions import (
    ATTACH_FILES,
    EMBED_LINKS,
    MANAGE_MESSAGES,
    READ_MESSAGE_HISTORY,
    SEND_MESSAGES,
    VIEW_CHANNEL,
    permissions_of,
)
from sandbox.discord.ratelimits import MESSAGES, READS
from sandbox.discord.rest import Rest, no_content, path_id, query_number
from sandbox.discord.wire import channel_json

if TYPE_CHECKING:
    from aiohttp import web

    from sandbox.discord.messages import Message, Messages
    from sandbox.world import Channel, Guild, World

ALL = "/channels/{channel_id}/messages"
ONE = ALL + "/{message_id}"
MOST_READ = 100
SETTABLE = 1 << 2 | 1 << 12 | COMPONENTS_V2  # suppress embeds, suppress notifications


class ChannelRoutes:
    """Channel and message routes."""

    def __init__(self, world: World, messages: Messages) -> None:
        self._world = world
        self._messages = messages

    def add(self, app: web.Application, rest: Rest) -> None:
        """Add the routes."""
        rest.add(app, "GET", "/channels/{channel_id}", self.channel, READS)
        rest.add(app, "GET", ALL, self.read_all, READS)
        rest.add(app, "POST", ALL, self.post, MESSAGES)
        rest.add(app, "GET", ONE, self.read, READS)
        rest.add(app, "PATCH", ONE, self.edit, MESSAGES)
        rest.add(app, "DELETE", ONE, self.delete, MESSAGES)

    async def channel(self, request: web.Request) -> web.Response:
        """The channel."""
        guild, channel = self._channel(request)
        return json_answer(channel_json(guild, channel))

    async def read_all(self, request: web.Request) -> web.Response:
        """The last messages, newest first; ephemeral ones are never among them."""
        _, channel = self._channel(request, READ_MESSAGE_HISTORY)
        limit = min(query_number(request, "limit", 50), MOST_READ)
        before = query_number(request, "before", 1 << 63)
        after = query_number(request, "after", 0)
        seen = [
            message.body
            for message in self._messages.of_channel(channel.id)
            if message.visible_to is None and after < message.id < before
        ]
        return json_answer(list(reversed(seen))[:limit])

    async def post(self, request: web.Request) -> web.Response:
        """A new message of the bot."""
        guild, channel = self._channel(request, SEND_MESSAGES)
        body, files = await read_message_body(request)
        check_message(body)
        self._may_carry(guild, body, has_files=bool(files))
        asked = body.get("flags")
        flags = asked & SETTABLE if isinstance(asked, int) else 0
        message = self._messages.draft(guild.id, channel.id, flags=flags)
        if body.get("nonce") is not None:
            message.body["nonce"] = body["nonce"]
        self._messages.fill(message, body, files, request.host)
        self._messages.add(message)
        return json_answer(message.body)

    async def read(self, request: web.Request) -> web.Response:
        """One message."""
        return json_answer(self._message(request).body)

    async def edit(self, request: web.Request) -> web.Response:
        """Edit one of the bot's messages."""
        guild, _ = self._channel(request)
        message = self._message(request)
        if message.body["author"]["id"] != str(self._world.application_id):
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        body, files = await read_message_body(request)
        check_message(body, v2=self._messages.uses_v2(message))
        self._may_carry(guild, body, has_files=bool(files))
        self._messages.edit(message, body, files, request.host)
        return json_answer(message.body)

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a message: the bot's own, or any with Manage Messages."""
        guild, _ = self._channel(request)
        message = self._message(request)
        own = message.body["author"]["id"] == str(self._world.application_id)
        if not own and not self._bits(guild) & MANAGE_MESSAGES:
            raise missing_permissions()
        self._messages.delete(message)
        return no_content()

    def _bits(self, guild: Guild) -> int:
        return permissions_of(guild, self._world.application_id)

    def _channel(self, request: web.Request, needs: int = 0) -> tuple[Guild, Channel]:
        channel_id = path_id(request, "channel_id")
        for guild in self._world.guilds.values():
            channel = guild.channels.get(channel_id)
            if channel is not None:
                bits = self._bits(guild)
                if not bits & VIEW_CHANNEL:
                    raise missing_access()
                if needs and not bits & needs:
                    raise missing_permissions()
                return guild, channel
        raise unknown_channel()

    def _message(self, request: web.Request) -> Message:
        _, channel = self._channel(request)
        message = self._messages.get(path_id(request, "message_id"), channel.id)
        if message.visible_to is not None:
            raise unknown_message()
        return message

    def _may_carry(self, guild: Guild, body: Any, *, has_files: bool) -> None:
        bits = self._bits(guild)
        if (body.get("embeds") and not bits & EMBED_LINKS) or (has_files and not bits & ATTACH_FILES):
            raise missing_permissions()
