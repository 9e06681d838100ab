"""The same tests over every source: for a member nothing changes when a server moves from one to the next."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import open_bot
from tests.e2e.holders import prove
from tests.sandbox_client import SECRETS, Answer, Person, SandboxClient, open_sandbox, write_config

ADA = "0x90e78956725e312a4217e90bdd1d8a496f018a71"
OWNER = "0xf153278d25b7c23da3d5183d43fb68321778175d"  # owns loopring:10002, and collections on Ethereum
ARCHIVED = """
[[source]]
name = "loopring-2026"
kind = "archive"
path = "ARCHIVE"
"""
ETHEREUM = """
[[source]]
name = "ethereum"
kind = "blockscout"
base_url = "SANDBOX/blockscout/1/api/v2"
chain_id = 1
requests_per_second = 1000
timeout_seconds = 60
"""


@dataclass(frozen=True)
class SourceCase:
    """A source, and what it should answer."""

    service: str
    label: str
    account: str
    nothing: str
    path: str


LOOPRING = SourceCase("loopring", "Loopring", "loopring:10001", "loopring:10003", "collection/details")
BLOCKSCOUT = SourceCase(
    "blockscout", "Ethereum (Blockscout)", f"eip155:1:{ADA}", "ethereum:0x" + 40 * "7", "nft/collections"
)
each_source = pytest.mark.parametrize("case", [LOOPRING, BLOCKSCOUT], ids=lambda case: case.service)


@pytest.fixture(scope="module")
async def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Loopring's stand-in answered about a few accounts, recorded by the command line."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "accounts").write_text("10001\n10003\n10005\n")
    async with open_sandbox() as sandbox:
        config = write_config(folder, sandbox, loopring="requests_per_second = 1000")
        command = ["archive", "record", "--config", str(config), "--accounts", str(folder / "accounts")]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *command, "-o", str(folder / "then.tessera.gz"), "--nfts"),
            env={**os.environ, **SECRETS},
        )
        assert await process.wait() == 0
    return folder / "then.tessera.gz"


@pytest.fixture(scope="module")
async def both(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SandboxClient]:
    """A bot that asks Loopring and Ethereum."""
    loopring = "requests_per_second = 1000\ntimeout_seconds = 60"
    folder = tmp_path_factory.mktemp("bot")
    async with open_bot(folder, sources=ETHEREUM, loopring=loopring, display="cache_seconds = 0") as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(both: SandboxClient) -> AsyncIterator[SandboxClient]:
    """The sandbox as at the start, with an explorer that is in no hurry to throttle."""
    await both.reset()
    await both.post("/_sandbox/blockscout", {"per_second": 1000})
    yield both
    await both.check_traffic()


@pytest.fixture
async def ada(sandbox: SandboxClient) -> Person:
    """A member of the first guild."""
    return await sandbox.person("ada")


@each_source
async def test_cards_with_counts_and_pictures(sandbox: SandboxClient, ada: Person, case: SourceCase) -> None:
    answer = await sandbox.settled(await ada.run("collections", account=case.account))
    _, *cards = answer.embeds
    assert answer.account_and_source()[1] == case.label
    assert len(cards) == 5
    assert all(re.search("NFT|different", card["description"]) for card in cards)
    assert any(card["footer"].get("icon_url", "").startswith(f"{sandbox.url}/ipfs/") for card in cards)


@each_source
async def test_a_collection_opens_with_its_nfts(ada: Person, case: SourceCase) -> None:
    listing = await ada.run("collections", account=case.account)
    opened = await ada.press(listing, "open", listing.component("open")["options"][0]["value"])
    card, *nfts = opened.embeds
    assert "Held" in {field["name"] for field in card["fields"]}
    assert card["footer"]["text"].startswith(case.label)
    assert nfts
    back = await ada.press(opened, "back")
    assert back.titles() == listing.titles()


@each_source
async def test_one_collection_by_its_name(ada: Person, case: SourceCase) -> None:
    listing = await ada.run("collections", account=case.account)
    option = listing.component("open")["options"][0]
    network = "" if case is LOOPRING else "eip155:1:"
    answer = await ada.run("collection", id=network + option["value"])
    assert answer.embeds[0]["title"] == listing.titles()[0]


@each_source
async def test_an_account_that_holds_nothing(ada: Person, case: SourceCase) -> None:
    answer = await ada.run("collections", account=case.nothing)
    assert f"This account holds no NFTs, says {case.label}." in answer.text


async def test_what_is_withdrawn_moves_from_one_source_to_the_other(sandbox: SandboxClient, ada: Person) -> None:
    before = await ada.run("collections", account=BLOCKSCOUT.account, sort="NAME")
    before_count = before.embeds[0]["description"]
    await sandbox.post("/_sandbox/withdraw", {"account": 10001, "collection": 209})
    loopring = await ada.run("collections", account="10001")
    cards = loopring.embeds + (await ada.press(loopring, "next")).embeds
    assert "**Kiln Children** · 3 different NFTs" in [card["description"] for card in cards]
    ethereum = await ada.run("collections", account=BLOCKSCOUT.account, sort="NAME")
    assert ethereum.embeds[0]["description"] != before_count
    seen = ethereum.titles() + (await ada.press(ethereum, "next")).titles()
    assert "Kiln Children" in seen
    assert "Kiln Children" not in before.titles() + (await ada.press(before, "next")).titles()


@each_source
@pytest.mark.parametrize("kind", ["status", "html", "garbage", "reset", "torn"])
async def test_a_fault_never_looks_like_an_empty_account(
    sandbox: SandboxClient, ada: Person, case: SourceCase, kind: str
) -> None:
    options = {"status": 503} if kind == "status" else {}
    fault = {"service": case.service, "path": case.path, "kind": kind, "times": None}
    await sandbox.post("/_sandbox/faults", fault | options)
    # The other form of the account's name would be the same account: the last whole answer is shown with its age.
    answer = await ada.run("collections", account=case.account, contract="0x" + 40 * "1")
    assert "holds no NFTs" not in answer.text
    assert answer.embeds[0]["title"] in ("The data source does not answer", "The operator of this bot has to fix this")
    await sandbox.reset()
    await sandbox.post("/_sandbox/blockscout", {"per_second": 1000})
    assert (await recovered(sandbox, ada, case)).titles()


async def recovered(sandbox: SandboxClient, person: Person, case: SourceCase) -> Answer:
    """The account's cards once the source is asked again; one that failed is not asked for a while."""
    answer = await person.run("collections", account=case.account)
    return await sandbox.settled(answer)


async def test_the_same_owner_is_shown_side_by_side(sandbox: SandboxClient, ada: Person) -> None:
    on_loopring = await sandbox.settled(await ada.run("collections", account="10001"))
    assert on_loopring.tabs() == {"Loopring": True, "Ethereum (Blockscout)": False}
    on_ethereum = await ada.press(on_loopring, "tab:eip155:1")
    assert on_ethereum.account_and_source()[1] == "Ethereum (Blockscout)"
    assert "Founders' Tiles" in on_ethereum.titles() + [o["label"] for o in on_ethereum.component("open")["options"]]
    back = await ada.press(on_ethereum, "tab:loopring")
    assert back.titles() == on_loopring.titles()


async def test_scam_is_hidden_unless_it_is_asked_for(sandbox: SandboxClient, ada: Person) -> None:
    hidden = await sandbox.settled(await ada.run("collections", account=BLOCKSCOUT.account, sort="NAME"))
    assert "1 collection marked as scam not shown" in hidden.text
    shown = await sandbox.settled(await ada.run("collections", account=BLOCKSCOUT.account, sort="NAME", spam=True))
    assert "not shown" not in shown.text
    text = shown.text + (await ada.press(shown, "next")).text
    assert "⚠️ marked as scam" in text
    assert "https://" not in text


async def test_an_address_alone_shows_the_first_network_that_holds_something_and_the_other_as_a_tab(
    sandbox: SandboxClient, ada: Person
) -> None:
    answer = await sandbox.settled(await ada.run("collections", account=OWNER))
    assert answer.account_and_source()[1] == "Loopring"
    on_ethereum = await ada.press(answer, "tab:eip155:1")
    assert on_ethereum.account_and_source()[1] == "Ethereum (Blockscout)"


async def test_what_one_of_several_accounts_holds_is_unknown_where_its_source_fails(sandbox: SandboxClient) -> None:
    wren = await sandbox.person("wren")
    for account in ("10001", f"eip155:1:{ADA}"):
        await wren.run("link", account=account)
    await prove(wren, "10001")
    contract = "0x" + 40 * "3"  # not one that was asked for above while the source failed
    async with asyncio.timeout(60):  # a test above may have left the source with a pause
        while "asks again" in (whole := await wren.run("collections", contract=contract)).text:
            pass
    assert "**Your 2 proven accounts**" in whole.text
    assert "These accounts hold no NFTs of this contract" in whole.text
    await sandbox.fault("status", path="", status=503)
    together = await wren.run("collections", contract="0x" + 40 * "2")
    assert "⚠️ **Incomplete:**" in together.text
    assert "no NFTs" not in together.text
    assert "What these accounts hold is unknown." in together.text


async def test_a_chain_that_is_not_configured_gets_a_sentence(ada: Person) -> None:
    answer = await ada.run("collections", account=f"eip155:5:{ADA}")
    assert "No source here knows chain 5. Configured: `loopring`, `eip155:1`." in answer.text


async def test_a_name_leads_to_either(ada: Person) -> None:
    assert (await ada.run("collections", account="ethereum:ada.loopring.eth")).titles()


async def test_about_shows_each_source(ada: Person) -> None:
    text = (await ada.run("about")).text
    assert "Data source: Loopring" in text
    assert "Data source: Ethereum (Blockscout)" in text


async def test_the_last_press_is_the_one_that_is_shown(sandbox: SandboxClient, ada: Person) -> None:
    listing = await sandbox.settled(await ada.run("collections", account="10001"))
    slow = {"service": "loopring", "path": "collection/balances", "kind": "slow", "seconds": 0.5, "times": 1}
    await sandbox.post("/_sandbox/faults", slow)
    await ada.press(listing, "open", "254", wait="acknowledged")
    await sandbox.until_asked("collection/balances")
    on_ethereum = await ada.press(listing, "tab:eip155:1")
    await sandbox.until_answered("collection/balances")
    await ada.run("about")  # a round trip more, in which the late answer would have been shown
    shown = Answer(await sandbox.get(f"/_client/interactions/{on_ethereum['id']}"))
    assert shown.account_and_source()[1] == "Ethereum (Blockscout)"
    assert not [item for item in shown.components() if item["custom_id"].endswith(":back")]


# From here on each test has a bot of its own, and there is only one at a time: the shared one comes first.


async def test_an_archive_answers_for_a_source_that_is_down(tmp_path: Path, archive: Path) -> None:
    loopring = 'requests_per_second = 1000\nfallback = "loopring-2026"'
    sources = ARCHIVED.replace("ARCHIVE", str(archive))
    async with open_bot(tmp_path, sources=sources, loopring=loopring, display="cache_seconds = 0") as sandbox:
        ada = await sandbox.person("ada")
        live = await sandbox.settled(await ada.run("collections", account="10001"))
        assert live.account_and_source()[1] == "Loopring"
        await sandbox.fault("status", path="", status=503)
        then = await ada.run("collections", account="10005")
        assert "**132 collections**" in then.text
        assert "📜 " in then.text
        assert "HTTP 503" in then.text
        assert then.account_and_source()[1] != "Loopring"
        # What Loopring itself said a moment ago is newer than the archive.
        newer = await ada.run("collections", account="10001")
        assert "This is an earlier answer, and may have changed." in newer.text
        assert newer.account_and_source()[1] == "Loopring"
        assert "answers instead" in (opened := await ada.press(then, "open", _first(then))).text
        assert opened.embeds[1:]
        alone = await ada.run("collection", id="254")
        assert "Loopring · collection" not in alone.embeds[0]["footer"]["text"]
        # What the archive does not hold stays unknown.
        unknown = await ada.run("collections", account="10006")
        assert "Loopring has an internal error (HTTP 503)" in unknown.text
        assert "holds no NFTs" not in unknown.text


def _first(listing: Answer) -> str:
    value: str = listing.component("open")["options"][0]["value"]
    return value


async def test_an_archive_alone_gives_the_same_answers(tmp_path: Path, archive: Path) -> None:
    loopring = 'base_url = "http://127.0.0.1:9/nobody"'
    sources = ARCHIVED.replace("ARCHIVE", str(archive)).replace("loopring-2026", "then")
    async with open_bot(tmp_path, sources=sources, loopring=f'{loopring}\nfallback = "then"') as sandbox:
        ada = await sandbox.person("ada")
        listing = await ada.run("collections", account="10001")
        assert "**30 collections** · 94 different" in listing.text
        opened = await ada.press(listing, "open", "254")
        assert opened.embeds[0]["title"] == "Harbour Lights"
        assert "12 different NFTs, 31 copies" in str(opened.embeds[0]["fields"])
        assert "holds no NFTs" in (await ada.run("collections", account="10003")).text


async def test_six_sources_are_five_tabs(tmp_path: Path) -> None:
    chains = [
        ETHEREUM.replace("ethereum", f"chain-{n}").replace("chain_id = 1", f"chain_id = {n}") for n in range(2, 8)
    ]
    sources = "".join(chains).replace("blockscout/1/", "explorer/")
    async with open_bot(tmp_path, sources=sources) as sandbox:
        ada = await sandbox.person("ada")
        listing = await sandbox.settled(await ada.run("collections", account="10001"))
        tabs = list(listing.tabs())
        assert tabs[0] == "Loopring"
        assert len(tabs) == 5
