"""A file that comes to be as a whole: written beside its place, flushed to the disk, then moved there.

A process that is killed meanwhile leaves what it wrote, `.NAME.PID.TOKEN.new`. The next one that writes the same file
removes it: who still writes holds a lock on it, and a lock ends with its process.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from bot.archive.regular_file import open_file
from bot.errors import ConfigError
from bot.messages import Message

EXISTS = Message("{path}: exists already. Choose another name.")
_CANNOT_WRITE = Message("{path}: cannot be written: {reason}.")


def refuse_existing(path: Path) -> None:
    """Refuse a name for a new file that is taken, or that no file can have, before the work that it is for.

    Raises:
        ConfigError: it is.
    """
    try:
        _remove_abandoned(path)  # also of one that was killed when its file was in place
        with suppress(FileNotFoundError):
            os.lstat(path)
            raise ConfigError(EXISTS, path=path)
        if not os.access(path.parent, os.W_OK | os.X_OK):
            path.parent.stat()  # says why, where it is not there
            raise ConfigError(_CANNOT_WRITE, path=path, reason=os.strerror(errno.EACCES))
        with suppress(FileNotFoundError):
            os.lstat(_beside(path))  # whose name is longer
    except OSError as error:
        raise ConfigError(_CANNOT_WRITE, path=path, reason=error.strerror) from error


@contextmanager
def new_file(path: Path, *, may_exist: bool = True) -> Iterator[BinaryIO]:
    """Write a file; it is at `path` when the block ends, and nothing is if the block raises.

    Args:
        path: Where it is to be.
        may_exist: A file that is there then is replaced; False: it stays, also one that came to be meanwhile.

    Raises:
        FileExistsError: one is there that may not be.
        OSError: it cannot be written.
    """
    _remove_abandoned(path)
    new = _beside(path)
    try:
        with new.open("xb") as file:  # never one that is there: a link would say where is written
            with suppress(OSError):  # some network file systems have no locks; then nothing is removed either
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield file
            file.flush()
            os.fsync(file.fileno())
            _move(new, path, may_exist=may_exist)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _move(new: Path, path: Path, *, may_exist: bool) -> None:
    if not may_exist:
        try:
            path.hardlink_to(new)  # unlike a rename, it never replaces what is there
        except FileExistsError:
            raise
        except OSError:  # a file system without such links
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        else:
            new.unlink()
            return
    new.replace(path)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.{token_hex(4)}.new")


def _remove_abandoned(path: Path) -> None:
    ours = re.compile(rf"\.{re.escape(path.name)}\.\d+(\.[0-9a-f]+)?\.new")
    for left in path.parent.glob(f".{escape(path.name)}.*.new"):
        if not ours.fullmatch(left.name):
            continue
        # One that another user left, or that goes away meanwhile, is in nobody's way.
        with suppress(OSError), open_file(left) as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def _sync_folder(folder: Path) -> None:
    """Make a rename durable: the folder is what changed."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
