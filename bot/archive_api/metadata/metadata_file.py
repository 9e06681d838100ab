"""What was found about NFTs and collections, kept beside the blocks, so that a run that was ended goes on.

What was missing is not kept, and is asked for again. The last row of an NFT, or of a collection and an origin, counts.
What is kept is believed: its folder belongs to the operator, who alone may write there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from bot.archive.known_collections import FoundCollection
from bot.archive.nft_cids import metadata_cid
from bot.archive_api.metadata.row_file import RowFile
from bot.sources import wire

NAME = "metadata.jsonl"


class Origin(StrEnum):
    """Where the metadata of a collection is from."""

    CONTRACT = "contract"
    INFOS = "infos"


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


class MetadataFile(RowFile):
    """An open file; made where it is missing. To be closed.

    Args:
        folder: Of the blocks.

    Attributes:
        known: CID → what was found.

    Raises:
        ConfigError: it cannot be read or written, is a link, or another process has it.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / NAME)
        self.known: dict[str, NftMetadata] = {}
        self._collections: dict[tuple[str, str], FoundCollection] = {}
        try:
            for row in self.read():
                self._take(row)
        except BaseException:
            self.__exit__()
            raise

    def find(self, token_id: int) -> NftMetadata | None:
        """What was found about an NFT; None: nothing so far."""
        return self.known.get(metadata_cid(token_id))

    def find_collection(self, contract: str, origin: Origin) -> FoundCollection | None:
        """What was found about a collection there; None: nothing so far."""
        return self._collections.get((contract, origin))

    def add(self, token_id: int, found: NftMetadata) -> None:
        """Keep what was found about an NFT.

        Raises:
            ConfigError: the disk is full, or the like.
        """
        cid = metadata_cid(token_id)
        self.known[cid] = found
        self.append({"cid": cid, "name": found.name, "image": found.image})

    def add_collection(self, contract: str, origin: Origin, found: FoundCollection) -> None:
        """Keep what was found about a collection.

        Raises:
            ConfigError: the disk is full, or the like.
        """
        self._collections[contract, origin] = found
        row = {"name": found.name, "avatars": found.avatar_uris, "banners": found.banner_uris}
        self.append({"contract": contract, "from": origin} | row)

    def _take(self, row: dict[str, Any]) -> None:
        if isinstance(cid := row.get("cid"), str):
            self.known[cid] = NftMetadata(wire.text(row.get("name")), wire.uri(row.get("image")))
        elif isinstance(contract := row.get("contract"), str):
            found = FoundCollection(wire.text(row.get("name")), _uris(row, "avatars"), _uris(row, "banners"))
            self._collections[contract, str(row.get("from"))] = found


def _uris(row: dict[str, Any], key: str) -> tuple[str, ...]:
    written = row.get(key)
    return wire.non_empty(*map(wire.uri, written)) if isinstance(written, list) else ()
