"""The fetcher of avatars against a server that means harm: each kind is a value, none a crash or a hang."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web

from bot.pictures.guarded_fetcher import MOST_BYTES, FetchedPicture, FetchProblem, GuardedFetcher, Reach
from bot.pictures.picture_header import PictureFormat
from sandbox.pictures.hostile import HostilePictures, film, picture
from tests.pictures.names import Names
from tests.web.https import serving_https

HOST = "pictures.example"
LOOPBACK = (ip_network("127.0.0.0/8"),)
# So long a test waits for what never comes.
SHORT = 0.3


@dataclass
class Server:
    """The server, as it can be reached by https under its name, and by http."""

    hostile: HostilePictures
    url: str
    plain_url: str
    tls: ssl.SSLContext

    def fetcher(self, names: Names | None = None, *, seconds: float = 5.0) -> GuardedFetcher:
        """A fetcher for which this machine is a part of the internet."""
        names = names or Names({HOST: [["127.0.0.1"]]})
        return GuardedFetcher(Reach(names, LOOPBACK, tls=self.tls), seconds=seconds)

    @property
    def paths(self) -> list[str]:
        """What was asked for."""
        return [path for path, _ in self.hostile.asked]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """The hostile server."""
    hostile = HostilePictures()
    runner = web.AppRunner(hostile.app(), access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        async with serving_https(HOST, tmp_path, port) as secure_port:
            tls = ssl.create_default_context(cafile=str(tmp_path / f"{HOST}.pem"))
            yield Server(hostile, f"https://{HOST}:{secure_port}", f"http://127.0.0.1:{port}", tls)
    finally:
        await runner.cleanup()


async def fetched(server: Server, path: str, *, seconds: float = 5.0) -> FetchedPicture | FetchProblem:
    fetcher = server.fetcher(seconds=seconds)
    try:
        return await fetcher.fetch(f"{server.url}/{path}")
    finally:
        await fetcher.close()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("good.png", FetchedPicture(picture("PNG"), PictureFormat.PNG)),
        ("good.jpg", FetchedPicture(picture("JPEG"), PictureFormat.JPEG)),
        ("good.webp", FetchedPicture(picture("WEBP"), PictureFormat.WEBP)),
        ("good.gif", FetchedPicture(picture("GIF"), PictureFormat.GIF)),
        ("animated.gif", FetchedPicture(film(), PictureFormat.GIF)),
        ("huge.png", FetchProblem.TOO_MANY_PIXELS),
        ("wide.png", FetchProblem.TOO_MANY_PIXELS),
        ("large.png", FetchProblem.TOO_LARGE),
        ("redirect", FetchProblem.REDIRECT),
        ("missing.png", FetchProblem.STATUS),
        ("drawing.svg", FetchProblem.TYPE),
        ("svg.png", FetchProblem.TYPE),
        ("page.png", FetchProblem.TYPE),
        ("film.png", FetchProblem.TYPE),
        ("other.png", FetchProblem.TYPE),
        ("packed.png", FetchProblem.TYPE),
        ("cut.png", FetchProblem.NO_ANSWER),
        ("secret", FetchProblem.TYPE),
    ],
)
async def test_only_a_picture_comes_back(server: Server, path: str, expected: FetchedPicture | FetchProblem) -> None:
    assert await fetched(server, path) == expected
    assert server.paths == [path]  # once, and nothing that it led to


async def test_one_that_needs_much_memory_is_marked(server: Server) -> None:
    found = await fetched(server, "four-megapixels.png")
    assert isinstance(found, FetchedPicture)
    assert found.is_large


async def test_a_body_without_an_end_is_read_no_further_than_five_megabytes(server: Server) -> None:
    assert await fetched(server, "endless.png") is FetchProblem.TOO_LARGE
    await asyncio.wait_for(server.hostile.left.wait(), 5)  # the connection was closed
    assert MOST_BYTES == 5 * 1024 * 1024


@pytest.mark.parametrize("path", ["drip.png", "silent.png"])
async def test_what_does_not_come_is_waited_for_as_long_as_it_is_allowed_and_no_longer(
    server: Server, path: str
) -> None:
    assert await fetched(server, path, seconds=SHORT) is FetchProblem.TOO_SLOW
    await asyncio.wait_for(server.hostile.left.wait(), 5)


@pytest.mark.parametrize(
    "addresses",
    [["10.0.0.1"], ["169.254.169.254"], ["8.8.8.8", "192.168.0.1"], ["::1"], ["::ffff:10.0.0.1"], ["64:ff9b::a00:1"]],
    ids=str,
)
async def test_a_name_that_leads_to_a_private_address_is_not_connected_to(server: Server, addresses: list[str]) -> None:
    names = Names({HOST: [addresses]})
    fetcher = server.fetcher(names)
    assert await fetcher.fetch(f"{server.url}/good.png") is FetchProblem.ADDRESS
    await fetcher.close()
    assert server.paths == []


async def test_without_being_told_otherwise_this_machine_is_not_connected_to(server: Server) -> None:
    names = Names({HOST: [["127.0.0.1"]]})
    fetcher = GuardedFetcher(Reach(names, tls=server.tls))
    assert await fetcher.fetch(f"https://{HOST}/good.png") is FetchProblem.ADDRESS
    await fetcher.close()
    assert (names.asked, server.paths) == ([HOST], [])


async def test_the_address_that_was_checked_is_the_one_that_is_connected_to(server: Server) -> None:
    # A second look-up would give another address, as a server does that means to get past a check.
    names = Names({HOST: [["127.0.0.1"], ["10.0.0.1"]]})
    fetcher = server.fetcher(names)
    assert isinstance(await fetcher.fetch(f"{server.url}/good.png"), FetchedPicture)
    assert names.asked == [HOST]
    # … and each picture is checked by itself.
    assert await fetcher.fetch(f"{server.url}/good.jpg") is FetchProblem.ADDRESS
    await fetcher.close()
    assert server.paths == ["good.png"]


@pytest.mark.parametrize(
    "url",
    [
        "http://pictures.example/good.png",
        "ftp://pictures.example/good.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "https://127.0.0.1/good.png",
        "https://127.1/good.png",
        "https://2130706433/good.png",
        "https://0x7f000001/good.png",
        "https://0x7f.1/good.png",
        "https://[::1]/good.png",
        "https://[::ffff:127.0.0.1]/good.png",
        "https://8.8.8.8/good.png",
        "https://localhost/good.png",
        "https://user:password@pictures.example/good.png",
        "https://",
        "pictures",
        "https://[broken/good.png",
    ],
)
async def test_a_url_that_is_not_https_under_a_name_is_not_asked_for(server: Server, url: str) -> None:
    names = Names({HOST: [["127.0.0.1"]]})
    fetcher = server.fetcher(names)
    assert await fetcher.fetch(url) is FetchProblem.URL
    await fetcher.close()
    assert (names.asked, server.paths) == ([], [])


async def test_another_port_than_that_of_https_is_not_asked_for() -> None:
    names = Names({HOST: [["8.8.8.8"]]})
    fetcher = GuardedFetcher(Reach(names))
    assert await fetcher.fetch(f"https://{HOST}:8443/good.png") is FetchProblem.URL
    await fetcher.close()
    assert names.asked == []


async def test_a_certificate_of_nobody_is_not_accepted(server: Server) -> None:
    fetcher = GuardedFetcher(Reach(Names({HOST: [["127.0.0.1"]]}), LOOPBACK))
    assert await fetcher.fetch(f"{server.url}/good.png") is FetchProblem.NO_ANSWER
    await fetcher.close()
    assert server.paths == []


@pytest.mark.parametrize(("below", "found"), [("good.png", True), ("../good.png", False), ("a/../../good.png", False)])
async def test_of_this_machine_only_the_operators_own_gateway_is_reached(
    server: Server, below: str, *, found: bool
) -> None:
    gateway = f"{server.plain_url}/"
    fetcher = GuardedFetcher(Reach(gateways=(gateway, "https://ipfs.io/ipfs/")))
    assert isinstance(await fetcher.fetch(gateway + below), FetchedPicture) is found
    port = int(server.plain_url.rpartition(":")[2])
    for other in (
        f"http://127.0.0.1:{port + 1}/good.png",
        f"http://localhost:{port}/good.png",
        f"https://127.0.0.1:{port}/",
    ):
        assert await fetcher.fetch(other) is FetchProblem.URL
    await fetcher.close()
    assert len(server.paths) == found


async def test_a_gateway_of_this_machine_may_be_named(server: Server) -> None:
    gateway = f"http://localhost:{server.plain_url.rpartition(':')[2]}/"
    fetcher = GuardedFetcher(Reach(Names({"localhost": [["127.0.0.1"]]}), gateways=(gateway,)))
    assert isinstance(await fetcher.fetch(f"{gateway}good.png"), FetchedPicture)
    await fetcher.close()


async def test_a_gateway_elsewhere_gets_no_exception() -> None:
    names = Names({"gateway.example": [["10.0.0.1"]]})
    fetcher = GuardedFetcher(Reach(names, gateways=("https://gateway.example/ipfs/",)))
    assert await fetcher.fetch("https://gateway.example/ipfs/Qm/1.png") is FetchProblem.ADDRESS
    await fetcher.close()


async def test_a_server_learns_no_more_than_an_address_and_a_name_of_the_program(server: Server) -> None:
    fetcher = server.fetcher()
    for path in ("cookie.png", "good.png"):
        await fetcher.fetch(f"{server.url}/{path}")
    await fetcher.close()
    for _, headers in server.hostile.asked:
        assert headers.keys() <= {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
        assert headers["Accept-Encoding"] == "identity"


async def test_a_proxy_of_the_environment_is_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert isinstance(await fetched(server, "good.png"), FetchedPicture)


def test_every_problem_has_words_for_the_log() -> None:
    words: Iterable[str] = [problem.value for problem in FetchProblem]
    assert all(len(each) > 5 for each in words)
