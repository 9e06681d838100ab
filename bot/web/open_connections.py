"""Which connections may be open: how many in all, how many from one address, and which one ends for another.

A connection waits from when it is opened, or from its last response, until the next request has come. Where there is no
room, the connection that has waited longest ends, and the new one is let in: 200 people who send nothing shut nobody
out, because anyone who does send is served within milliseconds. A connection whose request is being handled never ends.

What holds: one address has at most `EACH` connections; a proxy that the operator named stands for many people, and may
have all of them. With every connection at work, a peer on this machine still finds one of a few in reserve, on which
nothing but the health is served: so the supervisor is answered whatever strangers do, also where the proxy is on this
machine too. Only somebody who can run programs on this machine could keep it out.
"""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from bot.web.visitor import Peer

# Each connection costs some 30 kB; more need a proxy in front, which buffers the slow ones.
MOST = 200
# A browser opens six to a host; this is a household of three of them.
EACH = 20
RESERVE = 4


class OpenConnection(Protocol):
    """A connection, as far as it matters here.

    Attributes:
        peer: The other end.
        health_only: It is one of the reserve; set when it is added.
    """

    peer: Peer
    health_only: bool

    def hang_up(self) -> None:
        """Close the connection at once, whatever is still to be sent."""


class OpenConnections:
    """The connections that are open.

    Args:
        most: How many in all, without the reserve.
        each: How many from one address that is not a proxy's.
        reserve: How many more from this machine.
    """

    def __init__(self, *, most: int = MOST, each: int = EACH, reserve: int = RESERVE) -> None:
        self._most = most
        self._each = each
        self._reserve = reserve
        self._open: set[OpenConnection] = set()
        # The one that has waited longest comes first.
        self._waiting: dict[OpenConnection, None] = {}
        self._of_addresses: Counter[bytes] = Counter()
        self._in_reserve = 0

    def __len__(self) -> int:
        return len(self._open)

    def add(self, connection: OpenConnection) -> bool:
        """Whether there is room for it; another one may have been closed to make some."""
        if self._has_room_for(connection.peer):
            connection.health_only = False
        elif connection.peer.is_local and self._has_reserve():
            connection.health_only = True
            self._in_reserve += 1
        else:
            return False
        self._open.add(connection)
        self._waiting[connection] = None
        self._of_addresses[connection.peer.key] += 1
        return True

    def set_busy(self, connection: OpenConnection) -> None:
        """Its request is being handled: it is not closed for others."""
        self._waiting.pop(connection, None)

    def set_waiting(self, connection: OpenConnection) -> None:
        """Its request was handled."""
        if connection in self._open:
            self._waiting[connection] = None

    def remove(self, connection: OpenConnection) -> None:
        """It is closed. Nothing happens if it was removed before."""
        if connection not in self._open:
            return
        self._open.remove(connection)
        self._waiting.pop(connection, None)
        self._in_reserve -= connection.health_only
        key = connection.peer.key
        self._of_addresses[key] -= 1
        if not self._of_addresses[key]:
            del self._of_addresses[key]

    def _has_room_for(self, peer: Peer) -> bool:
        if not peer.is_proxy and self._of_addresses[peer.key] >= self._each and not self._close_oldest(of=peer.key):
            return False
        return len(self._open) - self._in_reserve < self._most or self._close_oldest(in_reserve=False)

    def _has_reserve(self) -> bool:
        return self._in_reserve < self._reserve or self._close_oldest(in_reserve=True)

    def _close_oldest(self, *, of: bytes | None = None, in_reserve: bool | None = None) -> bool:
        """Close the connection that has waited longest, of an address or of one kind; whether there was one."""
        for connection in self._waiting:
            if of in (None, connection.peer.key) and in_reserve in (None, connection.health_only):
                self.remove(connection)
                connection.hang_up()
                return True
        return False
