"""BlockscoutSource against the stand-in over HTTP: NFTs, holders, one collection, names."""

from typing import Any

import pytest

from bot.errors import NotFoundError, UnavailableError
from bot.holdings import Account, Collection
from bot.sources.blockscout import BlockscoutSource
from tests.blockscout_source import (
    ADA,
    NOBODY,
    NOW,
    answer,
    by_name,
    holdings,
    hurry,
    last_of,
    open_blockscout,
    requests,
    sentence_of,
)
from tests.sandbox_client import SandboxClient

UNKNOWN_FORM = "Ethereum (Blockscout) sent an answer of a form that Tessera does not know. Try again later."
NOT_ACCEPTED = "Ethereum (Blockscout) does not accept this address."


async def contract_of(source: BlockscoutSource, name: str) -> str:
    return (await by_name(source))[name].collection.collection_id


# ---------------------------------------------------------------- NFTs


async def test_nfts_of_a_contract_come_with_copies(sandbox: SandboxClient, eth: BlockscoutSource) -> None:
    flags = (await by_name(eth))["Signal Flags"].collection
    scan = await last_of(eth.iter_nfts(Account("eip155:1", ADA), flags, NOW))
    assert scan.complete
    assert {nft.nft_id: nft.copies for nft in scan.rows} == {"1": 2, "3": 1, "4": 5, "5": 1}
    nft = next(nft for nft in scan.rows if nft.nft_id == "4")
    assert (nft.key, nft.name, nft.description) == ("4", "Delta", nft.description)
    assert nft.image_uris
    (call,) = await requests(sandbox, "/instances")
    assert call["path"].endswith(f"/tokens/{flags.collection_id}/instances")
    assert call["query"] == {"holder_address_hash": ADA}


async def test_nfts_of_an_erc_721_are_one_each(eth: BlockscoutSource) -> None:
    tiles = (await by_name(eth))["Founders' Tiles"].collection
    scan = await last_of(eth.iter_nfts(Account("eip155:1", ADA), tiles, NOW))
    assert {nft.nft_id: nft.copies for nft in scan.rows} == {"1": 1, "2": 1, "7": 1}


async def test_nfts_of_a_contract_that_nobody_knows(eth: BlockscoutSource) -> None:
    asked = last_of(eth.iter_nfts(Account("eip155:1", ADA), Collection("eip155:1", NOBODY), NOW))
    assert await sentence_of(asked, NotFoundError) == "Ethereum (Blockscout) knows no collection 0x9999…9999."


# ---------------------------------------------------------------- holders


@pytest.mark.parametrize("version", ["11", "12"])
async def test_all_holders_of_a_contract_are_listed(sandbox: SandboxClient, version: str) -> None:
    await hurry(sandbox, version=version)
    async with open_blockscout(sandbox) as source:
        contract = await contract_of(source, "Founders' Tiles")
        scan = await last_of(source.iter_holders(contract, NOW))
    assert scan.complete
    copies = {str(holder.account): holder.copies for holder in scan.rows}
    assert (len(copies), copies[f"eip155:1:{ADA}"]) == (66, 3)
    assert len(await requests(sandbox, "/holders")) == 2


async def test_the_kinds_of_one_holder_are_added_up(eth: BlockscoutSource) -> None:
    scan = await last_of(eth.iter_holders(await contract_of(eth, "Signal Flags"), NOW))
    assert {holder.account.account_id: holder.copies for holder in scan.rows} == {
        ADA: 9,
        "0x9940bdc4b2eed7dde7417db86832ac84b30079ba": 2,
        "0x4f05856fa103273e53263ac7403ee08f3dee5998": 10,
    }
    assert scan.complete


async def test_an_unknown_contract_has_no_list_of_holders(eth: BlockscoutSource) -> None:
    asked = last_of(eth.iter_holders(NOBODY, NOW))
    assert await sentence_of(asked, NotFoundError) == "Ethereum (Blockscout) knows no collection 0x9999…9999."


# ---------------------------------------------------------------- one thing at a time


async def test_a_collection_by_its_contract(eth: BlockscoutSource) -> None:
    held = (await by_name(eth))["Signal Flags"].collection
    found = await eth.fetch_collection(held.collection_id, NOW)
    assert (found.name, found.collection_id, found.nft_type) == (held.name, held.collection_id, "ERC1155")
    assert await eth.fetch_collection("0x" + held.collection_id[2:].upper(), NOW) == found
    assert await sentence_of(eth.fetch_collection(NOBODY, NOW), NotFoundError) == (
        "Ethereum (Blockscout) knows no collection 0x9999…9999."
    )


async def test_a_collection_other_than_the_one_asked_for_is_refused(
    sandbox: SandboxClient, eth: BlockscoutSource
) -> None:
    await answer(sandbox, "/tokens/", {"address_hash": ADA, "name": "Another", "type": "ERC-721"})
    assert await sentence_of(eth.fetch_collection(NOBODY, NOW), UnavailableError) == UNKNOWN_FORM


async def test_a_currency_is_no_collection(sandbox: SandboxClient, eth: BlockscoutSource) -> None:
    await answer(sandbox, "/tokens/", {"address_hash": NOBODY, "name": "Coin", "type": "ERC-20"})
    assert "is a currency" in await sentence_of(eth.fetch_collection(NOBODY, NOW), NotFoundError)


async def test_an_address_is_its_own_account_and_owner_and_nobody_is_asked(
    sandbox: SandboxClient, eth: BlockscoutSource
) -> None:
    account = await eth.fetch_account(ADA.upper().replace("0X", "0x"), NOW)
    assert account == Account("eip155:1", ADA)
    assert await eth.fetch_owner(account, NOW) == ADA
    assert await requests(sandbox) == []


async def test_what_is_no_address_is_never_asked_for(sandbox: SandboxClient, eth: BlockscoutSource) -> None:
    for text in ("0x12", "10001", "../tokens", "0x" + "z" * 40, ADA + "\n", ADA + "/../x"):
        account, thing = Account("eip155:1", text), Collection("eip155:1", text)
        known, collection = Account("eip155:1", ADA), Collection("eip155:1", NOBODY)
        for asked in (
            holdings(eth, text),
            last_of(eth.iter_nfts(account, collection, NOW)),
            last_of(eth.iter_nfts(known, thing, NOW)),
            last_of(eth.iter_holders(text, NOW)),
            eth.fetch_collection(text, NOW),
            eth.fetch_owner(account, NOW),
            eth.fetch_account(text, NOW),
        ):
            assert await sentence_of(asked, NotFoundError) == NOT_ACCEPTED
    assert await requests(sandbox) == []


# ---------------------------------------------------------------- names


async def test_a_name_leads_to_its_address(sandbox: SandboxClient, eth: BlockscoutSource) -> None:
    assert await eth.resolve_name("vitalik.eth", NOW) == "0xd8da6bf26964af9d7eed9e03e53415d37aa96045"
    assert (await requests(sandbox, "check-redirect"))[0]["query"] == {"q": "vitalik.eth"}


async def test_a_name_of_nobody_leads_nowhere(eth: BlockscoutSource) -> None:
    assert await sentence_of(eth.resolve_name("nobody.eth", NOW), NotFoundError) == (
        "Ethereum (Blockscout) knows no address for the name nobody.eth."
    )


async def test_a_token_with_a_name_as_its_title_is_not_the_address_of_that_name(
    sandbox: SandboxClient, eth: BlockscoutSource
) -> None:
    contract = await contract_of(eth, "Pigeon Post")
    await answer(sandbox, "check-redirect", {"redirect": True, "type": "address", "parameter": contract})
    assert "knows no address" in await sentence_of(eth.resolve_name("vitalik.eth", NOW), NotFoundError)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"redirect": False, "type": None, "parameter": None}, NotFoundError),
        ({"redirect": None, "type": None, "parameter": None}, NotFoundError),
        ({"redirect": True, "type": "transaction", "parameter": "0x" + "1" * 64}, NotFoundError),
        ({"redirect": True, "type": "address", "parameter": "0x12"}, UnavailableError),
        ({"redirect": True, "type": "address", "parameter": None}, UnavailableError),
        ({"redirect": "yes", "type": "address", "parameter": ADA}, UnavailableError),
        ({"status": "maintenance"}, UnavailableError),
        ([], UnavailableError),
    ],
)
async def test_a_name_leads_to_an_address_or_to_nothing(
    sandbox: SandboxClient, eth: BlockscoutSource, body: Any, kind: type[NotFoundError | UnavailableError]
) -> None:
    await answer(sandbox, "check-redirect", body)
    await sentence_of(eth.resolve_name("ada.eth", NOW), kind)
