"""Blocks that Ethereum confirmed and this version cannot read, whole or in part: what is known of whom afterwards."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.archive.reader import Archive
from bot.archive_api.blocks.block_folder import BlockFolder
from sandbox.rollup import layouts
from sandbox.rollup.era1 import write_era1
from sandbox.rollup.l1_chain import l1_chain
from sandbox.rollup.rollup import EXCHANGE, MadeBlock
from sandbox.rollup.submissions import submissions
from tests.archive_api.blocks.fetched_blocks import folder_of
from tests.cli.l2_node import running_node, small_history
from tests.cli.result import Rebuild, is_one_sentence

BLOCKS = [block for submission in small_history() for block in submission.blocks]
READABLE = 4
OWNER = b"\x11" * 20
MINT = layouts.mint_to(1, 10_000, 0x8000, 1, 10_002, OWNER)
STATED = layouts.nft_data(10_001, 0x8000, layouts.MadeNft(OWNER, 1, b"\x22" * 20, b"\x33" * 32, 5))[0]


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
        ((MINT,), 10_002, "The two NFT data transactions that must follow a mint to this account are not there."),
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


async def test_what_a_block_disproves_is_in_the_archive_of_nobody(rebuild: Rebuild, tmp_path: Path) -> None:
    contract = b"\x22" * 20
    made = layouts.MadeNft(OWNER, 0, contract, (77).to_bytes(32, "big"), 5)
    empty = layouts.MadeNft(layouts.NOBODY, 0, contract, bytes(32), 0)
    blocks = followed_by(
        layouts.deposit(OWNER, 10_500, 0, 1),
        layouts.deposit(contract, 10_501, 0, 1),
        layouts.mint_to_self(10_500, 0x8000, 5, 10_501, made),
        layouts.nft_data(10_500, 0x8000, empty)[0],
        layouts.transfer(10_500, 10_502, 0x8000, 1),
        layouts.transfer(10_502, 10_503, 0x8000, 1),
    )
    async with running_node(submissions(blocks)) as node:
        result = await rebuild("--rpc", node.url, "-o", tmp_path / "a")
    assert result.code == 1
    assert result.err.endswith(
        "These accounts are in the archive as incomplete, and so is each that got something unknown from them: what "
        "else they held is unknown.\n"
    )
    archive = Archive.open(tmp_path / "a")
    records = [json.loads(line) for _, lines in archive.iter_blocks("accounts") for line in lines]
    archive.close()
    concerned = {each["id"]: each for each in records if each["id"] in ("10500", "10502", "10503")}
    assert {(each["complete"], len(each["holdings"])) for each in concerned.values()} == {(False, 0)}
    assert len(concerned) == 3


async def test_blocks_before_an_unreadable_one_are_compared_with_the_file_that_has_both(
    rebuild: Rebuild, tmp_path: Path
) -> None:
    history = submissions(followed_by(of_type(10), more=2))
    end = l1_chain(history)[-1]
    write_era1(tmp_path / "era1", history, blocks_each=8_192)
    (tmp_path / "known").write_text(f"{end.number} 0x{end.hash.hex()}\n")
    blocks, known = tmp_path / "blocks", ("--known-blocks", tmp_path / "known", "--allow-gaps")
    made = await rebuild("--era1", tmp_path / "era1", "--blocks", blocks, "-o", tmp_path / "a", *known)
    assert made.code == 0
    (sentence,) = made.lines[1:]
    assert sentence.startswith(f"Blocks 1 to {READABLE} of layer 2 are proven by Ethereum's own hashes: ")

    stored = list(BlockFolder(blocks).iter_blocks())
    for changed in (1, READABLE, READABLE + 2):
        other = [replace(each, l1_block=1) if each.event.number == changed else each for each in stored]
        (blocks / "blocks-000001.l2").unlink()
        folder_of(blocks, other)
        refused = await rebuild("--from-dir", blocks, "-o", tmp_path / "b", *known)
        assert (refused.code, is_one_sentence(refused)) == (2, True)
        assert f"blocks 1 to {len(stored)} of layer 2 are not those that mainnet-00000-" in refused.err
        assert not (tmp_path / "b").exists()


async def test_a_node_that_states_another_size_is_not_believed_about_it(rebuild: Rebuild, tmp_path: Path) -> None:
    blocks = followed_by(*[layouts.noop()] * 4)
    wrong = MadeBlock(blocks[-1].number, 400, blocks[-1].data, blocks[-1].root)
    async with running_node(submissions([*blocks[:-1], wrong])) as node:
        result = await rebuild("--rpc", node.url, "-o", tmp_path / "a", "--allow-gaps")
    assert (result.code, is_one_sentence(result)) == (1, True)
    assert "Node 1: transaction 0x" in result.err
    assert "Block 5 has 400 transactions; only 1 to 384 are known." in result.err
    assert not (tmp_path / "a").exists()
