"""Which version of its server answers at each source, for the log: once at the start, and when it has changed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.sources.askers import Asker, Askers
from bot.sources.capabilities import each_of
from bot.sources.source import KnowsVersion, Source

log = logging.getLogger(__name__)

# Servers are renewed now and then; nothing depends on it but what an operator reads.
ASKED_EVERY = timedelta(days=1)


class SourceVersions:
    """Asks for them; a source that does not answer, or does not say, is no error.

    Args:
        sources: Those that the bot has.
        print_line: Takes a line for the log.
    """

    def __init__(self, sources: Sequence[Source], print_line: Callable[[str], None] = log.info) -> None:
        self._sources = [each for source in sources for each in each_of(source)]
        self._print_line = print_line
        self._said: dict[str, str] = {}

    async def look(self) -> None:
        """Say which versions answer, as far as that was not said."""
        for source in self._sources:
            if not isinstance(source, KnowsVersion):
                continue
            version = await source.fetch_version(Askers(Asker.job("versions")))
            if version and self._said.get(source.name) != version:
                self._said[source.name] = version
                self._print_line(f"{source.label}: its version is {version}")
