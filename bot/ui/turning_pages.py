"""What most pages have not: nothing opens, nothing is withdrawn, and there is one view unless they say otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from bot.errors import InputError
from bot.messages import Message
from bot.ui.page_items import Choice
from bot.ui.page_source import PageSource

_NOTHING_TO_OPEN = Message("There is nothing to open here.")


class TurningPages:
    """Pages that only turn; the paginator asks at each press whether the person may still see them."""

    def choices(self, page: int) -> Sequence[Choice]:
        """Nothing opens."""
        del page
        return ()

    async def open(self, value: str) -> PageSource:
        """Nothing opens.

        Raises:
            InputError: always; no menu offers it.
        """
        del value
        raise InputError(_NOTHING_TO_OPEN)

    def must_ask(self) -> bool:
        """Nobody: who may see it is asked by the paginator."""
        return False

    async def ask_again(self) -> Self:
        """What was made stays what it was: it says as of when."""
        return self

    def tabs(self) -> Sequence[Choice]:
        """One view, unless a list says otherwise."""
        return ()

    def tab(self) -> str:
        """It has no name."""
        return ""

    async def switch(self, value: str) -> PageSource:
        """There is one view, unless a list says otherwise.

        Raises:
            InputError: always; no button offers it.
        """
        del value
        raise InputError(_NOTHING_TO_OPEN)
