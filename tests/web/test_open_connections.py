"""Who is let in, and who ends for it: counted, without a socket."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.web.open_connections import EACH, MOST, RESERVE, OpenConnections
from bot.web.visitor import Peer


@dataclass(eq=False)
class FakeConnection:
    """A connection that remembers whether it was closed."""

    peer: Peer
    health_only: bool = False
    closed: bool = False

    def hang_up(self) -> None:
        """It was closed."""
        self.closed = True


def stranger(number: int = 0) -> FakeConnection:
    """From somewhere on the internet."""
    return FakeConnection(Peer(number.to_bytes(2), is_proxy=False, is_local=False))


def proxied() -> FakeConnection:
    """From the operator's proxy, on another machine."""
    return FakeConnection(Peer(b"proxy", is_proxy=True, is_local=False))


def local(*, is_proxy: bool = False) -> FakeConnection:
    """From this machine."""
    return FakeConnection(Peer(b"local", is_proxy=is_proxy, is_local=True))


def let_in(room: OpenConnections, *connections: FakeConnection, busy: bool = False) -> list[FakeConnection]:
    """Add them all; those that were let in."""
    added = []
    for connection in connections:
        if room.add(connection):
            added.append(connection)
            if busy:
                room.set_busy(connection)
    return added


def closed(connections: list[FakeConnection]) -> list[int]:
    """Which of them were closed, by number."""
    return [number for number, connection in enumerate(connections) if connection.closed]


def test_one_address_has_twenty_and_a_further_one_ends_its_oldest() -> None:
    room = OpenConnections()
    mine = let_in(room, *(stranger() for _ in range(EACH + 3)))
    assert EACH == 20
    assert len(mine) == EACH + 3
    assert closed(mine) == [0, 1, 2]


def test_what_one_address_does_closes_nothing_of_another() -> None:
    room = OpenConnections()
    other = let_in(room, stranger(1))
    let_in(room, *(stranger() for _ in range(500)))
    assert closed(other) == []


def test_a_proxy_may_have_all_of_them() -> None:
    room = OpenConnections()
    assert closed(let_in(room, *(proxied() for _ in range(MOST)))) == []
    assert closed(let_in(room, *(stranger(n) for n in range(MOST)))) == []


def test_where_all_are_taken_the_one_of_any_address_that_waited_longest_ends() -> None:
    room = OpenConnections(most=3)
    others = let_in(room, proxied(), stranger(1), stranger(2))
    room.set_busy(others[0])
    room.set_waiting(others[0])  # its request was handled: now it is the youngest
    assert let_in(room, stranger(3))
    assert closed(others) == [1]


def test_what_is_being_handled_never_ends_for_others() -> None:
    room = OpenConnections(most=2)
    busy = let_in(room, stranger(1), stranger(2), busy=True)
    assert let_in(room, stranger(3), proxied()) == []
    assert closed(busy) == []
    room.set_waiting(busy[1])
    assert let_in(room, stranger(3))
    assert closed(busy) == [1]


def test_twenty_requests_at_work_from_one_address_are_its_last() -> None:
    room = OpenConnections()
    let_in(room, *(stranger() for _ in range(EACH)), busy=True)
    assert not room.add(stranger())
    assert room.add(stranger(1))


@pytest.mark.parametrize("is_proxy", [False, True], ids=["a supervisor", "the proxy is here, too"])
def test_with_all_at_work_somebody_on_this_machine_is_let_in_for_the_health_alone(*, is_proxy: bool) -> None:
    room = OpenConnections()
    let_in(room, *(proxied() for _ in range(MOST)), busy=True)
    assert let_in(room, stranger(), proxied()) == []
    reserve = let_in(room, *(local(is_proxy=is_proxy) for _ in range(RESERVE + 2)))
    assert len(reserve) == RESERVE + 2
    assert all(connection.health_only for connection in reserve)
    assert closed(reserve) == [0, 1]


def test_somebody_on_this_machine_who_has_twenty_at_work_still_gets_the_health() -> None:
    room = OpenConnections()
    let_in(room, *(local() for _ in range(EACH)), busy=True)
    supervisor = local()
    assert room.add(supervisor)
    assert supervisor.health_only


def test_the_reserve_is_free_again_when_its_connections_have_ended() -> None:
    room = OpenConnections(most=1, reserve=1)
    let_in(room, proxied(), busy=True)
    for _ in range(10):
        supervisor = local()
        assert room.add(supervisor)
        room.set_busy(supervisor)
        assert not room.add(local())
        room.remove(supervisor)
        room.remove(supervisor)  # closed by us, and then reported as lost


def test_what_has_ended_takes_no_room_and_no_memory() -> None:
    room = OpenConnections(most=1, each=1)
    for number in range(1000):
        connection = stranger(number)
        assert room.add(connection)
        room.set_busy(connection)
        room.remove(connection)
        room.set_waiting(connection)  # its handler ended after the connection did
    assert let_in(room, stranger(1))
