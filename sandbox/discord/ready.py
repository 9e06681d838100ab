"""READY: what a new session is sent first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord.wire import bot_user, user_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.answers import Json
    from sandbox.discord.session import Session
    from sandbox.world import World


def ready_json(world: World, session: Session, host: str, guilds: Sequence[int], flags: int) -> Json:
    """The body of READY.

    Args:
        world: who the bot is.
        session: the new session.
        host: where the bot reached the gateway, and where it may resume.
        guilds: their ids; each follows in a GUILD_CREATE.
        flags: of the application.
    """
    bot = user_json(bot_user(world))
    return {
        "v": 10,
        "user": {**bot, "verified": True, "mfa_enabled": True, "email": None},
        "guilds": [{"id": str(guild_id), "unavailable": True} for guild_id in guilds],
        "session_id": session.id,
        "session_type": "normal",
        "resume_gateway_url": f"ws://{host}/gateway/",
        "application": {"id": str(world.application_id), "flags": flags},
        "private_channels": [],
        "presences": [],
        "relationships": [],
        "user_settings": {},
        "geo_ordered_rtc_regions": [],
        "_trace": ["sandbox"],
        "shard": list(session.shard),
    }
