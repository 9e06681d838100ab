"""Which source is asked when another does not answer: what is refused there."""

from __future__ import annotations

from collections.abc import Sequence

from bot.config.source_tables import ArchiveTable, SourceTable


def refuse_wrong_fallbacks(tables: Sequence[SourceTable]) -> None:
    """Check that the names differ, and that each fallback is a source that can be one.

    Raises:
        ValueError: the sentence says which source is wrong.
    """
    names = [table.name for table in tables]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"two sources are named {twice}")
    fallbacks = {table.name: table.fallback for table in tables}
    for name in names:
        seen = [name]
        while fallback := fallbacks[seen[-1]]:
            if fallback not in fallbacks:
                raise ValueError(f"source {seen[-1]} names the fallback {fallback}, which is no source")
            if fallback in seen:
                raise ValueError(f"the fallbacks of source {name} lead in a circle")
            seen.append(fallback)
    for table in tables:
        if isinstance(table, ArchiveTable) and table.grants and table.name in fallbacks.values():
            raise ValueError(
                f"source {table.name} has grants = true, and cannot be the fallback of another: it would give back "
                "roles that the other one has ended"
            )
