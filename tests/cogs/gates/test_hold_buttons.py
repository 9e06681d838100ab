"""The buttons of an alert need nothing that is lost when the bot stops."""

from __future__ import annotations

import pytest

from bot.cogs.gates.hold_buttons import Decision, decision_of, hold_view


async def test_the_ids_say_all_and_nothing_waits_for_them() -> None:
    ids = [item["custom_id"] for row in hold_view().to_components() for item in row["components"]]
    assert [decision_of(custom_id) for custom_id in ids] == list(Decision)
    assert hold_view().is_finished()  # or discord.py would hold on to each that was ever sent


@pytest.mark.parametrize("custom_id", ["", "tessera:abc:approve", "tessera-hold:all", "tessera-hold:approve:1"])
def test_other_buttons_are_left_to_others(custom_id: str) -> None:
    assert decision_of(custom_id) is None
