"""One Tessera per store: a lock on a file beside it, which the system releases when its process has ended.

SQLite would let two of them write in turns, and each would then act in Discord on the other's changes.
"""

from __future__ import annotations

import errno
import logging
import os
import re
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import BaseFileLock, FileLock, Timeout

from bot.errors import ConfigError
from bot.messages import Message
from bot.store.file.file_owners import refuse_unopenable

log = logging.getLogger(__name__)

_IN_USE_BY = Message(
    "{store}: the store is in use by another Tessera (process {process}). "
    "End that one first, or set [store] path to another file."
)
_IN_USE = Message(
    "{store}: the store is in use by another Tessera. End that one first, or set [store] path to another file."
)
_CANNOT_WRITE = Message("{store}: the store cannot be written: {reason}. Set [store] path.")

ENDING = ".lock"
_MOUNTS = Path("/proc/self/mountinfo")  # Linux only; elsewhere nobody is warned

# Several machines can mount these at once; SQLite's log needs memory that all its users share (sqlite.org/wal.html).
_NETWORK = {"9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs", "glusterfs", "nfs", "nfs4", "smb3", "smbfs"}


# A file system, or a file server, without locks.
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}


class Lock:
    """A lock that is held until its `with` block ends. Use `take`."""

    def __init__(self, held: BaseFileLock) -> None:
        self._held = held

    @classmethod
    def take(cls, store: Path, *, kind: type[BaseFileLock] = FileLock) -> Lock:
        """Lock the store at this real path, whether it is there yet or not. The lock file stays after the release.

        Args:
            store: The store's file.
            kind: How files are locked on this system.

        Raises:
            ConfigError: another process holds the lock, or its file cannot be written.
        """
        path = Path(f"{store}{ENDING}")
        _warn_of_network(path)
        lock = kind(path, mode=0o600, thread_local=False, fallback_to_soft=False, on_acquired=_write_pid)
        try:
            # filelock would create missing folders, and reports a path that cannot hold files as a lock in use.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            lock.acquire(blocking=False)
        except Timeout as error:
            holder = _read_pid(path)
            if holder:
                raise ConfigError(_IN_USE_BY, store=store, process=holder) from error
            raise ConfigError(_IN_USE, store=store) from error
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                refuse_unopenable(path)
                raise ConfigError(_CANNOT_WRITE, store=store, reason=error.strerror) from error
            log.warning(
                "%s: files cannot be locked here (%s): take care that no second Tessera uses it", store, error.strerror
            )
        return cls(lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._held.release()


def _write_pid(file: int) -> None:
    os.ftruncate(file, 0)
    os.pwrite(file, f"{os.getpid()}\n".encode(), 0)


def _read_pid(path: Path) -> str:
    """The process that holds a lock, "" where the file does not name it."""
    try:
        with path.open("rb") as file:
            return file.read(20).decode(errors="replace").strip()
    except OSError:
        return ""


def _warn_of_network(path: Path) -> None:
    if _MOUNTS.exists():
        kind = filesystem(path, _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape"))
        if kind in _NETWORK:
            log.warning("%s is on %s: a store is only safe on a disk of this machine", path.parent, kind)


def filesystem(path: Path, mountinfo: str) -> str:
    """The kind of file system that an absolute path is on, by a `mountinfo` as in proc(5); "" when it does not say."""
    found, depth = "", 0
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:  # noqa: PLR2004 - the mount point is the fifth
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[4]))
        if path.is_relative_to(point) and len(point.parts) >= depth:  # a later mount hides an earlier one
            found, depth = after.split(" ")[0], len(point.parts)
    return found
