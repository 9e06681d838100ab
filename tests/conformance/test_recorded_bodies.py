"""What Loopring really sent, recorded while it was up: the bot reads it and shows its texts in its order."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import NotFoundError, TesseraError, UnavailableError
from bot.holdings import LOOPRING, Account, Collection
from bot.links import Counterfactual
from bot.reasons import reason_words
from bot.sources.askers import Asker, Askers
from bot.sources.loopring import LoopringSource
from bot.sources.loopring_wire import WireCollection, read_one
from tests.conformance.missing import shared
from tests.conftest import open_bot
from tests.loopring_source import open_source
from tests.sandbox_client import Answer, SandboxClient, name_on, open_sandbox

CACHE = "https://d12jj0pnkw1mbj.cloudfront.net/"
NOW = Askers(Asker.member(1))

# Id, name, kinds and the end of the avatar's address; most kinds first, then by name. Three of them have no avatar
# (32, 243, 209): there the tile is used.
CARDS = [
    (71, "test fee", 3, "4f7d26c9fb9-original"),
    (267, "就开始地方是", 3, "4249a339861-original"),
    (32, "GIF 测试", 2, "f84b31b4481-original"),
    (261, "new name 123", 2, "826c10e456c-original"),
    (254, "理科生发牢骚", 2, "4249a339861-original"),
    (278, "设计地方上的浪费", 2, "bd9d1989dca-original"),
    (243, "55555", 1, "c7c75bed4c5-original"),
    (96, "beautiful girl", 1, "fc272924413-original"),
    (235, "import时创建collection，嗯对的，你好啊世", 1, "4faf7fb3c43-original"),
    (209, "xxx", 1, "14d4d353f16-original"),
    (249, "好", 1, "e329fc2756c-original"),
    (250, "撒地方", 1, "d9c2ecc60b0-original"),
]


@pytest.fixture(scope="module")
def bodies() -> Path:
    """The folder of recorded bodies, which lies beside the repository."""
    return shared("samples/loopring")


@pytest.fixture(scope="module")
async def pages(bodies: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[list[Answer]]:
    """`/collections 17608`, page by page, as a member sees it."""
    folder = tmp_path_factory.mktemp("recorded")
    async with open_bot(folder, bodies=bodies, loopring="requests_per_second = 1000") as sandbox:
        ada = await sandbox.person("ada")
        pages = [await sandbox.settled(await ada.run("collections", account="17608"))]
        while not pages[-1].component("next")["disabled"]:
            pages.append(await ada.press(pages[-1], "next"))
        yield pages


@pytest.fixture
async def sandbox(bodies: Path) -> AsyncIterator[SandboxClient]:
    async with open_sandbox(bodies) as sandbox:
        yield sandbox


@pytest.fixture
async def source(sandbox: SandboxClient) -> AsyncIterator[LoopringSource]:
    async with open_source(sandbox) as source:
        yield source


def recorded(bodies: Path, name: str) -> Any:
    return json.loads((bodies / f"{name}.json").read_bytes())


# ---------------------------------------------------------------- what a member sees


def test_all_twelve_collections_are_shown_in_order_with_their_kinds(pages: list[Answer]) -> None:
    cards = [card for page in pages for card in page.embeds[1:]]
    kinds = [f"**{name}** · {f'{kinds} different NFTs' if kinds > 1 else '1 NFT'}" for _, name, kinds, _ in CARDS]
    assert [card["description"] for card in cards] == kinds
    assert [len(page.embeds) - 1 for page in pages] == [5, 5, 2]


def test_each_collection_has_its_avatar(pages: list[Answer]) -> None:
    urls = [card["footer"]["icon_url"] for page in pages for card in page.embeds[1:]]
    assert all(url.startswith(CACHE) for url in urls)
    assert [url[-20:] for url in urls] == [end for _, _, _, end in CARDS]


def test_descriptions_are_shown_as_they_were_written(pages: list[Answer]) -> None:
    words = {name_on(card): card["footer"]["text"] for page in pages for card in page.embeds[1:]}
    assert words["import时创建collection，嗯对的，你好啊世"] == "如标题描述 this 哈哈 这是啥"
    assert words["GIF 测试"] == "这是一个GIF集合"
    assert words["好"].startswith("ERC-1155 · ")  # there is none


def test_what_was_not_received_is_unknown_and_not_zero(pages: list[Answer]) -> None:
    for page in pages:
        header = page.embeds[0]["description"]
        assert "At least **12 collections** · 20 different" in header
        assert "**Incomplete:** 12 of the 35 announced arrived." in header


def test_each_collection_can_be_opened(pages: list[Answer]) -> None:
    options = [option["value"] for page in pages for option in page.component("open")["options"]]
    assert options == [str(number) for number, _, _, _ in CARDS]


# ---------------------------------------------------------------- what the source makes of the other bodies


async def test_the_recorded_page_is_read_without_loss(source: LoopringSource) -> None:
    async for scan in source.iter_holdings(Account(LOOPRING, "17608"), None, NOW):
        last = scan
    assert (len(last.rows), last.total, last.complete) == (12, 35, False)
    assert reason_words(last.incomplete_reason) == "12 of the 35 announced arrived"
    assert {int(row.collection.collection_id): row.kinds for row in last.rows} == {card[0]: card[2] for card in CARDS}


@pytest.mark.parametrize(
    ("account", "owner"),
    [
        pytest.param("11329", "0x8656920c85342d646e5286cb841f90209272abeb", id="active"),
        pytest.param("10500", "0x" + "1" * 40, id="never activated"),
    ],
)
async def test_the_recorded_account_is_found_by_owner_and_the_owner_by_account(
    source: LoopringSource, account: str, owner: str
) -> None:
    assert await source.fetch_owner(Account(LOOPRING, account), NOW) == owner
    assert await source.fetch_account(owner, NOW) == Account(LOOPRING, account)


async def test_a_public_collection(source: LoopringSource) -> None:
    seen = await source.fetch_collection("59", NOW)
    assert (seen.collection_id, seen.name, seen.description) == ("59", "im don't know", "")
    assert seen.owner == "0xb4a0c11e4d0d434bb4e9a133e5a6b7b058530e22"
    assert seen.avatar_uris == (
        f"{CACHE}49022d561865100f33f9d409e857fb4ad5a6e856f286b972c16df8d7962bf186-original",
        "ipfs://QmfS4WckWPzn2eNU53zuTM9qYyjUpwWYLKdAywTRenzELq",
    )
    assert seen.created_at
    assert seen.created_at.isoformat(timespec="milliseconds") == "2022-09-01T11:48:54.062+00:00"
    assert [name for name, value in seen.properties if value] == ["isCounterFactualNFT", "isMintable", "isEditable"]


async def test_the_nfts_of_a_collection(source: LoopringSource) -> None:
    collection = Collection(LOOPRING, "6", contract_address="0x4727365e03b1284bdcf62eff5c24ba3cfdb13fe1")
    async for scan in source.iter_nfts(Account(LOOPRING, "10032"), collection, NOW):
        last = scan
    assert last.complete
    nfts = last.rows
    assert [(nft.name, nft.copies) for nft in nfts] == [
        ("123Matrix Land (13, 72)", 78_000),
        ("第二个NFT", 78_000),
        ("第一个NFT", 80_000),
    ]
    assert nfts[0].image_uris[0].endswith("-332-332.png")
    assert nfts[0].image_uris[-1] == "ipfs://QmYqPLZ73bjqmQZpxrxMUmQs8q2NnRiJHs8D5ArBNuNcyi/0.jpg"


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("error_100001_invalid_owner", NotFoundError, "has no account for 0x1111…1111"),
        ("error_101002_account_not_found", NotFoundError, "has no account for 0x1111…1111"),
        ("error_104007_invalid_accountId", NotFoundError, "has no account for 0x1111…1111"),
        ("error_100000_none_get", UnavailableError, "has an internal error"),
    ],
)
async def test_a_recorded_error_has_its_meaning(
    sandbox: SandboxClient, source: LoopringSource, bodies: Path, name: str, kind: type[TesseraError], words: str
) -> None:
    await sandbox.fault("status", path="/account", status=400, body=recorded(bodies, name))
    with pytest.raises(kind, match=words):
        await source.fetch_account("0x" + "1" * 40, NOW)


async def test_the_recorded_error_of_a_missing_nft(
    sandbox: SandboxClient, source: LoopringSource, bodies: Path
) -> None:
    await sandbox.fault("status", path="nft/", status=400, body=recorded(bodies, "error_108002_nft_not_exists"))
    with pytest.raises(NotFoundError, match="Loopring knows no collection 254"):
        await source.fetch_collection("254", NOW)


async def test_the_recorded_success_of_the_wallet_family(
    sandbox: SandboxClient, source: LoopringSource, bodies: Path
) -> None:
    await sandbox.fault("status", path="resolveName", status=200, body=recorded(bodies, "wallet_resolveName__success"))
    assert await source.fetch_name("0x" + "1" * 40, NOW) == "result.loopring.eth"


async def test_how_the_address_of_a_recorded_wallet_is_computed(
    sandbox: SandboxClient, source: LoopringSource, bodies: Path
) -> None:
    wallet = "0xf8989b0d3f5e2ee877dca8897748772a4ce83888"
    body = recorded(bodies, "counterFactualInfo__uat2")
    await sandbox.fault("status", path="counterFactualInfo", status=200, body=body)
    found = await source.fetch_counterfactual(wallet, NOW)
    factory, owner = "0x8c3d4e1728f77abcd220323260da4a9306fb6433", "0xd9702ea86111c6efe0d3ae2851f994696527a9a4"
    assert found == Counterfactual(wallet, factory, 1648381750, owner)
    with pytest.raises(UnavailableError):
        await source.fetch_counterfactual(owner, NOW)  # which is not what it tells of


async def test_none_get_means_that_an_address_is_no_such_wallet(
    sandbox: SandboxClient, source: LoopringSource, bodies: Path
) -> None:
    body = recorded(bodies, "error_100000_none_get")
    await sandbox.fault("status", path="counterFactualInfo", status=400, body=body)
    assert await source.fetch_counterfactual("0x" + "1" * 40, NOW) is None


def collections_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every collection object, however deep."""
    if isinstance(value, dict) and {"id", "contractAddress", "nftFactory"} <= value.keys():
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from collections_in(inner)


def test_every_recorded_collection_is_read_whole(bodies: Path) -> None:
    found = [each for file in sorted(bodies.glob("*.json")) for each in collections_in(json.loads(file.read_bytes()))]
    assert len(found) > 12
    for each in found:
        seen = read_one(WireCollection, each).to_collection()
        assert (seen.collection_id, seen.name, seen.description) == (str(each["id"]), each["name"], each["description"])
        assert seen.contract_address == each["contractAddress"].lower()
        assert seen.owner == each["owner"].lower()
        assert seen.avatar_uris
        assert seen.created_at
        assert len(seen.properties) == 6
