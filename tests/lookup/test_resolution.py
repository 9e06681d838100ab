"""An account typed without its network is looked up at Loopring and Ethereum at once; either may be down or silent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.errors import NotFoundError, SourceError, UnavailableError
from bot.holdings import Account, Collection, Holding, Holdings
from bot.lookup.lookup import Lookup
from bot.lookup.race import AnswerQuality
from bot.lookup.resolution import PATIENCE_SECONDS, quality_of
from bot.sources.loopring import LoopringSource
from bot.sources.source import Source
from bot.store import Store
from tests import blockscout_source as blockscout
from tests.blockscout_source import hurry, open_blockscout
from tests.lookup.conftest import LONG, SOMEONE
from tests.sandbox_client import SandboxClient

OWNER = "0xf153278d25b7c23da3d5183d43fb68321778175d"  # holds something here and there
NOBODY = "0x" + "9" * 40
ON_LOOPRING, ON_ETHEREUM = "loopring:10002", f"eip155:1:{OWNER}"
Fault = dict[str, Any]

NO_SUCH: Fault = {"kind": "error", "code": 101002, "message": "account not found"}
# Longer than any test takes; the source under test gives up later still.
SILENCE: Fault = {"kind": "slow", "seconds": 60}
DOWN: Fault = {"kind": "status", "status": 503}


class Patience:
    """The clock: the test decides when two seconds are over."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._over = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await self._over.wait()

    def end(self) -> None:
        self._over.set()


@pytest.fixture
def patience() -> Patience:
    return Patience()


@pytest.fixture
async def ethereum(sandbox: SandboxClient) -> AsyncIterator[Source]:
    await hurry(sandbox)
    async with open_blockscout(sandbox, timeout_seconds=60) as source:
        yield source


Make = Callable[..., Lookup]


@pytest.fixture
async def make(source: LoopringSource, ethereum: Source, store: Store, patience: Patience) -> AsyncIterator[Make]:
    lookups: list[Lookup] = []

    def make(*, chain_first: bool = False, cache_for: timedelta = LONG) -> Lookup:
        sources = [ethereum, source] if chain_first else [source, ethereum]
        lookups.append(Lookup(sources, store, cache_for=cache_for, sleep=patience))
        return lookups[-1]

    yield make
    for lookup in lookups:
        await lookup.close()


@pytest.fixture
def both(make: Make) -> Lookup:
    return make()


async def states(lookup: Lookup, typed: str = OWNER, contract: str | None = None) -> list[Holdings]:
    """Everything that is shown for what was typed; all of it belongs to the chosen account."""
    async with asyncio.timeout(20):
        account, answer = await lookup.find_holdings(lookup.names.parse_account(typed), SOMEONE, contract)
        seen = [holdings async for holdings in answer]
    assert {holdings.account for holdings in seen} == {account}
    return seen


async def shown(lookup: Lookup, typed: str = OWNER, contract: str | None = None) -> str:
    """The account whose answer is shown."""
    return str((await states(lookup, typed, contract))[-1].account)


async def linked(lookup: Lookup, typed: str = OWNER) -> str:
    """The account that is used by a command that does not read holdings."""
    async with asyncio.timeout(20):
        return str(await lookup.resolve(lookup.names.parse_account(typed), SOMEONE))


each_command = pytest.mark.parametrize("command", [shown, linked])
Command = Callable[..., Awaitable[str]]


# ---------------------------------------------------------------- which is taken


@each_command
async def test_the_order_of_the_settings_decides_where_both_know_the_address(make: Make, command: Command) -> None:
    assert await command(make()) == ON_LOOPRING
    assert await command(make(chain_first=True)) == ON_ETHEREUM


@each_command
async def test_the_first_source_is_waited_for_until_patience_ends(
    sandbox: SandboxClient, both: Lookup, patience: Patience, command: Command
) -> None:
    await sandbox.fault("slow", path="", seconds=0.3)
    assert await command(both) == ON_LOOPRING
    assert patience.seconds == [PATIENCE_SECONDS]


@pytest.mark.parametrize(
    ("command", "path"), [(linked, "/account"), (shown, "/account"), (shown, "user/collection/details")]
)
async def test_a_silent_source_is_not_in_the_way(
    sandbox: SandboxClient, both: Lookup, patience: Patience, command: Command, path: str
) -> None:
    await sandbox.fault(**SILENCE, path=path)
    patience.end()
    assert await command(both) == ON_ETHEREUM


@each_command
@pytest.mark.parametrize(
    "fault",
    [NO_SUCH, DOWN, {"kind": "html"}],
    ids=lambda fault: str(fault["kind"]),
)
async def test_an_error_of_one_source_does_not_fail_the_command(
    sandbox: SandboxClient, both: Lookup, command: Command, fault: Fault
) -> None:
    await sandbox.fault(**fault, path="/account")
    assert await command(both) == ON_ETHEREUM


@pytest.mark.parametrize("fault", [DOWN, {"kind": "short"}, {"kind": "empty"}], ids=lambda fault: str(fault["kind"]))
async def test_an_incomplete_answer_ranks_after_a_complete_one(
    sandbox: SandboxClient, both: Lookup, fault: Fault
) -> None:
    await sandbox.fault(**fault)
    assert await shown(both) == ON_ETHEREUM


async def test_an_earlier_answer_ranks_after_a_current_one(sandbox: SandboxClient, make: Make) -> None:
    lookup = make(cache_for=timedelta(0))
    assert await shown(lookup) == ON_LOOPRING
    await sandbox.fault(**DOWN)
    assert await shown(lookup) == ON_ETHEREUM


async def test_an_account_that_holds_nothing_ranks_after_one_that_holds_something(
    sandbox: SandboxClient, make: Make
) -> None:
    owner = (await sandbox.get("/loopring/api/v3/account", accountId=10003))["owner"].lower()
    assert await shown(make(), owner) == "loopring:10003"  # nothing here and nothing there: the order decides
    await sandbox.post("/_sandbox/contracts", {"address": owner, "contracts": 2})
    assert await shown(make(), owner) == f"eip155:1:{owner}"


async def test_with_a_contract_only_its_collections_decide(make: Make) -> None:
    on_ethereum = (await states(make(), f"eip155:1:{OWNER}"))[-1].holdings[0].collection.contract_address
    assert await shown(make(), OWNER, on_ethereum) == ON_ETHEREUM


async def test_a_growing_list_is_shown_when_patience_ends_and_continues(
    sandbox: SandboxClient, both: Lookup, patience: Patience
) -> None:
    await sandbox.fault("slow", seconds=0.3, after=1)
    await blockscout.fault(sandbox, **SILENCE)
    patience.end()
    seen = await states(both, blockscout.WHALE)
    assert (len(seen[0].holdings), seen[0].complete) == (50, False)
    assert (len(seen[-1].holdings), seen[-1].complete) == (132, True)
    assert seen[-1].account.network == "loopring"


GOOD = (Holding(Collection("eip155:1", "0x1"), 1),)
SCAM = (Holding(Collection("eip155:1", "0x2", is_scam=True), 9),)


@pytest.mark.parametrize(
    ("rows", "facts", "standing"),
    [
        (GOOD, {"complete": True}, AnswerQuality.WHOLE),
        (GOOD, {}, AnswerQuality.SOME),
        (GOOD, {"incomplete_reason": "torn"}, AnswerQuality.SOME),
        (GOOD, {"complete": True, "stale_reason": "down"}, AnswerQuality.SOME),
        (GOOD + SCAM, {"complete": True}, AnswerQuality.WHOLE),
        # Anyone may send scam to anyone: holding it means nothing.
        (SCAM, {"complete": True}, AnswerQuality.EMPTY),
        ((), {"complete": True}, AnswerQuality.EMPTY),
        ((), {"complete": True, "stale_reason": "down"}, AnswerQuality.UNCLEAR),
        ((), {"incomplete_reason": "torn"}, AnswerQuality.UNCLEAR),
        ((), {}, AnswerQuality.UNCLEAR),
    ],
)
def test_how_good_an_answer_is(rows: tuple[Holding, ...], facts: dict[str, Any], standing: AnswerQuality) -> None:
    at = datetime(2026, 11, 26, tzinfo=UTC)
    assert quality_of(Holdings(Account("eip155:1", OWNER), at, rows, **facts)) is standing


# ---------------------------------------------------------------- when no source answers


@each_command
async def test_without_an_account_on_loopring_the_chain_answers_and_its_error_is_shown(
    sandbox: SandboxClient, both: Lookup, command: Command
) -> None:
    await blockscout.fault(sandbox, **DOWN)
    if command is linked:
        assert await linked(both, NOBODY) == f"eip155:1:{NOBODY}"  # nobody needs to be asked for that
        return
    with pytest.raises(UnavailableError, match=r"^Ethereum \(Blockscout\) has an internal error \(HTTP 503\)"):
        await shown(both, NOBODY)


async def test_when_all_fail_one_sentence_says_so(sandbox: SandboxClient, both: Lookup) -> None:
    await sandbox.fault(**DOWN, path="/account")
    await blockscout.fault(sandbox, **DOWN)
    with pytest.raises(UnavailableError) as caught:
        await shown(both)
    assert caught.value.sentence == (
        "None of the sources answers now: Loopring and Ethereum (Blockscout) were asked. Try again in a minute."
    )


async def test_a_network_that_is_named_is_asked_alone(sandbox: SandboxClient, both: Lookup) -> None:
    await sandbox.fault(**DOWN, path="/account")
    with pytest.raises(UnavailableError, match=r"^Loopring has an internal error"):
        await shown(both, f"loopring:{OWNER}")
    assert await blockscout.requests(sandbox) == []


async def test_an_address_without_an_account_on_the_named_network_gets_a_hint_where_it_has_one(both: Lookup) -> None:
    for command in (shown, linked):
        with pytest.raises(NotFoundError) as caught:
            await command(both, f"loopring:{NOBODY}")
        assert caught.value.sentence == (
            f"Loopring has no account for 0x9999…9999. On Ethereum (Blockscout) it is `eip155:1:{NOBODY}`."
        )


# ---------------------------------------------------------------- names


@pytest.mark.parametrize("fault", [SILENCE, DOWN, NO_SUCH], ids=lambda fault: str(fault["kind"]))
@pytest.mark.parametrize("down", ["loopring", "blockscout"])
async def test_a_name_is_resolved_by_whichever_source_can(
    sandbox: SandboxClient, both: Lookup, fault: Fault, down: str
) -> None:
    # Patience is never over: a silent source is not preferred to one that knows the name.
    if down == "loopring":
        await sandbox.fault(**fault, path="resolveEns")
    elif fault is NO_SUCH:
        await blockscout.answer(sandbox, "check-redirect", {"redirect": False, "parameter": None, "type": None})
    else:
        await blockscout.fault(sandbox, **fault, path="check-redirect")
    assert await linked(both, "ada.loopring.eth") == "loopring:10001"


async def test_a_name_that_one_does_not_know_and_another_cannot_be_asked_for_is_unknown(
    sandbox: SandboxClient, both: Lookup
) -> None:
    await sandbox.fault(**DOWN, path="resolveEns")
    with pytest.raises(SourceError, match=r"^Loopring has an internal error"):
        await shown(both, "nobody-has-this.eth")


async def test_a_name_that_no_source_knows_is_reported_as_that(both: Lookup) -> None:
    with pytest.raises(NotFoundError, match=r"^The name nobody-has-this\.eth has no address\.$"):
        await shown(both, "nobody-has-this.eth")


@pytest.mark.parametrize("name", ["nobody.argent.xyz", "nobody.cb.id", "nobody.example"])
async def test_a_name_of_another_service_is_asked_for_and_gets_a_sentence_of_its_own(both: Lookup, name: str) -> None:
    suffix = name.rpartition(".")[2]
    with pytest.raises(NotFoundError) as unknown:
        await linked(both, name)
    assert name in unknown.value.sentence
    assert unknown.value.sentence.endswith(f"Few sources know names that end with `.{suffix}`: use the address, `0x…`.")


async def test_a_name_is_resolved_once(sandbox: SandboxClient, both: Lookup) -> None:
    for _ in range(3):
        assert await shown(both, "ada.loopring.eth") == "loopring:10001"
    assert len(await sandbox.requests("resolveEns")) == 1


# ---------------------------------------------------------------- what it costs


async def test_each_source_is_asked_once_however_many_ask(sandbox: SandboxClient, both: Lookup) -> None:
    assert set(await asyncio.gather(*(shown(both) for _ in range(50)))) == {ON_LOOPRING}
    # The other tab is there already.
    assert (await states(both, f"ethereum:{OWNER}"))[-1].complete
    assert len(await sandbox.requests("/account")) == 1
    assert len(await sandbox.requests("user/collection/details")) == 1
    assert len(await blockscout.requests(sandbox, "/nft/collections")) == 1


async def test_a_cancelled_question_leaves_no_task(sandbox: SandboxClient, both: Lookup) -> None:
    await sandbox.fault(**SILENCE, path="/account", times=1)
    asking = asyncio.create_task(shown(both))
    await sandbox.until_asked("/account")
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.sleep(0)
    assert [task for task in asyncio.all_tasks() if task.get_name().startswith("ask ")] == []
