"""The small community: everything that its users, demos and tests rely on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.community import load_world
from sandbox.fixtures import cid_of, ensure_account, mint_collections, split_copies
from sandbox.population import populate
from sandbox.world import APPLICATION_ID, Collection, World


def test_the_same_file_makes_the_same_world() -> None:
    assert load_world() == load_world()


def test_three_guilds_share_forty_members_and_the_bot_is_in_the_middle() -> None:
    world = load_world()
    assert len(world.guilds) == 3
    assert len(world.users) == 40
    assert world.users[APPLICATION_ID].bot
    for guild in world.guilds.values():
        assert guild.owner_id in guild.members
        assert guild.roles[guild.id].name == "@everyone"
        own = [guild.roles[role] for role in guild.members[APPLICATION_ID].roles]
        assert [role.managed for role in own] == [True]
        positions = [role.position for role in guild.roles.values()]
        assert sorted(positions) == list(range(len(positions)))
        assert 0 < own[0].position < max(positions)


def test_everybody_is_somewhere_and_every_role_they_have_exists() -> None:
    world = load_world()
    there = {user_id for guild in world.guilds.values() for user_id in guild.members}
    assert there == set(world.users)
    for guild in world.guilds.values():
        assert all(role in guild.roles for member in guild.members.values() for role in member.roles)


@pytest.mark.parametrize(("account", "collections"), [(10001, 30), (10002, 1), (10003, 0), (10005, 132), (10006, 50)])
def test_accounts_hold_what_they_are_known_for(account: int, collections: int) -> None:
    assert len(load_world().accounts[account].holdings) == collections


def test_an_account_may_hold_without_ever_having_been_activated() -> None:
    account = load_world().accounts[10004]
    assert not account.activated
    assert account.holdings


def test_the_order_of_holdings_is_not_that_of_ids() -> None:
    for account in (10001, 10005, 10006):
        ids = list(load_world().accounts[account].holdings)
        assert ids != sorted(ids)


def test_the_first_page_of_the_example_looks_good() -> None:
    world = load_world()
    first = [world.collections[n] for n in list(world.accounts[10001].holdings)[:10]]
    assert all(collection.avatar.startswith("ipfs://Qm") and collection.description for collection in first)
    assert all(collection.name.isprintable() and len(collection.name) < 40 for collection in first)


AWKWARD: dict[str, Callable[[Collection], object]] = {
    "no picture at all": lambda c: not (c.avatar or c.tile_uri or c.banner or c.cached),
    "only a tile": lambda c: c.tile_uri and not (c.avatar or c.banner or c.cached),
    "only cached copies": lambda c: c.cached and not (c.avatar or c.tile_uri or c.banner),
    "a description of 5,000 characters": lambda c: len(c.description) == 5000,
    "a name of 300 characters": lambda c: len(c.name) == 300,
    "a Chinese name": lambda c: "山" in c.name,
    "a bidirectional override": lambda c: "\u202e" in c.name,
    "HTML entities": lambda c: "&apos;" in c.name and "&lt;b&gt;" in c.name,
    "mentions and masked links": lambda c: "@everyone" in c.name and "](https://" in c.name,
    "stacked accents": lambda c: "\u030c" in c.name and "\u200d" in c.name,
    "no name": lambda c: not c.name,
    "GameStop addresses": lambda c: c.avatar.startswith("https://static.gstop-content.com/"),
    "a script for a picture": lambda c: c.avatar.startswith("javascript:") and c.tile_uri.startswith("data:"),
    "a metadata service for a picture": lambda c: "169.254.169.254" in c.banner,
    "a doubled ipfs prefix": lambda c: c.avatar.startswith("ipfs://ipfs/Qm"),
    "an ERC-721": lambda c: c.nft_type == "ERC721",
    "no contract yet": lambda c: c.deploy_status == "NOT_DEPLOYED",
    "a legacy import": lambda c: not c.base_uri and len(c.collection_address) == 42 + 1 + 66,
}


@pytest.mark.parametrize("kind", AWKWARD)
def test_the_example_account_holds_every_special_kind(kind: str) -> None:
    world = load_world()
    assert any(AWKWARD[kind](world.collections[n]) for n in world.accounts[10001].holdings)


def test_several_collections_share_one_contract() -> None:
    contracts = [c.contract_address for c in load_world().collections.values()]
    assert max(contracts.count(contract) for contract in contracts) == 3


def test_names_resolve_with_and_without_an_account() -> None:
    world = load_world()
    names = {account.name for account in world.accounts.values()}
    assert {"vitalik.eth", "ada.loopring.eth"} <= names
    assert "nomad.eth" in world.names


def test_a_cid_is_well_formed() -> None:
    assert all(len(cid_of(word)) == 46 and cid_of(word).startswith("Qm") for word in ("harbour", "", "ü"))


def test_copies_are_spread_and_none_are_lost() -> None:
    assert split_copies(["a", "b", "c"], 8) == {"a": 4, "b": 2, "c": 2}
    assert split_copies(["a", "b"], 0) == {"a": 0, "b": 0}
    with pytest.raises(ValueError, match="too few"):
        split_copies(["a", "b"], 1)


def test_minting_is_reproducible_and_gives_the_requested_numbers() -> None:
    worlds = []
    for _ in range(2):
        world = load_world()
        account = ensure_account(world, 77)
        mint_collections(world, account, 120, kinds=3)
        worlds.append(world)
        assert len(account.holdings) == 120
        assert all(len(copies) == 3 for copies in account.holdings.values())
    assert worlds[0] == worlds[1]


def test_a_seed_gives_the_same_larger_community_each_time() -> None:
    def populated(seed: int) -> World:
        world = load_world()
        populate(world, seed)
        return world

    assert populated(3) == populated(3)
    assert populated(3) != populated(4)
    assert len(populated(3).users) == 200
    everything = populated(3)
    for account in everything.accounts.values():
        for collection_id, copies in account.holdings.items():
            assert copies.keys() <= everything.collections[collection_id].nfts.keys()
