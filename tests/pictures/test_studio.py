"""Where there are no pictures the sentence says why, and how to get them."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from bot.app.open_pictures import open_pictures
from bot.config.settings import Settings, load
from bot.errors import ConfigError, PictureError
from bot.pictures.studio import Studio, why_off
from tests.pictures.examples import exact, trend


def test_they_are_on_where_they_are_installed() -> None:
    assert why_off(enabled=True) is None
    assert Settings().pictures.enabled


@pytest.mark.parametrize("library", ["matplotlib", "PIL"])
async def test_without_the_extra_the_sentence_says_how_to_get_them(
    library: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    caplog.set_level(logging.INFO)
    async with open_pictures(Settings(), lambda: 0.0) as studio:
        assert not studio.is_on
        with pytest.raises(PictureError, match=r"not installed here.*pip install 'tessera-bot\[pictures\]'"):
            await studio.chart(trend(exact(1)))
        assert await studio.avatars(["https://pictures.example/1.png"]) == [None]
        await studio.end_if_idle()
    assert "pip install" in caplog.text


async def test_switched_off_no_process_is_started(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[pictures]\nenabled = false\n", encoding="utf-8")
    async with open_pictures(load(path, {}), lambda: 0.0) as studio:
        with pytest.raises(PictureError, match="switched off here"):
            await studio.chart(trend(exact(1)))


async def test_a_font_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[pictures]\nfont = "{tmp_path}/none.ttf"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"\[pictures\] font: .*none\.ttf is no font file"):
        async with open_pictures(load(path, {}), lambda: 0.0):
            pass


async def test_a_studio_without_anything_says_so() -> None:
    with pytest.raises(PictureError):
        await Studio().chart(trend(exact(1)))
