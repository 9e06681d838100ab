"""The welcome card says what an account can be named by here."""

from __future__ import annotations

from typing import Any, cast

import pytest

from bot.cogs.linking.welcome_card import Welcome


class Interaction:
    """In a direct message."""

    guild_id = None


@pytest.mark.parametrize(
    ("knows_numbers", "ways", "placeholder"),
    [
        (True, "type its number, address or name", "10001, 0x19e7…, vitalik.eth"),
        (False, "type its address or name", "0x19e7…, vitalik.eth"),
    ],
)
def test_numbers_are_named_only_where_a_source_has_them(ways: str, placeholder: str, *, knows_numbers: bool) -> None:
    welcome = Welcome(has_page=True, knows_numbers=knows_numbers)
    assert ways in str(welcome.embed(cast("Any", Interaction())).description)
    assert welcome.placeholder.startswith(placeholder)
