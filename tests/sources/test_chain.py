"""One source, else another: the second answers only where the first gave no complete answer, and the answer says so."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.errors import NotFoundError, SourceError, UnavailableError
from bot.holdings import Account, Collection, Holding, Nft, Origin
from bot.links import Counterfactual
from bot.messages import Message
from bot.reasons import reason_words
from bot.sources.askers import Asker, Askers
from bot.sources.capabilities import holders_of, namer_of, resolver_of, wallets_of
from bot.sources.chain import ChainedSource
from bot.sources.health import Health
from bot.sources.paging import PageCollector, RawPage, Scan
from bot.sources.source import Abilities, Holder, Source

ACCOUNT = Account("loopring", "10001")
CATS = Holding(Collection("loopring", "1", name="Cats"), 2)
DOGS = Holding(Collection("loopring", "2", name="Dogs"), 1)
DOWN = UnavailableError(Message("Loopring does not answer."))
THEN = datetime(2026, 6, 28, tzinfo=UTC)
NOW = Askers(Asker.member(1))


class Plain:
    """A source with given answers: pages, then an error if any. It can do what all sources can."""

    network = "loopring"
    health = Health()

    def __init__(
        self,
        label: str,
        pages: Iterable[RawPage[Holding]] = (),
        error: Exception | None = None,
        as_of: datetime | None = None,
        wallets: tuple[str, ...] = (),
    ) -> None:
        self.name = self.label = label
        self._pages = pages
        self._error = error
        self._as_of = as_of
        self.wallets = wallets
        self.abilities = Abilities()
        self.closed = False

    async def iter_holdings(
        self, _account: Account, _contract: str | None, _askers: Askers
    ) -> AsyncIterator[Scan[Holding]]:
        pages: PageCollector[Holding] = PageCollector(key=lambda row: row.collection.collection_id)
        for page in self._pages:
            pages.receive(page)
            yield replace(pages.scan, as_of=self._as_of)
        if self._error:
            raise self._error

    async def iter_nfts(self, _a: Account, _c: Collection, _p: Askers) -> AsyncIterator[Scan[Nft]]:
        raise DOWN
        yield  # type: ignore[unreachable] # pragma: no cover - makes it a generator

    async def fetch_collection(self, _collection_id: str, _askers: Askers) -> Collection:
        if self._error:
            raise self._error
        return CATS.collection

    async def fetch_owner(self, _account: Account, _askers: Askers) -> str:
        return await self._text("0x" + "ab" * 20)

    async def fetch_account(self, _owner: str, _askers: Askers) -> Account:
        await self._text("")
        return ACCOUNT

    async def close(self) -> None:
        self.closed = True

    async def _text(self, text: str) -> str:
        if self._error:
            raise self._error
        return text


class Scripted(Plain):
    """One that can do everything."""

    async def iter_holders(self, _c: str, _p: Askers) -> AsyncIterator[Scan[Holder]]:
        pages: PageCollector[Holder] = PageCollector(key=lambda holder: holder.account)
        pages.receive(RawPage((Holder(ACCOUNT, 2),), is_last=True))
        await self._text("")
        yield pages.scan

    async def resolve_name(self, _name: str, _askers: Askers) -> str:
        return await self._text("0x" + "ab" * 20)

    async def fetch_name(self, _owner: str, _askers: Askers) -> str:
        return await self._text(f"name by {self.label}")

    async def fetch_counterfactual(self, wallet: str, _askers: Askers) -> Counterfactual | None:
        known = await self._text("0x" + "cd" * 20)
        return Counterfactual(wallet, known, 1, known) if wallet in self.wallets else None


WHOLE = (RawPage((CATS,), total=1),)
TORN: tuple[RawPage[Holding], ...] = (RawPage((CATS,), total=2), RawPage((), total=0))
HALF = (RawPage((CATS,), total=2),)
ARCHIVE = Scripted("Archive", (RawPage((CATS, DOGS), total=2),), as_of=THEN)


async def last(source: ChainedSource) -> Scan[Holding]:
    """The last answer about the account."""
    scans = [scan async for scan in source.iter_holdings(ACCOUNT, None, NOW)]
    return scans[-1]


async def test_a_whole_answer_of_the_first_is_the_answer() -> None:
    scan = await last(ChainedSource(Scripted("Loopring", WHOLE), ARCHIVE))
    assert list(scan.rows) == [CATS]
    assert (scan.origin, scan.fallback_reason) == (None, None)


@pytest.mark.parametrize(
    ("pages", "error", "why"),
    [
        pytest.param((), DOWN, "Loopring does not answer.", id="it is down"),
        pytest.param(HALF, DOWN, "Loopring does not answer.", id="it breaks off in the middle"),
        pytest.param(TORN, None, "Loopring: 1 of the 2 announced arrived.", id="it returns only a part"),
        pytest.param(HALF, None, "Loopring: no answer.", id="it ends in the middle without a word"),
    ],
)
async def test_the_second_answers_where_the_first_has_no_complete_answer(
    pages: tuple[RawPage[Holding], ...], error: Exception | None, why: str
) -> None:
    scan = await last(ChainedSource(Scripted("Loopring", pages, error), ARCHIVE))
    assert list(scan.rows) == [CATS, DOGS]
    assert scan.complete
    assert scan.origin == Origin("Archive", "Archive", is_live=True)
    assert (reason_words(scan.fallback_reason), scan.as_of) == (why, THEN)


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(
            Scripted("Archive", (), UnavailableError(Message("not recorded"))), id="it does not hold the account"
        ),
        pytest.param(Scripted("Archive", (), NotFoundError(Message("no such account"))), id="it knows no such account"),
        pytest.param(Scripted("Archive", TORN), id="it has only a part itself"),
    ],
)
async def test_where_neither_answers_the_error_of_the_first_is_raised(second: Scripted) -> None:
    with pytest.raises(SourceError, match="Loopring does not answer"):
        await last(ChainedSource(Scripted("Loopring", (), DOWN), second))
    scan = await last(ChainedSource(Scripted("Loopring", TORN), second))
    assert not scan.complete
    assert reason_words(scan.incomplete_reason) == "1 of the 2 announced arrived"
    assert scan.origin is None


async def test_no_such_account_is_an_answer() -> None:
    with pytest.raises(NotFoundError, match="no such account"):
        await last(ChainedSource(Scripted("Loopring", (), NotFoundError(Message("no such account"))), ARCHIVE))


async def test_other_questions_go_the_same_way() -> None:
    down = ChainedSource(Scripted("Loopring", (), DOWN), ARCHIVE)
    assert await down.fetch_collection("1", NOW) == CATS.collection
    assert await down.fetch_owner(ACCOUNT, NOW) == "0x" + "ab" * 20
    assert await down.fetch_account("0x", NOW) == ACCOUNT
    neither = ChainedSource(
        Scripted("Loopring", (), DOWN), Scripted("Archive", (), NotFoundError(Message("not there")))
    )
    with pytest.raises(SourceError, match="Loopring does not answer"):
        await neither.fetch_collection("1", NOW)


# ---------------------------------------------------------------- what only some can do


@pytest.mark.parametrize("find", [holders_of, resolver_of, namer_of, wallets_of])
def test_abilities_are_found_by_methods(find: Callable[[Source], object]) -> None:
    able, plain = Scripted("Loopring"), Plain("Archive")
    assert find(able) is able
    assert find(plain) is None
    assert find(ChainedSource(plain, Plain("Other"))) is None
    assert find(ChainedSource(able, plain)) is able
    assert find(ChainedSource(able, Scripted("Other"))) is not None


@pytest.mark.parametrize(("find", "either"), [(holders_of, 0), (resolver_of, 0), (namer_of, 1), (wallets_of, 1)])
def test_features_follow_the_first_source_and_knowledge_may_come_from_either(
    find: Callable[[Source], object], either: int
) -> None:
    able = Scripted("Loopring")
    assert find(ChainedSource(Plain("Archive"), able)) is (able if either else None)


async def test_two_sources_with_an_ability_are_asked_in_turn() -> None:
    down = ChainedSource(Scripted("Loopring", (), DOWN), ARCHIVE)
    up = ChainedSource(Scripted("Loopring", WHOLE), ARCHIVE)
    names, resolvers, lists = namer_of(down), resolver_of(down), holders_of(down)
    assert names and resolvers and lists  # noqa: PT018 - all of them
    assert await names.fetch_name("0x", NOW) == "name by Archive"
    assert await resolvers.resolve_name("x", NOW) == "0x" + "ab" * 20
    (scan,) = [scan async for scan in lists.iter_holders("1", NOW)]
    assert (scan.rows, scan.origin) == ((Holder(ACCOUNT, 2),), Origin("Archive", "Archive", is_live=True))
    assert reason_words(scan.fallback_reason) == "Loopring does not answer."
    first = namer_of(up)
    assert first is not None
    assert await first.fetch_name("0x", NOW) == "name by Loopring"


async def test_a_wallet_that_only_the_second_could_be_asked_about_stays_unknown() -> None:
    down, knows = Scripted("Loopring", (), DOWN), Scripted("Archive", wallets=("0x1",))
    chained, turned = wallets_of(ChainedSource(down, knows)), wallets_of(ChainedSource(knows, down))
    assert chained and turned  # noqa: PT018 - both of them
    found = await chained.fetch_counterfactual("0x1", NOW)
    assert found is not None
    assert found.wallet == "0x1"
    with pytest.raises(SourceError, match="Loopring does not answer"):
        await chained.fetch_counterfactual("0x2", NOW)
    assert await turned.fetch_counterfactual("0x2", NOW) is None


async def test_both_are_closed() -> None:
    first, second = Scripted("Loopring"), Scripted("Archive")
    await ChainedSource(first, second).close()
    assert first.closed
    assert second.closed
