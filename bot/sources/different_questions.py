"""Whether a trouble is the source's or one question's: it is the source's only where different questions meet it.

Two questions are different where they are about nothing in common: the NFTs of one address in two collections are not,
nor are the NFTs of two addresses in one collection. No socket, no clock: it only decides.
"""

from __future__ import annotations

# More than any decision needs.
_MOST = 100


class DifferentQuestions:
    """The questions that met a trouble since the last answer without it, as far as they are different."""

    def __init__(self) -> None:
        self._found: list[frozenset[str]] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, about: frozenset[str]) -> bool:
        """Count a question; whether it is different from all before.

        Args:
            about: The addresses, accounts, collections and names that the question is about; empty: it has nothing in
                common with any other.
        """
        is_different = all(about.isdisjoint(each) for each in self._found)
        if is_different and len(self._found) < _MOST:
            self._found.append(about)
        return is_different

    def clear(self) -> None:
        """An answer came without the trouble."""
        self._found.clear()
