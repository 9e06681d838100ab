"""The demo's Loopring as an archive: the bot's own command rebuilds it from the sandbox's Ethereum node.

It is the fallback of Loopring: with that one switched off, the archive answers.
"""

from __future__ import annotations

import asyncio
import csv
import os
import sys
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sandbox.world import World

SOURCE = """
[[source]]
name = "rebuilt"
kind = "archive"
path = "{path}"
"""


class RebuildError(Exception):
    """The command failed; the text is what it said."""


def write_known_collections(world: World, path: Path) -> None:
    """Write the list of what is known of the world's collections, as `tessera archive rebuild --collections` takes it.

    Blocks do not say which of several collections of one contract an NFT is of: these are left out.
    """
    shared = Counter(each.contract_address.lower() for each in world.collections.values())
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("contract", "number", "name", "avatar"))
        for each in world.collections.values():
            if shared[each.contract_address.lower()] == 1:
                writer.writerow((each.contract_address, each.id, each.name, each.avatar))


async def rebuild(config: Path, environment: Mapping[str, str], known: Path, output: Path) -> None:
    """Rebuild the archive.

    Args:
        config: The bot's settings.
        environment: Its secrets; the nodes are in `ETH_RPC_URL`.
        known: The list of collections.
        output: The archive.

    Raises:
        RebuildError: the command failed.
    """
    command = ["-m", "bot", "archive", "rebuild", "--config", config, "--collections", known, "-o", output, "--rpc"]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *map(str, command),
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:  # cancelled: its folder is about to go
            process.kill()
            await process.wait()
    if process.returncode:
        raise RebuildError(said.decode("utf-8", "replace").strip())
