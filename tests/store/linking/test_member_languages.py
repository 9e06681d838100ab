"""Which language a member reads: retained while they have linked something, and written only where it is new."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.links import MAX_LINKS, Link
from bot.store.rows import to_account
from bot.ui.reader_locales import Readers
from tests.linking.harness import ANN, BEN, LinkingHarness, open_linking

ACCOUNT = to_account("loopring:10001")


@pytest.fixture
async def linked() -> AsyncIterator[LinkingHarness]:
    """A store in which Ann has linked an account, and Ben none."""
    async with open_linking() as harness:
        link = Link(ACCOUNT, "0x" + "ab" * 20, "", is_main=True, linked_at=harness.now)
        await harness.store.links.add(ANN, link, limit=MAX_LINKS)
        yield harness


async def test_it_is_retained_of_who_has_linked_something_alone(linked: LinkingHarness) -> None:
    await linked.store.languages.save({ANN: "de", BEN: "fr"})
    assert [await linked.store.languages.of(member) for member in (ANN, BEN)] == ["de", None]
    await linked.store.languages.save({ANN: "ja"})
    assert await linked.store.languages.of(ANN) == "ja"
    await linked.store.links.remove(ANN, ACCOUNT, linked.now, linked.pseudonym, refused_until=linked.now)
    assert await linked.rows("SELECT * FROM member_languages") == []


async def test_only_what_is_new_is_written(linked: LinkingHarness) -> None:
    await linked.store.languages.save({ANN: "de"})
    (before,) = await linked.store.writer.run(lambda db: db.execute("SELECT total_changes()").fetchall())
    await linked.store.languages.save({ANN: "de", BEN: "de"})
    (after,) = await linked.store.writer.run(lambda db: db.execute("SELECT total_changes()").fetchall())
    assert after == before


async def test_a_store_that_fails_does_not_keep_a_message_from_being_written(
    linked: LinkingHarness, caplog: pytest.LogCaptureFixture
) -> None:
    readers = Readers()
    readers.recall = linked.store.languages.of
    await linked.rows("DROP TABLE member_languages")
    with await readers.for_member(ANN, None):
        assert "language" in caplog.text
    caplog.clear()
