"""An address as it is typed: a mistake that can be seen is reported, as nobody has what is behind it."""

from __future__ import annotations

import re

from bot.errors import InputError
from bot.messages import Message, Words
from bot.text import safe_text

_WRONG_CHECKSUM = Message(
    "“{typed}” has a typing mistake: its capital letters are a checksum (EIP-55), and do not fit the rest. Copy the "
    "whole address once more."
)
_NOBODYS = Message("The zero address belongs to nobody. {accepted}")

_ADDRESS = re.compile(r"0[xX][0-9a-fA-F]{40}")
_ZERO = "0x" + "0" * 40


def is_like_an_address(text: str) -> bool:
    """Whether this is 0x and 40 hex digits, in any case."""
    return _ADDRESS.fullmatch(text) is not None


def account_address(text: str, accepted: Words) -> str:
    """The address of an account, lower case.

    Args:
        text: What is like an address.
        accepted: What to say of other ways to name an account.

    Raises:
        InputError: its checksum is wrong, or it is the zero address.
    """
    address = contract_address(text)
    if address == _ZERO:
        raise InputError(_NOBODYS, accepted=accepted)
    return address


def contract_address(text: str) -> str:
    """The address of a contract, lower case.

    Raises:
        InputError: its checksum is wrong.
    """
    # Loaded when an address is typed: 4 MB that a bot of numbered accounts does not need.
    from eth_utils.address import is_checksum_address, is_checksum_formatted_address  # noqa: PLC0415

    spelled = "0x" + text[2:]
    if is_checksum_formatted_address(spelled) and not is_checksum_address(spelled):
        raise InputError(_WRONG_CHECKSUM, typed=safe_text(text, 50, plain=True))
    return text.lower()
