"""Whether a trouble is the source's or one question's: it is the source's only where different questions meet it.

Two questions are different where they have nothing in common: the NFTs of one address in two collections are not, nor
are the NFTs of two addresses in one collection, nor whatever one member asks, nor what jobs ask about the accounts of
one member: nobody alone can have a source shut for everybody, by addresses that they know to fail. No socket, no clock:
it only decides.
"""

from __future__ import annotations

from collections import deque

# One that is asked again after so many others counts again.
_REMEMBERED = 100


class DifferentQuestions:
    """The questions that met a trouble since the last answer without it, as far as they are different."""

    def __init__(self) -> None:
        self._found: deque[frozenset[object]] = deque(maxlen=_REMEMBERED)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, about: frozenset[object]) -> bool:
        """Count a question; whether it is different from all before.

        Args:
            about: The addresses, accounts, collections and names that the question is about, and the member who asks
                it; empty: it has nothing in common with any other.
        """
        is_different = all(about.isdisjoint(each) for each in self._found)
        if is_different:
            self._found.append(about)
            self._count += 1
        return is_different

    def clear(self) -> None:
        """An answer came without the trouble."""
        self._found.clear()
        self._count = 0
