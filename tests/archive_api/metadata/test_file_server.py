"""How long a server of files is asked: as it wants to be, and not for ever."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.archive.ipfs_files import IpfsFile, ipfs_file
from bot.archive_api.metadata.ipfs_gateways import IpfsGateways
from bot.archive_api.metadata.small_files import FileProblem
from sandbox.ipfs import IpfsGateway, cid, file_hash
from tests.ipfs_gateway import serving
from tests.sources.virtual_time import JumpingClock


def made(gateway: IpfsGateway, count: int) -> list[IpfsFile]:
    files = [ipfs_file(cid(gateway.add(json.dumps({"name": number}).encode()))) for number in range(count)]
    return [file for file in files if file]


@asynccontextmanager
async def opened(clock: JumpingClock, *urls: str) -> AsyncIterator[IpfsGateways]:
    gateways = IpfsGateways(urls, clock=clock.clock)
    try:
        yield gateways
    finally:
        await gateways.close()


async def test_a_gateway_that_asks_to_wait_is_asked_again_when_it_said_and_gives_everything() -> None:
    gateway, clock = IpfsGateway(), JumpingClock()
    files = made(gateway, 20)
    gateway.mode = "busy"
    async with serving(gateway) as url, opened(clock, url) as gateways:
        found = [await gateways.fetch(file) for file in files]
    assert found == [gateway.files[file.cid] for file in files]
    # Every second request was refused for thirty seconds, which were waited for.
    assert clock.seconds == 20 * 30
    assert gateway.asked.total() == 40


async def test_several_at_once_wait_for_one_pause() -> None:
    gateway, clock = IpfsGateway(), JumpingClock()
    files = made(gateway, 4)
    gateway.mode = "busy"
    async with serving(gateway) as url, opened(clock, url) as gateways:
        found = await asyncio.gather(*map(gateways.fetch, files))
    assert all(isinstance(content, bytes) for content in found)


async def test_another_gateway_is_asked_meanwhile() -> None:
    busy, other, clock = IpfsGateway(), IpfsGateway(), JumpingClock()
    (file,) = made(busy, 1)
    made(other, 1)
    busy.mode = "always busy"
    async with serving(busy) as one, serving(other) as two, opened(clock, one, two) as gateways:
        assert isinstance(await gateways.fetch(file), bytes)
        assert isinstance(await gateways.fetch(file), bytes)
    assert clock.seconds == 0
    assert (busy.asked.total(), other.asked.total()) == (1, 2)


async def test_one_that_never_takes_a_request_is_left_alone_after_an_hour() -> None:
    gateway, clock = IpfsGateway(), JumpingClock()
    one, other = made(gateway, 2)
    gateway.mode = "always busy"
    async with serving(gateway) as url, opened(clock, url) as gateways:
        assert await gateways.fetch(one) is FileProblem.BUSY
        asked = gateway.asked.total()
        assert await gateways.fetch(other) is FileProblem.NO_GATEWAY
    # A pause without a number is a second at first, and a minute at last.
    assert 3600 < clock.seconds <= 3660 + 60
    assert gateway.asked.total() == asked < 80


async def test_one_that_does_not_answer_is_left_alone_after_eight_times() -> None:
    gateway, clock = IpfsGateway(), JumpingClock()
    files = made(gateway, 20)
    gateway.mode = "silent"
    async with serving(gateway) as url, opened(clock, url) as gateways:
        found = [await gateways.fetch(file) for file in files]
    assert found == [FileProblem.NO_ANSWER] * 8 + [FileProblem.NO_GATEWAY] * 12
    assert (gateway.asked.total(), clock.seconds) == (8, 0)


async def test_a_file_of_several_blocks_is_called_that_and_another_one_is_not() -> None:
    gateway, clock = IpfsGateway(), JumpingClock()
    tree, long, lied = (
        ipfs_file(cid(digest))
        for digest in (
            gateway.add_in_blocks(b'{"name": "in two blocks"}'),
            gateway.add_in_blocks(b"x" * 300_000),
            file_hash(b"this"),
        )
    )
    assert tree
    assert long
    assert lied
    gateway.files[lied.cid] = b"that"
    async with serving(gateway) as url, opened(clock, url) as gateways:
        assert await gateways.fetch(tree) is FileProblem.SEVERAL_BLOCKS
        assert await gateways.fetch(long) is FileProblem.SEVERAL_BLOCKS
        assert await gateways.fetch(lied) is FileProblem.ANOTHER
        gateway.blocks[tree.cid] = gateway.blocks[long.cid]  # a gateway that lies about the block
        assert await gateways.fetch(tree) is FileProblem.ANOTHER
    assert gateway.asked_blocks == {tree.cid: 2, long.cid: 1, lied.cid: 1}


async def test_a_file_in_a_folder_is_taken_as_the_gateway_has_it() -> None:
    gateway, clock = IpfsGateway(), JumpingClock()
    folder = cid(file_hash(b"folder"))
    gateway.files[f"{folder}/a b.json"] = b"{}"
    file = ipfs_file(folder, "/a b.json")
    assert file
    async with serving(gateway) as url, opened(clock, url) as gateways:
        assert await gateways.fetch(file) == b"{}"
    assert gateway.asked_blocks == {}
