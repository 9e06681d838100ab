"""`python -m docs_site`: write the reference of commands and settings into docs/."""

from __future__ import annotations

import asyncio
from pathlib import Path

from docs_site.commands_page import commands_page
from docs_site.demo import open_demo
from docs_site.settings_page import settings_page

PROJECT = Path(__file__).parents[1]


async def write_reference() -> None:
    """Write both pages."""
    example = (PROJECT / "config.example.toml").read_text(encoding="utf-8")
    (PROJECT / "docs" / "settings.md").write_text(settings_page(example), encoding="utf-8")
    async with open_demo() as demo:
        page = commands_page(await demo.commands())
    (PROJECT / "docs" / "commands.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(write_reference())
