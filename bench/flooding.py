"""The load of the flood, in a process of its own: `python -m bench.flooding URL RATE SECONDS ADDRESSES`.

Plain sockets and prepared requests, so that sending costs less than answering. Each connection sends at its time and
after its last answer has arrived, so the rate falls if answers take longer; the actual number of requests is reported.
One request in ten is the last on its connection, and the next one opens another.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

# The server takes 200; the others are left to people.
CONNECTIONS = 100
CLOSES_EVERY = 10
LONGEST_ANSWER = 10.0
# Of an unused network that is not the visitors': RFC 2544 reserves two halves.
FLOOD_NETWORK = "198.19"

_JSON = "Content-Type: application/json\r\n"
_JUNK = '{"token": "' + "A" * 43 + '"}'
_ADDRESS = '{"address": "0x' + "ab" * 20 + '"}'


@dataclass
class Tally:
    """What was sent and what was answered.

    Attributes:
        seconds: How long it took.
        sent: Requests that were sent.
        statuses: Answers, by status.
        refused: Connections that were not accepted.
        broken: Requests without an answer: the connection was closed first (there was no room), or time ran out.
        slowest: Milliseconds.
    """

    seconds: float = 0.0
    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    refused: int = 0
    broken: int = 0
    slowest: float = 0.0


def requests(host: str, addresses: int) -> Iterator[bytes]:
    """Endless invalid requests: the page, wrong tokens, no cookie, another site's script, another host."""
    origin = f"Origin: http://{host}\r\n"
    kinds = (
        _request("GET", "/v", host),
        _request("POST", "/v/start", host, _JSON + origin, _JUNK),
        _request("POST", "/v/challenge", host, _JSON + origin, _ADDRESS),
        _request("GET", "/v", "verify.example.org"),
        _request("POST", "/v/start", host, _JSON + "Origin: https://example.org\r\n", _JUNK),
    )
    for n in itertools.count():
        # Every address sends every kind in turn.
        visitor = n // len(kinds) % addresses
        ends = "Connection: close\r\n" if n % CLOSES_EVERY == 0 else ""
        head = f"X-Forwarded-For: {FLOOD_NETWORK}.{visitor // 250}.{visitor % 250 + 1}\r\n{ends}"
        yield kinds[n % len(kinds)].replace("\r\n", f"\r\n{head}", 1).encode("ascii")


def _request(method: str, path: str, host: str, headers: str = "", body: str = "") -> str:
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}{length}\r\n{body}"


async def flood(url: str, *, rate: int, seconds: float, addresses: int) -> Tally:
    """Send, and count."""
    place = urlsplit(url)
    pending, tally = requests(place.netloc, addresses), Tally()
    began = time.perf_counter()

    async def connection(number: int) -> None:
        streams = None
        try:
            for turn in itertools.count():
                now, due = time.perf_counter() - began, (number + turn * CONNECTIONS) / rate
                if max(now, due) >= seconds:
                    return
                await asyncio.sleep(max(0.0, due - now))
                streams = streams or await _connect(place.hostname or "", place.port or 80, tally)
                if streams and not await _exchange(*streams, next(pending), tally):
                    streams[1].close()
                    streams = None
        finally:
            if streams:
                streams[1].close()

    await asyncio.gather(*map(connection, range(CONNECTIONS)))
    tally.seconds = time.perf_counter() - began
    return tally


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _connect(host: str, port: int, tally: Tally) -> Streams | None:
    try:
        async with asyncio.timeout(LONGEST_ANSWER):
            return await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        tally.refused += 1
        return None


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes, tally: Tally) -> bool:
    """Send a request and read its answer; whether the connection can be used again."""
    began = time.perf_counter()
    try:
        async with asyncio.timeout(LONGEST_ANSWER):
            tally.sent += 1
            writer.write(request)
            await writer.drain()
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.partition(b"\r\ncontent-length:")[2].split(b"\r\n", 1)[0]))
    except (OSError, asyncio.IncompleteReadError, TimeoutError):
        tally.broken += 1
        return False
    tally.statuses[int(head.split(b" ", 2)[1])] += 1
    tally.slowest = max(tally.slowest, (time.perf_counter() - began) * 1000)
    return b"\r\nconnection: close" not in head


def main() -> None:
    """Print the tally as JSON."""
    url, rate, seconds, addresses = sys.argv[1:]
    tally = asyncio.run(flood(url, rate=int(rate), seconds=float(seconds), addresses=int(addresses)))
    json.dump(vars(tally), sys.stdout)


if __name__ == "__main__":
    main()
