"""Names and descriptions of commands in all languages, as Discord shows them in its menus.

A sentence names a command as it is called in English: that can be typed in every language, and nothing else works in a
mention such as `</verify:1>` (discord-api-docs #5518, #5462). Groups and what is in them keep their English names:
where a group has another one, Discord does not find its subcommands by it (discord-api-docs #5105). So do options,
which sentences name too, and which are words of the rules' own language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation

from bot.messages import language_of, text_in

_Location = TranslationContextLocation
# A name is a word of its own, and the same word may be translated differently elsewhere.
CONTEXTS: Mapping[TranslationContextLocation, str] = {
    _Location.command_name: "command",
    _Location.choice_name: "choice",
}

_NEVER = frozenset({_Location.group_name, _Location.parameter_name})


class CommandTranslator(app_commands.Translator):
    """What discord.py asks for each text and each of Discord's locales."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """The text in a language; None: Discord shows it in English."""
        if context.location in _NEVER or _is_in_group(context):
            return None
        return text_in(language_of(locale.value), string.message, _context(context))


def _is_in_group(context: Any) -> bool:
    return context.location is _Location.command_name and getattr(context.data, "parent", None) is not None


def _context(context: Any) -> str:
    if isinstance(context.data, app_commands.ContextMenu):
        return "menu"
    return CONTEXTS.get(context.location, "")
