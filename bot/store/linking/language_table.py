"""In which language members read who have linked something: of others nothing is retained, as nobody writes to them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlite_utils import Database

from bot.store.rows import first
from bot.store.thread import Writer

# A row is written only where it says something new.
_SAVE = """
    INSERT INTO member_languages (user_id, language)
    SELECT :user_id, :language WHERE EXISTS (SELECT 1 FROM links WHERE user_id = :user_id)
    ON CONFLICT (user_id) DO UPDATE SET language = excluded.language WHERE language <> excluded.language
"""


class MemberLanguages:
    """Reads and writes them. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def of(self, user_id: int) -> str | None:
        """The language of a member; None: it is not known."""
        sql = "SELECT language FROM member_languages WHERE user_id = ?"
        row = await self._writer.run(lambda db: first(db, sql, [user_id]))
        return row[0] if row else None

    async def save(self, languages: Mapping[int, str]) -> None:
        """What members read now; of those who have linked nothing, nothing is saved.

        Args:
            languages: User → language, as Discord names it.
        """
        rows = [{"user_id": user_id, "language": language} for user_id, language in languages.items()]

        def work(db: Database) -> None:
            db.conn.executemany(_SAVE, rows)

        await self._writer.transaction(work)
