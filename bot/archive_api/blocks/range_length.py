"""How many of Ethereum's blocks are asked for at once: as many as the nodes answer for.

It doubles after an answer, and halves after a refusal. Most nodes have a limit, and refuse every longer range: so what
was refused once is not asked for again at once. Some have a limit of events, and answer for more where there are fewer;
so it is tried again after a while.
"""

from __future__ import annotations

FIRST_RANGE = 2_000
LONGEST_RANGE = 50_000
# Of so many questions one may be refused in vain.
_ANSWERS_BEFORE_RETRY = 32


class RangeLength:
    """The length of the next range.

    Attributes:
        blocks: So many blocks.
    """

    def __init__(self) -> None:
        self.blocks = FIRST_RANGE
        self._refused = LONGEST_RANGE + 1
        self._answers = 0

    def was_answered(self) -> None:
        """For so many there was an answer."""
        self._answers += 1
        if self._answers >= _ANSWERS_BEFORE_RETRY:
            self._refused = LONGEST_RANGE + 1
        longer = min(self.blocks * 2, LONGEST_RANGE)
        if longer < self._refused:
            self.blocks = longer

    def was_refused(self, blocks: int) -> None:
        """So many were too many: the next range has half of that."""
        self._refused = blocks
        self._answers = 0
        self.blocks = max(blocks // 2, 1)
