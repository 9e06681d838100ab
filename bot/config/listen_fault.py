"""Why nothing can be listened to at an address: another program has the port, or the host is none of this machine's."""

from __future__ import annotations

import errno
import os
import socket
from dataclasses import dataclass

from bot.messages import Message

WRONG_HOST = Message(
    "{setting} {host}: this machine cannot listen there: {reason}. Use one of its own addresses, such as `127.0.0.1`."
)
# What asking the system for a socket raises: a host that cannot even be written as a name is a ValueError.
LISTEN_ERRORS = (OSError, ValueError)


@dataclass(frozen=True, slots=True)
class ListenFault:
    """What went wrong.

    Attributes:
        reason: As the system says it.
        is_in_use: Another program has the port: another port helps.
        is_of_host: The host is wrong: no port helps.
    """

    reason: str
    is_in_use: bool = False
    is_of_host: bool = False


def listen_fault(error: OSError | ValueError) -> ListenFault:
    """What an error means that was raised where a port was to be listened to."""
    if isinstance(error, socket.gaierror):
        return ListenFault(error.strerror or "no such host", is_of_host=True)
    if not isinstance(error, OSError):
        return ListenFault("no host can have this name", is_of_host=True)
    # From Python 3.13 on asyncio raises without a number where none of the addresses is one of this machine.
    number = error.errno or errno.EADDRNOTAVAIL
    return ListenFault(
        os.strerror(number), is_in_use=number == errno.EADDRINUSE, is_of_host=number == errno.EADDRNOTAVAIL
    )
