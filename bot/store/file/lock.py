"""One Tessera per store: a lock on a file beside it, which the system takes back from a process that is gone.

SQLite would let two of them write by turns, and both would then act in Discord on what the other one changed.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.errors import ConfigError

log = logging.getLogger(__name__)

_MOUNTS = Path("/proc/self/mountinfo")  # Linux only; elsewhere nobody is warned

# Several machines can mount these at once; SQLite's log needs memory that all its users share (sqlite.org/wal.html).
_NETWORK = {"9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs", "glusterfs", "nfs", "nfs4", "smb3", "smbfs"}


class Lock:
    """A lock that is held until it is left. Use `take`."""

    def __init__(self, file: FileIO) -> None:
        self._file = file

    @classmethod
    def take(cls, store: Path) -> Lock:
        """Lock the store at this real path, whether it is there yet or not. The lock's file stays when it is left.

        Raises:
            ConfigError: another process holds the lock, or its file cannot be written.
        """
        path = Path(f"{store}.lock")
        _warn_of_network(path)
        try:
            file = FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")  # it is the lock, so it stays open
        except OSError as error:
            raise ConfigError(f"{store}: the store cannot be written: {error.strerror}. Set [store] path.") from error
        try:
            _lock(file, store)
            file.truncate(0)
            file.write(f"{os.getpid()}\n".encode())
        except OSError as error:
            file.close()
            raise ConfigError(f"{store}: the store cannot be written: {error.strerror}.") from error
        except ConfigError:
            file.close()
            raise
        return cls(file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()


def _lock(file: FileIO, store: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = file.read(20).decode(errors="replace").strip()
        raise ConfigError(
            f"{store}: the store is in use by another Tessera{f' (process {holder})' if holder else ''}. "
            "End that one first, or set [store] path to another file."
        ) from error
    except OSError as error:
        log.warning("%s: no lock can be had here (%s): take care that no second Tessera uses it", store, error.strerror)


def _warn_of_network(path: Path) -> None:
    if _MOUNTS.exists():
        kind = filesystem(path, _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape"))
        if kind in _NETWORK:
            log.warning("%s lies on %s: a store is only safe on a disk of this machine", path.parent, kind)


def filesystem(path: Path, mountinfo: str) -> str:
    """The kind of file system that an absolute path is on, by a `mountinfo` as in proc(5); "" when it does not say."""
    found, depth = "", 0
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:  # noqa: PLR2004 - the mount point is the fifth
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[4]))
        if path.is_relative_to(point) and len(point.parts) >= depth:  # a later mount lies over an earlier one
            found, depth = after.split(" ")[0], len(point.parts)
    return found
