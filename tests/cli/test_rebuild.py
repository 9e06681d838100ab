"""`tessera archive rebuild`: the demo's community out of blocks, shown by the same commands as any other archive."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from bot.archive.known_collections import collection_number
from bot.archive.reader import Archive
from bot.cli.main import main
from bot.store import Store
from sandbox.collection_files import metadata_of
from sandbox.community import load_world
from sandbox.ipfs import IpfsGateway
from sandbox.nft_infos import NftInfos
from sandbox.rollup.era1 import write_era1
from sandbox.rollup.history import community_history
from sandbox.rollup.submissions import submissions
from tests.archive_api.blocks.fetched_blocks import fetched, folder_of
from tests.cli.result import Command, Result
from tests.ipfs_gateway import serving
from tests.sandbox_client import SECRETS, SandboxClient, write_config

SHARE_A_CONTRACT = {305, 306, 307}
SHARED_CONTRACT = "0x04467d1b9dca6ae2adf3e71e8c1fc15048e222c1"


def table(result: Result) -> list[tuple[str, ...]]:
    """Number, name and kinds of each collection that was printed."""
    rows = (tuple(re.split(r" {2,}", line.strip())) for line in result.lines[3:])
    return [row[:3] for row in rows if row[0].isdigit()]


@pytest.fixture
def archive(capsys: pytest.CaptureFixture[str], config: Path) -> Command:
    """Run a command of `tessera archive`; in a thread, as it makes a loop of its own."""

    async def run(command: str, *arguments: str) -> Result:
        code = await asyncio.to_thread(main, ["archive", command, "--config", str(config), *arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Result(code, out, err)

    return run


@pytest.fixture
def blocks(tmp_path: Path) -> Path:
    folder_of(tmp_path / "blocks", fetched(community_history(load_world())))
    return tmp_path / "blocks"


async def test_the_demos_community_is_rebuilt_and_shown_with_the_transaction_of_its_owner(
    archive: Command, tessera: Command, blocks: Path, tmp_path: Path
) -> None:
    world = load_world()
    known = tmp_path / "known.csv"
    # Three collections share a contract, and blocks do not say which of them an NFT is of.
    own = [each for each in world.collections.values() if each.id not in SHARE_A_CONTRACT]
    rows = [f"{each.contract_address},{each.id},{each.name.replace(',', ' ')}" for each in own]
    known.write_text("\n".join(["contract,number,name", *rows]), "utf-8")
    path = tmp_path / "rebuilt.tessera"
    arguments = ("--from-dir", str(blocks), "-o", str(path), "--collections", str(known))
    result = await archive("rebuild", *arguments)
    assert (result.code, result.err) == (0, "")
    assert "as of block" in result.out
    shown = await archive("show", str(path), "10001")
    assert shown.code == 0
    assert shown.lines[0] == f"Account loopring:10001, owner {world.accounts[10001].owner.lower()}"
    live = await tessera("collections", "10001")
    # The same numbers, names and kinds as the live service says; and the three as one, without a name.
    expected = {row[:3] for row in table(live) if int(row[0]) not in SHARE_A_CONTRACT}
    assert len(expected) == 27
    kinds = sum(int(row[2]) for row in table(live) if int(row[0]) in SHARE_A_CONTRACT)
    assert {row[:3] for row in table(shown)} - expected == {
        (collection_number(SHARED_CONTRACT), "(unnamed)", str(kinds))
    }
    assert shown.lines[-1].startswith("Owner since block ")
    assert (await archive("verify", str(path))).code == 0


async def test_an_existing_file_is_not_overwritten(archive: Command, blocks: Path, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    result = await archive("rebuild", "--from-dir", str(blocks), "-o", str(tmp_path / "there"))
    assert result.complaint.endswith("there: exists already. Choose another name.")
    assert (tmp_path / "there").read_text() == "mine"


async def test_blocks_that_are_damaged_give_no_archive(archive: Command, blocks: Path, tmp_path: Path) -> None:
    file = blocks / "blocks-000001.l2"
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)
    result = await archive("rebuild", "--from-dir", str(blocks), "-o", str(tmp_path / "new"))
    assert "damaged at byte" in result.complaint
    assert result.code != 0
    assert not (tmp_path / "new").exists()


async def test_a_rebuild_from_nodes_keeps_the_blocks_and_then_needs_no_node(
    archive: Command, sandbox: SandboxClient, tmp_path: Path
) -> None:
    urls = f"{sandbox.url}/ethereum/1,{sandbox.url}/ethereum/1/b"
    one, other = tmp_path / "one.tessera", tmp_path / "other.tessera"
    result = await archive("rebuild", "--rpc", urls, "-o", str(one))
    assert (result.code, result.err) == (0, "")
    await sandbox.control("ethereum", mode="error")
    kept = tmp_path / "one.tessera.blocks"
    assert (await archive("rebuild", "--from-dir", str(kept), "-o", str(other))).code == 0
    assert one.read_bytes() == other.read_bytes()


async def test_a_lying_node_is_named_and_gives_no_archive(
    archive: Command, sandbox: SandboxClient, tmp_path: Path
) -> None:
    await sandbox.control("ethereum", mode="wrong_calldata")
    result = await archive("rebuild", "--rpc", f"{sandbox.url}/ethereum/1", "-o", str(tmp_path / "new"))
    assert re.match(r"tessera: Node 1: transaction 0x\w{64}: Block \d+: the SHA-256 of its data is", result.complaint)
    assert result.code == 1
    assert not (tmp_path / "new").exists()


async def test_without_an_address_the_nodes_of_the_environment_are_asked(
    archive: Command, sandbox: SandboxClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ETH_RPC_URL", f"{sandbox.url}/ethereum/1")
    assert (await archive("rebuild", "-o", str(tmp_path / "new"), "--rpc")).code == 0
    monkeypatch.delenv("ETH_RPC_URL")
    result = await archive("rebuild", "-o", str(tmp_path / "other"), "--rpc")
    assert result.complaint == "tessera: No Ethereum node is known: name one with --rpc URL, or set ETH_RPC_URL."


@pytest.mark.parametrize(
    ("urls", "words"),
    [
        ("ws://node", "--rpc takes addresses of Ethereum nodes"),
        ("http://node.example", "--rpc takes addresses of Ethereum nodes"),
        ("https://node.example,https://node.example", "The nodes of --rpc must differ"),
    ],
)
async def test_what_is_no_node_is_refused(archive: Command, tmp_path: Path, urls: str, words: str) -> None:
    result = await archive("rebuild", "--rpc", urls, "-o", str(tmp_path / "new"))
    assert result.complaint.startswith(f"tessera: {words}")
    assert result.code == 2


@pytest.fixture
async def pinned(archive: Command, blocks: Path, sandbox: SandboxClient, tmp_path: Path) -> Path:
    """A configuration in which a rebuilt archive is Loopring's fallback, and alone says who owns an account."""
    path = tmp_path / "rebuilt.tessera"
    assert (await archive("rebuild", "--from-dir", str(blocks), "-o", str(path))).code == 0
    digest = (await archive("show", str(path), "--json")).out
    sha256 = json.loads(digest)["sha256"]
    return write_config(
        tmp_path,
        sandbox,
        loopring='requests_per_second = 1000\ntimeout_seconds = 60\nfallback = "rebuilt"',
        sources=f'[[source]]\nkind = "archive"\nname = "rebuilt"\npath = "{path}"',
        linking=f'owners = "archive:{sha256}"',
    )


async def test_with_loopring_switched_off_the_rebuilt_archive_answers(
    tessera: Command, sandbox: SandboxClient, pinned: Path
) -> None:
    live = await tessera("collections", "10001")
    await sandbox.fault("reset", path="")
    result = await tessera("collections", "10001", "--json", config=pinned)
    body = json.loads(result.out)
    assert body["complete"] is True
    kinds = sum(int(row[2]) for row in table(live))
    assert sum(each["kinds"] for each in body["collections"]) == kinds
    assert body["source"].startswith("Loopring's blocks on Ethereum, block 124 (")


async def test_who_owns_an_account_is_shown_with_the_transaction_where_anybody_can_look_it_up(
    pinned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await (await Store.open(tmp_path / "tessera.db")).close()  # what is stored is shown beside it
    history = community_history(load_world())
    block, transaction = history.ledger.since[10001]
    code = await asyncio.to_thread(main, ["owners", "show", "--config", str(pinned), "10001"])
    lines = capsys.readouterr().out.splitlines()
    (said,) = [line for line in lines if line.startswith("  rebuilt: 0x")]
    assert said.endswith(f", since block {block} of layer 2, transaction {transaction}")
    assert code == 0


async def test_names_and_pictures_come_from_ipfs_and_what_is_missing_is_counted(
    archive: Command, sandbox: SandboxClient, blocks: Path, tmp_path: Path
) -> None:
    gateway = IpfsGateway()
    path, plain = tmp_path / "rebuilt.tessera", tmp_path / "plain.tessera"
    async with serving(gateway) as url:
        config = write_config(tmp_path, sandbox, display=f'image_gateways = ["{url}"]\ncollection_infos = ""')
        arguments = ("--config", str(config), "--from-dir", str(blocks))
        result = await archive("rebuild", *arguments, "-o", str(path), "--metadata")
    assert result.code == 0
    asked = gateway.asked.total()
    assert asked == len(gateway.asked) > 100
    assert result.lines[:2] == [
        "Names of 0 collections; 267 have none",
        "Collections without a name: nothing was there to ask",
    ]
    assert result.lines[2].startswith(f"Names and pictures: of 0 NFTs; {asked:,} missing: not found")
    assert result.lines[3] == "Repeat the command with another -o to ask again for what is missing."
    # Where nothing was found, nothing is written.
    assert (await archive("rebuild", *arguments, "-o", str(plain))).code == 0
    assert path.read_bytes() == plain.read_bytes()
    shown = await archive("show", str(path))
    assert "267 collections, 267 of them without a name; single NFTs are recorded" in shown.lines
    body = json.loads((await archive("show", str(path), "10001", "--json")).out)
    assert {each["name"] for each in body["collections"]} == {None}


@pytest.fixture
async def everything(sandbox: SandboxClient, tmp_path: Path) -> AsyncIterator[tuple[Path, NftInfos]]:
    """A configuration with a server of infos that knows the whole community, and a gateway with what contracts name."""
    world = load_world()
    gateway, infos, app = IpfsGateway(), NftInfos(world), web.Application()
    for each in world.collections.values():
        gateway.add(metadata_of(each))
    gateway.add_routes(app)
    infos.add_routes(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    display = f'image_gateways = ["{url}/ipfs/"]\ncollection_infos = "{url}/nftinfos/"'
    yield write_config(tmp_path, sandbox, display=display), infos
    await runner.cleanup()


async def test_names_of_collections_come_from_the_list_their_contracts_and_the_infos(
    archive: Command,
    sandbox: SandboxClient,
    everything: tuple[Path, NftInfos],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config, infos = everything
    monkeypatch.setenv("ETH_RPC_URL", f"{sandbox.url}/ethereum/1")
    known = tmp_path / "known.csv"
    harbour, gamestop = (load_world().collections[number].contract_address for number in (254, 223))
    lines = ["contract,number,name,avatar", f"{harbour},254,My Harbour,", f"{gamestop},223,Arcade,ipfs://arcade"]
    known.write_text("\n".join(lines), "utf-8")  # the second is not asked about: its server is on the internet
    hostile = "**x** [y](https://evil.example) \u202ekcatta @everyone"
    unfired = load_world().collections[249].contract_address.lower()
    infos.files[unfired] = json.dumps({"name": hostile}).encode()
    path = tmp_path / "rebuilt.tessera"
    arguments = ("--config", str(config), "-o", str(path), "--collections", str(known), "--metadata", "--rpc")
    result = await archive("rebuild", *arguments)
    assert result.code == 0
    named = re.fullmatch(
        r"Names of (\d+) collections \(2 by --collections, (\d+) by their contracts, (\d+) by collection_infos\); "
        r"(\d+) have none",
        result.lines[0],
    )
    assert named
    total, by_contracts, by_infos, nameless = map(int, named.groups())
    assert (total, total + nameless) == (2 + by_contracts + by_infos, 267)
    assert by_contracts > 200
    # The infos know one that is not deployed, and three of one contract; but not an imported one, and one has no name.
    # Of the contracts of strangers nobody has a name.
    assert (by_infos, nameless) == (2, 2 + 7)
    assert result.lines[1] == (
        "Collections without a name: by the contract: 8 no contractURI(), 1 pictures, but no name; "
        "from collection_infos: 8 not found, 1 pictures, but no name"
    )
    shown = await archive("show", str(path), "10001")
    names = [row[1] for row in table(shown)]
    assert "My Harbour" in names
    assert "Harbour Lights" not in names
    assert not set(shown.out) & set("\u202e\u202d")
    made = Archive.open(path)
    found = made.find_collection(collection_number(unfired))
    made.close()
    assert found is not None
    assert found.name == hostile  # made safe where it is shown


async def test_killed_while_it_asks_it_goes_on_and_comes_to_the_same_archive(
    archive: Command, everything: tuple[Path, NftInfos], blocks: Path, tmp_path: Path
) -> None:
    config, infos = everything
    one, other = tmp_path / "one", tmp_path / "other"
    arguments = ("--config", str(config), "--from-dir", str(blocks), "--metadata", "-o")
    infos.stops_after = 40
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "archive", "rebuild", *arguments, str(one), env={**os.environ, **SECRETS}
    )
    await infos.stopped.wait()
    # It has the file: another one is refused, and writes nothing.
    refused = await archive("rebuild", *arguments, str(other))
    assert "another process is fetching names and pictures into it" in refused.complaint
    assert not other.exists()
    process.kill()
    await process.wait()
    assert not one.exists()
    infos.stops_after = None
    result = await archive("rebuild", *arguments, str(one))
    assert result.code == 0
    # What was answered before is not asked for again, but the four that were under way, and what there is none of.
    known = {each.collection_address for each in load_world().collections.values()}
    asked = Counter(infos.asked[address] for address in known & infos.asked.keys())
    assert 1 <= asked[2] <= 4
    assert asked[1] > 200
    (blocks / "metadata.jsonl").unlink()
    assert (await archive("rebuild", *arguments, str(other))).code == 0
    assert one.read_bytes() == other.read_bytes()


async def test_what_a_node_has_dropped_is_taken_from_files(
    archive: Command, sandbox: SandboxClient, blocks: Path, tmp_path: Path
) -> None:
    history = submissions(community_history(load_world()).blocks)
    write_era1(tmp_path / "era1", history[: len(history) // 2 + 3])
    node = f"{sandbox.url}/ethereum/1"
    await sandbox.control("ethereum", mode="pruned")
    assert (await archive("rebuild", "--rpc", node, "-o", str(tmp_path / "none"))).code == 1

    result = await archive("rebuild", "--era1", str(tmp_path / "era1"), "--rpc", node, "-o", str(tmp_path / "one"))

    assert (result.code, result.err) == (0, "")
    assert (await archive("rebuild", "--from-dir", str(blocks), "-o", str(tmp_path / "other"))).code == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


async def test_files_alone_are_enough_for_what_they_have(archive: Command, blocks: Path, tmp_path: Path) -> None:
    write_era1(tmp_path / "era1", submissions(community_history(load_world()).blocks))
    assert (await archive("rebuild", "--era1", str(tmp_path / "era1"), "-o", str(tmp_path / "one"))).code == 0
    assert (await archive("rebuild", "--from-dir", str(blocks), "-o", str(tmp_path / "other"))).code == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Say where the blocks are: --rpc, --era1 or --from-dir."),
        (("--from-dir", "a", "--era1", "b"), "--from-dir has the blocks that were fetched before"),
    ],
)
async def test_it_has_to_be_said_where_the_blocks_are(
    archive: Command, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    result = await archive("rebuild", *arguments, "-o", str(tmp_path / "new"))
    assert result.complaint.startswith(f"tessera: {words}")
    assert result.code == 2
