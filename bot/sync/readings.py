"""Reads accounts at their sources and stores what was observed; what cannot be read leaves what is stored as it is.

Whatever is not a complete and present answer of a live source changes no observation: an error, a list that breaks off
or does not add up, a fallback, a source that is configured as one of the past, "no such account". It only sets when the
account is tried again. What an archive with `grants = true` reports is "at least so much", with its own time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random

from bot.counts import count_collections, unknown_reason
from bot.errors import LimitError, StoreError, TesseraError
from bot.gates.facts import Held
from bot.gates.rule import CollectionRef
from bot.holdings import Account, Collection, Holdings
from bot.linking.vouching import ProvenHere
from bot.links import Scope
from bot.messages import Message, Words
from bot.reasons import Reason, ReasonCode, reason_text, source_error
from bot.sources.askers import Asker, Askers
from bot.sources.source import Source
from bot.store.sync.observations import ReadAccount, ReadTokens, Retention, Saved
from bot.store.sync.reading_table import Readings as ReadingTable
from bot.sync.account_facts import to_states
from bot.sync.past_answers import past_part
from bot.sync.reading_ages import ReadingAges, backoff
from bot.sync.results import AccountState
from bot.sync.source_answers import checked, last_holdings, last_nfts, ref_of, to_held, to_reading, to_tokens

log = logging.getLogger(__name__)

_NO_SOURCE = Message("No source here knows `{network}` any more: this bot's operator has removed it.")
_INTERNAL_ERROR = Message("Something went wrong inside Tessera; its operator finds it in the log.")

# Whatever rules ask for today: history that was deleted cannot be read again.
_LEAST_HISTORY = timedelta(days=366)
Tokens = frozenset[CollectionRef]


def _ignore() -> None:
    """Nobody needs to know."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What rules ask for besides the number of kinds.

    Attributes:
        tokens: Collections whose single NFTs (copies, ids, traits) some rule asks for.
        history: The longest span that some rule looks back.
    """

    tokens: frozenset[CollectionRef] = frozenset()
    history: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class ReadOutcome:
    """What became of reading one account.

    Attributes:
        account: The account.
        saved: What became of the answer; None: there was none that could be used.
        failure: Why it was not complete.
        members: Whose account it was when it was asked about.
    """

    account: Account
    saved: Saved | None
    failure: Reason | None = None
    members: frozenset[int] = frozenset()

    @property
    def is_read(self) -> bool:
        """Whether it is known now what the account holds."""
        return self.saved is Saved.WHOLE


class Readings:
    """Reads accounts, and answers what is known about them. Every method may raise `StoreError`.

    Args:
        store: Where observations are stored.
        sources: One for each network.
        proven: Which accounts are whose.
        rates: Name of a source → how many requests a second it may be sent.
        interval: How often each account is to be read.
        wanted: What rules ask for at this moment.
        clock: Returns the present as an aware datetime.
        random: Spreads what is tried again.

    Attributes:
        ages: How often accounts can be read, and how long a reading counts.
    """

    def __init__(
        self,
        store: ReadingTable,
        sources: Sequence[Source],
        proven: ProvenHere,
        *,
        rates: Mapping[str, float],
        interval: timedelta,
        wanted: Callable[[], Wanted],
        clock: Callable[[], datetime],
        random: Random,
    ) -> None:
        self._store = store
        self._sources = {source.network: source for source in sources}
        self._proven = proven
        self._interval = interval
        self.ages = ReadingAges(store, {each.network: rates.get(each.name, 0) for each in sources}, interval, clock)
        self._wanted = wanted
        self._clock = clock
        self._random = random
        # Networks whose source reports the past, and whether that may earn a role.
        self._past = {each.network: each.abilities.may_grant for each in sources if not each.abilities.is_live}
        self._under_way: dict[Account, tuple[Askers, asyncio.Task[ReadOutcome]]] = {}

    @property
    def networks(self) -> Sequence[str]:
        """Of which accounts can be read here."""
        return tuple(self._sources)

    def pause_after(self, tries: int) -> timedelta:
        """How long to wait after so many failures in a row."""
        return backoff(tries, self._random)

    def label(self, network: str) -> Words | str:
        """The source of a network, for people; the network itself where none is configured any more."""
        source = self._sources.get(network)
        return source.label if source else network

    async def read(
        self, account: Account, asker: Asker, *, answered: Callable[[], None] = _ignore, tokens: Tokens = frozenset()
    ) -> ReadOutcome:
        """Read one account at its source now, and store what was observed.

        Nothing of it is older than this call, unless the account is being read at this moment: then that is its
        answer too. It goes on when the caller leaves.

        Args:
            account: The account.
            asker: Who asks.
            answered: Called when the source has answered, before it is stored; perhaps never.
            tokens: Collections whose single NFTs are read too, besides those that rules ask for.

        Raises:
            LimitError: the asker has too many questions under way.
            StoreError: nothing was stored.
        """
        found = self._under_way.get(account)
        if found and not found[1].done():
            askers, task = found
            askers.join(asker)
        else:
            askers = Askers(asker)
            task = asyncio.create_task(self._read(account, askers, answered, tokens), name=f"read {account} for gates")
            self._under_way[account] = askers, task
            task.add_done_callback(partial(self._on_end, account))
        try:
            return await asyncio.shield(task)
        finally:
            askers.leave(asker)

    def _on_end(self, account: Account, task: asyncio.Task[ReadOutcome]) -> None:
        if self._under_way[account][1] is task:
            del self._under_way[account]
        if not task.cancelled():
            task.exception()  # marked as retrieved: all who waited for it may have left

    async def close(self) -> None:
        """Stop the readings that are under way."""
        tasks = [task for _, task in self._under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def facts_of(self, user_id: int, scope: Scope) -> Sequence[AccountState]:
        """What is known about a member's accounts that count in a scope, from what is stored.

        An account that would count if it were confirmed who owns it is among them, as uncertain.
        """
        return (await self.facts_of_members({user_id: scope}))[user_id]

    async def facts_of_members(self, scopes: Mapping[int, Scope]) -> Mapping[int, Sequence[AccountState]]:
        """What `facts_of` answers about each member in their scope, in one go."""
        proven = await self._proven.of_members(scopes)
        accounts = {account for both in proven.values() for its in both for account in its.accounts}
        stored = await self._store.of(list(accounts))
        ages = {network: await self.ages.max_age(network) for network in {account.network for account in accounts}}
        now = self._clock()
        return {user_id: to_states(*both, stored, now, ages, self._past) for user_id, both in proven.items()}

    async def second_answer(self, account: Account, collection: CollectionRef, asker: Asker) -> Held | None:
        """What an account holds of one collection by another question than the usual one: its single NFTs.

        Nothing is stored. None: there is no live source that could be asked.

        Raises:
            SourceError, NotFoundError: no usable answer; nothing follows from that.
        """
        source = self._sources.get(account.network)
        if source is None or not source.abilities.is_live or collection.network != account.network:
            return None
        asked, askers = Collection(collection.network, collection.collection_id), Askers(asker)
        askers.on_behalf_of(await self._store.members_of(account))
        nfts = await last_nfts(source, account, asked, askers, self._clock)
        now, max_age = self._clock(), await self.ages.max_age(account.network)
        if nfts is None or unknown_reason(nfts, now=now, max_age=max_age):
            return Held()
        return to_held(nfts, now, max_age)

    async def doubt(self, account: Account, collection: CollectionRef, since: Sequence[datetime]) -> None:
        """Another answer contradicts what an account held from these moments on: that was not observed."""
        await self._store.doubt(account, collection, since)

    async def _read(self, account: Account, askers: Askers, answered: Callable[[], None], also: Tokens) -> ReadOutcome:
        members = await self._store.members_of(account)
        askers.on_behalf_of(members)
        return replace(await self._ask(account, askers, answered, also), members=members)

    async def _ask(self, account: Account, askers: Askers, answered: Callable[[], None], also: Tokens) -> ReadOutcome:
        source = self._sources.get(account.network)
        if source is None:
            return await self._fail(account, source_error(_NO_SOURCE(network=account.network)))
        try:
            holdings = await last_holdings(source, account, askers, self._clock)
            if holdings is None:
                return await self._fail(account, Reason.of(ReasonCode.ASKED_FIRST_SILENT, label=source.label))
            if holdings.never_seen:
                holdings = checked(holdings, (await self._store.of([account])).get(account))
            return await self._store_answer(source, holdings, askers, answered, also)
        except LimitError:
            raise
        except StoreError:  # what cannot be stored must not be first in the queue for ever
            await self._fail(account, source_error(_INTERNAL_ERROR()))
            raise
        except TesseraError as error:
            return await self._fail(account, source_error(error.words))
        except Exception:  # a defect with one account must not stop the others, and is not tried again at once
            log.exception("reading %s failed", account)
            return await self._fail(account, source_error(_INTERNAL_ERROR()))

    async def _store_answer(
        self, source: Source, holdings: Holdings, askers: Askers, answered: Callable[[], None], also: Tokens
    ) -> ReadOutcome:
        account, now, max_age = holdings.account, self._clock(), await self.ages.max_age(holdings.account.network)
        wanted = replace(self._wanted(), tokens=self._wanted().tokens | also)
        retention = Retention(max_age, max(wanted.history, _LEAST_HISTORY))
        if why := unknown_reason(holdings, now=now, max_age=max_age):
            part = await past_part(source, holdings, wanted.tokens, askers, self._clock)
            outcome = await self._fail(account, why, part, retention)
            return replace(outcome, failure=None) if outcome.saved is Saved.PART else outcome  # no source that fails
        if count_collections(holdings, now=now, max_age=max_age).high is None:
            why = holdings.incomplete_reason or Reason.of(ReasonCode.LIST_CHANGED)
            return await self._fail(account, why, to_reading(holdings, is_whole=False), retention)
        read = await self._with_tokens(source, holdings, wanted, askers, max_age)
        answered()
        now = self._clock()
        saved = await self._store.save(read, now, retention, next_at=now + self._interval)
        if saved is Saved.OLDER:
            return await self._fail(account, Reason.of(ReasonCode.TOO_OLD))
        return ReadOutcome(account, saved)

    async def _with_tokens(
        self, source: Source, holdings: Holdings, wanted: Wanted, askers: Askers, max_age: timedelta
    ) -> ReadAccount:
        """The reading, with the NFTs of those collections that rules ask for and that the account holds."""
        tokens: dict[CollectionRef, ReadTokens] = {}
        asked = frozenset(ref for row in holdings.holdings if (ref := ref_of(row.collection)) in wanted.tokens)
        for row in holdings.holdings:
            if (ref := ref_of(row.collection)) not in asked:
                continue
            try:
                nfts = await last_nfts(source, holdings.account, row.collection, askers, self._clock)
            except TesseraError as error:
                log.info("the NFTs of %s of %s: %s", ref, holdings.account, error.sentence)
                continue
            now = self._clock()
            if nfts and not unknown_reason(nfts, now=now, max_age=max_age):
                tokens[ref] = to_tokens(nfts.expecting(row.counted_kinds), now, max_age)
        return to_reading(holdings, is_whole=True, asked=asked, tokens=tokens)

    async def _fail(
        self, account: Account, why: Reason, part: ReadAccount | None = None, retention: Retention | None = None
    ) -> ReadOutcome:
        if part is None and account.network in self._past:
            await self._store.forget_part(account)  # what an archive said that was used before this one
        # An archive says tomorrow what it says today, and is read again as often as others.
        pause_after = self.pause_after if why.code is not ReasonCode.NOT_LIVE else lambda _: self._interval
        saved = await self._store.save_failure(account, self._clock(), reason_text(why), pause_after, part, retention)
        return ReadOutcome(account, saved if part else None, why)
