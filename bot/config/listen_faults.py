"""Why nothing can listen at a host and a port that somebody wrote down, in the system's words."""

from __future__ import annotations

import errno
import os
import socket


def listen_fault(error: OSError | UnicodeError) -> str:
    """The reason, as a part of a sentence."""
    if isinstance(error, UnicodeError):  # a part of the name is empty, or has more than 63 letters
        return "no host can have this name"
    if isinstance(error, socket.gaierror):  # its numbers are not the system's
        return error.strerror or "the host is not known"
    # From Python 3.13 on asyncio raises without a number where none of the addresses is one of this machine.
    return os.strerror(error.errno or errno.EADDRNOTAVAIL)


def is_of_host(error: OSError | UnicodeError) -> bool:
    """Whether another port would not help."""
    return isinstance(error, UnicodeError | socket.gaierror) or error.errno in (None, errno.EADDRNOTAVAIL)
