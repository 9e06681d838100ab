"""A rebuild, killed at each of its steps on the disk, and run again.

`python -m tests.cli.killed_at PLACE --rpc URL` (or `--from-dir DIR`). A step is whatever Python's own audit hooks
report about a path in the folders that are used: a file or a folder opened, made, renamed, linked, removed or listed. A
process is killed before its n-th step, as `kill -9` does: nothing is flushed or cleaned up. Each is a fork of this one,
which has loaded everything: so that a hundred of them take seconds.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.cli.main import main

_STEPS = frozenset({"open", "os.mkdir", "os.rename", "os.link", "os.remove", "os.scandir", "os.listdir", "os.truncate"})


def kill_all(place: Path, where: tuple[str, str]) -> list[dict[str, Any]]:
    """Rebuild an archive in `place/0`; and again in `place/n`, killed before step n and repeated, for every n.

    Returns:
        For each step its name; whether the process was killed, and had made the archive; and the exit code of the next.
    """
    steps: list[str] = []
    wholly = place / "0"
    read, write = os.pipe()
    assert forked(lambda: rebuild(wholly, where, lambda step: os.write(write, f"{step}\n".encode()))) == 0
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as lines:
        steps += lines.read().split()
    found = []
    for number, step in enumerate(steps, start=1):
        folder = place / str(number)
        killed = forked(lambda number=number, folder=folder: rebuild(folder, where, killer(number)))  # type: ignore[misc]
        is_there = (folder / "a.tessera.gz").exists()
        again = forked(lambda folder=folder: rebuild(folder, where, lambda _: None))  # type: ignore[misc]
        found.append({"step": step, "killed": killed == -signal.SIGKILL, "is_there": is_there, "again": again})
    return found


def rebuild(folder: Path, where: tuple[str, str], at_step: Callable[[str], object]) -> int:
    """The command itself, in a process of its own: a hook cannot be removed."""
    folder.mkdir(exist_ok=True)

    watched = (str(folder), where[1])

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        paths = [os.fspath(each) for each in arguments if isinstance(each, str | os.PathLike)]
        if event in _STEPS and any(path.startswith(watched) for path in paths):
            at_step(event)

    sys.addaudithook(hook)
    return main(["archive", "rebuild", *where, "-o", str(folder / "a.tessera.gz")])


def killer(number: int) -> Callable[[str], None]:
    """Kills this process at its n-th step."""
    steps = 0

    def count(_: str) -> None:
        nonlocal steps
        steps += 1
        if steps == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return count


def forked(run: Callable[[], int]) -> int:
    """Run something in a fork; its exit code, or the signal that killed it, below zero."""
    child = os.fork()
    if not child:
        code = 70
        try:
            code = run()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    result = kill_all(Path(sys.argv[1]), (sys.argv[2], sys.argv[3]))
    sys.stdout.write(f"\n{json.dumps(result)}\n")
