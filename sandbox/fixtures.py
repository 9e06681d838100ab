"""Generated collections: names, pictures and holdings, always the same for the same seed."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, date, datetime
from itertools import count
from typing import TYPE_CHECKING

from sandbox.signing import address_of
from sandbox.world import Collection, L2Account, Nft

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sandbox.world import World

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
FIRST_GENERATED_COLLECTION = 1000
CREATORS = 20
# As recorded: the factory of collections made on loopring.io.
COLLECTION_FACTORY = "0x0ad87482a1bfd0B3036Bb4b13708C88ACAe1b8bA"

# fmt: off - one word a line would be sixty lines
_MOODS = [
    "Quiet",
    "Patient",
    "Gilded",
    "Salted",
    "Borrowed",
    "Midnight",
    "Velvet",
    "Crooked",
    "Electric",
    "Forgotten",
    "Tidal",
    "Paper",
    "Amber",
    "Feral",
    "Hollow",
    "Lucid",
    "Mossy",
    "Nomad",
    "Opal",
    "Porcelain",
    "Restless",
    "Saffron",
    "Tin",
    "Umber",
    "Violet",
    "Wandering",
    "Brass",
    "Clockwork",
    "Drowsy",
    "Copper",
]
_THINGS = [
    "Otters",
    "Lanterns",
    "Observatories",
    "Foxes",
    "Gardens",
    "Ferrymen",
    "Orchids",
    "Robots",
    "Staircases",
    "Herons",
    "Islands",
    "Jukeboxes",
    "Kites",
    "Librarians",
    "Moths",
    "Nebulas",
    "Owls",
    "Pilgrims",
    "Quarries",
    "Rooftops",
    "Satellites",
    "Teapots",
    "Umbrellas",
    "Volcanoes",
    "Whales",
    "Yaks",
    "Beekeepers",
    "Corals",
    "Drummers",
    "Envelopes",
]
# fmt: on
_PLACES = (
    "Nara",
    "the Low Road",
    "Ghent",
    "the Far Dock",
    "Valparaíso",
    "Level Two",
    "the Old Exchange",
    "Tromsø",
    "Lagos",
    "the Dry Sea",
)
_STORIES = (
    "Drawn from memory, then corrected from life.",
    "Every tenth one was made with the left hand.",
    "Found in a drawer, scanned, coloured, let go.",
    "A hundred days, one a day, no editing.",
    "Holders vote each solstice on what happens next.",
    "Each comes with a field recording of where it was made.",
    "Generated once, looked at for a year, then kept.",
    "",
)
_SIZES = ("small", "middling", "large", "the one by the door")


def seed_hash(seed: str) -> str:
    """A 32-byte hex value for a seed, `0x` first; below Loopring's field modulus, as an nftData is."""
    return "0x0" + hashlib.sha256(seed.encode()).hexdigest()[1:]


def contract_address(seed: str) -> str:
    """A contract address for a seed, lower-case as `contractAddress` is upstream."""
    return "0x" + hashlib.sha256(f"contract {seed}".encode()).hexdigest()[:40]


def cid_of(seed: str) -> str:
    """A well-formed IPFS CID (version 0: `Qm` and 44 more) for a seed."""
    digest = b"\x12\x20" + hashlib.sha256(f"tessera art {seed}".encode()).digest()
    number, text = int.from_bytes(digest, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = _BASE58[digit] + text
    return text


def milliseconds(day: date) -> int:
    """Noon of a day, in the API's milliseconds since 1970."""
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp() * 1000)


def split_copies(nft_datas: Sequence[str], copies: int) -> dict[str, int]:
    """Spread copies over kinds, the remainder to the first; 0 copies leaves each with 0."""
    if not nft_datas:
        return {}
    each, rest = divmod(copies, len(nft_datas))
    if copies and not each:
        raise ValueError(f"{copies} copies are too few for {len(nft_datas)} kinds")
    return {nft_data: each + (rest if n == 0 else 0) for n, nft_data in enumerate(nft_datas)}


def generate_nfts(
    collection_id: int, names: Iterable[str], picture: str, traits: dict[str, list[str]] | None = None
) -> dict[str, Nft]:
    """The kinds of NFT of a collection, by their nftData.

    Args:
        collection_id: decides their numbers.
        names: one for each kind.
        picture: the `ipfs://` folder of the collection; a picture from the same folder has the same style.
        traits: what each may be, as trait type -> values.
    """
    nfts = {}
    for n, name in enumerate(names):
        seed = f"nft {collection_id} {n} {name}"
        rng = random.Random(seed)
        chosen = [{"trait_type": trait, "value": rng.choice(values)} for trait, values in (traits or {}).items()]
        nft = Nft(
            seed_hash(seed),
            seed_hash(f"id {seed}"),
            name,
            image=f"{picture}/{n}.png",
            attributes=chosen,
        )
        nfts[nft.nft_data] = nft
    return nfts


def mint_collections(world: World, account: L2Account, number: int, kinds: int | None = None) -> list[Collection]:
    """Generate collections and give them to an account.

    Args:
        world: gains the collections.
        account: gains the holdings, after those it has.
        number: how many collections.
        kinds: kinds of NFT held of each; by default one to six, by chance.

    Returns:
        The new collections, in the order in which the API will list them.
    """
    free = (n for n in count(FIRST_GENERATED_COLLECTION) if n not in world.collections)
    ids = [next(free) for _ in range(number)]
    rng = random.Random(f"{account.account_id} {number} {ids[:1]}")
    rng.shuffle(ids)  # the API's order is not by id
    minted = []
    for collection_id in ids:
        held = kinds if kinds is not None else rng.randint(1, 6)
        collection = _generate_collection(collection_id, held, rng)
        world.collections[collection_id] = collection
        copies = held if rng.random() < 0.5 else held + rng.randint(1, 40)  # noqa: PLR2004 - one in two
        account.holdings[collection_id] = split_copies(list(collection.nfts), copies)
        minted.append(collection)
    return minted


def ensure_account(world: World, account_id: int) -> L2Account:
    """The account with this id, created if there is none; its owner's key is derived from the id."""
    account = world.accounts.get(account_id)
    if account is None:
        account = L2Account(account_id, address_of(str(account_id)))
        world.accounts[account_id] = account
    return account


def generate_name(rng: random.Random) -> str:
    """The name of a collection."""
    name = f"{rng.choice(_MOODS)} {rng.choice(_THINGS)}"
    return f"{name} of {rng.choice(_PLACES)}" if rng.random() < 0.3 else name  # noqa: PLR2004 - some are from somewhere


def _generate_collection(collection_id: int, kinds: int, rng: random.Random) -> Collection:
    name = generate_name(rng)
    contract = contract_address(f"invented {collection_id}")
    picture = f"ipfs://{cid_of(f'invented {collection_id} {name}')}"
    day = milliseconds(date(2021, 11, 1)) + rng.randrange(600) * 86_400_000
    names = [f"{name.split()[1].removesuffix('s')} {n + 1}, {rng.choice(_SIZES)}" for n in range(kinds)]
    return Collection(
        id=collection_id,
        name=name,
        owner=contract_address(f"creator {rng.randrange(CREATORS)}"),
        contract_address=contract,
        collection_address=contract,
        description=rng.choice(_STORIES),
        base_uri=f"ipfs://{seed_hash(contract)}",
        nft_factory=COLLECTION_FACTORY,
        # three of twelve recorded collections have no avatar, all have a tile
        avatar=picture if rng.random() < 0.75 else "",  # noqa: PLR2004
        tile_uri=picture,
        banner=f"{picture}/banner.png" if rng.random() < 0.6 else "",  # noqa: PLR2004
        created_at=day,
        updated_at=day,
        nfts=generate_nfts(collection_id, names, picture),
    )
