"""An Ethereum node, a gateway of IPFS and a server of infos over one world, and a stranger's server by https."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.archive.known_collections import KnownCollection
from bot.archive_api.blocks.history_nodes import HistoryNodes
from bot.archive_api.metadata.collection_files import CollectionFiles
from bot.archive_api.metadata.contract_uris import ContractUris
from bot.archive_api.metadata.fetch_collections import CollectionSearch, FoundCollections
from bot.archive_api.metadata.ipfs_gateways import IpfsGateways
from bot.archive_api.metadata.metadata_file import MetadataFile
from bot.archive_api.metadata.small_files import Reach
from bot.sources.public_address import LookUp
from sandbox.collection_files import metadata_of
from sandbox.community import load_world
from sandbox.ethereum import Ethereum
from sandbox.ipfs import IpfsGateway
from sandbox.nft_infos import NftInfos
from sandbox.world import World
from tests.sources.virtual_time import JumpingClock
from tests.web.https import serving_https

HOST = "collections.example"


@dataclass
class Servers:
    """All of them, and what of this machine a search may reach.

    Attributes:
        stranger: What `https://collections.example` serves.
        addresses: Of each name, for the URLs of strangers.
    """

    world: World
    ethereum: Ethereum
    gateway: IpfsGateway
    infos: NftInfos
    stranger: NftInfos
    url: str
    stranger_url: str
    tls: ssl.SSLContext
    addresses: dict[str, list[str]] = field(default_factory=lambda: {HOST: ["127.0.0.1"]})
    looked_up: list[str] = field(default_factory=list)
    clock: JumpingClock = field(default_factory=JumpingClock)

    @property
    def look_up(self) -> LookUp:
        """Names of strangers."""

        async def look_up(host: str, _port: int, _family: object) -> list[str]:
            self.looked_up.append(host)
            return self.addresses.get(host, [])

        return look_up

    def contract(self, number: int) -> str:
        """The contract of a collection, as an archive has it."""
        return self.world.collections[number].contract_address.lower()

    async def search(
        self,
        folder: Path,
        contracts: Collection[str],
        known: Mapping[str, KnownCollection] | None = None,
        *,
        nodes: Collection[str] | None = None,
        infos: bool = True,
        is_public: bool = True,
        seconds: float = 20.0,
    ) -> FoundCollections:
        """One run over a folder.

        Args:
            folder: Of the blocks.
            contracts: In lower case.
            known: The operator's list.
            nodes: URLs; None: that of the stand-in.
            infos: Whether there is a server of infos.
            is_public: This machine is a part of the internet.
            seconds: How long one file may take.
        """
        urls = [f"{self.url}/ethereum/1"] if nodes is None else list(nodes)
        gateways = IpfsGateways([f"{self.url}/ipfs/"], clock=self.clock.clock, seconds=seconds)
        networks = Reach.of_servers(["http://127.0.0.1/"]).networks if is_public else ()
        files = CollectionFiles(
            gateways,
            f"{self.url}/nftinfos/" if infos else "",
            strangers=Reach(networks, self.look_up, self.tls),
            clock=self.clock.clock,
            seconds=seconds,
        )
        try:
            async with aiohttp.ClientSession() as session:
                uris = ContractUris(HistoryNodes(session, urls, sleep=self.clock.clock.sleep)) if urls else None
                with MetadataFile(folder) as kept:
                    return await CollectionSearch(uris, files, kept).find(
                        contracts, known or {}, lambda _asked, _wanted: None
                    )
        finally:
            await files.close()
            await gateways.close()


@asynccontextmanager
async def serving_collections(folder: Path) -> AsyncIterator[Servers]:
    """All servers, over the demo's community."""
    world = load_world()
    ethereum, gateway, infos, stranger = Ethereum(world), IpfsGateway(), NftInfos(world), NftInfos(World())
    for each in world.collections.values():
        gateway.add(metadata_of(each))
    app = web.Application()
    ethereum.add_routes(app)
    gateway.add_routes(app)
    infos.add_routes(app)
    stranger.add_routes(app, "/stranger")
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        async with serving_https(HOST, folder, port) as secure_port:
            tls = ssl.create_default_context(cafile=str(folder / f"{HOST}.pem"))
            secure = f"https://{HOST}:{secure_port}/stranger"
            yield Servers(world, ethereum, gateway, infos, stranger, f"http://127.0.0.1:{port}", secure, tls)
    finally:
        await runner.cleanup()
