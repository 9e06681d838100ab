"""Deploys contracts on the chains: of `community.toml`, of what leaves Loopring, and generated ones for whales."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from sandbox.chains import Chain, Contract, Token
from sandbox.fixtures import cid_of, contract_address, generate_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.world import Collection, World

_STANDARDS = {"ERC721": "ERC-721", "ERC1155": "ERC-1155"}
FIRST_TOKEN = 1


def read_chain(entry: Mapping[str, Any], world: World) -> Chain:
    """A chain of the file.

    Args:
        entry: its table: `contract`s with `items` and `held`, `withdrawn` Loopring collections, `whale`s.
        world: for the collections that `withdrawn` names, and for accounts that stand for their owners' addresses.

    Raises:
        KeyError: it names a collection, an account, or more items, than there are.
    """
    chain = Chain(entry["id"], entry["name"])
    for each in entry.get("contract", ()):
        contract = chain.add(_contract(each))
        _hand_out(chain, contract, each, world)
    for each in entry.get("withdrawn", ()):
        collection = world.collections[each["collection"]]
        contract = deploy(chain, collection)
        for number, copies in each["kinds"]:
            nft = list(collection.nfts.values())[number]
            chain.give(
                _holder(each["holder"], world), contract.address, mint(contract, collection, nft.nft_data), copies
            )
    for each in entry.get("whale", ()):
        generate_contracts(chain, _holder(each["holder"], world), each["more"])
    return chain


def deploy(chain: Chain, collection: Collection) -> Contract:
    """The contract of a Loopring collection, deployed if it is not on the chain yet."""
    known = chain.contracts.get(collection.contract_address.lower())
    if known is not None:
        return known
    return chain.add(
        Contract(
            collection.contract_address,
            collection.name or None,
            "",  # contracts made by Loopring's factory have no symbol
            _STANDARDS[collection.nft_type],
            None,  # an explorer has icons of listed tokens only, not Loopring's avatars
        )
    )


def mint(contract: Contract, collection: Collection, nft_data: str) -> int:
    """The token id of a Loopring NFT, minted if it never left Loopring before."""
    nft = collection.nfts[nft_data]
    token_id = int(nft.nft_id, 16)
    if token_id not in contract.tokens:
        contract.tokens[token_id] = Token(token_id, nft.name, nft.description, nft.image, list(nft.attributes))
    return token_id


def generate_contracts(chain: Chain, holder: str, number: int) -> None:
    """Generate contracts and give their NFTs to an address: the same for the same chain, holder and number.

    A second call generates others, because the chain has more contracts then.
    """
    first = len(chain.contracts)
    rng = random.Random(f"contracts {chain.chain_id} {first} {holder} {number}")
    for n in range(first, first + number):
        seed = f"contract {chain.chain_id} {holder} {n}"
        name = generate_name(rng)
        picture = f"ipfs://{cid_of(seed)}"
        standard = rng.choices(("ERC-721", "ERC-1155", "ERC-404"), (40, 55, 5))[0]
        contract = chain.add(
            Contract(
                contract_address(seed),
                name,
                "".join(part[0] for part in name.split()).upper(),
                standard,
                # one in three has no icon: only listed tokens have one
                picture if rng.random() < 0.67 else None,  # noqa: PLR2004
            )
        )
        for token_id in rng.sample(range(10_000), rng.randint(1, 12)):
            contract.tokens[token_id] = Token(token_id, f"{name} #{token_id}", image=f"{picture}/{token_id}.png")
            copies = 1 if standard == "ERC-721" else rng.randint(1, 5)
            chain.give(holder, contract.address, token_id, copies)


def _contract(entry: Mapping[str, Any]) -> Contract:
    """A contract of the file, its `crowd` included; `art` is a folder of pictures on IPFS, as for collections."""
    picture = f"ipfs://{cid_of(entry['art'])}" if "art" in entry else ""
    contract = Contract(
        contract_address(entry["word"]),
        entry.get("name"),
        entry.get("symbol"),
        entry["standard"],
        entry.get("icon") or (picture if entry.get("has_icon", True) else "") or None,
        entry.get("reputation", "ok"),
        is_counted=entry.get("is_counted", True),
    )
    crowd = range(len(entry["items"]) + FIRST_TOKEN, len(entry["items"]) + FIRST_TOKEN + entry.get("crowd", 0))
    names = [*entry["items"], *(f"{entry['name']} #{token_id}" for token_id in crowd)]
    for token_id, name in enumerate(names, FIRST_TOKEN):
        contract.tokens[token_id] = Token(
            token_id,
            name,
            entry.get("description", ""),
            f"{picture}/{token_id}.png" if picture else "",
            is_indexed=entry.get("is_indexed", True),
        )
    return contract


def _hand_out(chain: Chain, contract: Contract, entry: Mapping[str, Any], world: World) -> None:
    """`held` is holder -> [token id, copies] pairs; each of the `crowd` is an address of its own with one NFT."""
    for holder, tokens in entry["held"].items():
        for token_id, copies in tokens:
            chain.give(_holder(holder, world), contract.address, token_id, copies)
    for token_id in range(len(entry["items"]) + FIRST_TOKEN, len(contract.tokens) + FIRST_TOKEN):
        chain.give(contract_address(f"crowd {contract.address} {token_id}"), contract.address, token_id)


def _holder(named: str | int, world: World) -> str:
    """The address that an account's id stands for, or the one that is written out."""
    text = str(named)
    return text if text.startswith("0x") else world.accounts[int(text)].owner
