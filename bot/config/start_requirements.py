"""What must be set before the bot may serve members. A missing secret is an error, never a weaker mode.

These are not refused when the file is read: a backup can be made, and an answer be printed, without them.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.config.settings import Settings
from bot.messages import Message, Words

_NO_CLIENT_SECRET = Message(
    "The page of [web] public_url needs Discord's login: set DISCORD_CLIENT_SECRET, or DISCORD_CLIENT_SECRET_FILE to a "
    'file that contains it; or set [linking] login = "code" if members are to type back a code, which is less safe.'
)
_NO_PROXIES = Message(
    "[web] public_url is public, but trusted_proxies does not say which proxy serves it: set it to the proxy's "
    'address, such as ["127.0.0.1/32"]; or to "none", and all visitors share the limits of one.'
)


def unmet_requirements(settings: Settings) -> Iterator[Words]:
    """What keeps the bot from starting, in sentences that say what to set."""
    if settings.web.public_url and settings.linking.login == "required" and not settings.discord.client_secret:
        yield _NO_CLIENT_SECRET()
    if settings.web.is_public and not settings.web.trusted_proxies:
        yield _NO_PROXIES()
