"""Names and pictures of collections: who says them, who wins, what is not fetched, and what a run that ended leaves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.archive.known_collections import FoundCollection, KnownCollection, collections_of
from bot.archive_api.metadata.collection_metadata import read_collection_metadata
from bot.archive_api.metadata.fetch_collections import NoUri
from bot.archive_api.metadata.metadata_file import NAME, MetadataFile, Origin
from bot.archive_api.metadata.small_files import FileProblem
from bot.errors import ConfigError
from sandbox.ipfs import cid
from tests.archive_api.metadata.collection_servers import HOST, Servers, serving_collections

# Of the community: made on loopring.io and deployed, imported, of GameStop, not deployed, and three of one contract.
HARBOUR, IMPORTED, GAMESTOP, UNFIRED, SHARED = 254, 235, 223, 249, 305


@pytest.fixture
async def servers(tmp_path: Path) -> AsyncIterator[Servers]:
    async with serving_collections(tmp_path) as servers:
        yield servers


def body(**fields: object) -> bytes:
    return json.dumps(fields).encode()


async def test_a_contract_names_its_metadata_and_what_it_does_not_name_the_infos_do(
    servers: Servers, tmp_path: Path
) -> None:
    harbour, unfired = servers.world.collections[HARBOUR], servers.world.collections[UNFIRED]
    contracts = [servers.contract(each) for each in (HARBOUR, UNFIRED, IMPORTED, SHARED)]
    found = await servers.search(tmp_path, contracts)
    assert found.by_contract == {
        contracts[0]: FoundCollection(harbour.name, (harbour.avatar,), (harbour.banner,)),
        contracts[1]: FoundCollection(unfired.name, (unfired.avatar,), (unfired.banner,)),
        # Loopring's own address of the three that share a contract; nobody knows which of them an NFT is of.
        contracts[3]: found.by_contract[contracts[3]],
    }
    assert found.named_by == {"": 0, Origin.CONTRACT: 1, Origin.INFOS: 2}
    # An imported one refuses the call, and the infos have it by another address.
    assert found.nameless == 1
    assert found.missing == {(Origin.CONTRACT, NoUri.NONE): 1, (Origin.INFOS, FileProblem.STATUS): 1}
    assert servers.infos.asked[contracts[0]] == 0


async def test_the_list_wins_over_the_contract_and_that_over_the_infos(servers: Servers, tmp_path: Path) -> None:
    harbour, unfired, imported = (servers.contract(each) for each in (HARBOUR, UNFIRED, IMPORTED))
    servers.infos.files = {each: body(name="Of the infos", avatar="ipfs://infos") for each in (harbour, unfired)}
    known = {
        harbour: KnownCollection("254", "", "ipfs://mine"),
        unfired: KnownCollection("249", "Mine", ""),
        imported: KnownCollection("", "Whole", "ipfs://whole"),
    }
    found = await servers.search(tmp_path, [harbour, unfired, imported], known)
    made = {each.contract_address: each for each in collections_of(dict.fromkeys(known, ""), known, found.by_contract)}
    name = servers.world.collections[HARBOUR].name
    assert (made[harbour].name, made[harbour].avatar_uris) == (name, ("ipfs://mine",))
    assert (made[unfired].name, made[unfired].avatar_uris) == ("Mine", ("ipfs://infos",))
    assert (made[imported].name, made[imported].avatar_uris) == ("Whole", ("ipfs://whole",))
    assert found.named_by == {"": 2, Origin.CONTRACT: 1}
    assert found.nameless == 0
    assert servers.infos.asked == {unfired: 1}


async def test_a_file_without_a_name_leaves_the_name_to_the_infos(servers: Servers, tmp_path: Path) -> None:
    contract = servers.contract(HARBOUR)
    uri = f"ipfs://{cid(servers.gateway.add(body(image='ipfs://own', name=' ')))}"
    servers.world.collections[HARBOUR].collection_address = uri
    servers.infos.files[contract] = body(name="Of the infos", image="ipfs://infos")
    found = await servers.search(tmp_path, [contract])
    assert found.by_contract == {contract: FoundCollection("Of the infos", ("ipfs://own",))}
    assert found.named_by == {"": 0, Origin.INFOS: 1}


async def test_for_a_collection_that_the_list_names_it_is_asked_on_until_there_is_a_picture(
    servers: Servers, tmp_path: Path
) -> None:
    contract = servers.contract(HARBOUR)
    uri = f"ipfs://{cid(servers.gateway.add(body(name='Own')))}"
    servers.world.collections[HARBOUR].collection_address = uri
    servers.infos.files[contract] = body(name="Of the infos", image="ipfs://infos")
    found = await servers.search(tmp_path, [contract], {contract: KnownCollection("254", "Mine")})
    assert found.by_contract == {contract: FoundCollection("Own", ("ipfs://infos",))}
    assert (found.named_by, found.nameless) == ({"": 1}, 0)


async def test_a_strangers_file_by_https_is_fetched(servers: Servers, tmp_path: Path) -> None:
    contract = servers.contract(HARBOUR)
    servers.stranger.files["x"] = body(name="By https", banner_image="ipfs://wide")
    servers.world.collections[HARBOUR].collection_address = f"{servers.stranger_url}/x?y=1#z"
    found = await servers.search(tmp_path, [contract], infos=False)
    assert found.by_contract == {contract: FoundCollection("By https", (), ("ipfs://wide",))}


async def test_a_path_on_a_gateway_of_anybodys_is_fetched_from_the_operators(servers: Servers, tmp_path: Path) -> None:
    contract = servers.contract(HARBOUR)
    digest = servers.gateway.add(body(name="On IPFS"))
    servers.world.collections[HARBOUR].collection_address = f"https://ipfs.loopring.example/ipfs/{cid(digest)}"
    found = await servers.search(tmp_path, [contract], infos=False)
    assert found.by_contract == {contract: FoundCollection("On IPFS")}
    assert servers.looked_up == []


@pytest.mark.parametrize(
    "uri",
    [
        "http://collections.example/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://0x7f000001/x",
        "https://2130706433/x",
        "https://127.1/x",
        "https://１２７.０.０.１/x",
        "https://127。0。0。1/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://169.254.169.254/latest/meta-data/",
        "https://user:pass@collections.example/x",
        "file:///etc/passwd",
        "data:application/json,%7B%22name%22%3A%22x%22%7D",
        "javascript:alert(1)",
        "ftp://collections.example/x",
        "gopher://127.0.0.1:25/x",
        "ipfs://../../api/v0/shutdown",
        "//collections.example/x",
        "https://",
        "https://collections.example\\@127.0.0.1/",
        "nonsense",
        "https://collections.example/" + "x" * 2048,
    ],
)
async def test_what_a_contract_must_not_name_is_not_fetched(servers: Servers, tmp_path: Path, uri: str) -> None:
    servers.world.collections[HARBOUR].collection_address = uri
    found = await servers.search(tmp_path, [servers.contract(HARBOUR)], infos=False)
    assert found.missing == {(Origin.CONTRACT, FileProblem.URI): 1}
    assert servers.looked_up == []
    assert servers.stranger.asked == servers.gateway.asked == {}


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "64:ff9b::a00:1", "::ffff:192.168.0.1"]
)
async def test_a_name_that_leads_into_the_operators_network_is_not_connected_to(
    servers: Servers, tmp_path: Path, address: str
) -> None:
    servers.addresses = {HOST: ["93.184.215.14", address]}
    servers.world.collections[HARBOUR].collection_address = f"https://{HOST}/x"
    found = await servers.search(tmp_path, [servers.contract(HARBOUR)], infos=False, is_public=False)
    assert found.missing == {(Origin.CONTRACT, FileProblem.ADDRESS): 1}
    assert servers.looked_up == [HOST]
    assert servers.stranger.asked == {}


async def test_a_gateway_on_this_machine_opens_it_to_no_stranger(servers: Servers, tmp_path: Path) -> None:
    """The operator's own servers are all at 127.0.0.1 here."""
    servers.world.collections[HARBOUR].collection_address = f"https://{HOST}/x"
    contracts = [servers.contract(HARBOUR), servers.contract(UNFIRED)]
    found = await servers.search(tmp_path, contracts, is_public=False)
    assert found.named_by[Origin.INFOS] == 1
    assert found.missing[Origin.CONTRACT, FileProblem.ADDRESS] == 1


@pytest.mark.parametrize(
    ("mode", "problem"),
    [
        ("silent", FileProblem.NO_ANSWER),
        ("html", FileProblem.NOT_JSON),
        ("redirect", FileProblem.REDIRECT),
        ("large", FileProblem.TOO_LARGE),
    ],
)
async def test_a_stranger_and_a_server_of_infos_that_fail_give_nothing(
    servers: Servers, tmp_path: Path, mode: str, problem: FileProblem
) -> None:
    servers.stranger.mode = servers.infos.mode = mode
    servers.world.collections[HARBOUR].collection_address = f"{servers.stranger_url}/x"
    found = await servers.search(tmp_path, [servers.contract(HARBOUR)])
    assert (found.by_contract, found.nameless) == ({}, 1)
    assert found.missing == {(Origin.CONTRACT, problem): 1, (Origin.INFOS, problem): 1}
    assert servers.stranger.asked == {"x": 1}


async def test_infos_that_ask_to_wait_are_waited_for(servers: Servers, tmp_path: Path) -> None:
    servers.infos.mode = "busy"
    contracts = [servers.contract(each) for each in (UNFIRED, HARBOUR)]
    found = await servers.search(tmp_path, contracts, nodes=())
    assert found.named_by == {"": 0, Origin.INFOS: 2}
    assert servers.clock.seconds >= 30


async def test_a_stranger_cannot_stop_a_run_by_asking_to_wait(servers: Servers, tmp_path: Path) -> None:
    servers.stranger.mode = "busy"  # thirty seconds, every second time: as much as a stranger gets
    servers.stranger.files = {"x": body(name="Late")}
    servers.world.collections[HARBOUR].collection_address = f"{servers.stranger_url}/x"
    found = await servers.search(tmp_path, [servers.contract(HARBOUR)], infos=False)
    assert found.named_by[Origin.CONTRACT] == 1
    (tmp_path / NAME).unlink()
    servers.stranger.mode, before = "always busy", servers.clock.seconds
    found = await servers.search(tmp_path, [servers.contract(HARBOUR)], infos=False)
    assert found.missing == {(Origin.CONTRACT, FileProblem.BUSY): 1}
    assert servers.clock.seconds - before <= 64


async def test_without_a_node_and_with_one_that_is_down_the_infos_are_asked(servers: Servers, tmp_path: Path) -> None:
    contract = servers.contract(HARBOUR)
    without = await servers.search(tmp_path, [contract], nodes=())
    assert without.named_by == {"": 0, Origin.INFOS: 1}
    servers.ethereum.change({"mode": "error"})
    imported = servers.contract(IMPORTED)
    found = await servers.search(tmp_path, [contract, imported])
    assert found.named_by == {"": 0, Origin.INFOS: 1}
    assert found.missing == {(Origin.CONTRACT, NoUri.NO_NODE): 1, (Origin.INFOS, FileProblem.STATUS): 1}


async def test_one_node_that_is_down_leaves_the_other(servers: Servers, tmp_path: Path) -> None:
    servers.ethereum.change({"node": "a", "mode": "key_refused"})
    nodes = [f"{servers.url}/ethereum/1", f"{servers.url}/ethereum/1/b"]
    found = await servers.search(tmp_path, [servers.contract(HARBOUR)], nodes=nodes, infos=False)
    assert found.named_by == {"": 0, Origin.CONTRACT: 1}


async def test_a_node_of_another_chain_says_nothing_about_names(servers: Servers, tmp_path: Path) -> None:
    servers.ethereum.change({"mode": "wrong_chain"})
    with pytest.raises(ExceptionGroup) as raised:
        await servers.search(tmp_path, [servers.contract(HARBOUR)])
    assert raised.group_contains(ConfigError, match=r"Node 1 is on the chain 11155111")


async def test_what_was_found_is_kept_and_what_is_missing_is_asked_for_again(servers: Servers, tmp_path: Path) -> None:
    contracts = [servers.contract(each) for each in (HARBOUR, UNFIRED, IMPORTED)]
    first = await servers.search(tmp_path, contracts)
    servers.infos.files[contracts[2]] = body(name="Found later")
    second = await servers.search(tmp_path, contracts)
    assert second.by_contract == {**first.by_contract, contracts[2]: FoundCollection("Found later")}
    assert servers.infos.asked == {contracts[1]: 1, contracts[2]: 2}
    assert servers.gateway.asked.total() == 1


async def test_a_contract_that_says_its_name_later_wins_over_what_was_kept(servers: Servers, tmp_path: Path) -> None:
    contract = servers.contract(HARBOUR)
    servers.infos.files[contract] = body(name="Of the infos")
    assert (await servers.search(tmp_path, [contract], nodes=())).by_contract[contract].name == "Of the infos"
    found = await servers.search(tmp_path, [contract])
    assert found.by_contract[contract].name == servers.world.collections[HARBOUR].name
    again = await servers.search(tmp_path, [contract], nodes=())
    assert again.by_contract == found.by_contract


async def test_ended_at_any_byte_it_goes_on(servers: Servers, tmp_path: Path) -> None:
    contracts = [servers.contract(each) for each in (HARBOUR, UNFIRED)]
    whole = await servers.search(tmp_path, contracts)
    content = (tmp_path / NAME).read_bytes()
    for length in range(0, len(content), 7):
        (tmp_path / NAME).write_bytes(content[:length])
        assert (await servers.search(tmp_path, contracts)).by_contract == whole.by_contract


async def test_two_runs_at_once_are_refused(servers: Servers, tmp_path: Path) -> None:
    with MetadataFile(tmp_path), pytest.raises(ConfigError, match="another process is fetching names and pictures"):
        await servers.search(tmp_path, [servers.contract(HARBOUR)])
    assert (await servers.search(tmp_path, [servers.contract(HARBOUR)])).nameless == 0


async def test_a_run_that_is_cancelled_leaves_the_file_to_the_next(servers: Servers, tmp_path: Path) -> None:
    servers.stranger.mode = "never"
    servers.world.collections[HARBOUR].collection_address = f"{servers.stranger_url}/x"
    task = asyncio.create_task(servers.search(tmp_path, [servers.contract(UNFIRED), servers.contract(HARBOUR)]))
    await servers.stranger.reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await servers.search(tmp_path, [servers.contract(UNFIRED)])).nameless == 0


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (body(name="Fox", description="x", tileUri="ipfs://tile", avatar=""), FoundCollection("Fox", ("ipfs://tile",))),
        (
            body(name="Fox", avatar_uri="https://a", tile_uri="https://b", banner_uri="https://c"),
            FoundCollection("Fox", ("https://a", "https://b"), ("https://c",)),
        ),
        (
            body(name="Fox", image="https://a", banner_image="https://b"),
            FoundCollection("Fox", ("https://a",), ("https://b",)),
        ),
        (body(name="x" * 100_000, image="y" * 100_000), FoundCollection("x" * 999 + "…")),
        (body(name=["Fox"], avatar={"a": 1}, banner=7), FoundCollection()),
        (body(name=True), FoundCollection()),
        (body(name=" \u200b\u202e\n", image="ipfs://a"), FoundCollection("", ("ipfs://a",))),
        (b"[]", FoundCollection()),
        (b'"Fox"', FoundCollection()),
        (b"<!doctype html><title>Fox</title>", FoundCollection()),
        (b'{"name": "\\ud800"}', FoundCollection()),
        (b"[" * 100_000, FoundCollection()),
        (b"", FoundCollection()),
        (b"\xff\xfe", FoundCollection()),
    ],
)
def test_metadata_says_a_name_and_pictures_or_nothing(content: bytes, expected: FoundCollection) -> None:
    assert read_collection_metadata(content) == expected
