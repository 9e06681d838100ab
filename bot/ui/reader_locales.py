"""In which language those who read a message do: who acts by their own client, a server by its own setting.

Every interaction passes `read_by` before any of it is answered: the tree of commands, each panel with its modals, and
each button that outlives its panel call it where they ask whether the interaction may run. What a task starts inherits
the language. A member who gets a direct message has said it by what they did last, also before a restart if they have
linked something; anyone else is written to in the language of the server that the message is about.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import discord
from cachetools import LRUCache

from bot.errors import StoreError
from bot.messages import ENGLISH, Language, language_of, set_reader_language, written_in

log = logging.getLogger(__name__)

# Of whom it is remembered what they read; some bytes each.
_MOST_READERS = 10_000


async def _nothing_stored(_user_id: int) -> str | None:
    return None


class Readers:
    """What members read, as far as this process has seen, or what is stored says.

    Attributes:
        recall: User → what they read, as Discord names it; None: it is not stored. May raise `StoreError`.
    """

    def __init__(self) -> None:
        self._seen: LRUCache[int, Language] = LRUCache(_MOST_READERS)
        self._unsaved: dict[int, str] = {}
        self.recall: Callable[[int], Awaitable[str | None]] = _nothing_stored

    def read_by(self, interaction: discord.Interaction[Any]) -> None:
        """From now on, this task writes for the person who acted."""
        language = language_of(interaction.locale.value)
        self._seen[interaction.user.id] = language
        if len(self._unsaved) < _MOST_READERS:  # else they are saved by what they do next
            self._unsaved[interaction.user.id] = language.tag
        set_reader_language(language)

    def take_unsaved(self) -> Mapping[int, str]:
        """User → what they read, of all who acted since this was last asked."""
        unsaved, self._unsaved = self._unsaved, {}
        return unsaved

    def keep_unsaved(self, unsaved: Mapping[int, str]) -> None:
        """What could not be saved is still to be, unless a member has done something since."""
        self._unsaved = {**unsaved, **self._unsaved}

    async def for_member(self, user_id: int, guild: discord.Guild | None) -> AbstractContextManager[None]:
        """Within it, texts are for a member in a direct message.

        Args:
            user_id: Whom.
            guild: What the message is about; None: no server.
        """
        language = self._seen.get(user_id)
        if language is None:
            try:
                stored = await self.recall(user_id)
            except StoreError as error:
                log.warning("the language of a member cannot be read: %s", error.sentence)
                stored = None
            language = language_of(stored) if stored else _language_of(guild)
        return written_in(language)


def for_guild(guild: discord.Guild | None) -> AbstractContextManager[None]:
    """Within it, texts are for all who read a channel of a server."""
    return written_in(_language_of(guild))


def _language_of(guild: discord.Guild | None) -> Language:
    return language_of(guild.preferred_locale.value) if guild else ENGLISH
