"""What could not be saved of members' languages is saved later, and the newest word of each counts."""

from __future__ import annotations

from types import SimpleNamespace

import discord
import pytest

from bot.app.background import Background
from bot.app.reader_languages import remember_languages
from bot.store import Store
from bot.ui.reader_locales import Readers


def acts(readers: Readers, user_id: int, locale: str) -> None:
    """A member does something, with their client in a language."""
    act = SimpleNamespace(locale=discord.Locale(locale), user=discord.Object(user_id))
    readers.read_by(act)  # type: ignore[arg-type] # what is read of an interaction


async def test_a_store_that_takes_nothing_loses_nobodys_language(caplog: pytest.LogCaptureFixture) -> None:
    readers, store = Readers(), await Store.open(None)
    save_last = remember_languages(readers, store, Background())
    acts(readers, 1, "de")
    acts(readers, 2, "ja")
    await store.close()
    await save_last()
    assert "languages of members are not saved" in caplog.text
    acts(readers, 2, "fr")
    assert readers.take_unsaved() == {1: "de", 2: "fr"}
