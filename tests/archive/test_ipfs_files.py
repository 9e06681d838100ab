"""URIs of files on IPFS, and whether bytes are the file that one names."""

from __future__ import annotations

import base64
import hashlib

import pytest

from bot.archive.ipfs_files import IpfsFile, ipfs_file, read_gateway_path, read_ipfs_uri
from sandbox.ipfs import IpfsGateway, cid, file_hash

HELLO = b"hello world"
DIGEST = file_hash(HELLO)
VERSION_0 = cid(DIGEST)


def version_1(codec: int, digest: bytes) -> str:
    written = base64.b32encode(bytes([1, codec, 0x12, 0x20]) + digest)
    return "b" + written.decode().lower().rstrip("=")


RAW = version_1(0x55, hashlib.sha256(HELLO).digest())
DAG_PB = version_1(0x70, DIGEST)


def test_the_cids_are_those_of_ipfs() -> None:
    """As `ipfs add` prints them for these bytes, with and without --cid-version=1."""
    assert VERSION_0 == "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD"
    assert RAW == "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"


@pytest.mark.parametrize("name", [VERSION_0, RAW, DAG_PB])
def test_bytes_are_the_file_of_a_cid_or_they_are_not(name: str) -> None:
    file = ipfs_file(name)
    assert file is not None
    assert file.is_checkable
    assert file.is_content(HELLO)
    assert not file.is_content(HELLO + b"!")
    assert not file.is_content(b"")


def test_a_block_that_lists_others_is_known_by_its_own_hash() -> None:
    gateway = IpfsGateway()
    digest = gateway.add_in_blocks(HELLO)
    file, block = ipfs_file(cid(digest)), gateway.blocks[cid(digest)]
    assert file is not None
    assert not file.is_content(HELLO)
    assert file.is_made_of_blocks(block)
    assert not file.is_made_of_blocks(block + b" ")
    other = ipfs_file(VERSION_0)
    assert other is not None
    assert not other.is_made_of_blocks(block)


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        (f"ipfs://{VERSION_0}", ""),
        (f"IPFS://{VERSION_0}/", ""),
        (f"ipfs://ipfs/{VERSION_0}", ""),
        (f"ipfs://{VERSION_0}/collection.json", "/collection.json"),
        (f"ipfs://{VERSION_0}/a b/ü.json?x=1#y", "/a%20b/%C3%BC.json"),
        (f"ipfs://{VERSION_0}/a%20b", "/a%20b"),
    ],
)
def test_a_uri_names_a_file(uri: str, path: str) -> None:
    assert read_ipfs_uri(uri) == IpfsFile(VERSION_0, path, DIGEST)


def test_a_file_in_a_folder_cannot_be_compared() -> None:
    file = read_ipfs_uri(f"ipfs://{VERSION_0}/collection.json")
    assert file is not None
    assert not file.is_checkable


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "ipfs://",
        "ipfs://0x" + "0" * 64,
        f"http://{VERSION_0}",
        f"ipns://{VERSION_0}",
        f"ipfs://{VERSION_0[:-1]}",
        f"ipfs://{VERSION_0[:-1]}0",  # no letter of base58
        "ipfs://Qm" + "z" * 44,  # more than 34 bytes
        "ipfs://" + version_1(0x71, DIGEST),  # CBOR
        f"ipfs://{RAW}/in/a/file",
        f"ipfs://{VERSION_0}/../api/v0/shutdown",
        f"ipfs://{VERSION_0}/a/%2e%2e/%2E%2e/api",
        f"ipfs://{VERSION_0}/a%2f..%2fb",
        f"ipfs://{VERSION_0}@evil.example/x",
        f"x ipfs://{VERSION_0}",
    ],
)
def test_what_names_no_file_is_none(uri: str) -> None:
    assert read_ipfs_uri(uri) is None


def test_a_path_on_a_gateway_names_the_same_file() -> None:
    assert read_gateway_path(f"/ipfs/{VERSION_0}") == IpfsFile(VERSION_0, "", DIGEST)
    assert read_gateway_path(f"/ipfs/{VERSION_0}/x.json") == IpfsFile(VERSION_0, "/x.json", DIGEST)
    assert read_gateway_path(f"/x/ipfs/{VERSION_0}") is None
    assert read_gateway_path("/ipfs/none") is None
