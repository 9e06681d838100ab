"""Addresses in EIP-55's mixed case, as block explorers write them; the standard library's SHA-3 is not Keccak."""

from __future__ import annotations

from functools import lru_cache

_LANE = (1 << 64) - 1
_RATE = 136  # bytes taken in between two permutations, for 256 bits of output
_ROUNDS = 24
_CAPITAL_FROM = 8  # a letter over a nibble of 8 or more is a capital


def _round_constants() -> list[int]:
    """Twenty-four 64-bit constants: seven bits each of the linear feedback register of FIPS 202, 3.2.5."""
    constants, register = [], 1
    for _ in range(_ROUNDS):
        constant = 0
        for n in range(7):
            if register & 1:
                constant |= 1 << ((1 << n) - 1)
            register <<= 1
            if register >> 8:
                register ^= 0x171
        constants.append(constant)
    return constants


_CONSTANTS = _round_constants()


def _turned(lane: int, by: int) -> int:
    return ((lane << by) | (lane >> (64 - by))) & _LANE


def _permuted(lanes: list[int]) -> list[int]:
    """Keccak-f[1600] over 25 lanes, lane (x, y) at x + 5y; the steps are those of FIPS 202, 3.2."""
    for constant in _CONSTANTS:
        parity = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        mixed = [parity[x - 1] ^ _turned(parity[(x + 1) % 5], 1) for x in range(5)]
        lanes = [lane ^ mixed[n % 5] for n, lane in enumerate(lanes)]
        x, y, moving = 1, 0, lanes[1]
        for step in range(_ROUNDS):
            x, y = y, (2 * x + 3 * y) % 5
            moving, lanes[x + 5 * y] = lanes[x + 5 * y], _turned(moving, (step + 1) * (step + 2) // 2 % 64)
        lanes = [
            lanes[n] ^ (~lanes[n - n % 5 + (n + 1) % 5] & lanes[n - n % 5 + (n + 2) % 5] & _LANE) for n in range(25)
        ]
        lanes[0] ^= constant
    return lanes


def keccak_256(message: bytes) -> bytes:
    """Ethereum's hash: Keccak as submitted, padded with 0x01 where SHA-3 has 0x06."""
    padded = bytearray(message) + bytes(_RATE - len(message) % _RATE)
    padded[len(message)] ^= 0x01
    padded[-1] ^= 0x80
    lanes = [0] * 25
    for start in range(0, len(padded), _RATE):
        for n in range(_RATE // 8):
            lanes[n] ^= int.from_bytes(padded[start + 8 * n : start + 8 * n + 8], "little")
        lanes = _permuted(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


@lru_cache(maxsize=65_536)
def checksummed(address: str) -> str:
    """An address of any case in the case of EIP-55."""
    digits = address.lower().removeprefix("0x")
    nibbles = keccak_256(digits.encode()).hex()
    letters = zip(digits, nibbles, strict=False)
    return "0x" + "".join(digit.upper() if int(nibble, 16) >= _CAPITAL_FROM else digit for digit, nibble in letters)
