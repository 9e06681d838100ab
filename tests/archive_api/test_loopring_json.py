"""Values without a field in Loopring's JSON are added beside it, not dropped."""

from __future__ import annotations

import pytest

from bot.archive_api.loopring_json import collection_json
from bot.holdings import LOOPRING, Collection
from bot.sources.loopring_wire import WireCollection, read_one


def test_what_has_no_field_is_in_extra() -> None:
    odd = Collection(LOOPRING, "7", avatar_uris=("a", "b"), banner_uris=("c", "d"), is_scam=True)
    assert collection_json(odd)["extra"]["tessera"] == {
        "avatarUris": ("a", "b"),
        "bannerUris": ("c", "d"),
        "isScam": True,
    }


@pytest.mark.parametrize(
    ("avatar", "banner"),
    [
        ((), ()),
        (("a",), ()),
        (("a",), ("a",)),
        (("a", "b"), ("b", "a")),
        (("a", "b", "c", "d", "e", "f", "g", "h"), ("g", "h", "c", "d", "a", "b")),
        (("a", "b", "c"), ("c", "b", "a")),
    ],
)
def test_pictures_are_read_in_the_same_order(avatar: tuple[str, ...], banner: tuple[str, ...]) -> None:
    collection = Collection(LOOPRING, "7", avatar_uris=avatar, banner_uris=banner)
    assert read_one(WireCollection, collection_json(collection)).to_collection() == collection


@pytest.mark.parametrize(
    ("avatar", "banner", "wide"),
    [
        pytest.param(("a", "t"), ("t", "a"), (), id="no banner: a client takes the tile in its place, which is square"),
        pytest.param(("a", "t", "b"), ("b", "t", "a"), ("b",), id="a banner"),
        pytest.param(("a", "t", "c", "b"), ("c", "b", "t", "a"), ("c", "b"), id="a banner and its copy"),
    ],
)
def test_only_a_picture_that_was_made_as_a_banner_is_served_as_one(
    avatar: tuple[str, ...], banner: tuple[str, ...], wide: tuple[str, ...]
) -> None:
    collection = Collection(LOOPRING, "7", avatar_uris=avatar, banner_uris=banner, wide_uris=wide)
    read = read_one(WireCollection, collection_json(collection)).to_collection()
    assert (read, read.wide_uris) == (collection, wide)
