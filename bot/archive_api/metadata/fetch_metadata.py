"""Names and pictures of the NFTs in a replay, from IPFS; what is missing stays missing, and is asked for again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.archive.ipfs_files import ipfs_file
from bot.archive.nft_cids import metadata_cid
from bot.archive_api.metadata.ipfs_gateways import IpfsGateways
from bot.archive_api.metadata.metadata_file import MetadataFile, NftMetadata, read_metadata
from bot.archive_api.metadata.small_files import AT_ONCE, FileProblem
from bot.l2.replay import Replay


@dataclass
class FoundMetadata:
    """What is known of NFTs.

    Attributes:
        by_id: The NFT's id → what its metadata says.
        missing: Why that of others is not known, and of how many.
        without: How many NFTs have an id that leads nowhere.
    """

    by_id: dict[int, NftMetadata] = field(default_factory=dict)
    missing: Counter[FileProblem] = field(default_factory=Counter)
    without: int = 0


def held_ids(replay: Replay) -> set[int]:
    """The ids of all NFTs that somebody holds at the end of a replay."""
    return {nft_id for state in replay.accounts() for each in state.holdings for nft_id, _ in each.nfts}


async def fetch_metadata(
    ids: Iterable[int], gateways: IpfsGateways, file: MetadataFile, progress: Callable[[int, int], None]
) -> FoundMetadata:
    """Fetch what is not known yet, some at once; ended at any moment, it goes on where it was.

    Args:
        ids: Of the NFTs.
        gateways: Are asked.
        file: Keeps what was found.
        progress: Called with how many were asked for, and of how many.

    Raises:
        ConfigError: what was found cannot be written.
    """
    found, wanted = FoundMetadata(), []
    for token_id in sorted(ids):
        if (named := ipfs_file(metadata_cid(token_id))) is None:
            found.without += 1
        elif known := file.find(token_id):
            found.by_id[token_id] = known
        else:
            wanted.append((token_id, named))
    left = iter(wanted)
    asked = 0

    async def work() -> None:
        nonlocal asked
        for token_id, named in left:
            content = await gateways.fetch(named)
            if isinstance(content, FileProblem):
                found.missing[content] += 1
            else:
                found.by_id[token_id] = read_metadata(content)
                file.add(token_id, found.by_id[token_id])
            asked += 1
            progress(asked, len(wanted))

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(work())
    return found
