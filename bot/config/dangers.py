"""What is set to less than is safe; for the log at start and for `tessera check`."""

from __future__ import annotations

from collections.abc import Iterator

from bot.config.settings import Settings
from bot.config.source_tables import ArchiveTable
from bot.messages import Message, Words

_GRANTS = Message(
    "source {name} has grants = true: roles are given for what was held when its archive was recorded, and none is "
    "ever taken by it. Who has sold since then gets a role too, and keeps it until a live source of the network says "
    "otherwise."
)


def dangers_of_roles(settings: Settings) -> Iterator[Words]:
    """What is dangerous for roles: those that are taken too early, and those that are given for the past."""
    yield from settings.sync.dangers()
    for table in settings.sources:
        if isinstance(table, ArchiveTable) and table.grants:
            yield _GRANTS(name=table.name)
