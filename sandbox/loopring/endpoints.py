"""The endpoints of the API, each a function from the world and a query to a JSON value.

Facts: Loopring's Gitbook, its SDK, and recorded bodies. None of these functions knows HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.loopring.arguments import account_named, account_owned, is_address, page_of, wants_only_held
from sandbox.loopring.refusals import (
    invalid_argument,
    no_account_of_owner,
    no_such_account,
    no_such_collection,
)
from sandbox.loopring.shapes import Json, account_json, balance_json, collection_json, metadata_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.world import World


def user_collection_details(world: World, query: Mapping[str, str]) -> Json:
    """Collections of which an account holds something, with how many kinds of each.

    The order is that in which the account acquired them. Past the end there is no total, as in sibling endpoints.
    """
    account = account_named(query, world)
    only_held = wants_only_held(query)
    contract = query.get("tokenAddress", "").lower()
    rows = []
    for collection_id, copies in account.holdings.items():
        kinds = sum(1 for held in copies.values() if held > 0)
        collection = world.collections[collection_id]
        if (kinds or not only_held) and (not contract or collection.contract_address.lower() == contract):
            rows.append((collection, kinds))
    offset, limit = page_of(query)
    page = rows[offset : offset + limit]
    return {
        "collections": [{"collection": collection_json(collection), "count": kinds} for collection, kinds in page],
        "totalNum": len(rows) if page else 0,
    }


def user_nft_collection_balances(world: World, query: Mapping[str, str]) -> Json:
    """The NFTs that an account holds of one collection, with copies as text.

    `tokenAddress` alone selects every collection of a contract; the documentation calls it required, the id is not.
    """
    account = account_named(query, world)
    wanted_id, contract = query.get("collectionId"), query.get("tokenAddress", "").lower()
    if wanted_id is None and not contract:
        raise invalid_argument("tokenAddress is required")
    only_held, with_metadata = wants_only_held(query), query.get("metadata", "").lower() == "true"
    rows, number = [], 0
    for collection_id, copies in account.holdings.items():
        collection = world.collections[collection_id]
        for nft_data, held in copies.items():
            number += 1
            if wanted_id is not None and wanted_id != str(collection_id):
                continue
            if contract and collection.contract_address.lower() != contract:
                continue
            if held > 0 or not only_held:
                rows.append((collection, collection.nfts[nft_data], held, number - 1))
    offset, limit = page_of(query)
    page = rows[offset : offset + limit]
    balances = []
    for collection, nft, held, row in page:
        balance = balance_json(account, collection, nft, held, row)
        if with_metadata:
            balance["metadata"] = metadata_json(collection, nft)
        balances.append(balance)
    return {"totalNum": len(rows) if page else 0, "data": balances}


def account(world: World, query: Mapping[str, str]) -> Json:
    """An account by its id or its owner; given both, they must agree."""
    owner = query.get("owner")
    if owner is None:
        return account_json(account_named(query, world))
    if not is_address(owner):
        raise invalid_argument(f"Invalid owner:{owner}")
    found = account_owned(owner, world)
    if found is None:
        raise no_account_of_owner()
    if "accountId" in query and query["accountId"] != str(found.account_id):
        raise no_such_account()
    return account_json(found)


def nft_public_collection(world: World, query: Mapping[str, str]) -> Json:
    """One collection, bare, by its id or its collectionAddress."""
    wanted_id, address = query.get("id", ""), query.get("collectionAddress", "").lower()
    if not wanted_id and not address:
        raise invalid_argument("id or collectionAddress is required")
    for collection in world.collections.values():
        if wanted_id == str(collection.id) or (address and collection.collection_address.lower() == address):
            return collection_json(collection)
    raise no_such_collection()


def wallet_resolve_ens(world: World, query: Mapping[str, str]) -> Json:
    """The address of a name; `""` when nobody has it."""
    name = query.get("fullName", "").lower()
    if not name:
        raise invalid_argument("fullName is required")
    address = world.names.get(name, "")
    for known in world.accounts.values():
        if known.name and known.name.lower() == name:
            address = known.owner
    return wallet_answer(address)


def wallet_resolve_name(world: World, query: Mapping[str, str]) -> Json:
    """The name of an address; `""` when it has none."""
    owner = query.get("owner", "")
    if not is_address(owner):
        raise invalid_argument(f"Invalid owner:{owner}")
    found = account_owned(owner, world)
    if found is not None and found.name:
        return wallet_answer(found.name)
    return wallet_answer(next((name for name, address in world.names.items() if address.lower() == owner.lower()), ""))


def wallet_answer(answer: str | Json) -> Json:
    """The wallet family reports success in a `resultInfo` of its own."""
    return {"resultInfo": {"code": 0, "message": "SUCCESS"}, "data": answer}
