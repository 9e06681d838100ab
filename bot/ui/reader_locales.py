"""In which language those who read a message do: who acts by their own client, a server by its own setting.

Every interaction passes `read_by` before any of it is answered: the tree of commands, each panel with its modals, and
each button that outlives its panel call it where they ask whether the interaction may run. What a task starts inherits
the language. A member who gets a direct message has said it by what they did last; whom the bot has not seen since it
was started is written to in the language of the server that the message is about.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import discord
from cachetools import LRUCache

from bot.messages import ENGLISH, Language, language_of, set_reader_language, written_in

# Of whom it is remembered what they read; some bytes each.
_MOST_READERS = 10_000


class Readers:
    """What members read, as far as this process has seen."""

    def __init__(self) -> None:
        self._seen: LRUCache[int, Language] = LRUCache(_MOST_READERS)

    def read_by(self, interaction: discord.Interaction[Any]) -> None:
        """From now on, this task writes for the person who acted."""
        language = language_of(interaction.locale.value)
        self._seen[interaction.user.id] = language
        set_reader_language(language)

    def for_member(self, user_id: int, guild: discord.Guild | None) -> AbstractContextManager[None]:
        """Within it, texts are for a member in a direct message.

        Args:
            user_id: Whom.
            guild: What the message is about; None: no server.
        """
        return written_in(self._seen.get(user_id) or _language_of(guild))


def for_guild(guild: discord.Guild | None) -> AbstractContextManager[None]:
    """Within it, texts are for all who read a channel of a server."""
    return written_in(_language_of(guild))


def _language_of(guild: discord.Guild | None) -> Language:
    return language_of(guild.preferred_locale.value) if guild else ENGLISH
