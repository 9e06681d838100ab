"""What is to be said of sync, as those who send it see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.messages import Words


class Post(Protocol):
    """A message to be sent, as `bot.sync` makes it."""

    @property
    def post_id(self) -> int:
        """Its id, by which it is marked as sent."""

    @property
    def guild_id(self) -> int:
        """The server that it is about."""

    @property
    def kind(self) -> StrEnum:
        """What it is about."""

    @property
    def lines(self) -> Sequence[Words]:
        """What it says."""

    @property
    def at(self) -> datetime:
        """When it was made."""

    @property
    def user_id(self) -> int | None:
        """To whom it is a direct message; None: it is for the log channel."""

    @property
    def edits(self) -> tuple[int, int] | None:
        """The message (channel, id) that it replaces."""

    @property
    def nonce(self) -> str:
        """The same each time that it is sent."""


class Outbox(Protocol):
    """What is to be said, and is said once."""

    async def posts(self) -> Sequence[Post]:
        """What is to be sent now, oldest first."""

    async def unread_alerts(self) -> Sequence[Post]:
        """Alerts of holds in force that were given up, as nobody could read them."""

    async def sent(self, post_id: int, *, channel_id: int | None = None, message_id: int | None = None) -> None:
        """A message was sent; or there is nobody to read it."""
