"""A file on IPFS as its URI names it, and whether bytes are that file: nobody who served them has to be believed.

A CID is compared where it is the SHA-256 of one block: of version 0 (`Qm…`), or of version 1 with the codecs raw and
dag-pb (`bafkrei…`, `bafybei…`). Behind a CID with a path is a folder: its hash says nothing about one file in it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from bot.archive.nft_cids import is_file_of

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_FORM = re.compile(r"Qm[1-9A-HJ-NP-Za-km-z]{44}|b[a-z2-7]{58}")
# Version 1, the codec, and SHA-256 of 32 bytes: https://github.com/multiformats/multicodec
_RAW, _DAG_PB = b"\x01\x55\x12\x20", b"\x01\x70\x12\x20"
_VERSION_0 = b"\x12\x20"
# `ipfs://ipfs/…` is a frequent mistake of minters.
_URI = re.compile(r"ipfs://(?:ipfs/)*(?P<cid>[^/?#]+)(?P<path>/[^?#]*)?(?:[?#].*)?", re.IGNORECASE)
# A gateway of anybody's; its files are on the operator's gateways too.
_GATEWAY_PATH = re.compile(r"/ipfs/(?P<cid>[^/]+)(?P<path>/.*)?")
# The first field of a block (DAG-PB) that has links to other blocks.
_LINK = b"\x12"


@dataclass(frozen=True, slots=True)
class IpfsFile:
    """A file.

    Attributes:
        cid: Of the file, or of a folder with it.
        path: Percent-encoded, with a `/` before each part; "": the CID is the file's own.
        digest: The SHA-256 of the CID's block.
        is_raw: The block is the file itself.
    """

    cid: str
    path: str = ""
    digest: bytes = b""
    is_raw: bool = False

    @property
    def is_checkable(self) -> bool:
        """Whether bytes can be compared with the CID."""
        return not self.path

    def is_content(self, content: bytes) -> bool:
        """Whether these bytes are the file; False too where it is of several blocks."""
        if self.is_raw:
            return hashlib.sha256(content).digest() == self.digest
        return is_file_of(int.from_bytes(self.digest), content)

    def is_made_of_blocks(self, block: bytes) -> bool:
        """Whether this is the CID's own block, and only says which other blocks the file (or folder) is made of."""
        return not self.is_raw and block.startswith(_LINK) and hashlib.sha256(block).digest() == self.digest


def ipfs_file(cid: str, path: str = "") -> IpfsFile | None:
    """The file of a CID, or None where it is none that a file can be compared with, or the path leads elsewhere.

    Args:
        cid: As in a URI.
        path: "" or `/` and names; percent-encoded or not.
    """
    if not _FORM.fullmatch(cid):
        return None
    names = [unquote(name) for name in path.split("/") if name]
    if any(name in (".", "..") or "/" in name for name in names):
        return None
    written = "".join("/" + quote(name, safe="") for name in names)
    decoded = _from_base58(cid) if cid.startswith("Qm") else _from_base32(cid)
    is_raw = decoded.startswith(_RAW)
    if not decoded.startswith((_VERSION_0, _RAW, _DAG_PB)) or (is_raw and written):
        return None
    return IpfsFile(cid, written, decoded[-32:], is_raw)


def read_ipfs_uri(uri: str) -> IpfsFile | None:
    """The file that an `ipfs://` URI names; None: it is no such URI, or names none that is fetched."""
    found = _URI.fullmatch(uri)
    return ipfs_file(found["cid"], found["path"] or "") if found else None


def read_gateway_path(path: str) -> IpfsFile | None:
    """The file that the path of a URL on some gateway names; None: it is no such path."""
    found = _GATEWAY_PATH.fullmatch(path)
    return ipfs_file(found["cid"], found["path"] or "") if found else None


def _from_base58(text: str) -> bytes:
    number = 0
    for letter in text:
        number = number * len(_ALPHABET) + _ALPHABET.index(letter)
    return number.to_bytes(34, "big") if number < 2**272 else b""


def _from_base32(text: str) -> bytes:
    try:
        return base64.b32decode(text[1:].upper() + "=" * (-len(text[1:]) % 8))
    except binascii.Error:
        return b""
