"""Puts the stand-ins together: one aiohttp application, everything under one port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox import screen
from sandbox.app_keys import (
    BLOCKSCOUT,
    DISCORD,
    FAULTS,
    NODES,
    PICTURES,
    RECEIVER,
    TIME,
    TRAFFIC,
    WALLET_EXTENSION,
    WORLD,
)
from sandbox.blockscout import Blockscout
from sandbox.browser import WalletExtension
from sandbox.control_api import ControlApi
from sandbox.discord import Discord
from sandbox.discord.interactions import Deadlines
from sandbox.discord_control import DiscordControl
from sandbox.ethereum import Ethereum
from sandbox.faults import Faults, inject_faults
from sandbox.loopring import Loopring
from sandbox.moved_time import MovedTime
from sandbox.nft_infos import NftInfos
from sandbox.pictures import Pictures
from sandbox.receiver import Receiver
from sandbox.traffic import Traffic, record_traffic

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.world import World

LARGEST_BODY = 128 * 1024 * 1024  # more than ten attachments of a Discord message


def make_app(
    world: World, *, bodies: Path | None = None, deadlines: Deadlines | None = None, privileged_intents: int = 0
) -> web.Application:
    """The sandbox over a world.

    Args:
        world: its present state is what `/_sandbox/reset` restores.
        bodies: a folder of recorded Loopring bodies to serve in place of the world's, see `sandbox.loopring.recorded`.
        deadlines: for answers to interactions; None: Discord's.
        privileged_intents: the bit set that is switched on for the bot's application.
    """
    faults, traffic = Faults(), Traffic()
    app = web.Application(
        middlewares=[record_traffic(traffic), inject_faults(faults)],
        client_max_size=LARGEST_BODY,
    )
    app[WORLD], app[FAULTS], app[TRAFFIC] = world, faults, traffic
    app[TIME] = MovedTime()
    app[DISCORD] = Discord(world, deadlines=deadlines, wall=app[TIME].now, privileged_intents=privileged_intents)
    app[BLOCKSCOUT], app[NODES], app[WALLET_EXTENSION] = Blockscout(world), Ethereum(world), WalletExtension(world)
    app[RECEIVER] = Receiver(app[TIME].now)
    ControlApi(app).add_routes()
    DiscordControl(app).add_routes()
    Loopring(world, bodies).add_routes(app)
    app[BLOCKSCOUT].add_routes(app)
    app[NODES].add_routes(app)
    app[DISCORD].add_routes(app)
    app[RECEIVER].add_routes(app)
    NftInfos(world).add_routes(app)
    app[PICTURES] = Pictures(world)
    app[PICTURES].add_routes(app)  # after Discord: its attachments are under /cdn too
    screen.add_routes(app)
    return app
