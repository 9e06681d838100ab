"""The world in the API's JSON: keys, order and types as in the recorded bodies.

What the world does not know (slots, royalties, what other people prefer) has the value seen most often in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from sandbox.world import Collection, L2Account, Nft

Json = dict[str, Any]

FIRST_NFT_SLOT = 32768  # token ids below are ERC-20 slots
_IMAGES = ("avatar", "banner", "tileUri", "thumbnail")
_KEY_SEED = (
    "Sign this message to access Loopring Exchange: 0x0BABA1Ad5bE3a5C0a66E7ac838a129Bf948f1eA4 with key nonce: 0"
)
_PROPERTIES = {
    "isLegacy": False,
    "isPublic": False,
    "isCounterFactualNFT": True,
    "isMintable": True,
    "isEditable": True,
    "isDeletable": False,
}


def account_json(account: L2Account) -> Json:
    """An account; one that was never activated has empty keys and no nonces."""
    active = account.activated
    return {
        "accountId": account.account_id,
        "owner": account.owner,
        "frozen": account.frozen,
        "publicKey": {"x": _point(account, "1"), "y": _point(account, "2")} if active else {"x": "", "y": ""},
        "tags": "",
        "nonce": 1 if active else 0,
        "keyNonce": 1 if active else 0,
        "keySeed": _KEY_SEED if active else "",
    }


def collection_json(collection: Collection) -> Json:
    """The seventeen keys of a collection, the same in every answer that has one."""
    return {
        "id": collection.id,
        "owner": collection.owner,
        "name": collection.name,
        "contractAddress": collection.contract_address,
        "collectionAddress": collection.collection_address,
        "baseUri": collection.base_uri,
        "nftFactory": collection.nft_factory,
        "description": collection.description,
        "avatar": collection.avatar,
        "banner": collection.banner,
        "thumbnail": collection.thumbnail,
        "tileUri": collection.tile_uri,
        "cached": {image: collection.cached.get(image, "") for image in _IMAGES},
        "deployStatus": collection.deploy_status,
        "nftType": collection.nft_type,
        "times": {"createdAt": collection.created_at, "updatedAt": collection.updated_at},
        "extra": {
            "properties": {**_PROPERTIES, **collection.properties},
            "mintChannel": collection.mint_channel,
        },
    }


def balance_json(account: L2Account, collection: Collection, nft: Nft, copies: int, row: int) -> Json:
    """One kind of NFT that an account has, without its metadata; `row` counts the account's kinds from 0."""
    return {
        "id": account.account_id * 1000 + row,
        "accountId": account.account_id,
        "tokenId": FIRST_NFT_SLOT + row,
        "nftData": nft.nft_data,
        # mixed case is seen here while contractAddress is lower-case; all upper claims no checksum
        "tokenAddress": "0x" + collection.contract_address[2:].upper(),
        "nftId": nft.nft_id,
        "nftType": collection.nft_type,
        "total": str(copies),
        "locked": "0",
        "pending": {"withdraw": "0", "deposit": "0"},
        "deploymentStatus": collection.deploy_status,
        "isCounterFactualNFT": True,
        "minter": collection.owner,
        "royaltyPercentage": 0,
        "preference": {"favourite": False, "hide": False},
        "collectionInfo": collection_json(collection),
        "updatedAt": collection.updated_at,
    }


def metadata_json(collection: Collection, nft: Nft) -> Json:
    """An NFT's metadata; its `nftId` is decimal with a `0x` that does not belong there, as upstream has it."""
    return {
        "uri": f"{collection.base_uri}/{nft.nft_id}",
        "base": {
            "name": nft.name,
            "decimals": -1,
            "description": nft.description,
            "image": nft.image,
            "properties": "",
            "localization": "",
            "createdAt": collection.created_at,
            "updatedAt": collection.updated_at,
        },
        "imageSize": {},
        "extra": {
            "imageData": "",
            "externalUrl": "",
            "attributes": orjson.dumps(nft.attributes).decode() if nft.attributes else "",
            "backgroundColor": "",
            "animationUrl": "",
            "youtubeUrl": "",
            "minter": "",
        },
        "status": 1,
        "nftType": 1,
        "network": 0,
        "tokenAddress": collection.contract_address,
        "nftId": f"0x{int(nft.nft_id, 16)}",
    }


def _point(account: L2Account, coordinate: str) -> str:
    """A generated coordinate of a public key: nobody signs with it."""
    return "0x" + coordinate + account.owner[2:].lower() + "0" * 23
