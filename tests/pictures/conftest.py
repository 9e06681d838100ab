"""A drawing process for the tests of a module, and time that passes when a test says so."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.pictures.drawing_process import DrawingProcess


@pytest.fixture(scope="module")
async def process() -> AsyncIterator[DrawingProcess]:
    """The real one, with time for a machine that is busy with something else."""
    drawing = DrawingProcess(seconds=60)
    try:
        yield drawing
    finally:
        await drawing.close()
