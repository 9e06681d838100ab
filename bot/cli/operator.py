"""What the operator's commands share: they change the store beside the running bot, and are noted in its audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from sqlite_utils import Database

from bot.config.settings import Settings
from bot.errors import ConfigError
from bot.messages import Message
from bot.store import Store
from bot.store.audit import record
from bot.store.pseudonyms import OPERATOR, Pseudonym, pseudonyms

T = TypeVar("T")

_NO_TOKEN = Message(
    "No Discord token: set DISCORD_TOKEN or DISCORD_TOKEN_FILE as for the bot. "
    "The change is noted in the audit under a key made of it."
)


async def change_store(
    settings: Settings,
    verb: str,
    work: Callable[[Database, Pseudonym, datetime], T],
    *,
    subject: int | str | None = None,
) -> T:
    """Do all of `work` and note it in the audit, in one transaction beside a running bot; or nothing of it.

    Args:
        settings: Say where the store is; their token keys the pseudonyms.
        verb: What is noted: "owner-set", "contest-decide", …
        work: Gets the database, the pseudonyms and the present; `Rollback` undoes all, the note included.
        subject: The member or address that it concerns, noted as a pseudonym.

    Raises:
        DamagedStoreError, ConfigError, StoreError: as `Store.change_beside_bot`; or there is no token.
    """
    if not settings.discord.token:
        raise ConfigError(_NO_TOKEN)
    pseudonym = pseudonyms(settings.discord.token.get_secret_value())

    def noted(db: Database) -> T:
        now = datetime.now(UTC)
        result = work(db, pseudonym, now)
        record(db, now, pseudonym(OPERATOR), verb, pseudonym(subject) if subject is not None else None)
        return result

    return await Store.change_beside_bot(settings.store.path, noted, backups=settings.store.backups)


async def read_store(settings: Settings, work: Callable[[Database], T]) -> T:
    """What `work` reads in the store, also while the bot runs.

    Raises:
        DamagedStoreError, ConfigError: as `Store.read_beside_bot`.
    """
    return await Store.read_beside_bot(settings.store.path, work, backups=settings.store.backups)
