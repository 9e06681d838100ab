"""Signatures of wallets that are not deployed yet, in the wrapping of ERC-6492: who deploys it, by which call.

A wallet does not know whether the reader will see it deployed, so it may wrap its signature where it is deployed, too.
"""

from __future__ import annotations

from dataclasses import dataclass

_MAGIC = bytes.fromhex("6492" * 16)
_WORD = 32
_ADDRESS_PADDING = bytes(12)


@dataclass(frozen=True, slots=True)
class Wrapped:
    """What was wrapped.

    Attributes:
        factory: The contract that deploys the wallet, lower case.
        factory_call: The call that makes it do so.
        signature: What the wallet is to accept once it is deployed.
    """

    factory: str
    factory_call: bytes
    signature: bytes


def is_wrapped(signature: bytes) -> bool:
    """Whether a signature ends as ERC-6492 has it; no wallet's own signature does by chance."""
    return signature.endswith(_MAGIC)


def unwrap(signature: bytes) -> Wrapped:
    """What is in a wrapped signature.

    Raises:
        ValueError: it is not as `abi.encode(address, bytes, bytes)` writes it, or is wrapped twice.
    """
    body = signature.removesuffix(_MAGIC)
    if not body.startswith(_ADDRESS_PADDING) or len(body) < 3 * _WORD:
        raise ValueError("no factory")
    inner = _read_bytes(body, 2)
    if is_wrapped(inner):
        raise ValueError("wrapped twice")
    return Wrapped(f"0x{body[12:_WORD].hex()}", _read_bytes(body, 1), inner)


def _read_bytes(body: bytes, place: int) -> bytes:
    """The bytes that the word at a place points to."""
    start = int.from_bytes(body[place * _WORD : (place + 1) * _WORD])
    if start + _WORD > len(body):
        raise ValueError("it points past the end")
    length = int.from_bytes(body[start : start + _WORD])
    if start + _WORD + length > len(body):
        raise ValueError("it is cut off")
    return body[start + _WORD : start + _WORD + length]
