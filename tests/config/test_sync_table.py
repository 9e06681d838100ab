"""Values of `[sync]` below the safe ones are accepted, and said."""

from __future__ import annotations

import pytest

from bot.config.sync_table import SyncSettings


def test_the_defaults_are_safe() -> None:
    assert list(SyncSettings().dangers()) == []


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            SyncSettings(removal_misses=2),
            "[sync] removal_misses = 2: a role is taken after so few readings",
        ),
        (SyncSettings(removal_minutes=0.2), "[sync] removal_minutes = 0.2: a short outage of a source can cost roles"),
    ],
)
def test_each_value_below_the_safe_one_is_said(settings: SyncSettings, words: str) -> None:
    (danger,) = settings.dangers()
    assert danger.render().startswith(words)
