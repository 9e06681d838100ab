"""What an identify requests: intents and a shard, checked as the gateway checks them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord.member_requests import GUILD_MEMBERS, GUILD_PRESENCES
from sandbox.discord.opcodes import DISALLOWED_INTENTS, INVALID_INTENTS, INVALID_SHARD, CloseConnection

if TYPE_CHECKING:
    from sandbox.discord.answers import Json

MESSAGE_CONTENT = 1 << 15
PRIVILEGED = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT
EVERY_INTENT = (1 << 26) - 1


def intents_of(body: Json, allowed: int) -> int:
    """The requested intents.

    Args:
        body: of the identify.
        allowed: the privileged intents that are switched on for the application.

    Raises:
        CloseConnection: they are not a bit set, or a privileged one is not switched on.
    """
    intents = body.get("intents")
    if not isinstance(intents, int) or intents & ~EVERY_INTENT:
        raise CloseConnection(INVALID_INTENTS, "Invalid intents.")
    if intents & PRIVILEGED & ~allowed:
        raise CloseConnection(DISALLOWED_INTENTS, "Disallowed intent(s).")
    return intents


def shard_of(body: Json) -> tuple[int, int]:
    """The shard's number and how many there are; a bot that sends none is the only one.

    Raises:
        CloseConnection: there is no such shard.
    """
    shard = body.get("shard", [0, 1])
    try:
        shard_id, count = (int(part) for part in shard)
    except (TypeError, ValueError) as error:
        raise CloseConnection(INVALID_SHARD, "Invalid shard.") from error
    if not 0 <= shard_id < count:
        raise CloseConnection(INVALID_SHARD, "Invalid shard.")
    return shard_id, count
