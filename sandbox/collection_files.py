"""The metadata of the world's Loopring collections: what their contracts name, where it is, and what it says.

A contract that is deployed names a file on IPFS. One of an earlier form has no such function, one that several
collections share has never been given a URI, and one whose collection address is a URI names that one: for GameStop, a
page of a host that is gone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sandbox.ipfs import cid, file_hash

if TYPE_CHECKING:
    from sandbox.world import Collection, World


def metadata_of(collection: Collection) -> bytes:
    """The file of a collection: its name, and the pictures that are set."""
    fields = {
        "name": collection.name,
        "description": collection.description,
        "avatar": collection.avatar,
        "banner": collection.banner,
        "thumbnail": collection.thumbnail,
        "tileUri": collection.tile_uri,
    }
    return json.dumps(fields, ensure_ascii=False).encode()


def of_contract(world: World, address: str) -> list[Collection]:
    """The collections of a contract."""
    return [each for each in world.collections.values() if each.contract_address.lower() == address.lower()]


def is_deployed(world: World, address: str) -> bool:
    """Whether a contract of Loopring's is on Ethereum."""
    return any(each.deploy_status == "DEPLOYED" for each in of_contract(world, address))


def contract_uri(world: World, address: str) -> str | None:
    """What `contractURI()` of a deployed contract returns; None: it does not have that function."""
    collections = of_contract(world, address)
    if any(each.properties.get("isLegacy") for each in collections):
        return None
    if len(collections) > 1:
        return ""
    (collection,) = collections
    if not collection.collection_address.startswith("0x"):
        return collection.collection_address
    return f"ipfs://{cid(file_hash(metadata_of(collection)))}"


class FilesOnIpfs:
    """The files that contracts name.

    Args:
        world: Whose collections there are.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._seen: tuple[dict[int, Collection], int] | None = None
        self._files: dict[str, bytes] = {}

    def find(self, name: str) -> bytes | None:
        """The file of a CID."""
        collections = self._world.collections
        if self._seen is None or self._seen[0] is not collections or self._seen[1] != len(collections):
            contents = map(metadata_of, collections.values())
            self._files = {cid(file_hash(content)): content for content in contents}
            self._seen = collections, len(collections)
        return self._files.get(name)
