"""Pictures, for those who show them: a chart or a card in, a PNG out; or the sentence that says why there is none."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from bot.errors import PictureError
from bot.messages import Message, Words, reader_language
from bot.pictures.avatars import Avatars
from bot.pictures.card_content import CardContent
from bot.pictures.charts import Chart
from bot.pictures.drawing_process import DrawingProcess

log = logging.getLogger(__name__)

_OFF = Message("Pictures are switched off here, so this is in words.")
_NOT_INSTALLED = Message(
    "Pictures are not installed here, so this is in words. The operator of this bot gets them by "
    "`pip install 'tessera-bot[pictures]'`."
)
_LIBRARIES = ("matplotlib", "PIL")


def why_off(*, enabled: bool) -> Words | None:
    """Why this bot draws no pictures; None: it does. Nothing is imported by this."""
    if not enabled:
        return _OFF()
    return None if all(find_spec(library) for library in _LIBRARIES) else _NOT_INSTALLED()


class Studio:
    """Draws. Without a process it says why there is no picture.

    Args:
        process: Draws them; None: there are no pictures here.
        avatars: Of collections; None: likewise.
        off: Why.
        font: With Chinese, Japanese and Korean letters; None: this machine has none.
    """

    def __init__(
        self,
        process: DrawingProcess | None = None,
        avatars: Avatars | None = None,
        *,
        off: Words | None = None,
        font: Path | None = None,
    ) -> None:
        self._process = process
        self._avatars = avatars
        self._off = off or _OFF()
        self._font = str(font) if font else None

    @property
    def is_on(self) -> bool:
        """Whether pictures are drawn here."""
        return self._process is not None

    async def chart(self, chart: Chart) -> bytes:
        """A chart as PNG.

        Raises:
            PictureError: there is none: its numbers are shown in words, by `chart_words`.
        """
        if self._process is None:
            raise PictureError(self._off)
        language = reader_language()
        numbers = {"group": language.group, "least_grouped": language.least_grouped}
        return await self._process.draw({**chart.content(), "font": self._font, "numbers": numbers})

    async def card(self, card: CardContent) -> bytes:
        """The card of a collector as PNG.

        Raises:
            PictureError: there is none.
        """
        if self._process is None:
            raise PictureError(self._off)
        content, files = card.content()
        return await self._process.draw({**content, "font": self._font}, files)

    async def avatars(self, urls: Sequence[str | None]) -> Sequence[bytes | None]:
        """Avatars for a card; none where pictures are off."""
        return await self._avatars.get(urls) if self._avatars else [None] * len(urls)

    async def end_if_idle(self) -> None:
        """Let go of what is not used."""
        if self._process:
            await self._process.end_if_idle()

    async def close(self) -> None:
        """End the process, and what is fetched."""
        if self._avatars:
            await self._avatars.close()
        if self._process:
            await self._process.close()
