"""Names of collections, as an admin types them: of what the server's linked members hold, and never who.

Also of what admins of that server have asked about by its number, and its source knows. What is known in one server is
suggested in no other one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from cachetools import LRUCache, TTLCache

from bot.errors import InputError, NotFoundError, SourceError
from bot.gates.conditions import FindByName, NamedCollection
from bot.gates.cursor import MAX_DEPTH_IN_FILES
from bot.gates.folded_name import folded_name
from bot.gates.gate_file import ReadRule
from bot.gates.parser import parse_rule
from bot.gates.rule import CollectionRef, Rule
from bot.lookup.lookup import Lookup
from bot.messages import Message
from bot.names import Names
from bot.sources.askers import Asker
from bot.store import Store
from bot.store.gates.held_names import held_names
from bot.text import safe_text
from bot.text.spam import shown_name

_NO_SUCH_COLLECTION = Message("There is no collection `{collection}`, says its source. Nothing was saved.")
# Suggestions are asked for at each letter; a name that is a minute old is as good.
_RETAINED_SECONDS = 60
_MOST_GUILDS = 200
_MOST_SUGGESTED = 25
_MOST_ASKED = 500
_MOST_SIMILAR = 20
_SHOWN = 80


class CollectionNames:
    """Finds them.

    Args:
        store: Knows what members hold.
        lookup: Asks the sources.
        timer: Monotonic time in seconds.
    """

    def __init__(self, store: Store, lookup: Lookup, *, timer: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._lookup = lookup
        self._cache: TTLCache[int, Sequence[NamedCollection]] = TTLCache(_MOST_GUILDS, _RETAINED_SECONDS, timer)
        # Of collections that admins asked about, by server: nobody may hold them yet.
        self._asked: LRUCache[int, LRUCache[CollectionRef, str]] = LRUCache(_MOST_GUILDS)

    @property
    def networks(self) -> Names:
        """The networks that can be asked."""
        return self._lookup.names

    async def of_guild(self, guild_id: int) -> Sequence[NamedCollection]:
        """What members of a server hold, the most held first; then what its admins have asked about."""
        held = self._cache.get(guild_id)  # asked once: it may run out, or be dropped, at any moment
        if held is None:
            found = await held_names(self._store.reader, guild_id)
            held = [NamedCollection(name, ref) for ref, name in found]
            if held:  # where there is nothing yet, the first member's proof is seen at once
                self._cache[guild_id] = held
        asked = self._asked.get(guild_id)
        if not asked:
            return held
        named = {each.ref for each in held if each.name}
        more = {ref: NamedCollection(name, ref) for ref, name in asked.items() if ref not in named}
        return [*(more.pop(each.ref, each) for each in held), *more.values()]

    async def parse(self, guild_id: int, text: str) -> Rule:
        """The rule that was typed.

        Raises:
            InputError: with a sentence that says what is accepted.
        """
        known = await self.of_guild(guild_id)
        return parse_rule(text, self.networks, find_by_name=finding(known))

    async def rule_reader(self, guild_id: int, longest: int) -> ReadRule:
        """Parses the rules of a file, which may be longer than what is typed."""
        find_by_name = finding(await self.of_guild(guild_id))
        return lambda text: parse_rule(
            text, self.networks, find_by_name=find_by_name, longest=longest, deepest=MAX_DEPTH_IN_FILES
        )

    def collection(self, text: str) -> CollectionRef:
        """One collection that was typed or chosen: `254`, `eip155:1:0x…`.

        Raises:
            InputError: with a sentence that says what is accepted.
        """
        return CollectionRef(*self.networks.parse_collection(text))

    async def shown(self, guild_id: int) -> Mapping[CollectionRef, str]:
        """Collection → name, safe to show: of what members hold, and of what admins have asked about."""
        known = await self.of_guild(guild_id)
        return {each.ref: safe_text(each.name, _SHOWN) for each in known if each.name}

    async def suggest(self, guild_id: int, typed: str) -> Sequence[tuple[str, str]]:
        """Names and values of collections that fit what was typed, at most 25; an empty name is no suggestion."""
        wanted = folded_name(typed.strip().strip('"“”'))
        known = await self.of_guild(guild_id)
        fitting = [each for each in known if wanted in folded_name(each.name) or wanted in str(each.ref)]
        return [
            (_choice(each), str(each.ref))
            for each in fitting[:_MOST_SUGGESTED]
            if len(str(each.ref)) <= 100  # noqa: PLR2004 - of a choice's value
        ]

    def example(self, guild_id: int) -> str:
        """The collection that most members hold, where that is known without asking the store; else ""."""
        known = self._cache.get(guild_id)
        return _choice(known[0]) if known else ""

    async def require(self, guild_id: int, collection: CollectionRef, asker: Asker) -> None:
        """Refuse a collection of which its source says that there is none; a source that fails refuses nothing.

        Its name is known in that server from then on.

        Raises:
            InputError: there is no such collection.
        """
        try:
            found, _ = await self._lookup.collection(collection.network, collection.collection_id, asker)
        except NotFoundError as error:
            raise InputError(_NO_SUCH_COLLECTION, collection=str(collection)) from error
        except SourceError:
            return
        if found.name:
            self._asked.setdefault(guild_id, LRUCache(_MOST_ASKED))[collection] = found.name


def finding(known: Sequence[NamedCollection]) -> FindByName:
    """Looks names up among these: the same ones first, letter case ignored, then those that have it in them.

    Those that have it in them are looked for only where none is the same, and for the first few such names: a file may
    have thousands that nobody knows.
    """
    named = [(folded_name(each.name), each) for each in known]
    same: dict[str, list[NamedCollection]] = {}
    for name, each in named:
        same.setdefault(name, []).append(each)
    similar: dict[str, list[NamedCollection]] = {}

    def find(name: str) -> Sequence[NamedCollection]:
        wanted = folded_name(name)
        if wanted in same:
            return same[wanted]
        if wanted and wanted not in similar and len(similar) < _MOST_SIMILAR:
            similar[wanted] = [each for known_name, each in named if wanted in known_name]
        return similar.get(wanted, [])

    return find


def _choice(collection: NamedCollection) -> str:
    return f"{shown_name(collection.name, _SHOWN - 20, plain=True)} ({_short(collection.ref)})"


def _short(ref: CollectionRef) -> str:
    text = str(ref)
    return text if len(text) <= 24 else f"{text[:16]}…{text[-4:]}"  # noqa: PLR2004 - nothing left to shorten
