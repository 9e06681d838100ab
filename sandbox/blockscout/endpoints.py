"""The questions of the API, each a function from a request to a JSON value. None of them knows HTTP.

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
    from sandbox.blockscout.arguments import Question
    from sandbox.chains import Contract, Token

SHOWN_INSTANCES = 9  # of each collection, the highest token ids
_ADDRESS = re.compile(r"(?:0x)?[0-9a-fA-F]{40}")


def address_nft_collections(question: Question) -> Json:
    """Contracts of which an address holds something, with how many kinds and a few of them."""
    names = ("token_contract_address_hash", "token_type")
    question.check("type", "items_count", *names)
    rows = [
        (contract, held) for contract, held in _contracts_held(question) if contract.standard in question.standards()
    ]
    if key := question.key(names):
        place = (_place(key[1]), key[0].lower())
        rows = [row for row in rows if (_place(row[0].standard), row[0].address.lower()) > place]
    page, following = page_of(question, rows, lambda row: _contract_key(row[0]), size=question.page_size())
    return {
        "items": [
            {
                "token": token_json(question, contract),
                "amount": str(len(held)) if contract.is_counted else None,
                "token_instances": [
                    held_json(question, contract, contract.tokens[token_id], held[token_id])
                    for token_id in sorted(held, reverse=True)[:SHOWN_INSTANCES]
                ],
            }
            for contract, held in page
        ],
        "next_page_params": following,
    }


def address_nft(question: Question) -> Json:
    """NFTs that an address holds, one row for each kind."""
    names = ("token_contract_address_hash", "token_id", "token_type")
    question.check("type", "items_count", *names)
    rows = [
        (contract, contract.tokens[token_id], held[token_id])
        for contract, held in _contracts_held(question)
        if contract.standard in question.standards()
        for token_id in sorted(held, reverse=True)
    ]
    if key := question.key(names):
        place = (_place(key[2]), key[0].lower(), -int(key[1]))
        rows = [row for row in rows if (_place(row[0].standard), row[0].address.lower(), -row[1].token_id) > place]
    page, following = page_of(
        question,
        rows,
        lambda row: _contract_key(row[0]) | {"token_id": str(row[1].token_id)},
        size=question.page_size(),
    )
    return {
        "items": [
            held_json(question, contract, token, copies) | {"token": token_json(question, contract)}
            for contract, token, copies in page
        ],
        "next_page_params": following,
    }


def token(question: Question) -> Json:
    """One contract."""
    question.check()
    return token_json(question, _contract(question))


def token_holders(question: Question) -> Json:
    """Who holds something of a contract, the largest value first.

    An ERC-721 has a row for each holder; the others one for each holder and kind. The key is value and address, so of
    the rows of one holder with the same value those past the end of a page are never told, as in Blockscout.
    """
    names = ("address_hash", "value")
    question.check("items_count", *names)
    contract = _contract(question)
    rows: list[tuple[int, str, int | None]] = []
    for holder, held in question.chain.holders_of(contract.address):
        if contract.standard == "ERC-721":
            rows.append((len(held), holder, None))
        else:
            rows.extend((copies, holder, token_id) for token_id, copies in held.items())
    rows.sort(key=lambda row: (row[0], row[1], row[2] or 0), reverse=True)
    if (key := question.key(names)) and key[1] != "null":
        place = (int(key[1]), key[0].lower())
        rows = [row for row in rows if row[:2] < place]
    page, following = page_of(
        question, rows, lambda row: {"address_hash": row[1], "value": str(row[0])}, size=question.page_size()
    )
    return {
        "items": [
            {
                "address": address_json(question, holder),
                "value": str(value),
                "token_id": None if token_id is None else str(token_id),
            }
            for value, holder, token_id in page
        ],
        "next_page_params": following,
    }


def token_instances(question: Question) -> Json:
    """NFTs of a contract, or those of them that one address holds; the highest token id first."""
    question.check("holder_address_hash", "unique_token")
    contract = _contract(question)
    holder = question.query.get("holder_address_hash")
    if holder is not None:
        check_address("holder_address_hash", holder)
    held = None if holder is None else question.chain.held_by(holder).get(contract.address.lower(), {})
    rows = sorted(contract.tokens if held is None else held, reverse=True)
    if key := question.key(("unique_token",)):
        rows = [token_id for token_id in rows if token_id < int(key[0])]
    page, following = page_of(question, rows, lambda token_id: {"unique_token": token_id}, size=PAGE, tells_count=False)
    items = []
    for token_id in page:
        found = contract.tokens[token_id]
        item = (
            instance_json(question, contract, found)
            if held is None
            else held_json(question, contract, found, held[token_id])
        )
        items.append(item | {"token": token_json(question, contract)} | _owned(question, contract, found))
    return {"items": items, "next_page_params": following}


def search_check_redirect(question: Question) -> Json:
    """Where a search leads at once: to the address of a name, or to an address that the chain has seen."""
    question.check("q")
    wanted = question.query.get("q", "").strip().lower()
    address = next((owner for name, owner in named(question) if name.lower() == wanted), None)
    if address is None and _ADDRESS.fullmatch(wanted):
        full = "0x" + wanted.removeprefix("0x")
        address = full if full in question.chain.holdings or full in question.chain.contracts else None
    if address is None:
        return {"parameter": None, "redirect": False, "type": None}
    return {"parameter": checksummed(address), "redirect": True, "type": "address"}


def _contracts_held(question: Question) -> list[tuple[Contract, dict[int, int]]]:
    held = question.chain.held_by(question.subject)
    found = [(question.chain.contracts[address], tokens) for address, tokens in held.items()]
    return sorted(found, key=lambda row: (_place(row[0].standard), row[0].address.lower()))


def _contract(question: Question) -> Contract:
    contract = question.chain.contracts.get(question.subject.lower())
    if contract is None:
        raise not_found()
    return contract


def _contract_key(contract: Contract) -> Json:
    return {"token_contract_address_hash": contract.address.lower(), "token_type": contract.standard}


def _place(standard: str) -> int:
    return STANDARDS.index(standard) if standard in STANDARDS else len(STANDARDS)


def _owned(question: Question, contract: Contract, token: Token) -> Json:
    """Whose an NFT is, when it can be but one's."""
    owners = [
        (holder, held[token.token_id])
        for holder, held in question.chain.holders_of(contract.address)
        if token.token_id in held
    ]
    is_unique = contract.standard == "ERC-721" or [copies for _, copies in owners] == [1]
    owner = address_json(question, owners[0][0]) if is_unique and owners else None
    return {"is_unique": is_unique, "owner": owner}
