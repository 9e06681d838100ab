"""What the operator's commands share."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.operator import change_store, read_store
from bot.config.settings import Settings, StoreSettings, load
from bot.errors import ConfigError
from bot.store import Store
from bot.store.pseudonyms import OPERATOR, pseudonyms
from bot.store.thread import Rollback
from tests.sandbox_client import SECRETS


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """Those of a bot that was started once."""
    path = tmp_path / "tessera.db"
    await (await Store.open(path)).close()
    return load(tmp_path / "none.toml", SECRETS, required=False).model_copy(update={"store": StoreSettings(path=path)})


async def noted(settings: Settings) -> list[tuple[object, ...]]:
    """What the audit holds."""
    return await read_store(settings, lambda db: db.execute("SELECT actor, verb, subject FROM audit").fetchall())


async def test_a_change_is_noted_under_the_operators_pseudonym(settings: Settings) -> None:
    assert await change_store(settings, "owner-set", lambda *_: "done") == "done"
    assert await noted(settings) == [(pseudonyms(SECRETS["DISCORD_TOKEN"])(OPERATOR), "owner-set", None)]


async def test_a_change_that_is_undone_is_not_noted(settings: Settings) -> None:
    def undo(*_: object) -> str:
        raise Rollback("refused")

    assert await change_store(settings, "owner-set", undo) == "refused"
    assert await noted(settings) == []


async def test_nothing_is_changed_without_the_token_that_keys_the_audit(settings: Settings) -> None:
    without = settings.model_copy(update={"discord": settings.discord.model_copy(update={"token": None})})
    with pytest.raises(ConfigError, match="set DISCORD_TOKEN or DISCORD_TOKEN_FILE as for the bot"):
        await change_store(without, "owner-set", lambda *_: "done")
    assert await noted(settings) == []
