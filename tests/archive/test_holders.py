"""The holders of a collection as the list of accounts to record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import cast

import pytest

from bot.archive_api.record import list_holders
from bot.errors import InputError
from bot.holdings import Account
from bot.names import AccountRef, RefKind
from bot.sources.askers import Askers
from bot.sources.paging import PageCollector, RawPage, Scan
from bot.sources.source import Holder, Source

CHAIN = "eip155:1"
HOLDERS = tuple(Holder(Account(CHAIN, f"0x{number:040x}"), 1) for number in range(3))


class Lister:
    """A source that only lists holders, in two pages of which the second may be missing."""

    label = "Lister"
    network = CHAIN

    def __init__(self, *, torn: bool) -> None:
        self._torn = torn

    async def iter_holders(self, _collection_id: str, _askers: Askers) -> AsyncIterator[Scan[Holder]]:
        pages: PageCollector[Holder] = PageCollector(lambda holder: holder.account)
        pages.receive(RawPage(HOLDERS[:2], is_last=False))
        yield pages.scan
        pages.receive(RawPage(HOLDERS[2:], unreadable=int(self._torn), is_last=True))
        yield pages.scan


@pytest.mark.parametrize(
    ("torn", "incomplete_reason"), [(False, ""), (True, "1 of the 4 received could not be understood")]
)
async def test_holders_become_the_list_and_a_torn_list_says_so(*, torn: bool, incomplete_reason: str) -> None:
    refs, why = await list_holders(cast("Source", Lister(torn=torn)), "0x1")
    assert refs == [AccountRef(CHAIN, RefKind.ID, holder.account.account_id) for holder in HOLDERS]
    assert why == incomplete_reason


async def test_a_source_that_lists_none_is_refused() -> None:
    with pytest.raises(InputError, match="Silent cannot list the holders of a collection: use --accounts instead"):
        await list_holders(cast("Source", SimpleNamespace(label="Silent")), "0x1")
