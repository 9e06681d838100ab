"""The keys under which the application holds the parts of the sandbox: `app[WORLD]`, `app[FAULTS]` and so on."""

from __future__ import annotations

from aiohttp import web

from sandbox.blockscout import Blockscout
from sandbox.bot_process import BotProcess
from sandbox.browser import WalletExtension
from sandbox.discord import Discord
from sandbox.ethereum import Ethereum
from sandbox.faults import Faults
from sandbox.moved_time import MovedTime
from sandbox.pictures import Pictures
from sandbox.receiver import Receiver
from sandbox.traffic import Traffic
from sandbox.world import World

WORLD = web.AppKey("world", World)
DISCORD = web.AppKey("discord", Discord)
BLOCKSCOUT = web.AppKey("blockscout", Blockscout)
NODES = web.AppKey("nodes", Ethereum)
WALLET_EXTENSION = web.AppKey("wallet_extension", WalletExtension)
PICTURES = web.AppKey("pictures", Pictures)
FAULTS = web.AppKey("faults", Faults)
TIME = web.AppKey("time", MovedTime)
RECEIVER = web.AppKey("receiver", Receiver)
TRAFFIC = web.AppKey("traffic", Traffic)
# Only there when the sandbox started the bot itself.
BOT = web.AppKey("bot", BotProcess)
