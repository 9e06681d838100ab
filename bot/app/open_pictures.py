"""What draws pictures, built from the settings; and what the log says about it, once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.config.settings import Settings
from bot.pictures.avatars import Avatars
from bot.pictures.drawing_process import DrawingProcess
from bot.pictures.fonts import configured_font, find_font
from bot.pictures.guarded_fetcher import GuardedFetcher, Reach
from bot.pictures.studio import Studio, why_off

log = logging.getLogger(__name__)

# How often it is looked whether the drawing process is idle; that takes no time.
LOOKS_EVERY = timedelta(seconds=5)


@asynccontextmanager
async def open_pictures(settings: Settings, clock: Callable[[], float]) -> AsyncIterator[Studio]:
    """Draws, or says why not.

    Args:
        settings: What runs.
        clock: Seconds that only grow.

    Raises:
        ConfigError: the font that is set cannot be read.
    """
    if off := why_off(enabled=settings.pictures.enabled):
        log.info("pictures: %s", off)
        yield Studio(off=off)
        return
    own = settings.pictures.font
    font = await asyncio.to_thread(configured_font, own) if own else await asyncio.to_thread(find_font)
    if font is None:
        log.warning(
            "pictures: no font with Chinese, Japanese and Korean letters found; names in them are drawn as ids. "
            "Install one, such as Noto Sans CJK, or name its file in [pictures] font"
        )
    process = DrawingProcess(clock=clock)
    fetcher = GuardedFetcher(Reach(gateways=settings.display.gateways))
    studio = Studio(process, Avatars(fetcher, process, clock=clock), font=font)
    try:
        yield studio
    finally:
        await studio.close()
