"""Refused pictures are remembered for an hour, and not without end."""

from __future__ import annotations

from datetime import timedelta

from bot.ui.refused_pictures import RefusedPictures


def test_a_picture_is_remembered_for_a_while() -> None:
    now = 100.0
    pictures = RefusedPictures(lambda: now, remembered_for=timedelta(minutes=60))
    pictures.add("https://a.example/1.png")
    now += 3599
    assert "https://a.example/1.png" in pictures
    assert "https://a.example/2.png" not in pictures
    now += 1
    assert "https://a.example/1.png" not in pictures


def test_the_oldest_is_forgotten_where_there_are_too_many() -> None:
    pictures = RefusedPictures(lambda: 0.0, most=2)
    for name in ("a", "b", "a", "c"):  # a was refused again after b
        pictures.add(name)
    assert [name in pictures for name in "abc"] == [True, False, True]
