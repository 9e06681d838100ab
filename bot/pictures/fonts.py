"""Where this machine has a font with Chinese, Japanese and Korean letters: known names in known folders.

No fontconfig is asked: it is a program of its own that an image may not have, and its answer is never "none".
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.errors import ConfigError
from bot.messages import Message

_NO_FONT = Message("[pictures] font: {path} is no font file that can be read. A .ttf, .otf or .ttc file is accepted.")

FOLDERS = (
    Path(sys.prefix, "share", "fonts"),  # where the image has one
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts").expanduser(),
    Path("~/.fonts").expanduser(),
    Path("/Library/Fonts"),
    Path("/System/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
# The better ones first; all of them have the letters of all three, or nearly.
_NAMES = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansCJKjp-Regular.otf",
    "NotoSansSC-Regular.otf",
    "NotoSansJP-Regular.otf",
    "SourceHanSans-Regular.ttc",
    "SourceHanSansSC-Regular.otf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "Hiragino Sans GB.ttc",
    "PingFang.ttc",
    "Arial Unicode.ttf",
    "msyh.ttc",
    "YuGothR.ttc",
    "ipag.ttf",
)
_MAGIC = (b"\x00\x01\x00\x00", b"OTTO", b"ttcf", b"true")
# So that a folder with a million files delays no start.
_MOST_FILES = 20_000


def find_font(folders: Sequence[Path] = FOLDERS) -> Path | None:
    """The best font there is for these letters; None: this machine has none that is known."""
    ranks = {name.lower(): rank for rank, name in enumerate(_NAMES)}
    found: dict[int, Path] = {}
    seen = 0
    for folder in folders:
        for inner, _, files in os.walk(folder):
            for name in files:
                if (rank := ranks.get(name.lower())) is not None and is_font(Path(inner, name)):
                    found.setdefault(rank, Path(inner, name))
            seen += len(files)
            if seen > _MOST_FILES:
                break
    return found[min(found)] if found else None


def configured_font(path: Path) -> Path:
    """The font that the settings name.

    Raises:
        ConfigError: it is none.
    """
    if not is_font(path):
        raise ConfigError(_NO_FONT, path=path)
    return path


def is_font(path: Path) -> bool:
    """Whether a file can be read and begins like a font."""
    try:
        with path.open("rb") as file:
            return file.read(4) in _MAGIC
    except OSError:
        return False
