"""One source, else another: the second speaks only where the first gave no whole answer, and it is said that it did."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

import pytest

from bot.errors import NotFoundError, SourceError, UnavailableError
from bot.holdings import Account, Collection, Holding, Nft
from bot.links import Counterfactual
from bot.sources.chain import ChainedSource
from bot.sources.http import Health
from bot.sources.pace import Priority
from bot.sources.paging import RawPage, Scan
from bot.sources.source import Abilities, Holder

ACCOUNT = Account("loopring", "10001")
CATS = Holding(Collection("loopring", "1", name="Cats"), 2)
DOGS = Holding(Collection("loopring", "2", name="Dogs"), 1)
DOWN = UnavailableError("Loopring does not answer.")
THEN = datetime(2026, 6, 28, tzinfo=UTC)


class Scripted:
    """A source that says what it is given: pages, then an error if any."""

    network = "loopring"
    health = Health()

    def __init__(
        self,
        label: str,
        pages: Iterable[RawPage[Holding]] = (),
        error: Exception | None = None,
        as_of: datetime | None = None,
        wallets: tuple[str, ...] = (),
        *,
        knows_wallets: bool = True,
    ) -> None:
        self.name = self.label = label
        self._pages = pages
        self._error = error
        self._as_of = as_of
        self.wallets = wallets
        self.abilities = Abilities(knows_wallets=knows_wallets)
        self.closed = False

    async def iter_holdings(
        self, _account: Account, _contract: str | None, _priority: Priority
    ) -> AsyncIterator[Scan[Holding]]:
        scan: Scan[Holding] = Scan(key=lambda row: row.collection.collection_id)
        scan.as_of = self._as_of
        for page in self._pages:
            scan.receive(page)
            yield scan
        if self._error:
            raise self._error

    async def iter_nfts(self, _a: Account, _c: Collection, _p: Priority) -> AsyncIterator[Scan[Nft]]:
        raise DOWN
        yield  # type: ignore[unreachable] # pragma: no cover - makes it a generator

    async def iter_holders(self, _c: str, _p: Priority) -> AsyncIterator[Scan[Holder]]:
        raise DOWN
        yield  # type: ignore[unreachable] # pragma: no cover - makes it a generator

    async def fetch_collection(self, _collection_id: str, _priority: Priority) -> Collection:
        if self._error:
            raise self._error
        return CATS.collection

    async def fetch_owner(self, _account: Account, _priority: Priority) -> str:
        return await self._text("0x" + "ab" * 20)

    async def fetch_account(self, _owner: str, _priority: Priority) -> Account:
        await self._text("")
        return ACCOUNT

    async def resolve_name(self, _name: str, _priority: Priority) -> str:
        return await self._text("0x" + "ab" * 20)

    async def fetch_name(self, _owner: str, _priority: Priority) -> str:
        return await self._text(f"name by {self.label}")

    async def fetch_counterfactual(self, wallet: str, _priority: Priority) -> Counterfactual | None:
        known = await self._text("0x" + "cd" * 20)
        return Counterfactual(wallet, known, 1, known) if wallet in self.wallets else None

    async def close(self) -> None:
        self.closed = True

    async def _text(self, text: str) -> str:
        if self._error:
            raise self._error
        return text


WHOLE = (RawPage((CATS,), total=1),)
TORN: tuple[RawPage[Holding], ...] = (RawPage((CATS,), total=2), RawPage((), total=0))
HALF = (RawPage((CATS,), total=2),)
ARCHIVE = Scripted("Archive", (RawPage((CATS, DOGS), total=2),), as_of=THEN)


async def last(source: ChainedSource) -> Scan[Holding]:
    """The final word on the account."""
    scans = [scan async for scan in source.iter_holdings(ACCOUNT, None, Priority.INTERACTIVE)]
    return scans[-1]


async def test_a_whole_answer_of_the_first_is_the_answer() -> None:
    scan = await last(ChainedSource(Scripted("Loopring", WHOLE), ARCHIVE))
    assert list(scan.rows.values()) == [CATS]
    assert (scan.source_label, scan.fallback_reason) == ("", "")


@pytest.mark.parametrize(
    ("pages", "error", "why"),
    [
        pytest.param((), DOWN, "Loopring does not answer.", id="it is down"),
        pytest.param(HALF, DOWN, "Loopring does not answer.", id="it breaks off in the middle"),
        pytest.param(TORN, None, "Loopring: 1 of the 2 announced arrived.", id="it tells only a part"),
    ],
)
async def test_the_second_speaks_where_the_first_has_no_whole_answer(
    pages: tuple[RawPage[Holding], ...], error: Exception | None, why: str
) -> None:
    scan = await last(ChainedSource(Scripted("Loopring", pages, error), ARCHIVE))
    assert list(scan.rows.values()) == [CATS, DOGS]
    assert scan.complete
    assert (scan.source_label, scan.fallback_reason, scan.as_of) == ("Archive", why, THEN)


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(Scripted("Archive", (), UnavailableError("not recorded")), id="it does not hold the account"),
        pytest.param(Scripted("Archive", (), NotFoundError("no such account")), id="it knows no such account"),
        pytest.param(Scripted("Archive", TORN), id="it has only a part itself"),
    ],
)
async def test_where_neither_knows_the_words_of_the_first_stand(second: Scripted) -> None:
    with pytest.raises(SourceError, match="Loopring does not answer"):
        await last(ChainedSource(Scripted("Loopring", (), DOWN), second))
    scan = await last(ChainedSource(Scripted("Loopring", TORN), second))
    assert not scan.complete
    assert scan.incomplete_reason == "1 of the 2 announced arrived"
    assert scan.source_label == ""


async def test_no_such_account_is_an_answer() -> None:
    with pytest.raises(NotFoundError, match="no such account"):
        await last(ChainedSource(Scripted("Loopring", (), NotFoundError("no such account")), ARCHIVE))


async def test_other_questions_go_the_same_way() -> None:
    down = ChainedSource(Scripted("Loopring", (), DOWN), ARCHIVE)
    assert await down.fetch_collection("1", Priority.INTERACTIVE) == CATS.collection
    assert await down.fetch_name("0x", Priority.INTERACTIVE) == "name by Archive"
    assert await down.fetch_owner(ACCOUNT, Priority.INTERACTIVE) == await down.resolve_name("x", Priority.INTERACTIVE)
    assert await down.fetch_account("0x", Priority.INTERACTIVE) == ACCOUNT
    up = ChainedSource(Scripted("Loopring", WHOLE), ARCHIVE)
    assert await up.fetch_name("0x", Priority.INTERACTIVE) == "name by Loopring"
    neither = ChainedSource(Scripted("Loopring", (), DOWN), Scripted("Archive", (), NotFoundError("not there")))
    with pytest.raises(SourceError, match="Loopring does not answer"):
        await neither.fetch_collection("1", Priority.INTERACTIVE)


async def test_a_wallet_that_only_the_second_could_be_asked_about_stays_unknown() -> None:
    down, knows = Scripted("Loopring", (), DOWN), Scripted("Archive", wallets=("0x1",))
    chained = ChainedSource(down, knows)
    found = await chained.fetch_counterfactual("0x1", Priority.INTERACTIVE)
    assert found is not None
    assert found.wallet == "0x1"
    with pytest.raises(SourceError, match="Loopring does not answer"):
        await chained.fetch_counterfactual("0x2", Priority.INTERACTIVE)
    assert await ChainedSource(knows, down).fetch_counterfactual("0x2", Priority.INTERACTIVE) is None


@pytest.mark.parametrize("second_knows", [False, True])
async def test_who_cannot_tell_of_wallets_is_not_asked(*, second_knows: bool) -> None:
    """What an archive does not say of a wallet is no word of Loopring's."""
    archive = Scripted("Archive", wallets=("0x1",), knows_wallets=False)
    chained = ChainedSource(archive, Scripted("Loopring", wallets=("0x2",), knows_wallets=second_knows))
    assert chained.abilities.knows_wallets is second_knows
    assert await chained.fetch_counterfactual("0x1", Priority.INTERACTIVE) is None
    assert await chained.fetch_counterfactual("0x2", Priority.INTERACTIVE) is not None
    assert ChainedSource(Scripted("Loopring"), archive).abilities.knows_wallets


async def test_both_are_closed() -> None:
    first, second = Scripted("Loopring"), Scripted("Archive")
    await ChainedSource(first, second).close()
    assert first.closed
    assert second.closed
