"""A language of a test's own: compiled as those of the bot are, from the few texts that the test names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from babel.messages.catalog import Catalog

from bot.messages import Language, Message
from translating.po_files import mo_bytes


def compiled_language(
    folder: Path, texts: Mapping[Message, str | tuple[str, ...]], code: str = "de", *, group: str = "."
) -> Language:
    """German with these translations and no others; of a counted message, one for each plural form."""
    catalog = Catalog(code, fuzzy=False)
    for message, string in texts.items():
        catalog.add((message.text, message.many) if message.many else message.text, string)
    path = folder / f"{code}.mo"
    path.write_bytes(mo_bytes(code, catalog))
    return Language(code, path, group, ",")
