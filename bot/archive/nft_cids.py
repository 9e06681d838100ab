"""The id of an NFT on Loopring → the address of its metadata on IPFS, where it is one; and whether a file is that one.

Loopring's usual way of minting takes the SHA-256 in a CID of version 0 (`Qm…`) as the id. Other ids are small numbers,
or begin with an address: they are no hashes. A hash that begins with four zero bytes is one in four billion.
"""

from __future__ import annotations

import hashlib

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# SHA-256, of 32 bytes.
_MULTIHASH = b"\x12\x20"
_SMALLEST_HASH = 2**224
# An address, and twelve bytes of zeros or a small number after it.
_AFTER_AN_ADDRESS = 2**96
_SMALL = 2**32
# So long a file may be that IPFS stores it as one block; a longer one is a tree of blocks.
LARGEST_BLOCK = 262_144
# The fields of a block (DAG-PB) and of the file in it (UnixFS): https://github.com/ipfs/specs, UNIXFS.md.
_DATA, _IS_FILE, _CONTENT, _SIZE = b"\x0a", b"\x08\x02", b"\x12", b"\x18"
_VARINT = 128


def metadata_cid(token_id: int | None) -> str:
    """The CID of an NFT's metadata, or "" where its id is no hash.

    Args:
        token_id: Of an NFT that was minted on Loopring; None: not a number.
    """
    if token_id is None or not _SMALLEST_HASH <= token_id < 2**256 or token_id % _AFTER_AN_ADDRESS < _SMALL:
        return ""
    return _base58(_MULTIHASH + token_id.to_bytes(32, "big"))


def is_file_of(token_id: int, content: bytes) -> bool:
    """Whether a file is the one whose hash an id is, so that nobody who served it has to be believed.

    False too for a file that was stored as a tree of blocks, which metadata is not.
    """
    about = _IS_FILE + (_CONTENT + _varint(len(content)) + content if content else b"") + _SIZE + _varint(len(content))
    return hashlib.sha256(_DATA + _varint(len(about)) + about).digest() == token_id.to_bytes(32, "big")


def _base58(content: bytes) -> str:
    number, letters = int.from_bytes(content, "big"), ""
    while number:
        number, digit = divmod(number, len(_ALPHABET))
        letters = _ALPHABET[digit] + letters
    return letters


def _varint(number: int) -> bytes:
    written = bytearray()
    while number >= _VARINT:
        written.append(number % _VARINT + _VARINT)
        number //= _VARINT
    return bytes((*written, number))
