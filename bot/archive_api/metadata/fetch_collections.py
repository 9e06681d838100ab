"""Names and pictures of the collections in a replay, as far as a list does not say them.

First by the URI that a collection's contract names, then, where that gives no name, from a server of collection infos.
What is missing stays missing, and is asked for again by the next run.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.archive.known_collections import FoundCollection, KnownCollection
from bot.archive_api.metadata.collection_files import CollectionFiles
from bot.archive_api.metadata.collection_metadata import read_collection_metadata
from bot.archive_api.metadata.contract_uris import ContractUris
from bot.archive_api.metadata.metadata_file import MetadataFile, Origin
from bot.archive_api.metadata.small_files import AT_ONCE, FileProblem
from bot.l2.replay import Replay

_NO_NAME = "pictures, but no name"


class NoUri(StrEnum):
    """Why a contract names no metadata."""

    NONE = "no contractURI()"
    NO_NODE = "no Ethereum node answers"


@dataclass
class FoundCollections:
    """What is known of collections.

    Attributes:
        by_contract: What their own metadata says, by contract.
        named_by: How many have a name, by who says it; "": the operator's list.
        nameless: How many have none.
        missing: Of those, why not: origin and reason → how many.
    """

    by_contract: dict[str, FoundCollection] = field(default_factory=dict)
    named_by: Counter[str] = field(default_factory=Counter)
    nameless: int = 0
    missing: Counter[tuple[Origin, str]] = field(default_factory=Counter)


def held_contracts(replay: Replay) -> set[str]:
    """The contracts of all NFTs that somebody holds at the end of a replay."""
    return {each.contract for state in replay.accounts() for each in state.holdings}


class CollectionSearch:
    """Looks for the metadata of collections.

    Args:
        uris: Asks contracts; None: there is no node to ask.
        files: Fetches.
        kept: Keeps what was found.
    """

    def __init__(self, uris: ContractUris | None, files: CollectionFiles, kept: MetadataFile) -> None:
        self._uris = uris
        self._files = files
        self._kept = kept

    async def find(
        self, contracts: Iterable[str], known: Mapping[str, KnownCollection], progress: Callable[[int, int], None]
    ) -> FoundCollections:
        """What is known of these, some asked for at once; ended at any moment, the next run goes on where it was.

        Args:
            contracts: In lower case.
            known: The operator's list; what it has in whole is not asked for.
            progress: Called with how many were asked for, and of how many.

        Raises:
            ConfigError: what was found cannot be written, or a node is not on mainnet.
        """
        found = FoundCollections()
        wanted = []
        for contract in sorted(contracts):
            has = known.get(contract, KnownCollection())
            found.named_by[""] += bool(has.name)
            if not (has.name and has.avatar):
                wanted.append((contract, bool(has.name)))
        left = iter(wanted)
        asked = 0

        async def work() -> None:
            nonlocal asked
            for contract, is_named in left:
                await self._look_for(contract, found, is_named=is_named)
                asked += 1
                progress(asked, len(wanted))

        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(work())
        return found

    async def _look_for(self, contract: str, found: FoundCollections, *, is_named: bool) -> None:
        says = FoundCollection()
        missing: dict[Origin, str] = {}
        for origin, look in ((Origin.CONTRACT, self._ask_contract), (Origin.INFOS, self._ask_infos)):
            more = self._kept.find_collection(contract, origin) or await look(contract)
            if isinstance(more, FoundCollection):
                if not more.name:
                    missing[origin] = _NO_NAME
                elif not (says.name or is_named):
                    found.named_by[origin] += 1
                says = says.or_else(more)
            elif more:
                missing[origin] = more
            if says.avatar_uris if is_named else says.name:
                break
        if says:
            found.by_contract[contract] = says
        if not (says.name or is_named):
            found.nameless += 1
            found.missing.update(missing.items())

    async def _ask_contract(self, contract: str) -> FoundCollection | str:
        if self._uris is None:
            return ""
        uri = await self._uris.fetch(contract)
        if not uri:
            return NoUri.NO_NODE if uri is None else NoUri.NONE
        return self._read(contract, Origin.CONTRACT, await self._files.fetch(uri))

    async def _ask_infos(self, contract: str) -> FoundCollection | str:
        if not self._files.has_infos:
            return ""
        return self._read(contract, Origin.INFOS, await self._files.fetch_infos(contract))

    def _read(self, contract: str, origin: Origin, content: bytes | FileProblem) -> FoundCollection | FileProblem:
        if isinstance(content, FileProblem):
            return content
        found = read_collection_metadata(content)
        if not found:
            return FileProblem.NOT_JSON
        self._kept.add_collection(contract, origin, found)
        return found
