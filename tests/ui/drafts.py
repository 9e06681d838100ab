"""What the tests of drafts have in common."""

from __future__ import annotations

from typing import Any

import discord

from bot.ui.draft import Draft

URL = "https://a.example/secret/x.png?key=secret"
Path = tuple[str | int, ...]


def embed() -> discord.Embed:
    """One with everything."""
    made = discord.Embed(title="Title", url=URL, description="One line\nAnother line", colour=1)
    made.set_image(url=URL).set_thumbnail(url="https://b.example/y.png")
    made.set_author(name="Author", url=URL, icon_url=URL).set_footer(text="Footer", icon_url=URL)
    return made.add_field(name="Name", value="Value").add_field(name="Name 2", value="Value 2")


def left(draft: Draft) -> dict[str, Any]:
    """The first embed as it would be sent."""
    arguments = draft.arguments()
    first: discord.Embed = arguments.get("embed") or arguments["embeds"][0]
    return dict(first.to_dict())


def view(*items: discord.ui.Item[Any]) -> discord.ui.View:
    """Two buttons and a menu, in the order in which Discord gets them."""
    made = discord.ui.View(timeout=None)
    made.add_item(discord.ui.Select(custom_id="menu", placeholder="Choose", options=options(), row=1))
    made.add_item(discord.ui.Button(emoji="⏮", custom_id="first", row=0))
    made.add_item(discord.ui.Button(label="Words", emoji="▶", custom_id="next", row=0))
    made.add_item(discord.ui.Button(label="Here", url="https://a.example/", row=0))
    for item in items:
        made.add_item(item)
    made.stop()
    return made


def options() -> list[discord.SelectOption]:
    """Three."""
    return [
        discord.SelectOption(label=f"Choice {n}", value=str(n), description=f"About {n}", emoji="▶") for n in range(3)
    ]


def shown(made: discord.ui.View) -> list[dict[str, Any]]:
    """Its items as Discord gets them."""
    return [item for row in made.to_components() for item in row["components"]]
