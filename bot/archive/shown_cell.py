"""A field of a CSV file, as an error quotes it."""

from __future__ import annotations

from bot.text import safe_text

_MOST_SHOWN = 61


def shown_cell(text: str) -> str:
    """Its beginning, on one line; nothing in it acts."""
    return safe_text(text, _MOST_SHOWN, plain=True) if text.strip() else ""
