"""The code that the page shows after signing, and that the member types in Discord: both must be one person."""

from __future__ import annotations

import secrets
from datetime import timedelta

from bot.errors import InputError
from bot.messages import Message

_MALFORMED = Message("A code has {length} letters and digits, as the page shows them: ABCD-2345.")

CODE_LIFETIME = timedelta(minutes=5)
# Crockford's base 32: no two characters look alike. Eight are 40 bits, for five tries within five minutes.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 8
_MISREAD = str.maketrans("OIL", "011")


def new_code() -> str:
    """A new random code, in the form that is stored and compared."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def format_code(code: str) -> str:
    """A code as the page shows it."""
    return f"{code[:4]}-{code[4:]}"


def parse_code(typed: str) -> str:
    """What was typed, in the form that is compared.

    Raises:
        InputError: it does not have the form of a code.
    """
    code = "".join(typed.upper().translate(_MISREAD).split()).replace("-", "")
    if len(code) != _LENGTH or not set(code) <= set(_ALPHABET):
        raise InputError(_MALFORMED, length=_LENGTH)
    return code
