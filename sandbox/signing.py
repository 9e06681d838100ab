"""Keys of the community's people, and what they sign with them.

Every key is the hash of a seed, and these seeds are in a public repository: anyone who reads this has the keys. They
are for the sandbox alone; nothing of value belongs at their addresses.
"""

from __future__ import annotations

from functools import lru_cache

from eth_keys.constants import SECPK1_N
from eth_keys.datatypes import PrivateKey, Signature
from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError

from sandbox.checksums import keccak_256

_SEED = b"tessera sandbox key: "
_DIGEST_BYTES = 32
SIGNATURE_BYTES = 65
FIRST_V = 27  # ecrecover knows 27 and 28, the curve's own libraries 0 and 1
STYLES = ("personal", "v0", "high_s", "compact", "loopring02", "loopring03", "opaque", "opaque02")
_WRAPPED = ("loopring03", "opaque", "opaque02")
_SUFFIXES = {"loopring02": b"\x02", "loopring03": b"\x03", "opaque02": b"\x02"}


@lru_cache(maxsize=4096)
def key_of(seed: str) -> PrivateKey:
    """The key of a seed."""
    return PrivateKey(keccak_256(_SEED + seed.encode()))


@lru_cache(maxsize=4096)
def address_of(seed: str) -> str:
    """The address of the key of a seed, in the case of EIP-55."""
    return key_of(seed).public_key.to_checksum_address()


def personal_digest(message: bytes) -> bytes:
    """The digest that `personal_sign` signs: EIP-191, version 0x45."""
    return keccak_256(b"\x19Ethereum Signed Message:\n%d" % len(message) + message)


def sign(seed: str, message: bytes, style: str = "personal") -> bytes:
    """A signature of a message by the key of a seed.

    Args:
        seed: whose key.
        message: the bytes that a wallet shows, not their digest.
        style: `personal` is what wallets give: 65 bytes, v of 27 or 28, low s. `v0` has v of 0 or 1; `high_s` is the
            same signature mirrored, which the chain refuses; `compact` is the 64 bytes of EIP-2098; `loopring02` and
            `loopring03` have the 66th byte of Loopring's own app, the latter over a digest that was wrapped a second
            time: `personal_sign` of 32 bytes. `opaque` and `opaque02` are that signature without its 03.

    Raises:
        ValueError: no such style.
    """
    if style not in STYLES:
        raise ValueError(f"style must be one of {', '.join(STYLES)}")
    digest = signed_digest(message, style)
    signature = key_of(seed).sign_msg_hash(digest)
    r, s, v = int(signature.r), int(signature.s), int(signature.v)
    if style == "high_s":
        s, v = SECPK1_N - s, 1 - v
    if style != "v0":
        v += FIRST_V
    if style == "compact":
        return r.to_bytes(32, "big") + (s | (v - FIRST_V) << 255).to_bytes(32, "big")
    return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([v]) + _SUFFIXES.get(style, b"")


def signed_digest(message: bytes, style: str = "personal") -> bytes:
    """The digest that a signature of one of the styles is of."""
    digest = personal_digest(message)
    return personal_digest(digest) if style in _WRAPPED else digest


def signer_of(digest: bytes, signature: bytes) -> str | None:
    """The signer of a digest, as contracts recover it: 65 bytes, v of 27 or 28, low s; else None."""
    if len(signature) != SIGNATURE_BYTES or len(digest) != _DIGEST_BYTES:
        return None
    r, s, v = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big"), signature[64] - FIRST_V
    if v not in (0, 1) or s > SECPK1_N // 2:
        return None
    try:
        return Signature(vrs=(v, r, s)).recover_public_key_from_msg_hash(digest).to_checksum_address()
    except (BadSignature, ValidationError):
        return None
