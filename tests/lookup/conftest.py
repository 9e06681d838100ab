"""Lookups over the sandbox's Loopring and a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.lookup.lookup import Lookup
from bot.sources.askers import Asker
from bot.sources.loopring import LoopringSource
from bot.store import Store
from tests.loopring_source import module_sandbox, sandbox, source

__all__ = ["module_sandbox", "sandbox", "source"]

LONG = timedelta(hours=1)
SOMEONE = Asker.member(1)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "t.db")
    yield store
    await store.close()


@pytest.fixture
async def make_lookup(source: LoopringSource, store: Store) -> AsyncIterator[Callable[..., Lookup]]:
    lookups: list[Lookup] = []

    def make(cache_for: timedelta = LONG) -> Lookup:
        lookups.append(Lookup([source], store, cache_for=cache_for))
        return lookups[-1]

    yield make
    for lookup in lookups:
        await lookup.close()


@pytest.fixture
def lookup(make_lookup: Callable[..., Lookup]) -> Lookup:
    return make_lookup()
