"""What a rebuild cannot use: the exit code, one sentence that says what to do, and nothing that looks whole."""

from __future__ import annotations

import asyncio
import hashlib
import json
import resource
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from bot.archive.gzip_members import pack
from bot.archive.reader import Archive
from bot.cli.main import main
from sandbox.rollup import layouts
from sandbox.rollup.rollup import EXCHANGE, MadeBlock
from sandbox.rollup.submissions import submissions
from tests.cli.l2_node import L2Node, files, run, running_node, small_history
from tests.cli.result import Result

HISTORY = small_history()
BLOCKS = [block for submission in HISTORY for block in submission.blocks]
READABLE = 4
OWNER = b"\x11" * 20
MINT = layouts.mint_to(1, 10_000, 0x8000, 1, 10_002, OWNER)
STATED = layouts.nft_data(10_001, 0x8000, layouts.MadeNft(OWNER, 1, b"\x22" * 20, b"\x33" * 32, 5))[0]
Rebuild = Callable[..., Awaitable[Result]]


@pytest.fixture(scope="module")
async def module_node() -> AsyncIterator[L2Node]:
    async with running_node(HISTORY) as node:
        yield node


@pytest.fixture
def node(module_node: L2Node) -> L2Node:
    module_node.reset()
    return module_node


@pytest.fixture
def rebuild(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rebuild:
    """The command; in a thread, as it makes a loop of its own."""
    monkeypatch.chdir(tmp_path)

    async def run(*arguments: str | Path, command: str = "rebuild") -> Result:
        code = await asyncio.to_thread(main, ["archive", command, *map(str, arguments)])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Result(code, out, err)

    return run


def is_one_sentence(result: Result) -> bool:
    return result.err.startswith("tessera: ") and result.err.count("\n") == 1


def followed_by(*transactions: bytes, more: int = 0) -> list[MadeBlock]:
    """The first blocks of the history, then one of these transactions, and further ones that can be read."""
    blocks = BLOCKS[:READABLE]
    for written in ((*transactions,), *[(layouts.deposit(OWNER, 10_500, 0, 1),)] * more):
        before = blocks[-1].root
        after = hashlib.sha256(before + b"".join(written)).digest()
        data = layouts.block_data(EXCHANGE, before, after, 1_650_000_000, 2, written)
        blocks.append(MadeBlock(len(blocks) + 1, len(written), data, after))
    return blocks


def of_type(number: int) -> bytes:
    return bytes([number]) + layouts.noop()[1:]


def kind(transaction: bytes, number: int) -> bytes:
    return transaction[:1] + bytes([number]) + transaction[2:]


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


# ---------------------------------------------------------------- blocks that cannot be read


@pytest.mark.parametrize(
    ("transactions", "fault"),
    [
        ((layouts.noop(), of_type(10)), "Block 5, transaction 1: the type 10 is unknown; 0 to 9 are known."),
        ((of_type(255),), "Block 5, transaction 0: the type 255 is unknown; 0 to 9 are known."),
        ((kind(MINT, 3),), "Block 5, transaction 0: a mint of the unknown kind 3."),
        ((layouts.noop(),) * 400, "Block 5 has 400 transactions; only 1 to 384 are known."),
    ],
    ids=["type 10", "type 255", "kind of mint", "size"],
)
async def test_a_confirmed_block_that_cannot_be_read_ends_the_archive_before_it_and_only_if_asked_to(
    rebuild: Rebuild, tmp_path: Path, transactions: tuple[bytes, ...], fault: str
) -> None:
    async with running_node(submissions(followed_by(*transactions, more=2))) as node:
        where = ("--rpc", node.url, "--blocks", tmp_path / "blocks")
        refused = await rebuild(*where, "-o", tmp_path / "a")
        assert (refused.code, is_one_sentence(refused)) == (1, True)
        assert f"{fault} Ethereum confirmed that block, and this version cannot read it" in refused.err
        assert f"With --allow-gaps the archive ends with block {READABLE}" in refused.err
        assert not (tmp_path / "a").exists()

        made = await rebuild(*where, "-o", tmp_path / "a", "--allow-gaps")

    assert made.code == 0
    assert f"as of block {READABLE};" in made.out
    reason = f"Nothing after block {READABLE} is known. {fault}"
    assert made.err == f"{reason} All accounts are in the archive as incomplete.\n"
    archive = Archive.open(tmp_path / "a")
    accounts = [json.loads(line) for _, lines in archive.iter_blocks("accounts") for line in lines]
    assert archive.header.rebuilt
    assert archive.header.rebuilt.block == READABLE
    assert archive.index.incomplete == len(accounts) > 5
    assert {(each["complete"], each["total"], each["gap"]) for each in accounts} == {(False, None, reason)}
    assert any(each["holdings"] for each in accounts)
    archive.close()


@pytest.mark.parametrize(
    ("transactions", "account", "fault"),
    [
        ((layouts.withdrawal(7, OWNER, 10_001, 0x8000, 1),), 10_001, "a withdrawal of the unknown kind 7."),
        ((layouts.noop(), kind(STATED, 2)), 10_001, "NFT data of the unknown kind 2."),
        ((MINT,), 10_002, "the two NFT data transactions that must follow this mint are not there."),
    ],
    ids=["withdrawal", "NFT data", "mint"],
)
async def test_a_transaction_beyond_the_layout_is_named_and_only_its_account_is_incomplete(
    rebuild: Rebuild, tmp_path: Path, transactions: tuple[bytes, ...], account: int, fault: str
) -> None:
    index = len(transactions) - 1
    async with running_node(submissions(followed_by(*transactions, more=1))) as node:
        result = await rebuild("--rpc", node.url, "-o", tmp_path / "a")
        allowed = await rebuild("--rpc", node.url, "-o", tmp_path / "b", "--allow-gaps")
    assert (result.code, allowed.code) == (1, 0)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    # Here the made owner of that account is another one, which is a second deviation.
    assert f"block 5, transaction {index}, account {account}: {fault}" in result.err
    assert "as of block 6;" in result.out
    archive = Archive.open(tmp_path / "a")
    records = [json.loads(line) for _, lines in archive.iter_blocks("accounts") for line in lines]
    archive.close()
    incomplete = {each["id"]: each["gap"] for each in records if not each["complete"]}
    assert incomplete.keys() == {str(account)}


async def test_a_node_that_states_another_size_is_not_believed_about_it(rebuild: Rebuild, tmp_path: Path) -> None:
    blocks = followed_by(*[layouts.noop()] * 4)
    wrong = MadeBlock(blocks[-1].number, 400, blocks[-1].data, blocks[-1].root)
    async with running_node(submissions([*blocks[:-1], wrong])) as node:
        result = await rebuild("--rpc", node.url, "-o", tmp_path / "a", "--allow-gaps")
    assert (result.code, is_one_sentence(result)) == (1, True)
    assert "Node 1: transaction 0x" in result.err
    assert "Block 5 has 400 transactions; only 1 to 384 are known." in result.err
    assert not (tmp_path / "a").exists()


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
