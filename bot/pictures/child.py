"""The process that draws: `python -m bot.pictures.child`, started by `bot.pictures.drawing_process`.

It reads frames from its standard input and answers each, until that is closed. Each picture may use so much memory and
processor time; the system ends the process at these limits, as nothing inside it can be trusted to.
"""

from __future__ import annotations

import os
import resource
import sys
from typing import Any, BinaryIO

from bot.pictures import frames

# Of addresses, not of memory in use: libraries map far more than they touch.
_MEMORY = 640 * 1024 * 1024
_PROCESSOR_SECONDS = 6
_LARGEST_FILE = 4 * 1024 * 1024  # the list of fonts
_NICE = 10


def main() -> None:
    """Answer frame after frame."""
    # What a library prints must not get between the frames.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.nice(_NICE)  # answering members comes first
    _limit()
    while (frame := _read(sys.stdin.buffer)) is not None:
        _allow_processor_time()
        answers.write(_answer(*frame))
        answers.flush()


def _answer(content: dict[str, Any], files: list[bytes]) -> bytes:
    from bot.pictures import drawing  # noqa: PLC0415 - the limits are in force before the libraries are loaded

    try:
        drawn = drawing.draw(content, files)
    except Exception as error:  # noqa: BLE001 - whatever a library raises for a hostile file, the process goes on
        return frames.encode({"error": f"{type(error).__name__}: {error}"})
    return frames.encode({}, [drawn])


def _read(stream: BinaryIO) -> tuple[dict[str, Any], list[bytes]] | None:
    """The next frame; None: there is none."""
    head = stream.read(4)
    if not head:
        return None
    content, lengths = frames.read_object(stream.read(frames.object_length(head)))
    return content, [stream.read(length) for length in lengths]


def _limit() -> None:
    # Not for the address sanitizers and the like, and not on systems without these limits.
    for limit, value in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def _allow_processor_time() -> None:
    """So many more seconds than were used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + _PROCESSOR_SECONDS, most))


if __name__ == "__main__":
    main()
