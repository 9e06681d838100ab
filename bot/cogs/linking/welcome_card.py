"""What somebody sees who has no account here yet: what Tessera does, and where to begin, as buttons.

The buttons work after a restart, and for everybody: their ids say all that a press needs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import discord

from bot.ui.draft import Parts
from bot.ui.embeds import BRAND
from bot.ui.lasting_buttons import LastingButton, lasting_view

PRESSED = re.compile(r"tessera-welcome:(link|prove|example)")

_TITLE = "Welcome! Which account is yours?"
_WORDS = (
    "You have no account linked. Link one, and you see its NFTs as a gallery; prove it, and you get the roles that "
    "they earn.\n\n"
    "**Link an account**: type its {ways}. Nothing is checked yet.\n"
)
_WAYS, _WAYS_WITHOUT_NUMBERS = "number, address or name", "address or name"
_PROVE = (
    "**Prove my wallet**: sign a text in your own wallet, and get your roles. It costs nothing, and nothing can be "
    "moved.\n"
)
_EXAMPLE = "**Show me an example**: look at somebody else's account first.\n\n"
_SAFE = "-# Nobody here ever asks for a seed phrase, a private key or a transaction."


class Start(StrEnum):
    """What a press begins."""

    LINK = "link"
    PROVE = "prove"
    EXAMPLE = "example"

    @classmethod
    def of(cls, custom_id: str) -> Start | None:
        """What a button with that id begins; None for any other button."""
        found = PRESSED.fullmatch(custom_id)
        return cls(found[1]) if found else None


_LABELS = {Start.LINK: "Link an account", Start.PROVE: "Prove my wallet", Start.EXAMPLE: "Show me an example"}


@dataclass(frozen=True, slots=True)
class Welcome:
    """The card.

    Attributes:
        has_page: An address that is not linked can be proven: on the page, by the wallet that is connected there.
        knows_numbers: An account can be named by a number.
    """

    has_page: bool = False
    knows_numbers: bool = True

    @property
    def placeholder(self) -> str:
        """What the field for an account shows while it is empty."""
        return f"{'10001, ' if self.knows_numbers else ''}0x19e7…, vitalik.eth, or the link of its page"

    def embed(self, interaction: discord.Interaction[Any]) -> discord.Embed:
        """The words."""
        prove = _PROVE if self._can_prove(interaction) else ""
        words = _WORDS.format(ways=_WAYS if self.knows_numbers else _WAYS_WITHOUT_NUMBERS)
        return discord.Embed(title=_TITLE, description=f"{words}{prove}{_EXAMPLE}{_SAFE}", colour=BRAND)

    def buttons(self, interaction: discord.Interaction[Any], row: int | None = None) -> list[LastingButton]:
        """Those that lead somewhere: proofs belong to a server."""
        starts = [each for each in Start if each is not Start.PROVE or self._can_prove(interaction)]
        return [start_button(each, row=row) for each in starts]

    def parts(self, interaction: discord.Interaction[Any]) -> Parts:
        """Both, as a message."""
        return Parts(embed=self.embed(interaction), view=lasting_view(*self.buttons(interaction)))

    def _can_prove(self, interaction: discord.Interaction[Any]) -> bool:
        return self.has_page and interaction.guild_id is not None and interaction.is_guild_integration()


def start_button(start: Start, label: str = "", row: int | None = None) -> LastingButton:
    """One of the buttons."""
    style = discord.ButtonStyle.primary if start is Start.LINK else discord.ButtonStyle.secondary
    return LastingButton(f"tessera-welcome:{start}", label or _LABELS[start], style=style, row=row)
