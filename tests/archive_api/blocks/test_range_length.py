"""How often a node with a limit refuses a range, and that no range stays short for good."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.archive_api.blocks.range_length import FIRST_RANGE, LONGEST_RANGE, RangeLength

BLOCKS = 4_000_000


def asked(limit: Callable[[int], int], blocks: int = BLOCKS) -> tuple[list[int], list[int]]:
    """The lengths that a node answered for, which has a limit at each block, and those that it refused."""
    length, first, answered, refused = RangeLength(), 0, [], []
    while first < blocks:
        if length.blocks > limit(first):
            refused.append(length.blocks)
            length.was_refused(length.blocks)
        else:
            answered.append(length.blocks)
            first += length.blocks
            length.was_answered()
    return answered, refused


def test_without_a_limit_ranges_grow_to_the_longest() -> None:
    answered, refused = asked(lambda _: LONGEST_RANGE)
    assert answered[:6] == [FIRST_RANGE, 4_000, 8_000, 16_000, 32_000, LONGEST_RANGE]
    assert (set(answered[5:]), refused) == ({LONGEST_RANGE}, [])


@pytest.mark.parametrize("limit", [1_000, 1_999, 2_000, 3_000, 10_000, 45_000])
def test_a_node_with_a_limit_refuses_few_questions(limit: int) -> None:
    answered, refused = asked(lambda _: limit)
    assert len(refused) <= len(answered) // 30 + 2
    # Nor are ranges shorter than they have to be.
    assert sum(answered) / len(answered) > limit / 2 - 1


def test_after_a_stretch_with_many_events_ranges_grow_again() -> None:
    answered, refused = asked(lambda first: 100 if first < 10_000 else LONGEST_RANGE)
    assert answered[-1] == LONGEST_RANGE
    assert len(refused) < 15


def test_a_range_is_never_shorter_than_a_block() -> None:
    length = RangeLength()
    for _ in range(20):
        length.was_refused(length.blocks)
    assert length.blocks == 1
