"""Reads `community.toml` into a `World`.

What the file leaves out is derived from names, so that the same file always makes the same world.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from sandbox.deployments import read_chain
from sandbox.fixtures import (
    COLLECTION_FACTORY,
    cid_of,
    contract_address,
    generate_nfts,
    milliseconds,
    mint_collections,
    seed_hash,
    split_copies,
)
from sandbox.signing import address_of
from sandbox.wallets import read_wallet
from sandbox.world import APPLICATION_ID, Channel, Collection, Guild, L2Account, Member, Role, User, World

COMMUNITY = Path(__file__).parent / "community.toml"
BOT_NAME = "tessera"

# Discord's permission bits, by the names of its documentation ("Permissions", bitwise permission flags).
PERMISSIONS = {
    "KICK_MEMBERS": 1 << 1,
    "BAN_MEMBERS": 1 << 2,
    "ADMINISTRATOR": 1 << 3,
    "MANAGE_GUILD": 1 << 5,
    "ADD_REACTIONS": 1 << 6,
    "VIEW_AUDIT_LOG": 1 << 7,
    "VIEW_CHANNEL": 1 << 10,
    "SEND_MESSAGES": 1 << 11,
    "MANAGE_MESSAGES": 1 << 13,
    "EMBED_LINKS": 1 << 14,
    "READ_MESSAGE_HISTORY": 1 << 16,
    "MANAGE_ROLES": 1 << 28,
    "USE_APPLICATION_COMMANDS": 1 << 31,
    "MODERATE_MEMBERS": 1 << 40,
}

# As recorded: the factory of imported contracts.
LEGACY_FACTORY = "0x25315F9878BA07221db684b7ad3676502E914894"
# Fields of a collection that the file may give as they are, in place of derived values.
AS_WRITTEN = {
    "avatar",
    "banner",
    "thumbnail",
    "tile_uri",
    "cached",
    "collection_address",
    "deploy_status",
    "nft_type",
    "mint_channel",
}


def load_world(path: Path = COMMUNITY) -> World:
    """A new world, as the file describes it.

    Raises:
        KeyError: the file names somebody or something it does not define.
    """
    with path.open("rb") as file:
        text = tomllib.load(file)
    world = World(names=dict(text.get("names", {})))
    bot = User(APPLICATION_ID, BOT_NAME, "Tessera", bot=True)
    world.users = {user_id: User(user_id, name, shown) for name, (user_id, shown) in text["users"].items()}
    world.users[bot.id] = bot
    people = {user.username: user.id for user in world.users.values()}
    for entry in text["guild"]:
        guild = _guild(entry, people)
        world.guilds[guild.id] = guild
    owners = _owners(text["account"], world)
    for entry in text["collection"]:
        collection = _collection(entry, owners)
        world.collections[collection.id] = collection
    for entry in text["account"]:
        account = _account(entry, owners[entry["id"]], people, world)
        world.accounts[account.account_id] = account
    for entry in text["chain"]:
        world.chains[entry["id"]] = read_chain(entry, world)
    return world


def _guild(entry: dict[str, Any], people: dict[str, int]) -> Guild:
    guild = Guild(entry["id"], entry["name"], people[entry["owner"]])
    for position, role in enumerate(reversed(entry["roles"])):
        bits = sum(PERMISSIONS[name] for name in role.get("permissions", ()))
        guild.roles[role["id"]] = Role(
            role["id"], role["name"], position, bits, role["color"], role.get("managed", False)
        )
    roles = {role.name: role.id for role in guild.roles.values()}
    guild.channels = {channel["id"]: Channel(**channel) for channel in entry["channels"]}
    for name, held in entry["members"].items():
        nick = entry.get("nicks", {}).get(name)
        guild.members[people[name]] = Member(people[name], [roles[role] for role in held], nick)
    return guild


def _owners(entries: list[dict[str, Any]], world: World) -> dict[int, str]:
    """The owner of each account: the address in the file, a wallet (added to the world), or its own key's address."""
    owners: dict[int, str] = {}
    for entry in entries:
        account_id, wallet_entry = entry["id"], entry.get("wallet")
        if wallet_entry is None:
            owners[account_id] = entry.get("owner") or address_of(str(account_id))
            continue
        above = world.wallets[owners[wallet_entry["owner"]].lower()] if "owner" in wallet_entry else None
        wallet = read_wallet(account_id, wallet_entry, above)
        owners[account_id] = wallet.address
        world.wallets[wallet.address.lower()] = wallet
    return owners


def _collection(entry: dict[str, Any], owners: dict[int, str]) -> Collection:
    legacy = entry.get("legacy", False)
    contract = contract_address(entry.get("contract", f"collection {entry['id']}"))
    minted = milliseconds(entry["minted"])
    picture = f"ipfs://{cid_of(entry.get('art', entry['name']))}"
    collection = Collection(
        id=entry["id"],
        name=entry["name"],
        owner=owners.get(entry["creator"], entry["creator"]),
        contract_address=contract,
        collection_address=f"{contract}-{seed_hash(entry['name'])}" if legacy else contract,
        description=entry["description"],
        base_uri="" if legacy else f"ipfs://{seed_hash(contract)}",
        nft_factory=LEGACY_FACTORY if legacy else COLLECTION_FACTORY,
        created_at=minted,
        updated_at=minted,
        properties={"isLegacy": True, "isMintable": False} if legacy else {},
        nfts=generate_nfts(entry["id"], entry["items"], picture, entry.get("traits")),
    )
    if "art" in entry:
        pictures = {"avatar": picture, "tile_uri": picture, "banner": f"{picture}/banner.png"}
        for field in entry.get("images", pictures):
            setattr(collection, field, pictures[field])
    for field in AS_WRITTEN & entry.keys():
        setattr(collection, field, entry[field])
    return collection


def _account(entry: dict[str, Any], owner: str, people: dict[str, int], world: World) -> L2Account:
    account = L2Account(
        entry["id"],
        owner,
        entry.get("name", ""),
        activated=entry.get("activated", True),
        discord_user=people[entry["user"]] if "user" in entry else None,
    )
    for collection_id, kinds, copies in entry["holds"]:
        nfts = list(world.collections[collection_id].nfts)[:kinds]
        if len(nfts) < kinds:
            raise KeyError(f"collection {collection_id} has fewer than {kinds} kinds of NFT")
        account.holdings[collection_id] = split_copies(nfts, copies)
    mint_collections(world, account, entry.get("more", 0))
    return account
