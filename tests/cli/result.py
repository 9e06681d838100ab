"""What a command printed, and how it ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines on standard output."""
        return self.out.splitlines()

    @property
    def complaint(self) -> str:
        """The one line on standard error; nothing is on standard output."""
        assert self.out == ""
        (line,) = self.err.splitlines()
        return line


Command = Callable[..., Awaitable[Result]]
Rebuild = Callable[..., Awaitable[Result]]


def is_one_sentence(result: Result) -> bool:
    """Whether a command ended with one sentence that a person can act on."""
    return result.err.startswith("tessera: ") and result.err.count("\n") == 1
