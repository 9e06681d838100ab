"""The code that the page shows to who signed, and that the member types in Discord: both must be one person."""

from __future__ import annotations

import secrets
from datetime import timedelta

from bot.errors import InputError
from bot.messages import Message

_FORM = Message("A code has {length} letters and digits, as the page shows them: ABCD-2345.")

CODE_FOR = timedelta(minutes=5)
# Crockford's letters: none of them is taken for another. Eight are 40 bits, for five tries within five minutes.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 8
_MISREAD = str.maketrans("OIL", "011")


def new_code() -> str:
    """A code as it is compared."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def shown(code: str) -> str:
    """A code as the page shows it."""
    return f"{code[:4]}-{code[4:]}"


def parse_code(typed: str) -> str:
    """A code as it is compared, from what was typed.

    Raises:
        InputError: it cannot be a code.
    """
    code = "".join(typed.upper().translate(_MISREAD).split()).replace("-", "")
    if len(code) != _LENGTH or not set(code) <= set(_LETTERS):
        raise InputError(_FORM, length=_LENGTH)
    return code
