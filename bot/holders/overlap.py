"""How many members hold both, of each two collections: for a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.counts import Count, Ternary, count_yes, total
from bot.holders.held import HolderList


@dataclass(frozen=True, slots=True)
class Overlap:
    """The numbers of some lists.

    Attributes:
        both: By the places of two lists, the smaller first: how many hold both; of one list twice, how many hold it.
    """

    both: Mapping[tuple[int, int], Count]


def overlap_of(lists: Sequence[HolderList]) -> Overlap:
    """How many members hold something of each two lists of one server; who is in one alone does not hold both."""
    held = [{member.user_id: member.kinds.is_at_least(1) for member in each.members()} for each in lists]
    both = {}
    for high, of_high in enumerate(held):
        for low in range(high + 1):
            of_low = held[low]
            answers = [_both(of_low[user_id], answer) for user_id, answer in of_high.items() if user_id in of_low]
            both[low, high] = count_yes(answers, total(()))
    return Overlap(both)


def _both(one: Ternary, other: Ternary) -> Ternary:
    if Ternary.NO in (one, other):
        return Ternary.NO
    return Ternary.YES if one is other is Ternary.YES else Ternary.UNKNOWN
