"""Direct messages: the bot's channel with each person, what of it was read, and who accepts none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.discord.answers import ApiError
from sandbox.discord.wire import avatar_url, bot_user, user_json

if TYPE_CHECKING:
    from sandbox.discord.answers import Json
    from sandbox.discord.messages import Messages
    from sandbox.discord.snowflakes import Snowflakes
    from sandbox.world import World

DM_CHANNEL = 1


@dataclass(slots=True)
class DirectChannel:
    """The channel of the bot and one person; `read_up_to` is the last message that the person's client fetched."""

    id: int
    user_id: int
    read_up_to: int = 0


class DirectMessages:
    """The channels. One is opened at most once for a person, and stays: bots store its id."""

    def __init__(self, world: World, messages: Messages, snowflakes: Snowflakes) -> None:
        self._world = world
        self._messages = messages
        self._snowflakes = snowflakes
        self._by_user: dict[int, DirectChannel] = {}
        self._not_accepting: set[int] = set()

    def reset(self) -> None:
        """Everybody accepts direct messages again; the channels stay, and `Messages` clears the messages in them."""
        self._not_accepting.clear()

    def set_accepts(self, user_id: int, *, accept: bool) -> None:
        """A person's setting: whether they accept direct messages of members of their servers."""
        (self._not_accepting.discard if accept else self._not_accepting.add)(user_id)

    def open(self, user_id: int) -> DirectChannel:
        """The channel with a person, created when there is none.

        Raises:
            ApiError: 400 with 50033 for somebody who does not exist, 403 with 50007 for a bot.
        """
        user = self._world.users.get(user_id)
        if user is None:
            raise ApiError(400, 50033, "Invalid Recipient(s)")
        if user.bot:
            raise _cannot_send()
        if user_id not in self._by_user:
            self._by_user[user_id] = DirectChannel(self._snowflakes.next(), user_id)
        return self._by_user[user_id]

    def find(self, channel_id: int) -> DirectChannel | None:
        """A channel by its id."""
        return next((one for one in self._by_user.values() if one.id == channel_id), None)

    def check_may_send(self, channel: DirectChannel) -> None:
        """Whether the bot may post there.

        Raises:
            ApiError: 403 with 50278 without a server in common, with 50007 when the person accepts no direct messages.
        """
        bot = self._world.application_id
        if not any(bot in g.members and channel.user_id in g.members for g in self._world.guilds.values()):
            raise ApiError(403, 50278, "Cannot send messages to this user due to having no mutual guilds")
        if channel.user_id in self._not_accepting:
            raise _cannot_send()

    def channel_json(self, channel: DirectChannel) -> Json:
        """A channel object."""
        last = self._last(channel)
        return {
            "id": str(channel.id),
            "type": DM_CHANNEL,
            "last_message_id": str(last) if last else None,
            "flags": 0,
            "recipients": [user_json(self._world.users[channel.user_id])],
        }

    def mark_read(self, channel: DirectChannel) -> None:
        """The person's client has fetched what is there."""
        channel.read_up_to = self._last(channel)

    def for_client(self, user_id: int) -> list[Json]:
        """What a person's client lists: the bot, once there is a message of it."""
        channel = self._by_user.get(user_id)
        last = self._last(channel) if channel is not None else 0
        if channel is None or not last:
            return []
        bot = bot_user(self._world)
        return [
            {
                "id": str(channel.id),
                "name": bot.display_name,
                "avatar_url": avatar_url(bot.id),
                "unread": last > channel.read_up_to,
            }
        ]

    def _last(self, channel: DirectChannel) -> int:
        messages = self._messages.of_channel(channel.id)
        return messages[-1].id if messages else 0


def _cannot_send() -> ApiError:
    return ApiError(403, 50007, "Cannot send messages to this user")
