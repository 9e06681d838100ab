"""The lasting message that members begin with, as an embed and buttons.

The buttons go on working after a restart, in every server and for everybody: their ids say all that a press needs.
"""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import urlsplit

import discord

from bot.messages import Message
from bot.ui.embeds import BRAND

# Another prefix than that of a panel for one person: see `bot.ui.client`.
PRESSED = re.compile(r"tessera-start:(verify|roles|refresh)")


class Entry(StrEnum):
    """What a press begins."""

    VERIFY = "verify"
    ROLES = "roles"
    REFRESH = "refresh"

    @classmethod
    def of(cls, custom_id: str) -> Entry | None:
        """What a button with that id begins; None for any other button."""
        found = PRESSED.fullmatch(custom_id)
        return cls(found[1]) if found else None


_TITLE = Message("Show what you hold, get your roles")
_STEPS = Message(
    "**{server}** gives roles to holders of its collections.\n\n"
    "**Verify** proves that an account is yours, with a signature in your own wallet.\n"
    "**My roles** shows which roles you have, which you can get, and what is missing.\n"
    "**Refresh** reads your accounts again, now. All answers are for your eyes alone."
)
_SAFE_NAME = Message("Stay safe")
_SAFE = Message(
    "Tessera only reads. There is no transaction and no gas, and nothing that you hold can be moved. It never writes "
    "to you first with a link, and never asks for a seed phrase, a private key or an API key. Anyone who does is not "
    "Tessera."
)
_DOMAIN = Message("The only valid site is `{site}`: check it before you sign.")
_NO_SITE = Message("There is no website: everything happens here, in Discord. A link to one is not Tessera's.")
_LABELS = {
    Entry.VERIFY: (Message("Verify"), discord.ButtonStyle.primary),
    Entry.ROLES: (Message("My roles"), discord.ButtonStyle.secondary),
    Entry.REFRESH: (Message("Refresh"), discord.ButtonStyle.secondary),
}


def panel_embed(guild_name: str, public_url: str) -> discord.Embed:
    """What it is, what can be pressed, and how to recognise a fake.

    Args:
        guild_name: Safe to show.
        public_url: The page on which members prove accounts; "" where there is none.
    """
    embed = discord.Embed(title=_TITLE().render(), description=_STEPS(server=guild_name).render(), colour=BRAND)
    site = urlsplit(public_url).netloc
    where = _DOMAIN(site=site) if site else _NO_SITE()
    return embed.add_field(name=_SAFE_NAME().render(), value=f"{_SAFE().render()}\n{where.render()}", inline=False)


def panel_view() -> discord.ui.View:
    """Verify, My roles and Refresh; discord.py keeps nothing of it."""
    view = discord.ui.View(timeout=None)
    for entry, (label, style) in _LABELS.items():
        view.add_item(discord.ui.Button(label=label().render(), custom_id=f"tessera-start:{entry}", style=style))
    view.stop()
    return view
