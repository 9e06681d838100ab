"""`tessera archive rebuild --metadata`: names and pictures of what a replay has, and which are missing and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.archive.known_collections import KnownCollection
from bot.archive_api.blocks.history_nodes import HistoryNodes
from bot.archive_api.blocks.rebuild_progress import RebuildProgress
from bot.archive_api.metadata.collection_files import CollectionFiles
from bot.archive_api.metadata.contract_uris import ContractUris
from bot.archive_api.metadata.fetch_collections import CollectionSearch, FoundCollections, held_contracts
from bot.archive_api.metadata.fetch_metadata import FoundMetadata, fetch_metadata, held_ids
from bot.archive_api.metadata.ipfs_gateways import IpfsGateways
from bot.archive_api.metadata.metadata_file import MetadataFile, Origin
from bot.cli.interruptible import interruptible
from bot.config.settings import DisplaySettings
from bot.errors import ConfigError
from bot.l2.replay import Replay
from bot.sources.session import open_session
from bot.text.plural import plural

_NAMED_BY = {"": "--collections", Origin.CONTRACT: "their contracts", Origin.INFOS: "collection_infos"}
_ASKED = {Origin.CONTRACT: "by the contract", Origin.INFOS: "from collection_infos"}
_AGAIN = "Repeat the command with another -o to ask again for what is missing."


@dataclass(frozen=True)
class Described:
    """What was found."""

    nfts: FoundMetadata = field(default_factory=FoundMetadata)
    collections: FoundCollections = field(default_factory=FoundCollections)

    def lines(self) -> Iterator[str]:
        """What was found, and what is missing and why, for a terminal."""
        found = self.collections
        by = ", ".join(f"{count:,} by {_NAMED_BY[who]}" for who, count in sorted(found.named_by.items()) if count)
        named = plural(found.named_by.total(), "collection")
        yield f"Names of {named}{f' ({by})' if by else ''}; {found.nameless:,} have none"
        if found.nameless:
            yield f"Collections without a name: {'; '.join(_why(found)) or 'nothing was there to ask'}"
        missing = "".join(f"; {count:,} missing: {problem}" for problem, count in sorted(self.nfts.missing.items()))
        without = f"; {self.nfts.without:,} have an id that is no address on IPFS" if self.nfts.without else ""
        yield f"Names and pictures: of {plural(len(self.nfts.by_id), 'NFT')}{missing}{without}"
        if self.nfts.missing or found.nameless:
            yield _AGAIN


async def describe(
    replay: Replay,
    folder: Path,
    known: Mapping[str, KnownCollection],
    display: DisplaySettings,
    nodes: Sequence[str],
    progress: RebuildProgress,
) -> Described:
    """Fetch what is not known yet.

    Args:
        replay: At its end.
        folder: Of the blocks; what is found is kept there.
        known: The operator's list of collections.
        display: Where to fetch from.
        nodes: URLs of Ethereum nodes; may be none.
        progress: Is shown.

    Raises:
        ConfigError: what was found cannot be kept, another process keeps it, or a node is not on mainnet.
    """
    gateways = IpfsGateways(display.image_gateways)
    files = CollectionFiles(gateways, display.collection_infos)
    try:
        with interruptible(MetadataFile, folder) as file:
            async with open_session() as session:
                search = CollectionSearch(ContractUris(HistoryNodes(session, nodes)) if nodes else None, files, file)
                contracts = interruptible(held_contracts, replay)
                collections = await search.find(contracts, known, progress.named)
            ids = interruptible(held_ids, replay)
            return Described(await fetch_metadata(ids, gateways, file, progress.described), collections)
    except* ConfigError as errors:
        raise errors.exceptions[0] from None
    finally:
        await files.close()
        await gateways.close()


def _why(found: FoundCollections) -> Iterator[str]:
    for origin in Origin:
        reasons = [(count, why) for (asked, why), count in found.missing.items() if asked is origin]
        if reasons:
            words = ", ".join(
                f"{count:,} {why}" for count, why in sorted(reasons, key=lambda each: (-each[0], each[1]))
            )
            yield f"{_ASKED[origin]}: {words}"
