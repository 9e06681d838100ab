"""Routes of a channel, in a guild or of direct messages: itself, and what the bot posts there on its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.discord.answers import (
    ApiError,
    json_answer,
    missing_access,
    missing_permissions,
    read_json,
    unknown_channel,
    unknown_message,
)
from sandbox.discord.attachments import read_message_body
from sandbox.discord.message_limits import COMPONENTS_V2, check_message
from sandbox.discord.permissions import ALL as ALL_PERMISSIONS
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

    from sandbox.discord.answers import Json
    from sandbox.discord.dms import DirectChannel, DirectMessages
    from sandbox.discord.messages import Message, Messages
    from sandbox.world import World

ALL = "/channels/{channel_id}/messages"
ONE = ALL + "/{message_id}"
MOST_READ = 100
SETTABLE = 1 << 2 | 1 << 12 | COMPONENTS_V2  # suppress embeds, suppress notifications


@dataclass(frozen=True, slots=True)
class ChannelContext:
    """A place for messages: in a guild with the bot's permissions there, or of one person's direct messages."""

    id: int
    body: Json
    guild_id: int | None = None
    bits: int = ALL_PERMISSIONS
    direct: DirectChannel | None = None


class ChannelRoutes:
    """Channel and message routes."""

    def __init__(self, world: World, messages: Messages, dms: DirectMessages) -> None:
        self._world = world
        self._messages = messages
        self._dms = dms

    def add(self, app: web.Application, rest: Rest) -> None:
        """Add the routes."""
        rest.add(app, "POST", "/users/@me/channels", self.open_direct, MESSAGES)
        rest.add(app, "GET", "/channels/{channel_id}", self.channel, READS)
        rest.add(app, "GET", ALL, self.read_all, READS)
        rest.add(app, "POST", ALL, self.post, MESSAGES)
        rest.add(app, "GET", ONE, self.read, READS)
        rest.add(app, "PATCH", ONE, self.edit, MESSAGES)
        rest.add(app, "DELETE", ONE, self.delete, MESSAGES)

    async def open_direct(self, request: web.Request) -> web.Response:
        """The channel of direct messages with somebody: the same one each time."""
        body = await read_json(request)
        recipient = str(body.get("recipient_id")) if isinstance(body, dict) else ""
        channel = self._dms.open(int(recipient) if recipient.isdecimal() else 0)
        return json_answer(self._dms.channel_json(channel))

    async def channel(self, request: web.Request) -> web.Response:
        """The channel."""
        return json_answer(self._context(request).body)

    async def read_all(self, request: web.Request) -> web.Response:
        """The last messages, newest first; ephemeral ones are never among them."""
        context = self._context(request, READ_MESSAGE_HISTORY)
        limit = min(query_number(request, "limit", 50), MOST_READ)
        before = query_number(request, "before", 1 << 63)
        after = query_number(request, "after", 0)
        seen = [
            message.body
            for message in self._messages.of_channel(context.id)
            if message.visible_to is None and after < message.id < before
        ]
        return json_answer(list(reversed(seen))[:limit])

    async def post(self, request: web.Request) -> web.Response:
        """A new message of the bot."""
        context = self._context(request, SEND_MESSAGES)
        body, files = await read_message_body(request)
        check_message(body, refusals=self._messages.refusals)
        if context.direct is not None:
            self._dms.check_may_send(context.direct)
        _check_may_carry(context, body, has_files=bool(files))
        requested_flags = body.get("flags")
        flags = requested_flags & SETTABLE if isinstance(requested_flags, int) else 0
        recipient = context.direct.user_id if context.direct is not None else None
        message = self._messages.draft(context.guild_id, context.id, flags=flags, recipient=recipient)
        if body.get("nonce") is not None:
            message.body["nonce"] = body["nonce"]
        self._messages.fill(message, body, files, request.host)
        self._messages.add(message)
        return json_answer(message.body)

    async def read(self, request: web.Request) -> web.Response:
        """One message."""
        return json_answer(self._message(request, self._context(request)).body)

    async def edit(self, request: web.Request) -> web.Response:
        """Edit one of the bot's messages."""
        context = self._context(request)
        message = self._message(request, context)
        if message.body["author"]["id"] != str(self._world.application_id):
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        body, files = await read_message_body(request)
        check_message(body, v2=self._messages.uses_v2(message), refusals=self._messages.refusals)
        _check_may_carry(context, body, has_files=bool(files))
        self._messages.edit(message, body, files, request.host)
        return json_answer(message.body)

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a message: the bot's own, or any with Manage Messages."""
        context = self._context(request)
        message = self._message(request, context)
        own = message.body["author"]["id"] == str(self._world.application_id)
        if not own and not context.bits & MANAGE_MESSAGES:
            raise missing_permissions()
        self._messages.delete(message)
        return no_content()

    def _context(self, request: web.Request, needs: int = 0) -> ChannelContext:
        channel_id = path_id(request, "channel_id")
        direct = self._dms.find(channel_id)
        if direct is not None:
            return ChannelContext(channel_id, self._dms.channel_json(direct), direct=direct)
        for guild in self._world.guilds.values():
            channel = guild.channels.get(channel_id)
            if channel is not None:
                bits = permissions_of(guild, self._world.application_id)
                if not bits & VIEW_CHANNEL:
                    raise missing_access()
                if needs and not bits & needs:
                    raise missing_permissions()
                return ChannelContext(channel_id, channel_json(guild, channel), guild.id, bits)
        raise unknown_channel()

    def _message(self, request: web.Request, context: ChannelContext) -> Message:
        message = self._messages.get(path_id(request, "message_id"), context.id)
        if message.visible_to is not None:
            raise unknown_message()
        return message


def _check_may_carry(context: ChannelContext, body: Any, *, has_files: bool) -> None:
    if (body.get("embeds") and not context.bits & EMBED_LINKS) or (has_files and not context.bits & ATTACH_FILES):
        raise missing_permissions()
