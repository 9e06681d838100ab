"""The messages of all channels, and who may see which."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.discord.answers import unknown_message
from sandbox.discord.composing import apply
from sandbox.discord.message_limits import COMPONENTS_V2, EPHEMERAL, LOADING
from sandbox.discord.refusals import Refusals
from sandbox.discord.wire import avatar_url, bot_user, user_json

if TYPE_CHECKING:
    from sandbox.discord.answers import Json
    from sandbox.discord.attachments import Attachments, Upload
    from sandbox.discord.events import Events
    from sandbox.discord.gateway import Gateway
    from sandbox.discord.snowflakes import Snowflakes
    from sandbox.world import World

GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12
MOST_MESSAGES = 2000  # messages a channel; the bench would fill the memory otherwise


@dataclass(slots=True)
class Message:
    """A message: Discord's JSON, and what that does not contain.

    `guild_id` is None in direct messages, and `recipient` the person they are with. `visible_to` is the one person who
    sees an ephemeral message. `allowed_mentions` is stored as the bot sent it; nobody is ever pinged here.
    """

    body: Json
    guild_id: int | None
    recipient: int | None = None
    visible_to: int | None = None
    command_text: str | None = None
    allowed_mentions: Json | None = None

    @property
    def id(self) -> int:
        """Its snowflake."""
        return int(self.body["id"])

    @property
    def channel_id(self) -> int:
        """The channel it is in."""
        return int(self.body["channel_id"])

    @property
    def thinking(self) -> bool:
        """Deferred, with nothing in it yet."""
        return bool(self.body["flags"] & LOADING)

    def may_be_seen_by(self, user_id: int) -> bool:
        """Whether that person's client shows it, given that the person is in the channel."""
        return self.recipient in (None, user_id) and self.visible_to in (None, user_id)

    def for_client(self) -> Json:
        """As the people's clients get it."""
        author = self.body["author"]
        return {
            **self.body,
            "author": {**author, "avatar_url": avatar_url(int(author["id"]))},
            "guild_id": None if self.guild_id is None else str(self.guild_id),
            "ephemeral": bool(self.body["flags"] & EPHEMERAL),
            "thinking": self.thinking,
            "command_text": self.command_text,
            "allowed_mentions": self.allowed_mentions,
        }


class Messages:
    """The store. Changes are published to the clients and to the bot."""

    def __init__(
        self, world: World, events: Events, gateway: Gateway, snowflakes: Snowflakes, attachments: Attachments
    ) -> None:
        self._world = world
        self._events = events
        self._gateway = gateway
        self._snowflakes = snowflakes
        self._attachments = attachments
        self._channels: dict[int, OrderedDict[int, Message]] = {}
        self.refusals = Refusals()

    def clear(self) -> None:
        """Forget every message, and what is refused in them."""
        self._channels.clear()
        self.refusals = Refusals()

    def find(self, message_id: int, channel_id: int | None = None) -> Message | None:
        """A message by id, in one channel or in any."""
        if channel_id is not None:
            channel = self._channels.get(channel_id)
            return None if channel is None else channel.get(message_id)
        return next((found[message_id] for found in self._channels.values() if message_id in found), None)

    def get(self, message_id: int, channel_id: int | None = None) -> Message:
        """A message by id.

        Raises:
            ApiError: 404, code 10008.
        """
        message = self.find(message_id, channel_id)
        if message is None:
            raise unknown_message()
        return message

    def of_channel(self, channel_id: int) -> list[Message]:
        """The messages of a channel, oldest first."""
        return list(self._channels.get(channel_id, OrderedDict()).values())

    def draft(
        self,
        guild_id: int | None,
        channel_id: int,
        *,
        flags: int = 0,
        recipient: int | None = None,
        visible_to: int | None = None,
    ) -> Message:
        """An empty message of the bot, not in the store yet."""
        body: Json = {
            "id": str(self._snowflakes.next()),
            "type": 0,
            "channel_id": str(channel_id),
            "author": user_json(bot_user(self._world)),
            "content": "",
            "embeds": [],
            "attachments": [],
            "components": [],
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
            "pinned": False,
            "tts": False,
            "timestamp": self._snowflakes.moment(),
            "edited_timestamp": None,
            "flags": flags,
        }
        return Message(body, guild_id, recipient, visible_to)

    def fill(self, message: Message, request: Json, files: dict[int, Upload], host: str) -> None:
        """Write a checked request into a message."""
        apply(message.body, request, files, attachments=self._attachments, host=host)
        if "allowed_mentions" in request:
            message.allowed_mentions = request["allowed_mentions"]

    def add(self, message: Message) -> None:
        """Post a message."""
        channel = self._channels.setdefault(message.channel_id, OrderedDict())
        channel[message.id] = message
        if len(channel) > MOST_MESSAGES:
            channel.popitem(last=False)
        self._notify("message_create", "MESSAGE_CREATE", message)

    def edit(self, message: Message, request: Json, files: dict[int, Upload], host: str) -> None:
        """Change a message by a checked request. The first edit of a deferred one does not count as an edit."""
        was_thinking = message.thinking
        self.fill(message, request, files, host)
        if not was_thinking:
            message.body["edited_timestamp"] = self._snowflakes.moment()
        self._notify("message_update", "MESSAGE_UPDATE", message)

    def delete(self, message: Message) -> None:
        """Remove a message."""
        self._channels.get(message.channel_id, OrderedDict()).pop(message.id, None)
        ids: Json = {"channel_id": str(message.channel_id), "id": str(message.id)}
        self._publish({"type": "message_delete", **ids}, message)
        self._dispatch("MESSAGE_DELETE", ids, message)

    @staticmethod
    def uses_v2(message: Message) -> bool:
        """Whether the message has the newer components, a flag that cannot be removed."""
        return bool(message.body["flags"] & COMPONENTS_V2)

    def _notify(self, client_event: str, bot_event: str, message: Message) -> None:
        if self._events.has_listeners:
            self._publish({"type": client_event, "message": message.for_client()}, message)
        self._dispatch(bot_event, message.body, message)

    def _dispatch(self, event: str, body: Json, message: Message) -> None:
        needs = DIRECT_MESSAGES if message.guild_id is None else GUILD_MESSAGES
        if message.visible_to is not None or not self._gateway.wants(needs):
            return
        if message.guild_id is not None:
            body = {**body, "guild_id": str(message.guild_id)}
        self._gateway.dispatch(message.guild_id, event, body, needs=needs)

    def _publish(self, event: Json, message: Message) -> None:
        guild = self._world.guilds.get(message.guild_id) if message.guild_id is not None else None
        members: Any = {message.recipient} if message.guild_id is None else guild.members if guild else {}
        self._events.publish(event, lambda user: user in members and message.may_be_seen_by(user))
