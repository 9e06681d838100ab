"""The endpoints of the API, each a function from a request to a JSON value. None of them knows HTTP.

Orders and keys are those of Blockscout's source: lists of an address go by type, then by contract; holders by value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.blockscout.arguments import PAGE, STANDARDS, check_address
from sandbox.blockscout.paging import page_of
from sandbox.blockscout.refusals import not_found
from sandbox.blockscout.shapes import Json, address_json, held_json, instance_json, named, token_json
from sandbox.checksums import checksummed

if TYPE_CHECKING:
    from sandbox.blockscout.arguments import ApiRequest
    from sandbox.chains import Contract, Token

SHOWN_INSTANCES = 9  # of each collection, the highest token ids
_ADDRESS = re.compile(r"(?:0x)?[0-9a-fA-F]{40}")


def address_nft_collections(request: ApiRequest) -> Json:
    """Contracts of which an address holds something, with how many kinds and a few of them."""
    names = ("token_contract_address_hash", "token_type")
    request.check("type", "items_count", *names)
    rows = [(contract, held) for contract, held in _contracts_held(request) if contract.standard in request.standards()]
    if key := request.key(names):
        place = (_place(key[1]), key[0].lower())
        rows = [row for row in rows if (_place(row[0].standard), row[0].address.lower()) > place]
    page, following = page_of(request, rows, lambda row: _contract_key(row[0]), size=request.page_size())
    return {
        "items": [
            {
                "token": token_json(request, contract),
                "amount": str(len(held)) if contract.is_counted else None,
                "token_instances": [
                    held_json(request, contract, contract.tokens[token_id], held[token_id])
                    for token_id in sorted(held, reverse=True)[:SHOWN_INSTANCES]
                ],
            }
            for contract, held in page
        ],
        "next_page_params": following,
    }


def address_nft(request: ApiRequest) -> Json:
    """NFTs that an address holds, one row for each kind."""
    names = ("token_contract_address_hash", "token_id", "token_type")
    request.check("type", "items_count", *names)
    rows = [
        (contract, contract.tokens[token_id], held[token_id])
        for contract, held in _contracts_held(request)
        if contract.standard in request.standards()
        for token_id in sorted(held, reverse=True)
    ]
    if key := request.key(names):
        place = (_place(key[2]), key[0].lower(), -int(key[1]))
        rows = [row for row in rows if (_place(row[0].standard), row[0].address.lower(), -row[1].token_id) > place]
    page, following = page_of(
        request,
        rows,
        lambda row: _contract_key(row[0]) | {"token_id": str(row[1].token_id)},
        size=request.page_size(),
    )
    return {
        "items": [
            held_json(request, contract, token, copies) | {"token": token_json(request, contract)}
            for contract, token, copies in page
        ],
        "next_page_params": following,
    }


def token(request: ApiRequest) -> Json:
    """One contract."""
    request.check()
    return token_json(request, _contract(request))


def token_holders(request: ApiRequest) -> Json:
    """Who holds something of a contract, the largest value first.

    An ERC-721 has a row for each holder; the others one for each holder and kind. The key is value and address, so of
    the rows of one holder with the same value those past the end of a page are never listed, as in Blockscout.
    """
    names = ("address_hash", "value")
    request.check("items_count", *names)
    contract = _contract(request)
    rows: list[tuple[int, str, int | None]] = []
    for holder, held in request.chain.holders_of(contract.address):
        if contract.standard == "ERC-721":
            rows.append((len(held), holder, None))
        else:
            rows.extend((copies, holder, token_id) for token_id, copies in held.items())
    rows.sort(key=lambda row: (row[0], row[1], row[2] or 0), reverse=True)
    if (key := request.key(names)) and key[1] != "null":
        place = (int(key[1]), key[0].lower())
        rows = [row for row in rows if row[:2] < place]
    page, following = page_of(
        request, rows, lambda row: {"address_hash": row[1], "value": str(row[0])}, size=request.page_size()
    )
    return {
        "items": [
            {
                "address": address_json(request, holder),
                "value": str(value),
                "token_id": None if token_id is None else str(token_id),
            }
            for value, holder, token_id in page
        ],
        "next_page_params": following,
    }


def token_instances(request: ApiRequest) -> Json:
    """NFTs of a contract, or those of them that one address holds; the highest token id first."""
    request.check("holder_address_hash", "unique_token")
    contract = _contract(request)
    holder = request.query.get("holder_address_hash")
    if holder is not None:
        check_address("holder_address_hash", holder)
    held = None if holder is None else request.chain.held_by(holder).get(contract.address.lower(), {})
    rows = sorted(contract.tokens if held is None else held, reverse=True)
    if key := request.key(("unique_token",)):
        rows = [token_id for token_id in rows if token_id < int(key[0])]
    page, following = page_of(request, rows, lambda token_id: {"unique_token": token_id}, size=PAGE, has_count=False)
    items = []
    for token_id in page:
        found = contract.tokens[token_id]
        item = (
            instance_json(request, contract, found)
            if held is None
            else held_json(request, contract, found, held[token_id])
        )
        items.append(item | {"token": token_json(request, contract)} | _owned(request, contract, found))
    return {"items": items, "next_page_params": following}


def backend_version(request: ApiRequest) -> Json:
    """The version of the server."""
    request.check()
    return {"backend_version": {"11": "v11.2.7", "12": "v12.0.2"}[request.version]}


def search_check_redirect(request: ApiRequest) -> Json:
    """Where a search redirects at once: to the address of a name, or to an address that the chain has seen."""
    request.check("q")
    wanted = request.query.get("q", "").strip().lower()
    address = next((owner for name, owner in named(request) if name.lower() == wanted), None)
    if address is None and _ADDRESS.fullmatch(wanted):
        full = "0x" + wanted.removeprefix("0x")
        address = full if full in request.chain.holdings or full in request.chain.contracts else None
    if address is None:
        return {"parameter": None, "redirect": False, "type": None}
    return {"parameter": checksummed(address), "redirect": True, "type": "address"}


def _contracts_held(request: ApiRequest) -> list[tuple[Contract, dict[int, int]]]:
    held = request.chain.held_by(request.subject)
    found = [(request.chain.contracts[address], tokens) for address, tokens in held.items()]
    found = [row for row in found if request.shows_scams or row[0].reputation != "scam"]
    return sorted(found, key=lambda row: (_place(row[0].standard), row[0].address.lower()))


def _contract(request: ApiRequest) -> Contract:
    contract = request.chain.contracts.get(request.subject.lower())
    if contract is None:
        raise not_found()
    return contract


def _contract_key(contract: Contract) -> Json:
    return {"token_contract_address_hash": contract.address.lower(), "token_type": contract.standard}


def _place(standard: str) -> int:
    return STANDARDS.index(standard) if standard in STANDARDS else len(STANDARDS)


def _owned(request: ApiRequest, contract: Contract, token: Token) -> Json:
    """The owner of an NFT, when it can have only one."""
    owners = [
        (holder, held[token.token_id])
        for holder, held in request.chain.holders_of(contract.address)
        if token.token_id in held
    ]
    is_unique = contract.standard == "ERC-721" or [copies for _, copies in owners] == [1]
    owner = address_json(request, owners[0][0]) if is_unique and owners else None
    return {"is_unique": is_unique, "owner": owner}
