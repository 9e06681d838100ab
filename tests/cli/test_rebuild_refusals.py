"""What a rebuild cannot use: the exit code, one sentence that says what to do, and nothing that looks whole."""

from __future__ import annotations

import resource
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from bot.archive.gzip_members import pack
from tests.cli.l2_node import L2Node, files, run, running_node, small_history
from tests.cli.result import Rebuild, is_one_sentence

HISTORY = small_history()


@pytest.fixture(scope="module")
async def module_node() -> AsyncIterator[L2Node]:
    async with running_node(HISTORY) as node:
        yield node


@pytest.fixture
def node(module_node: L2Node) -> L2Node:
    module_node.reset()
    return module_node


# ---------------------------------------------------------------- nodes


@pytest.mark.parametrize(
    ("mode", "code", "words"),
    [
        ("pruned", 1, "Node 1 has dropped the history of block 11,149,814 to"),
        ("wrong_chain", 2, "Node 1 is on the chain 11155111; Ethereum's mainnet (1) is needed."),
        ("key_refused", 1, "No usable answer to eth_chainId: node 1 refuses the key."),
        ("missing_block", 1, " is missing: "),
        ("wrong_calldata", 1, "the SHA-256 of its data is"),
        ("cut_off_calldata", 1, "cut off"),
        ("extra_topics", 1, "Node 1 reports an event of the exchange that is none."),
    ],
)
async def test_a_node_that_cannot_be_used_is_named_and_no_archive_is_made(
    node: L2Node, rebuild: Rebuild, tmp_path: Path, mode: str, code: int, words: str
) -> None:
    node.ethereum.change({"mode": mode})
    result = await rebuild("--rpc", node.url, "-o", tmp_path / "a")
    assert result.code == code
    assert is_one_sentence(result)
    assert words in result.err
    assert not [name for name in files(tmp_path) if not name.startswith("a.blocks/")]


async def test_which_blocks_were_dropped_is_said_with_what_to_use_instead(
    node: L2Node, rebuild: Rebuild, tmp_path: Path
) -> None:
    node.ethereum.change({"mode": "pruned"})
    result = await rebuild("--rpc", node.url, "-o", tmp_path / "a")
    assert result.err == (
        "tessera: Node 1 has dropped the history of block 11,149,814 to 11,151,813 of Ethereum: use a node that keeps "
        "all of it (an archive provider), beside it or in its place; or, for what is from before the merge, era1 files "
        "(--era1).\n"
    )


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "status", "status": 404, "body": "404: Not Found"}, "there is no Ethereum node (HTTP 404)"),
        ({"kind": "status", "status": 405, "body": ""}, "there is no Ethereum node (HTTP 405)"),
        ({"kind": "status", "status": 404, "body": {"detail": "no"}}, "there is no Ethereum node (HTTP 404)"),
        ({"kind": "redirect", "location": "https://elsewhere.example/"}, "there is no Ethereum node (HTTP 302)"),
        ({"kind": "html"}, "there is no Ethereum node (HTTP 200)"),
    ],
    ids=["404", "405", "404 of an API", "redirect", "a website"],
)
async def test_an_address_without_a_node_is_said_at_once(
    node: L2Node, rebuild: Rebuild, tmp_path: Path, fault: dict[str, object], words: str
) -> None:
    node.faults.add({"service": "ethereum", "path": "", **fault})
    result = await rebuild("--rpc", f"{node.url},{node.other_url}", "-o", tmp_path / "a")
    assert result.code == 1
    assert is_one_sentence(result)
    assert f"No usable answer to eth_chainId: at the address of node 1 {words}: look at the URL." in result.err
    assert "127.0.0.1" not in result.err


async def test_a_node_that_has_not_got_so_far_is_named(node: L2Node, rebuild: Rebuild, tmp_path: Path) -> None:
    node.ethereum.change({"node": "b", "head": 10_000_000})
    result = await rebuild("--rpc", f"{node.url},{node.other_url}", "-o", tmp_path / "a")
    assert (result.code, is_one_sentence(result)) == (1, True)
    assert "Node 2 is at block 10,000,000 of Ethereum, before Loopring's first: wait" in result.err


async def test_a_node_that_is_behind_is_named_and_the_archive_ends_there(
    node: L2Node, rebuild: Rebuild, tmp_path: Path
) -> None:
    head = HISTORY[3].l1_block + 70
    node.ethereum.change({"node": "b", "head": head})
    result = await rebuild("--rpc", f"{node.url},{node.other_url}", "-o", tmp_path / "a")
    assert result.code == 0
    assert f"Node 2 is behind the others, at block {head:,} of Ethereum: what is rebuilt ends there." in result.err
    assert f"as of block {sum(len(each.blocks) for each in HISTORY[:4])};" in result.out


async def test_a_node_that_lies_about_a_block_is_named_where_another_has_the_right_one(
    node: L2Node, rebuild: Rebuild, tmp_path: Path
) -> None:
    node.ethereum.change({"mode": "wrong_calldata"})
    node.ethereum.change({"node": "b", "mode": "honest"})
    urls = f"{node.url},{node.other_url}"
    results = [await rebuild("--rpc", urls, "-o", tmp_path / name) for name in ("a", "b")]
    assert [result.code for result in results] == [0, 0]
    # Which node is asked first changes from transaction to transaction: the second run may not have asked the liar.
    said = next(result.err for result in results if result.err)
    assert said.startswith("Node 1: transaction 0x")
    assert "the SHA-256 of its data is" in said
    assert said.endswith("Another node has the right one; further ones of this node are not listed.\n")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


async def test_where_only_one_node_has_the_history_that_is_said_until_a_second_confirms_it(
    node: L2Node, rebuild: Rebuild, tmp_path: Path
) -> None:
    urls = f"{node.url},{node.other_url}"
    node.ethereum.change({"node": "b", "mode": "pruned"})
    result = await rebuild("--rpc", urls, "-o", tmp_path / "a", "--blocks", tmp_path / "blocks")
    assert result.code == 0
    assert result.err.startswith("Ethereum's blocks 11,149,814 to 11,155,813: only one node said which blocks of")
    assert f"--blocks {tmp_path / 'blocks'}, a second node in --rpc" in result.err
    again = await rebuild("--from-dir", tmp_path / "blocks", "-o", tmp_path / "b")
    assert again.err == result.err
    node.reset()
    confirmed = await rebuild("--rpc", urls, "-o", tmp_path / "c", "--blocks", tmp_path / "blocks")
    assert (confirmed.code, confirmed.err) == (0, "")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "c").read_bytes()


# ---------------------------------------------------------------- files


async def test_a_folder_of_a_newer_tessera_is_refused(node: L2Node, rebuild: Rebuild, tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks/blocks-000001.l2").write_bytes(b"tessera-l2-blocks 2\nwhatever that has")
    for where in (("--from-dir", tmp_path / "blocks"), ("--rpc", node.url, "--blocks", tmp_path / "blocks")):
        result = await rebuild(*where, "-o", tmp_path / "a")
        assert (result.code, is_one_sentence(result)) == (2, True)
        assert "blocks-000001.l2: not a file of blocks, or one of a newer Tessera: use a newer Tessera" in result.err
        assert not (tmp_path / "a").exists()
    assert (tmp_path / "blocks/blocks-000001.l2").read_bytes().endswith(b"whatever that has")


async def test_an_archive_of_a_newer_tessera_is_refused(node: L2Node, rebuild: Rebuild, tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert (await rebuild("--rpc", node.url, "-o", path)).code == 0
    content = path.read_bytes()
    (tmp_path / "newer").write_bytes(pack([b'{"format":"tessera-archive","version":2}']) + content[1000:])
    result = await rebuild(tmp_path / "newer", command="show")
    assert (result.code, is_one_sentence(result)) == (2, True)
    assert "newer" in result.err


async def test_damage_is_named_with_what_helps_and_what_is_before_it_can_be_used(
    node: L2Node, rebuild: Rebuild, tmp_path: Path
) -> None:
    assert (await rebuild("--rpc", node.url, "-o", tmp_path / "a")).code == 0
    file = tmp_path / "a.blocks/blocks-000001.l2"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    result = await rebuild("--from-dir", tmp_path / "a.blocks", "-o", tmp_path / "b")
    assert (result.code, is_one_sentence(result)) == (2, True)
    assert "blocks-000001.l2: damaged at byte" in result.err
    assert f"--blocks {tmp_path / 'a.blocks'} fetches their blocks again" in result.err
    file.unlink()
    again = await rebuild("--rpc", node.url, "--blocks", tmp_path / "a.blocks", "-o", tmp_path / "b")
    assert again.code == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


async def test_a_full_disk_is_named_and_with_room_again_it_goes_on(node: L2Node, tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    assert (await run("archive", "rebuild", "--rpc", node.url, "-o", tmp_path / "whole/a")).code == 0
    expected = files(tmp_path / "whole")
    blocks, archive = len(expected["a.blocks/blocks-000001.l2"]), len(expected["a"])
    assert archive < blocks
    for place, room, fetched in ((1, 10, False), (2, blocks - 1, False), (3, archive - 1, True)):
        folder = tmp_path / str(place)
        folder.mkdir()
        if fetched:
            await run("archive", "rebuild", "--rpc", node.url, "-o", folder / "first", "--blocks", folder / "a.blocks")
            (folder / "first").unlink()
        limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        rebuild = ("archive", "rebuild", "--rpc", node.url, "-o", folder / "a")
        full = await run(*rebuild, limit=limit)
        assert full.code == 2, full.err
        assert full.err.count("\n") == 1
        assert full.err.endswith("File too large.\n")
        assert "a" not in files(folder)
        assert (await run(*rebuild)).code == 0
        assert files(folder) == expected
