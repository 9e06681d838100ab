"""Names and the addresses that they have, in place of the internet's."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping, Sequence


class Names:
    """Looks names up in what a test says; each look-up takes the next answer, and the last one stays.

    Args:
        answers: For each name, the addresses of each look-up in turn.

    Attributes:
        asked: The names that were looked up.
    """

    def __init__(self, answers: Mapping[str, Iterable[list[str]]]) -> None:
        self._answers = {name: list(each) for name, each in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, _port: int, _family: socket.AddressFamily) -> Sequence[str]:
        """The addresses of a name."""
        self.asked.append(host)
        answers = self._answers.get(host)
        if not answers:
            raise OSError(f"no such name: {host}")
        return answers.pop(0) if len(answers) > 1 else answers[0]
