"""What somebody sees who has no account here yet: what Tessera does, and where to begin, as buttons.

The buttons work after a restart, and for everybody: their ids say all that a press needs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import discord

from bot.messages import Message, Words
from bot.ui.draft import Parts
from bot.ui.embeds import BRAND
from bot.ui.lasting_buttons import LastingButton, lasting_view

PRESSED = re.compile(r"tessera-welcome:(link|prove|example)")

_TITLE = Message("Welcome! Which account is yours?")
_BEGIN = Message(
    "You have no account linked. Link one, and you see its NFTs as a gallery; prove it, and you get the roles that "
    "they earn."
)
_LINK = Message("**Link an account**: type its number, address or name. Nothing is checked yet.")
_LINK_WITHOUT_NUMBERS = Message("**Link an account**: type its address or name. Nothing is checked yet.")
_PROVE = Message(
    "**Prove my wallet**: sign a text in your own wallet, and get your roles. It costs nothing, and nothing can be "
    "moved."
)
_EXAMPLE = Message("**Show me an example**: look at somebody else's account first.")
_SAFE = Message("-# Nobody here ever asks for a seed phrase, a private key or a transaction.")
_PLACEHOLDER = Message("10001, 0x19e7…, vitalik.eth, or the link of its page")
_PLACEHOLDER_WITHOUT_NUMBERS = Message("0x19e7…, vitalik.eth, or the link of its page")


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


_LABELS = {
    Start.LINK: Message("Link an account"),
    Start.PROVE: Message("Prove my wallet"),
    Start.EXAMPLE: Message("Show me an example"),
}


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
        return (_PLACEHOLDER if self.knows_numbers else _PLACEHOLDER_WITHOUT_NUMBERS)().render()

    def embed(self, interaction: discord.Interaction[Any]) -> discord.Embed:
        """The words."""
        ways = [_LINK if self.knows_numbers else _LINK_WITHOUT_NUMBERS]
        ways += [_PROVE] if self._can_prove(interaction) else []
        listed = "\n".join(each().render() for each in [*ways, _EXAMPLE])
        words = f"{_BEGIN().render()}\n\n{listed}\n\n{_SAFE().render()}"
        return discord.Embed(title=_TITLE().render(), description=words, colour=BRAND)

    def buttons(self, interaction: discord.Interaction[Any], row: int | None = None) -> list[LastingButton]:
        """Those that lead somewhere: proofs belong to a server."""
        starts = [each for each in Start if each is not Start.PROVE or self._can_prove(interaction)]
        return [start_button(each, row=row) for each in starts]

    def parts(self, interaction: discord.Interaction[Any]) -> Parts:
        """Both, as a message."""
        return Parts(embed=self.embed(interaction), view=lasting_view(*self.buttons(interaction)))

    def _can_prove(self, interaction: discord.Interaction[Any]) -> bool:
        return self.has_page and interaction.guild_id is not None and interaction.is_guild_integration()


def start_button(start: Start, label: Words | None = None, row: int | None = None) -> LastingButton:
    """One of the buttons."""
    style = discord.ButtonStyle.primary if start is Start.LINK else discord.ButtonStyle.secondary
    return LastingButton(f"tessera-welcome:{start}", (label or _LABELS[start]()).render(), style=style, row=row)
