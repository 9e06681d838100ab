"""Names and pictures from IPFS: what is believed is the hash, and what is missing is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.archive.nft_cids import is_file_of
from bot.archive.reader import Archive
from bot.archive_api.metadata.fetch_metadata import FoundMetadata, fetch_metadata, held_ids
from bot.archive_api.metadata.ipfs_gateways import IpfsGateways
from bot.archive_api.metadata.metadata_file import NAME, MetadataFile, NftMetadata, read_metadata
from bot.archive_api.metadata.small_files import FileProblem
from bot.archive_api.rebuilt_archive import write_rebuilt
from bot.errors import ConfigError
from sandbox.ipfs import IpfsGateway, cid, file_hash
from sandbox.rollup import layouts
from sandbox.rollup.layouts import MadeNft
from tests.ipfs_gateway import serving
from tests.l2.made_blocks import after

OWNER, CONTRACT = b"\xa1" * 20, b"\xcc" * 20
FOX = json.dumps({"name": "Fox #1", "image": "ipfs://QmFox/1.png", "description": "red"}).encode()
FILES = [FOX, b'{"name": "Owl", "image": 7}', b"[]", b"not JSON", b""]


def number(digest: bytes) -> int:
    return int.from_bytes(digest, "big")


async def fetched(folder: Path, ids: list[int], *urls: str, seconds: float = 20) -> FoundMetadata:
    gateways = IpfsGateways(urls, seconds=seconds)
    try:
        with MetadataFile(folder) as file:
            return await fetch_metadata(ids, gateways, file, lambda _asked, _wanted: None)
    finally:
        await gateways.close()


def test_the_hash_of_a_file_is_that_of_ipfs() -> None:
    """CIDs that `ipfs add` prints, as its documentation has them."""
    for content, known in (
        (b"hello world\n", "QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o"),
        (b"", "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH"),
    ):
        assert cid(file_hash(content)) == known
        assert is_file_of(number(file_hash(content)), content)
        assert not is_file_of(number(file_hash(content)), content + b" ")
    long = b"x" * 100_000
    assert is_file_of(number(file_hash(long)), long)


async def test_what_is_there_is_found_and_kept_and_what_is_missing_is_asked_for_again(tmp_path: Path) -> None:
    gateway = IpfsGateway()
    ids = [number(gateway.add(content)) for content in FILES]
    absent = number(file_hash(b"gone"))
    async with serving(gateway) as url:
        found = await fetched(tmp_path, [*ids, absent, 7], url)
        assert [found.by_id[each] for each in ids] == [
            NftMetadata("Fox #1", "ipfs://QmFox/1.png"),
            NftMetadata("Owl", ""),
            NftMetadata(),
            NftMetadata(),
            NftMetadata(),
        ]
        assert (found.missing, found.without) == ({FileProblem.STATUS: 1}, 1)
        gateway.add(b"gone")
        again = await fetched(tmp_path, [*ids, absent], url)
        assert (len(again.by_id), again.missing) == (6, {})
    assert gateway.asked == {**{cid(file_hash(content)): 1 for content in FILES}, cid(file_hash(b"gone")): 2}


@pytest.mark.parametrize(
    ("mode", "problem"),
    [
        ("silent", FileProblem.NO_ANSWER),
        ("lies", FileProblem.ANOTHER),
        ("large", FileProblem.TOO_LARGE),
        ("redirect", FileProblem.REDIRECT),
    ],
)
async def test_a_gateway_that_fails_or_lies_gives_nothing_and_the_next_one_does(
    tmp_path: Path, mode: str, problem: FileProblem
) -> None:
    bad, good = IpfsGateway(), IpfsGateway()
    bad.mode = mode
    token_id = number(bad.add(FOX))
    good.add(FOX)
    async with serving(bad) as first, serving(good) as second:
        alone = await fetched(tmp_path, [token_id], first)
        assert (alone.by_id, alone.missing) == ({}, {problem: 1})
        both = await fetched(tmp_path, [token_id], first, second)
        assert both.by_id == {token_id: NftMetadata("Fox #1", "ipfs://QmFox/1.png")}


async def test_a_gateway_that_is_silent_is_left_alone_after_a_while(tmp_path: Path) -> None:
    gateway = IpfsGateway()
    gateway.mode = "silent"
    ids = [number(gateway.add(str(each).encode())) for each in range(100)]
    async with serving(gateway) as url:
        found = await fetched(tmp_path, ids, url)
    assert found.missing.total() == 100
    assert 8 <= gateway.asked.total() <= 12  # those that were under way at that moment are not ended


async def test_a_name_that_leads_into_the_operators_network_is_not_connected_to(tmp_path: Path) -> None:
    found = await fetched(tmp_path, [number(file_hash(FOX))], "https://localhost.localdomain/ipfs/", seconds=5)
    assert found.missing == {FileProblem.NO_ANSWER: 1}


async def test_a_line_that_a_crash_cut_off_is_dropped_and_asked_for_again(tmp_path: Path) -> None:
    gateway = IpfsGateway()
    ids = [number(gateway.add(content)) for content in FILES]
    async with serving(gateway) as url:
        whole = await fetched(tmp_path, ids, url)
        content = (tmp_path / NAME).read_bytes()
        for length in range(len(content)):
            (tmp_path / NAME).write_bytes(content[:length])
            with MetadataFile(tmp_path) as file:
                assert len(file.known) == content[:length].count(b"\n")
                file.add(ids[0], whole.by_id[ids[0]])
            with MetadataFile(tmp_path) as file:
                assert file.find(ids[0]) == whole.by_id[ids[0]]
        (tmp_path / NAME).write_bytes(b"damaged\n{}\n" + content)
        assert (await fetched(tmp_path, ids, url)).by_id == whole.by_id
    assert set(gateway.asked.values()) == {1}


def test_texts_of_strangers_have_limits() -> None:
    found = read_metadata(json.dumps({"name": "x" * 100_000, "image": "y" * 100_000}).encode())
    assert (len(found.name), found.image) == (1000, "")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the file of names and pictures cannot be used"):
        MetadataFile(tmp_path / "none")


async def test_the_archive_has_the_names_and_pictures_that_were_found(tmp_path: Path) -> None:
    gateway = IpfsGateway()
    fox = gateway.add(FOX)
    replay = after(
        layouts.deposit(OWNER, 1001, 0, 1),
        layouts.deposit(CONTRACT, 900, 0, 1),
        *(
            layouts.mint_to_self(1001, 0x8000 + place, 2, 900, MadeNft(OWNER, 0, CONTRACT, nft_id, 5))
            for place, nft_id in enumerate((fox, (7).to_bytes(32, "big")))
        ),
    )
    assert held_ids(replay) == {number(fox), 7}
    async with serving(gateway) as url:
        found = await fetched(tmp_path, sorted(held_ids(replay)), url)
    write_rebuilt(tmp_path / "a", replay, {}, found.by_id)
    archive = Archive.open(tmp_path / "a")
    record = archive.find_account("1001")
    archive.close()
    assert record is not None
    (held,) = record.holdings
    assert held.nfts is not None
    assert {nft.token_id: (nft.name, nft.image_uris, nft.copies) for nft in held.nfts.nfts} == {
        number(fox): ("Fox #1", ("ipfs://QmFox/1.png",), 2),
        7: ("", (), 2),
    }


def test_a_folder_of_somebody_else_makes_nothing_be_written_elsewhere(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("no end of a line")
    folder = tmp_path / "blocks"
    folder.mkdir()
    (folder / "metadata.jsonl").symlink_to(other)
    with pytest.raises(ConfigError, match="cannot be used: it is a link"):
        MetadataFile(folder)
    assert other.read_text() == "no end of a line"
