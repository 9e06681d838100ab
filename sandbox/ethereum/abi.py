"""Solidity's calling convention, for the types that the wallets' functions use: words of 32 bytes."""

from __future__ import annotations

from sandbox.checksums import checksummed, keccak_256

WORD = 32


def selector(signature: str) -> bytes:
    """The first four bytes of a call of a function such as `getOwner()`."""
    return keccak_256(signature.encode())[:4]


def word(value: int) -> bytes:
    """A number, or a boolean."""
    return value.to_bytes(WORD, "big")


def address_word(address: str) -> bytes:
    """An address."""
    return word(int(address, 16))


def read_word(arguments: bytes, number: int) -> bytes:
    """The word at a place.

    Raises:
        ValueError: the arguments end before it.
    """
    found = arguments[number * WORD : (number + 1) * WORD]
    if len(found) < WORD:
        raise ValueError("the arguments are too short")
    return found


def read_number(arguments: bytes, number: int) -> int:
    """The number at a place; raises ValueError as `read_word`."""
    return int.from_bytes(read_word(arguments, number), "big")


def read_address(arguments: bytes, number: int) -> str:
    """The address at a place, in the case of EIP-55.

    Raises:
        ValueError: the arguments end before it, or there is more in the word than an address.
    """
    found = read_word(arguments, number)
    if any(found[:12]):
        raise ValueError("not an address")
    return checksummed("0x" + found[12:].hex())


def read_bytes(arguments: bytes, number: int) -> bytes:
    """The bytes that the word at a place points to.

    Raises:
        ValueError: it points past the end.
    """
    at = read_number(arguments, number)
    length = read_number(arguments[at:], 0)
    found = arguments[at + WORD : at + WORD + length]
    if len(found) < length:
        raise ValueError("the arguments are too short")
    return found


def text_words(text: str) -> bytes:
    """A string, as the only thing that is returned."""
    encoded = text.encode()
    padding = bytes(-len(encoded) % WORD)
    return word(WORD) + word(len(encoded)) + encoded + padding


def reason(text: str) -> bytes:
    """The revert data of a contract that gives a reason: `Error(string)`."""
    return selector("Error(string)") + text_words(text)
