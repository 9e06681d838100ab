"""What a number on the command line may be: each has bounds, and what is out of them gets a sentence."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from bot.messages import Message
from bot.text import safe_text
from bot.text.typed_values import MOST_STORED, typed_number

_NOT_WHOLE = Message("“{typed}” is no whole number from {least:,} to {most:,}.")
_ECHOED = 24


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """The `type` of an argument that is a whole number; `int` takes numbers that no part of the program can hold."""

    least: int
    most: int

    def __call__(self, typed: str) -> int:
        """The number.

        Raises:
            argparse.ArgumentTypeError: it is none, or is out of bounds.
        """
        number = typed_number(typed, self.least, self.most)
        if number is None:
            echo = safe_text(typed, _ECHOED, plain=True)
            raise argparse.ArgumentTypeError(str(_NOT_WHOLE(typed=echo, least=self.least, most=self.most)))
        return number


# Of a server, a member, or a row of the store.
STORED_ID = WholeNumber(1, MOST_STORED)
