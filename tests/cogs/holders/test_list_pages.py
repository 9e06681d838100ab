"""The pages of `/holders list` show each member, however much has to be said of them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from bot.cogs.holders.list_pages import ListPages
from bot.counts import Count, exact, unknown
from bot.gates.rule import CollectionRef
from bot.holders.held import HeldAccount, HolderList, OpenReason
from bot.holdings import Account

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
FIRST = 810000000000000000
MEMBERS = 45


def an_account(member: int, number: int, kinds: Count, reason: OpenReason | None) -> HeldAccount:
    account = Account("loopring", str(member * 10 + number))
    return HeldAccount(FIRST + member, account, f"0x{member * 10 + number:040x}", kinds, kinds, AT, reason)


@pytest.mark.parametrize("shown", ["holders", "unknown"])
def test_each_member_is_on_one_page(shown: str) -> None:
    kinds, reasons = (unknown(), [*OpenReason]) if shown == "unknown" else (exact(123_456), [None])
    accounts = tuple(
        an_account(member, number, kinds, reason) for member in range(MEMBERS) for number, reason in enumerate(reasons)
    )
    holders = HolderList(1, (CollectionRef("loopring", "254"),), accounts, AT)
    pages = ListPages("Harbour Lights", holders, holders.members(), is_read=True, shown=shown)
    text = "".join(pages.embeds(page)[0].description or "" for page in range(pages.page_count()))
    assert Counter(re.findall(r"<@(\d+)>", text)) == {str(FIRST + member): 1 for member in range(MEMBERS)}
    assert "…" not in text
