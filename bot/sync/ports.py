"""What sync needs of Discord, as values and a protocol; `bot.cogs.gates` implements it over discord.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from typing import Protocol

from bot.errors import TesseraError
from bot.roles.eligibility import GuildRoles


class Presence(StrEnum):
    """Whether somebody is a member of a server."""

    PRESENT = auto()
    ABSENT = auto()  # Discord said so when it was asked about this very member
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class MemberRoles:
    """One member of a server, as Discord reported them just now; `roles` only where they are present."""

    user_id: int
    presence: Presence
    roles: frozenset[int] = frozenset()
    joined_at: datetime | None = None


class DiscordError(TesseraError):
    """Discord did not do it; nothing is known to have changed. Waiting helps.

    DiscordError
    ├── TokenRefusedError  401: nothing is sent any more, until the bot is started with a new token
    ├── NotAllowedError    403: the bot may not; asking again does not help before an admin repairs something
    ├── RoleGoneError      the role does not exist
    ├── MemberGoneError    the member is not in that server
    └── OutcomeUnknownError   the request may or may not have taken effect: read before anything else
    """


class TokenRefusedError(DiscordError):
    """Discord refuses the bot's token (401): no call sends anything any more, and each raises this."""


class NotAllowedError(DiscordError):
    """Discord refuses it (403), until an admin repairs something."""


class RoleGoneError(DiscordError):
    """There is no such role (10011)."""


class MemberGoneError(DiscordError):
    """There is no such member (10007)."""


class OutcomeUnknownError(DiscordError):
    """The request may or may not have taken effect."""


class Discord(Protocol):
    """Discord, as far as sync needs it. In steady state none of these is called."""

    def guild_ids(self) -> Sequence[int]:
        """The servers that the bot is in and that are available now; sends nothing."""

    def guild_roles(self, guild_id: int) -> GuildRoles | None:
        """A server's roles and the bot's place among them, as the gateway reported; None: not available now."""

    async def read_members(
        self, guild_id: int, user_ids: Sequence[int], *, confirm: bool = True
    ) -> Mapping[int, MemberRoles]:
        """Members with their roles, in as few requests as possible; each of `user_ids` is in the answer.

        Who is not in Discord's answer is asked about once more, alone, before they are reported as absent; or, where
        `confirm` is False, is reported as unknown.

        Raises:
            DiscordError: with `confirm` False, Discord did not answer.
        """

    async def count_role_members(self, guild_id: int) -> Mapping[int, int] | None:
        """Role → how many members have it; None: Discord did not say.

        Raises:
            DiscordError: it failed.
        """

    async def add_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        """Give a role, with a reason for the audit log.

        Raises:
            DiscordError: see there.
        """

    async def remove_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        """Take a role, with a reason for the audit log.

        Raises:
            DiscordError: see there.
        """
