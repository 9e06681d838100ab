"""A second network beside the one of most tests of sync."""

from __future__ import annotations

from bot.gates.rule import CollectionRef
from bot.holdings import Account
from tests.sync.sync_harness import FakeSource, SyncHarness, user

POLYGON = "eip155:137"
MONUMENTS = CollectionRef(POLYGON, "0x" + "ab" * 20)


def polygon() -> FakeSource:
    """A source of another network."""
    return FakeSource(name="polygon", label="Polygon", network=POLYGON)


async def link_on_polygon(harness: SyncHarness, number: int, kinds: int) -> None:
    """A member proves an account of the other network too, which holds so many of its collection."""
    account = Account(POLYGON, f"0x{number:040x}")
    await harness.rows(
        "INSERT INTO links (user_id, account, owner, linked_at) VALUES (?, ?, ?, ?)",
        [user(number), str(account), account.account_id, int(harness.now.timestamp())],
    )
    harness.sources[0].held[account] = {MONUMENTS: kinds}
    await harness.sync.links_changed(user(number))
