"""What was found on IPFS about NFTs, kept beside the blocks: one line of JSON each, only appended to.

A line that a crash cut off is dropped, and its NFT is asked for again; so is what was missing. The last line of an NFT
counts.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

import orjson

from bot.archive.nft_cids import metadata_cid
from bot.errors import ConfigError
from bot.messages import Message
from bot.sources import wire

_CANNOT_USE = Message("{path}: the file of names and pictures cannot be used: {reason}.")

NAME = "metadata.jsonl"


@dataclass(frozen=True, slots=True)
class NftMetadata:
    """What an NFT's metadata says; "" where it says nothing, or is not JSON. Upstream text."""

    name: str = ""
    image: str = ""


def read_metadata(content: bytes) -> NftMetadata:
    """What a file of metadata says."""
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        return NftMetadata()
    if not isinstance(body, dict):
        return NftMetadata()
    return NftMetadata(wire.text(body.get("name")), wire.uri(body.get("image")))


class MetadataFile:
    """An open file; made where it is missing.

    Args:
        folder: Of the blocks.

    Attributes:
        known: CID → what was found.

    Raises:
        ConfigError: it cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self.known: dict[str, NftMetadata] = {}
        self._path = folder / NAME
        if self._path.is_symlink():  # a folder of somebody else must not say where is written
            raise ConfigError(_CANNOT_USE, path=self._path, reason="it is a link")
        try:
            self._file: BinaryIO = self._path.open("a+b")
            self._load()
        except OSError as error:
            raise ConfigError(_CANNOT_USE, path=self._path, reason=error.strerror) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def find(self, token_id: int) -> NftMetadata | None:
        """What was found about an NFT; None: nothing so far."""
        return self.known.get(metadata_cid(token_id))

    def add(self, token_id: int, found: NftMetadata) -> None:
        """Keep what was found.

        Raises:
            ConfigError: the disk is full, or the like.
        """
        cid = metadata_cid(token_id)
        self.known[cid] = found
        try:
            self._file.write(orjson.dumps({"cid": cid, "name": found.name, "image": found.image}) + b"\n")
            self._file.flush()
        except OSError as error:
            raise ConfigError(_CANNOT_USE, path=self._path, reason=error.strerror) from error

    def _load(self) -> None:
        self._file.seek(0)
        whole = 0
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            try:
                row = orjson.loads(line)
                self.known[row["cid"]] = NftMetadata(wire.text(row["name"]), wire.uri(row["image"]))
            except (orjson.JSONDecodeError, KeyError, TypeError):
                continue  # damaged: asked for again
        os.truncate(self._file.fileno(), whole)
        self._file.seek(0, os.SEEK_END)
