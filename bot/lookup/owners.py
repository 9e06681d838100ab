"""Who owns an account: what is stored, what sources say, and what a proof may rest on.

On a chain an account is its own owner, and nobody is asked. A number's owner is what sources say, and anyone who holds
the domain of a company that is gone says what they like: so a proof rests on a fact that is *confirmed* under the rule
in force (`bot.lookup.owner_rule`), or by the operator. The first answer of a source is enough for showing alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from cachetools import TTLCache

from bot.errors import ContradictionError, StoreError, TesseraError
from bot.holdings import Account
from bot.lookup.owner_rule import CANNOT_BE_DECIDED, OwnerRule, Statement, agreed_owner, contradicts
from bot.names import is_numbered
from bot.sources.askers import Askers
from bot.sources.capabilities import first_of
from bot.sources.source import Source
from bot.store import Store
from bot.store.linking.owner_table import FIRST, SHOWN, OwnerFact

log = logging.getLogger(__name__)

# The operator need not read the same contradiction more often than once an hour.
_REPORT_SECONDS = 3600.0


class Owners:
    """What is known of the owners of accounts.

    Args:
        sources: One for each network; they may have fallbacks, which are asked as well.
        source_of: Returns that of a network, or raises `InputError`.
        store: Where facts are stored; it is read each time, as the operator may correct one at any time.
        rule: Which sources a proof may rest on.
    """

    def __init__(
        self, sources: Sequence[Source], source_of: Callable[[str], Source], store: Store, rule: OwnerRule
    ) -> None:
        self._sources = sources
        self._source_of = source_of
        self._store = store
        self._rule = rule
        self._reported: TTLCache[Account, bool] = TTLCache(10_000, _REPORT_SECONDS)

    async def apply_rule(self) -> None:
        """Confirm what was found under the rule in force, and nothing else; to be called once, at the start.

        Raises:
            StoreError: the store failed.
        """
        numbered = [source for source in self._sources if is_numbered(source.network)]
        await self._store.owners.apply_rule({source.network: self._rule.in_force(source) for source in numbered})

    async def known(self, account: Account) -> str:
        """The address that is stored, whether a proof may rest on it or not; "" for none. Never raises."""
        if not is_numbered(account.network):
            return account.account_id
        fact = await self._stored(account)
        return fact.owner if fact else ""

    async def owner_of(self, account: Account, askers: Askers) -> str:
        """The address that owns an account, as far as a proof may rest on it.

        Raises:
            ContradictionError: sources contradict each other: waiting does not help.
            SourceError: that cannot be found out now.
            NotFoundError: there is no such account.
            InputError: nothing is stored, and there is no source of that network any more.
        """
        if not is_numbered(account.network):
            return account.account_id
        fact = await self._stored(account)
        if fact and fact.is_confirmed:
            return fact.owner
        source = self._source_of(account.network)
        basis = self._rule.basis(source)
        if basis == FIRST:
            owner, name = await first_of(source, lambda each: each.fetch_owner(account, askers))
            return await self._save(OwnerFact(account, owner, (name,), basis, is_confirmed=True, seen_at=_now()))
        statements = await ask_each(account, self._rule.speakers(source), askers)
        if contradicts(statements):
            self._report(account, statements)
        owner, names = agreed_owner(account, statements)
        return await self._save(OwnerFact(account, owner, names, basis, is_confirmed=True, seen_at=_now()))

    async def first_word(self, account: Account, askers: Askers) -> str:
        """The address that is stored, or that the first source names; for showing alone.

        Raises:
            SourceError, NotFoundError: no source names one, or it contradicts what is stored.
        """
        if known := await self.known(account):
            return known
        source = self._source_of(account.network)
        owner, name = await first_of(source, lambda each: each.fetch_owner(account, askers))
        return await self._save(self._word(account, owner, name, source))

    async def note(self, account: Account, owner: str, by: str, askers: Askers) -> None:
        """Store what a source, named `by`, said of an address: that this account is its own.

        Raises:
            ContradictionError: another owner is confirmed: nothing may be concluded from either.
            SourceError: another owner was reported before, and which one is right cannot be found out now.
        """
        fact = await self._stored(account)
        if fact is None:
            fact = await self._saved(self._word(account, owner, by, self._source_of(account.network)))
        if fact.owner == owner:
            return
        # What was reported before need not be right: who is wrong is decided as for a proof.
        if not fact.is_confirmed and await self.owner_of(account, askers) == owner:
            return
        raise self._contradiction(account, owner, fact)

    async def names(self, account: Account, owner: str) -> bool:
        """Whether it is stored that an address owns an account; on a chain it needs no storing."""
        return not is_numbered(account.network) or await self.known(account) == owner

    async def _stored(self, account: Account) -> OwnerFact | None:
        try:
            return await self._store.owners.get(account)
        except StoreError:
            return None  # logged by the store; the question costs one more request

    async def _save(self, fact: OwnerFact) -> str:
        saved = await self._saved(fact)
        if saved.owner != fact.owner:
            raise self._contradiction(fact.account, fact.owner, saved)
        return saved.owner

    async def _saved(self, fact: OwnerFact) -> OwnerFact:
        try:
            return await self._store.owners.save(fact)
        except StoreError:
            return fact  # logged by the store

    def _word(self, account: Account, owner: str, by: str, source: Source) -> OwnerFact:
        is_enough = self._rule.one_is_enough(source)
        basis = self._rule.basis(source) if is_enough else SHOWN
        return OwnerFact(account, owner, (by,), basis, is_confirmed=is_enough, seen_at=_now())

    def _contradiction(self, account: Account, owner: str, fact: OwnerFact) -> ContradictionError:
        earlier = Statement(f"what is stored (by {', '.join(fact.sources) or fact.basis})", fact.owner)
        self._report(account, (Statement("a source", owner), earlier))
        return ContradictionError(CANNOT_BE_DECIDED, account=account)

    def _report(self, account: Account, statements: Sequence[Statement]) -> None:
        if account not in self._reported:
            self._reported[account] = True
            log.error(
                "who owns %s is contradicted: %s; one of them is wrong: `tessera owners show %s`",
                account,
                ", ".join(map(str, statements)),
                account,
            )


async def ask_each(account: Account, sources: Sequence[Source], askers: Askers) -> Sequence[Statement]:
    """What each of some sources says about who owns an account, asked at once."""
    return await asyncio.gather(*(_ask(account, source, askers) for source in sources))


async def _ask(account: Account, source: Source, askers: Askers) -> Statement:
    try:
        return Statement(source.name, await source.fetch_owner(account, askers))
    except TesseraError as error:
        return Statement(source.name, error=error)


def _now() -> datetime:
    return datetime.now(UTC)
