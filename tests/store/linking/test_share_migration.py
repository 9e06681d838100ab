"""m006: a share names one account."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from bot.links import Membership
from bot.store import Store
from tests.store.fixtures import Place
from tests.store.test_migrations import ROWS, STEPS, make_store_of

BEFORE_SHARED_ACCOUNTS = STEPS[STEPS.index("m006_share_accounts") - 1]


async def shares_after_the_update(place: Place, links: list[dict[str, Any]]) -> Store:
    """A store in which member 1 shared the main account in server 9, before shares named accounts; and these links."""
    make_store_of(place, BEFORE_SHARED_ACCOUNTS)
    with closing(sqlite3.connect(place.path)) as db:
        db.execute("DELETE FROM links")
        for link in links:
            columns = ", ".join(link)
            db.execute(f"INSERT INTO links ({columns}) VALUES ({', '.join('?' * len(link))})", list(link.values()))  # noqa: S608 - our own columns
        db.commit()
    return await Store.open(place.path)


async def test_an_old_share_becomes_one_of_the_account_that_was_main(place: Place) -> None:
    other = ROWS["links"] | {"account": "loopring:10002", "is_main": 0, "linked_at": 50}
    store = await shares_after_the_update(place, [ROWS["links"], other])
    joined_before = Membership(1, 9, datetime(2026, 1, 1, tzinfo=UTC))
    assert list(map(str, await store.shares.shown_by(joined_before))) == ["loopring:10001"]
    assert list(map(str, await store.shares.shown_by(Membership(1, 10, joined_before.joined_at)))) == []
    await store.close()


async def test_an_old_share_of_somebody_who_joined_after_the_update_has_ended(place: Place) -> None:
    store = await shares_after_the_update(place, [ROWS["links"]])
    assert list(await store.shares.shown_by(Membership(1, 9, datetime(2999, 1, 1, tzinfo=UTC)))) == []
    assert await store.shares.of(1) == []
    await store.close()


async def test_an_old_share_of_a_member_without_an_account_is_dropped(place: Place) -> None:
    store = await shares_after_the_update(place, [])
    assert await store.shares.of(1) == []
    await store.close()
