"""Builds the sources from the settings: one for each network, with its fallbacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aiohttp

from bot.config.settings import Settings
from bot.config.source_tables import ArchiveTable, BlockscoutTable, SourceTable
from bot.errors import ConfigError
from bot.messages import Message
from bot.sources.archive import ArchiveSource
from bot.sources.blockscout import BlockscoutSource
from bot.sources.chain import ChainedSource
from bot.sources.loopring import LoopringSource
from bot.sources.source import Source

_TWO_OF_ONE_NETWORK = Message("Sources {other} and {name} both know {network}: make one the fallback of the other.")
_WRONG_FALLBACK = Message(
    "Source {fallback} cannot be the fallback of {name}: it knows {network}, and {name} knows {wanted}."
)


async def open_source(table: SourceTable, session: aiohttp.ClientSession) -> Source:
    """The source of one table of the settings, without its fallback.

    Raises:
        ConfigError: an archive that cannot be used.
    """
    if isinstance(table, ArchiveTable):
        return await ArchiveSource.open(table.path, name=table.name, label=table.label, may_grant=table.grants)
    if isinstance(table, BlockscoutTable):
        return BlockscoutSource(session, table, name=table.name)
    return LoopringSource(session, table, name=table.name, label=table.label)


async def open_sources(settings: Settings, session: aiohttp.ClientSession) -> Sequence[Source]:
    """One source for each network, with its fallbacks, in the order of the settings.

    Raises:
        ConfigError: two sources of one network of which neither is the fallback of the other; a `fallback` of another
            network; an archive that cannot be used. Nothing stays open.
    """
    opened: dict[str, Source] = {}
    try:
        for table in settings.sources:
            opened[table.name] = await open_source(table, session)
        return _arrange(settings, opened)
    except ConfigError:
        for source in opened.values():
            await source.close()
        raise


def _arrange(settings: Settings, opened: Mapping[str, Source]) -> Sequence[Source]:
    fallbacks = {table.name: table.fallback for table in settings.sources}
    first = [_chain(name, fallbacks, opened) for name in opened if name not in fallbacks.values()]
    networks: dict[str, str] = {}
    for source in first:
        if other := networks.get(source.network):
            raise ConfigError(_TWO_OF_ONE_NETWORK, other=other, name=source.name, network=source.network)
        networks[source.network] = source.name
    return first


def _chain(name: str, fallbacks: Mapping[str, str], opened: Mapping[str, Source]) -> Source:
    source = opened[name]
    fallback = fallbacks[name]
    if not fallback:
        return source
    second = _chain(fallback, fallbacks, opened)
    if second.network != source.network:
        raise ConfigError(_WRONG_FALLBACK, fallback=fallback, name=name, network=second.network, wanted=source.network)
    return ChainedSource(source, second)
