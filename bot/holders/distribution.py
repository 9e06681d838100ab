"""How many members hold how many kinds, in bins: for people to read, and for a chart to draw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.counts import Count, Ternary, count_yes, total
from bot.holders.held import HeldMember, is_exact

# First and last of each bin; the last one is open above. Few of a large collection hold many.
BINS: tuple[tuple[int, int | None], ...] = (
    (1, 1),
    (2, 2),
    (3, 5),
    (6, 10),
    (11, 25),
    (26, 50),
    (51, 100),
    (101, None),
)


@dataclass(frozen=True, slots=True)
class Bin:
    """So many members hold `least` to `most` kinds (None: or any number more)."""

    least: int
    most: int | None
    members: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """How many members hold how many kinds.

    Attributes:
        bins: Members of whom it is known exactly, by how many; all bins, also empty ones.
        perhaps_more: Members who hold at least one, and it is not known how many.
        unknown: Members of whom it is not known whether they hold any.
        kinds: What all of them hold together.
    """

    bins: tuple[Bin, ...]
    perhaps_more: int
    unknown: int
    kinds: Count

    @property
    def holders(self) -> Count:
        """How many members hold any."""
        known = sum(each.members for each in self.bins) + self.perhaps_more
        return count_yes([Ternary.YES] * known + [Ternary.UNKNOWN] * self.unknown, total(()))


def distribution_of(members: Iterable[HeldMember]) -> Distribution:
    """The distribution of what members hold."""
    counts = [0] * len(BINS)
    perhaps_more = unknown = 0
    all_kinds = [member.kinds for member in members]
    for kinds in all_kinds:
        if kinds.low == 0:
            unknown += kinds.high != 0
        elif is_exact(kinds):
            counts[_bin_of(kinds.low)] += 1
        else:
            perhaps_more += 1
    bins = tuple(Bin(least, most, count) for (least, most), count in zip(BINS, counts, strict=True))
    return Distribution(bins, perhaps_more, unknown, total(all_kinds))


def _bin_of(kinds: int) -> int:
    return next(place for place, (_, most) in enumerate(BINS) if most is None or kinds <= most)
