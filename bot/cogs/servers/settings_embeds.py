"""What a server has set → an embed. Names of members and roles are mentions, which ping nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import discord

from bot.gates.gate import GuildSettings
from bot.messages import Message
from bot.text.plural import plural
from bot.ui.embeds import BRAND

_SEE = Message("Members see {what}.")
_NAME = Message("`/holders export` names {what}.")
_ALL_ACCOUNTS = Message("the accounts of all members, with their addresses")
_SHARED_ACCOUNTS = Message("only the accounts that members share here")
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_SHOWN = 20
_FIELD = 1000


def settings_embed(settings: GuildSettings, done: str = "") -> discord.Embed:
    """Everything that is set, and the command that changes it; `done` says what was just changed."""
    embed = discord.Embed(title="Settings of this server", description=done or None, colour=BRAND)
    channel = f"<#{settings.log_channel_id}>" if settings.log_channel_id else "none: role changes are posted nowhere"
    _add(embed, "Log channel", channel, "log")
    _add(embed, "Grace", grace_words(settings.grace), "grace")
    _add(embed, "Cool-down of sensitive roles", cool_down_words(settings.cool_down), "cool-down")
    protected = [f"<@{user_id}>" for user_id in sorted(settings.protected_members)]
    protected += [f"<@&{role_id}>" for role_id in sorted(settings.protected_roles)]
    _add(embed, "Protected: nothing is ever taken from them", _listed(protected), "protect")
    excluded = [f"`{each}`" for each in sorted(map(str, settings.excluded_accounts))]
    excluded += [f"`{each}`" for each in sorted(map(str, settings.excluded_collections))]
    _add(embed, "Never count here", _listed(excluded), "exclude")
    seen = visibility_words(shows_requirements=settings.shows_requirements)
    _add(embed, "What members see", seen, "visibility")
    named = address_words(shows_addresses=settings.shows_addresses)
    _add(embed, "Whose accounts exports for admins name", named, "visibility")
    role = f"<@&{settings.admin_role_id}>" if settings.admin_role_id else "only members with Manage Server"
    return _add(embed, "Who may configure Tessera", role, "admin-role")


def grace_words(grace: timedelta) -> str:
    """How long a role is retained."""
    if not grace:
        return "none: a role is taken as soon as it is certain that its holder no longer qualifies"
    return f"{span_words(grace)}, after it is certain that a holder no longer qualifies; they are notified before"


def cool_down_words(span: timedelta) -> str:
    """How long a sensitive role waits."""
    return f"{span_words(span)} after the first proof of an account" if span else "none"


def visibility_words(*, shows_requirements: bool) -> str:
    """What `/roles` shows of roles that a member has not."""
    if shows_requirements:
        return "what unlocks each role, also the ones that they do not have"
    return "only the roles that they have"


def address_words(*, shows_addresses: bool) -> str:
    """Which accounts and addresses `/holders export` names."""
    return str((_ALL_ACCOUNTS if shows_addresses else _SHARED_ACCOUNTS)())


def seen_words(*, requirements: bool | None = None, addresses: bool | None = None) -> str:
    """What was changed of both."""
    lines = [] if requirements is None else [_SEE(what=visibility_words(shows_requirements=requirements))]
    if addresses is not None:
        lines.append(_NAME(what=address_words(shows_addresses=addresses)))
    return "\n".join(map(str, lines))


def span_words(span: timedelta) -> str:
    """`"2 days"`, `"36 hours"`, `"90 minutes"`, `"18 seconds"`."""
    if span >= 2 * _DAY and not span % _DAY:
        return plural(span // _DAY, "day")
    if not span % _HOUR:
        return plural(span // _HOUR, "hour")
    seconds = round(span.total_seconds())
    return plural(round(seconds / 60), "minute") if seconds >= 60 else plural(seconds, "second")  # noqa: PLR2004 - a minute


def _listed(words: Iterable[str]) -> str:
    listed = list(words)
    more = f" and {len(listed) - _SHOWN:,} more" if len(listed) > _SHOWN else ""
    text = ", ".join(listed[:_SHOWN]) + more
    return (text if len(text) <= _FIELD else f"{plural(len(listed), 'entry', 'entries')}") or "nobody and nothing"


def _add(embed: discord.Embed, name: str, value: str, command: str) -> discord.Embed:
    return embed.add_field(name=name, value=f"{value}\n-# `/settings {command}`", inline=False)
