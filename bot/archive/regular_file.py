"""Opens a file that an operator or a folder names, and nothing else: a pipe without a writer would never answer.

Every file that the commands of `tessera archive` read, or go on with, is opened here.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from io import BufferedRandom, BufferedReader, BufferedWriter, TextIOWrapper
from pathlib import Path
from typing import BinaryIO, Literal, overload

_FLAGS = {
    "rb": os.O_RDONLY,
    "r+b": os.O_RDWR,
    "a+b": os.O_RDWR | os.O_CREAT | os.O_APPEND,
    "wb": os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
    "ab": os.O_WRONLY | os.O_CREAT | os.O_APPEND,
}
# Of a text that people write; one file of blocks has more, but no lines.
_LONGEST_LINE = 1024 * 1024


@overload
def open_file(
    path: Path, mode: Literal["rb"] = "rb", *, may_be_link: bool = True, may_be_pipe: bool = False
) -> BufferedReader: ...


@overload
def open_file(path: Path, mode: Literal["r+b", "a+b"], *, may_be_link: bool = True) -> BufferedRandom: ...


@overload
def open_file(path: Path, mode: Literal["wb", "ab"], *, may_be_link: bool = True) -> BufferedWriter: ...


def open_file(path: Path, mode: str = "rb", *, may_be_link: bool = True, may_be_pipe: bool = False) -> BinaryIO:
    """Open a file; it is closed by its `with` block.

    Args:
        path: The file.
        mode: As `open` has it.
        may_be_link: The path itself may be a symbolic link; False: in a folder of somebody else, which must not say
            what is read or where is written.
        may_be_pipe: It may be one end of a pipe, as a shell makes it of `<(command)`; its writer is waited for.

    Raises:
        OSError: it cannot be opened, or is none; `strerror` says which.
    """
    flags = _FLAGS[mode] | (0 if may_be_pipe and path.is_fifo() else os.O_NONBLOCK)
    try:
        opened = os.open(path, flags | (0 if may_be_link else os.O_NOFOLLOW), 0o666)
    except OSError as error:
        if error.errno == errno.ELOOP and not may_be_link:
            raise OSError(errno.ELOOP, "it is a link") from error
        raise
    try:
        _refuse_other_than_file(os.fstat(opened).st_mode, may_be_pipe=may_be_pipe)
        os.set_blocking(opened, True)
        return os.fdopen(opened, mode)  # type: ignore[return-value] # binary, as each mode is
    except BaseException:
        os.close(opened)
        raise


def read_file(path: Path, *, may_be_link: bool = True, may_be_pipe: bool = False) -> bytes:
    """All that a file has; see `open_file`."""
    with open_file(path, may_be_link=may_be_link, may_be_pipe=may_be_pipe) as file:
        return file.read()


def text_lines(file: BinaryIO) -> Iterator[str]:
    """The lines of a text in UTF-8, with their ends, of whatever system.

    Raises:
        OSError: it cannot be read, or a line is far longer than people write them.
        UnicodeDecodeError: it is no text.
    """
    with TextIOWrapper(file, "utf-8", newline="") as text:
        while line := text.readline(_LONGEST_LINE):
            if len(line) == _LONGEST_LINE:
                raise OSError(errno.EFBIG, "a line of it has more than a million letters")
            yield line


def _refuse_other_than_file(mode: int, *, may_be_pipe: bool) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not (stat.S_ISREG(mode) or (may_be_pipe and stat.S_ISFIFO(mode))):
        raise OSError(errno.EINVAL, "it is no file")
