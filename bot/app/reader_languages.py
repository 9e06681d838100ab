"""What members read outlives a restart: it is saved after they did something, and once more when the bot stops."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.app.background import Background
from bot.errors import StoreError
from bot.store import Store
from bot.ui.reader_locales import Readers

log = logging.getLogger(__name__)

# A kill forgets what was new within so long; only what changed is written.
_SAVES = timedelta(seconds=30)


def remember_languages(readers: Readers, store: Store, background: Background) -> Callable[[], Awaitable[None]]:
    """Let readers be remembered in the store; the returned function is for the stop, while the store is still open."""
    readers.recall = store.languages.of

    async def save() -> None:
        if unsaved := readers.take_unsaved():
            try:
                await store.languages.save(unsaved)
            except StoreError:
                readers.keep_unsaved(unsaved)
                raise

    async def save_last() -> None:
        try:
            await save()
        except StoreError as error:
            log.warning("languages of members are not saved: %s", error.sentence)

    background.every(_SAVES, save, name="languages")
    return save_last
