"""Addresses in EIP-55's mixed case, as block explorers write them; the standard library's SHA-3 is not Keccak."""

from __future__ import annotations

from functools import lru_cache

from eth_hash.auto import keccak

_CAPITAL_FROM = 8  # a letter over a nibble of 8 or more is a capital


def keccak_256(message: bytes) -> bytes:
    """Ethereum's hash."""
    return keccak(message)


@lru_cache(maxsize=65_536)
def checksummed(address: str) -> str:
    """An address of any case in the case of EIP-55."""
    digits = address.lower().removeprefix("0x")
    nibbles = keccak_256(digits.encode()).hex()
    letters = zip(digits, nibbles, strict=False)
    return "0x" + "".join(digit.upper() if int(nibble, 16) >= _CAPITAL_FROM else digit for digit, nibble in letters)
