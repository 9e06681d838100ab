"""How addresses of wallets that are not deployed are computed: who is asked, what is stored, what is no answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.errors import SourceError
from bot.links import Counterfactual
from bot.lookup.lookup import Lookup
from bot.sources.askers import Asker, Askers
from bot.sources.blockscout import BlockscoutSource
from bot.sources.loopring import LoopringSource
from bot.store import Store
from tests.blockscout_source import open_blockscout
from tests.lookup.conftest import LONG, SOMEONE
from tests.sandbox_client import SandboxClient

INFO = "counterFactualInfo"
NOW = Askers(Asker.member(1))


@pytest.fixture
async def blockscout(sandbox: SandboxClient) -> AsyncIterator[BlockscoutSource]:
    async with open_blockscout(sandbox) as source:
        yield source


@pytest.fixture
async def wallet(sandbox: SandboxClient) -> str:
    """The address of a wallet that was promised, and is not there yet."""
    return str((await sandbox.get(f"/loopring/api/v3/{INFO}", accountId="10028"))["wallet"])


async def test_the_first_source_that_knows_wallets_is_asked_and_its_answer_is_stored(
    blockscout: BlockscoutSource, source: LoopringSource, store: Store, wallet: str
) -> None:
    lookup = Lookup([blockscout, source], store, cache_for=LONG)
    assert lookup.wallets.can_be_looked_up
    found = await lookup.wallets.counterfactual(wallet, SOMEONE)
    assert found == await source.fetch_counterfactual(wallet, NOW) == await store.wallets.get(wallet)


async def test_a_source_that_knows_no_wallets_is_not_asked(
    blockscout: BlockscoutSource, store: Store, wallet: str
) -> None:
    lookup = Lookup([blockscout], store, cache_for=LONG)
    assert not lookup.wallets.can_be_looked_up
    assert await lookup.wallets.counterfactual(wallet, SOMEONE) is None
    assert blockscout.health.last_success_at is None


async def test_a_stored_answer_is_used_when_no_source_answers_any_more(
    sandbox: SandboxClient, source: LoopringSource, blockscout: BlockscoutSource, store: Store, wallet: str
) -> None:
    known = Counterfactual(wallet, "0x" + "5" * 40, 1, "0x" + "6" * 40)
    await store.wallets.save(known, datetime.now(UTC))
    await sandbox.fault("html", INFO)
    assert await Lookup([source], store, cache_for=LONG).wallets.counterfactual(wallet, SOMEONE) == known
    assert await Lookup([blockscout], store, cache_for=LONG).wallets.counterfactual(wallet, SOMEONE) == known


async def test_no_answer_is_not_a_no(sandbox: SandboxClient, source: LoopringSource, store: Store, wallet: str) -> None:
    await sandbox.fault("html", INFO)
    with pytest.raises(SourceError):
        await Lookup([source], store, cache_for=LONG).wallets.counterfactual(wallet, SOMEONE)
