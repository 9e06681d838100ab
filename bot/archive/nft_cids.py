"""The id of an NFT on Loopring → the address of its metadata on IPFS, where it is one.

Loopring's usual way of minting takes the SHA-256 in a CID of version 0 (`Qm…`) as the id. Other ids are small numbers,
or begin with an address: they are no hashes. A hash that begins with four zero bytes is one in four billion.
"""

from __future__ import annotations

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# SHA-256, of 32 bytes.
_MULTIHASH = b"\x12\x20"
_SMALLEST_HASH = 2**224
# An address, and twelve bytes of zeros or a small number after it.
_AFTER_AN_ADDRESS = 2**96
_SMALL = 2**32


def metadata_cid(token_id: int | None) -> str:
    """The CID of an NFT's metadata, or "" where its id is no hash.

    Args:
        token_id: Of an NFT that was minted on Loopring; None: not a number.
    """
    if token_id is None or not _SMALLEST_HASH <= token_id < 2**256 or token_id % _AFTER_AN_ADDRESS < _SMALL:
        return ""
    number = int.from_bytes(_MULTIHASH + token_id.to_bytes(32, "big"), "big")
    letters = ""
    while number:
        number, digit = divmod(number, len(_ALPHABET))
        letters = _ALPHABET[digit] + letters
    return letters
