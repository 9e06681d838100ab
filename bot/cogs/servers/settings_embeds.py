"""What a server has set → an embed. Names of members and roles are mentions, which ping nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import discord

from bot.cogs.servers.setting_answers import EXPORTS_NAME, MEMBERS_SEE
from bot.gates.gate import GuildSettings
from bot.messages import Message, Words
from bot.ui.embeds import BRAND

_BOTH = Message("{seen}\n{named}")
_NOTHING_SET = Message("Nothing was changed.")
_NAMED = Message("Whose accounts exports for admins name")
_ALL_ACCOUNTS = Message("the accounts of all members, with their addresses")
_SHARED_ACCOUNTS = Message("only the accounts that members share here")
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_SHOWN = 20
_FIELD = 1000

_TITLE = Message("Settings of this server")
_LOG = Message("Log channel")
_NO_LOG = Message("none: role changes are posted nowhere")
_GRACE = Message("Grace")
_NO_GRACE = Message("none: a role is taken as soon as it is certain that its holder no longer qualifies")
_GRACE_OF = Message("{span}, after it is certain that a holder no longer qualifies; they are notified before")
_COOL_DOWN = Message("Cool-down of sensitive roles")
_COOL_DOWN_OF = Message("{span} after the first proof of an account")
_NONE = Message("none")
_PROTECTED = Message("Protected: nothing is ever taken from them")
_NEVER_COUNT = Message("Never count here")
_VISIBILITY = Message("What members see")
_ALL_IS_SHOWN = Message("what unlocks each role, also the ones that they do not have")
_OWN_IS_SHOWN = Message("only the roles that they have")
_ADMINS = Message("Who may configure Tessera")
_ONLY_MANAGERS = Message("only members with Manage Server")
_AND_MORE = Message("{listed} and {more:,} more")
_ENTRIES = Message("{count:,} entry", "{count:,} entries")
_NOTHING = Message("nobody and nothing")
_DAYS = Message("{count:,} day", "{count:,} days")
_HOURS = Message("{count:,} hour", "{count:,} hours")
_MINUTES = Message("{count:,} minute", "{count:,} minutes")
_SECONDS = Message("{count:,} second", "{count:,} seconds")


def settings_embed(settings: GuildSettings, done: Words | None = None) -> discord.Embed:
    """Everything that is set, and the command that changes it; `done` says what was just changed."""
    embed = discord.Embed(title=_TITLE().render(), description=done.render() if done else None, colour=BRAND)
    channel = f"<#{settings.log_channel_id}>" if settings.log_channel_id else _NO_LOG().render()
    _add(embed, _LOG, channel, "log")
    _add(embed, _GRACE, grace_words(settings.grace), "grace")
    _add(embed, _COOL_DOWN, cool_down_words(settings.cool_down), "cool-down")
    protected = [f"<@{user_id}>" for user_id in sorted(settings.protected_members)]
    protected += [f"<@&{role_id}>" for role_id in sorted(settings.protected_roles)]
    _add(embed, _PROTECTED, _listed(protected), "protect")
    excluded = [f"`{each}`" for each in sorted(map(str, settings.excluded_accounts))]
    excluded += [f"`{each}`" for each in sorted(map(str, settings.excluded_collections))]
    _add(embed, _NEVER_COUNT, _listed(excluded), "exclude")
    _add(embed, _VISIBILITY, visibility_words(shows_requirements=settings.shows_requirements), "visibility")
    _add(embed, _NAMED, address_words(shows_addresses=settings.shows_addresses), "visibility")
    role = f"<@&{settings.admin_role_id}>" if settings.admin_role_id else _ONLY_MANAGERS().render()
    return _add(embed, _ADMINS, role, "admin-role")


def grace_words(grace: timedelta) -> str:
    """How long a role is retained."""
    if not grace:
        return _NO_GRACE().render()
    return _GRACE_OF(span=span_words(grace)).render()


def cool_down_words(span: timedelta) -> str:
    """How long a sensitive role waits."""
    return _COOL_DOWN_OF(span=span_words(span)).render() if span else _NONE().render()


def visibility_words(*, shows_requirements: bool) -> str:
    """What `/roles` shows of roles that a member has not."""
    words = _ALL_IS_SHOWN if shows_requirements else _OWN_IS_SHOWN
    return words().render()


def address_words(*, shows_addresses: bool) -> str:
    """Which accounts and addresses `/holders export` names."""
    return (_ALL_ACCOUNTS if shows_addresses else _SHARED_ACCOUNTS)().render()


def seen_words(*, requirements: bool | None = None, addresses: bool | None = None) -> Words:
    """What was changed of both."""
    said = [] if requirements is None else [MEMBERS_SEE(what=visibility_words(shows_requirements=requirements))]
    if addresses is not None:
        said.append(EXPORTS_NAME(what=address_words(shows_addresses=addresses)))
    if len(said) == 1:
        return said[0]
    return _BOTH(seen=said[0], named=said[1]) if said else _NOTHING_SET()


def span_words(span: timedelta) -> str:
    """`"2 days"`, `"36 hours"`, `"90 minutes"`, `"18 seconds"`."""
    if span >= 2 * _DAY and not span % _DAY:
        return _DAYS(count=span // _DAY).render()
    if not span % _HOUR:
        return _HOURS(count=span // _HOUR).render()
    seconds = round(span.total_seconds())
    words = _MINUTES(count=round(seconds / 60)) if seconds >= 60 else _SECONDS(count=seconds)  # noqa: PLR2004 - a minute
    return words.render()


def _listed(words: Iterable[str]) -> str:
    listed = list(words)
    if not listed:
        return _NOTHING().render()
    text = ", ".join(listed[:_SHOWN])
    if len(listed) > _SHOWN:
        text = _AND_MORE(listed=text, more=len(listed) - _SHOWN).render()
    return text if len(text) <= _FIELD else _ENTRIES(count=len(listed)).render()


def _add(embed: discord.Embed, name: Message, value: str, command: str) -> discord.Embed:
    return embed.add_field(name=name().render(), value=f"{value}\n-# `/settings {command}`", inline=False)
