"""A larger community on top of the small one, drawn from a seed: more people, more collections, more accounts."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from sandbox.fixtures import mint_collections
from sandbox.signing import address_of
from sandbox.world import L2Account, Member, User

if TYPE_CHECKING:
    from sandbox.world import World

PEOPLE = 160
FIRST_PERSON = 930_000_000_000_000_000
FIRST_ACCOUNT = 20_001
MOST_COLLECTIONS = 40

_FIRST = "Aino Bea Cato Dede Ezra Fia Gus Hilde Ivo Jun Kaya Leif Mina Noor Otto Pia Ravi Sol Tove Zuri"
_SECOND = "Ash Bay Cedar Dune Elm Fern Gale Heath Isle Kelp Loch Marsh Oak Pine Reed Slate Thorn Vale Wold Yew"


def populate(world: World, seed: int) -> None:
    """Add people to the guilds and accounts that hold collections; the same for the same seed and world."""
    rng = random.Random(f"population {seed}")
    first, second = _FIRST.split(), _SECOND.split()
    for n in range(PEOPLE):
        name = f"{rng.choice(first)} {rng.choice(second)}"
        user = User(FIRST_PERSON + n, f"{name.lower().replace(' ', '.')}{n}", name)
        world.users[user.id] = user
        for guild in world.guilds.values():
            if rng.random() < 0.6:  # noqa: PLR2004 - more than half of the people in each guild
                guild.members[user.id] = Member(user.id)
        account = L2Account(
            FIRST_ACCOUNT + n,
            address_of(str(FIRST_ACCOUNT + n)),
            f"{user.username}.loopring.eth",
            activated=rng.random() > 0.1,  # noqa: PLR2004 - one in ten never traded
            discord_user=user.id,
        )
        world.accounts[account.account_id] = account
        for collection in rng.sample(list(world.collections.values()), rng.randint(0, 6)):
            kinds = list(collection.nfts)[: rng.randint(1, 5)]
            account.holdings[collection.id] = {nft_data: rng.randint(0, 9) for nft_data in kinds}
        if rng.random() < 0.25:  # noqa: PLR2004 - some collect a lot
            mint_collections(world, account, rng.randint(1, MOST_COLLECTIONS))
