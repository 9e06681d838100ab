"""`[pictures]` of the settings: whether charts and cards are drawn, and with which second font."""

from __future__ import annotations

from bot.config.source_tables import FilePath, Table


class PicturesSettings(Table):
    """Charts and cards; without the extra `pictures` there are none, whatever is set here."""

    enabled: bool = True
    font: FilePath | None = None
