"""The chain in the API's JSON: keys as in Blockscout's OpenAPI file, addresses with their checksum, numbers as text.

Pictures: `metadata` has them as the contract gave them, `image_url` and the like are URLs of an IPFS gateway, here
the sandbox's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.checksums import checksummed

if TYPE_CHECKING:
    from sandbox.blockscout.arguments import ApiRequest
    from sandbox.chains import Contract, Token

Json = dict[str, Any]

_IPFS = "ipfs://"


def token_json(request: ApiRequest, contract: Contract) -> Json:
    """A contract; an NFT has no price and no decimals."""
    holders = sum(1 for _ in request.chain.holders_of(contract.address))
    return {
        "address_hash": checksummed(contract.address),
        "symbol": contract.symbol,
        "name": contract.name,
        "decimals": None,
        "type": contract.standard,
        "holders_count": str(holders),
        "exchange_rate": None,
        "volume_24h": None,
        "total_supply": str(len(contract.tokens)) if contract.standard == "ERC-721" else None,
        "icon_url": _fetchable(request, contract.icon),
        "circulating_market_cap": None,
        "circulating_supply": None,
        "reputation": contract.reputation,
    }


def instance_json(request: ApiRequest, contract: Contract, token: Token) -> Json:
    """One NFT, without what depends on where it is listed: owner, uniqueness, token and value are empty."""
    image = _fetchable(request, token.image) if token.is_indexed else None
    metadata: Json | None = None
    if token.is_indexed:
        metadata = {"name": token.name, "description": token.description, "image": token.image}
        if token.attributes:
            metadata["attributes"] = token.attributes
    return {
        "id": str(token.token_id),
        "metadata": metadata,
        "owner": None,
        "token": None,
        "external_app_url": None,
        "animation_url": None,
        "image_url": image,
        "is_unique": None,
        "thumbnails": {"original": image} if image else None,
        "media_type": "image/png" if image else None,
        "media_url": image,
        "token_type": contract.standard,
        "value": None,
    }


def held_json(request: ApiRequest, contract: Contract, token: Token, copies: int) -> Json:
    """One NFT in a list of what an address holds; an ERC-721 is always worth one."""
    value = "1" if contract.standard == "ERC-721" else str(copies)
    return instance_json(request, contract, token) | {"value": value}


def address_json(request: ApiRequest, address: str) -> Json:
    """An address with what is known of its owner; the people of this world have no contracts."""
    return {
        "hash": checksummed(address),
        "is_contract": False,
        "name": None,
        "is_scam": False,
        "reputation": "ok",
        "proxy_type": None,
        "implementations": [],
        "is_verified": False,
        "ens_domain_name": _name_of(request, address),
        "metadata": None,
        "private_tags": [],
        "public_tags": [],
        "watchlist_names": [],
    }


def _fetchable(request: ApiRequest, image: str | None) -> str | None:
    if not image:
        return None
    return f"{request.origin}/ipfs/{image.removeprefix(_IPFS)}" if image.startswith(_IPFS) else image


def _name_of(request: ApiRequest, address: str) -> str | None:
    for name, owner in named(request):
        if owner.lower() == address.lower():
            return name
    return None


def named(request: ApiRequest) -> list[tuple[str, str]]:
    """Every name that resolves, with its address."""
    world = request.world
    return [*world.names.items(), *((each.name, each.owner) for each in world.accounts.values() if each.name)]
