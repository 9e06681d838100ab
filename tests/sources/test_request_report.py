"""The line about a request to a source says how it went, and not whom it was about."""

import pytest

from bot.sources.request_report import route_of


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/v3/user/collection/details", "/api/v3/user/collection/details"),
        ("/addresses/0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a/nft/collections", "/addresses/…/nft/collections"),
        ("/ens/names/vitalik.eth", "/ens/names/…"),
        ("/tokens/10001", "/tokens/…"),
        ("/names/Ümlaut", "/names/…"),
        ("/", "/"),
    ],
)
def test_only_the_words_of_an_api_are_left_of_a_path(path: str, route: str) -> None:
    assert route_of(path) == route
