"""Nodes are wrong, fail and disagree: then nothing is decided, and the member may try again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.errors import ProofError, UndecidedError
from bot.links import ProofKind
from bot.sources.loopring import LoopringSource
from tests.linking.harness import ANN
from tests.linking.verifiers import STRANGER, A, B, Verifiers, former_key, open_verifiers, owner
from tests.sandbox_client import SandboxClient

KEYED, WALLET, REVERTING, PROMISED, RECOVERED, PLAIN = 10001, 10021, 10023, 10028, 10029, 10030
FAULTS = ["html", "huge", "bomb", "torn", "reset", "redirect", "status"]
OPTIONS: dict[str, dict[str, Any]] = {"redirect": {"location": "/loopring/redirected"}, "status": {"status": 503}}


@pytest.fixture
async def one(sandbox: SandboxClient, source: LoopringSource) -> AsyncIterator[Verifiers]:
    """One node is asked."""
    async with open_verifiers(sandbox, source, seconds=1.0) as verifiers:
        yield verifiers


@pytest.fixture
async def two(sandbox: SandboxClient, source: LoopringSource) -> AsyncIterator[Verifiers]:
    """Two nodes are asked."""
    async with open_verifiers(sandbox, source, nodes=(A, B), seconds=1.0) as verifiers:
        yield verifiers


async def test_two_nodes_that_agree_are_one_answer(two: Verifiers) -> None:
    assert await two.verify(WALLET) is ProofKind.CONTRACT
    assert await two.verify(PROMISED) is ProofKind.COUNTERFACTUAL
    assert await two.asked(B) > 2
    with pytest.raises(ProofError):
        await two.verify(WALLET, STRANGER)
    with pytest.raises(ProofError):
        await two.verify(PROMISED, STRANGER)


@pytest.mark.parametrize("node", ["a", "b"])
@pytest.mark.parametrize(
    ("mode", "account", "word"),
    [
        pytest.param("lying_code", WALLET, "", id="says that no code is there, to the owner"),
        pytest.param("lying_code", WALLET, STRANGER, id="says that no code is there, to a stranger"),
        pytest.param("lying_code", RECOVERED, former_key(RECOVERED), id="says so to the owner that was"),
        pytest.param("lying_valid", WALLET, STRANGER, id="says yes to a stranger"),
        *(
            pytest.param(mode, account, word, id=f"{mode}, {account}, {word or 'its own key'}")
            for mode in ("wrong_chain", "error", "slow")
            for account, word in ((WALLET, ""), (WALLET, STRANGER), (PROMISED, ""))
        ),
    ],
)
async def test_one_node_that_disagrees_decides_nothing(
    two: Verifiers, node: str, mode: str, account: int, word: str
) -> None:
    await two.behave(node=node, mode=mode)
    with pytest.raises(UndecidedError, match=r"gives no answer to rely on\. Try again"):
        await two.verify(account, word)


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("word", ["", STRANGER])
async def test_one_node_that_fails_decides_nothing(two: Verifiers, kind: str, word: str) -> None:
    await two.fault(B, kind, **OPTIONS.get(kind, {}))
    with pytest.raises(UndecidedError):
        await two.verify(WALLET, word)
    assert await two.sandbox.requests("redirected") == []


@pytest.mark.parametrize("kind", FAULTS)
async def test_the_only_node_failing_decides_nothing(one: Verifiers, kind: str) -> None:
    await one.fault(A, kind, **OPTIONS.get(kind, {}))
    with pytest.raises(UndecidedError):
        await one.verify(WALLET)
    assert await one.verify(KEYED) is ProofKind.KEY


@pytest.mark.parametrize("mode", ["wrong_chain", "error", "slow"])
async def test_the_only_node_being_unusable_decides_nothing(one: Verifiers, mode: str) -> None:
    await one.behave(mode=mode)
    with pytest.raises(UndecidedError):
        await one.verify(WALLET)


CHAIN = {"jsonrpc": "2.0", "id": 1, "result": "0x1"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"jsonrpc": "2.0", "id": 2, "result": "0x"}, id="no batch"),
        pytest.param([], id="nothing"),
        pytest.param(["0x1", "0x"], id="no objects"),
        pytest.param([CHAIN], id="no answer"),
        pytest.param([{"jsonrpc": "2.0", "id": 2, "result": "0x"}], id="no chain"),
        pytest.param([CHAIN | {"result": None}, {"id": 2, "result": "0x"}], id="chain null"),
        pytest.param([CHAIN, {"id": 2, "result": None}], id="null"),
        pytest.param([CHAIN, {"id": 2, "result": "0xabc"}], id="half a byte"),
        pytest.param([CHAIN, {"id": 2, "result": "zz"}], id="not hex"),
        pytest.param([CHAIN, {"id": 2, "result": 0}], id="a number"),
        pytest.param([CHAIN, {"id": 2}], id="neither result nor error"),
        pytest.param([CHAIN, {"id": 2, "error": {"code": -32005, "message": "limit exceeded"}}], id="an error"),
        pytest.param([CHAIN, {"id": 2, "error": "limit exceeded"}], id="an error that is none"),
        pytest.param([CHAIN, {"id": 2, "error": {"code": 3, "message": "execution reverted"}}], id="code that reverts"),
    ],
)
async def test_what_is_no_answer_is_none(one: Verifiers, body: Any) -> None:
    await one.fault(A, "status", status=200, body=body)
    with pytest.raises(UndecidedError):
        await one.verify(PROMISED)


async def test_the_answers_of_a_batch_come_in_any_order(one: Verifiers) -> None:
    code = {"jsonrpc": "2.0", "id": 2, "result": "0x6080"}
    await one.fault(A, "status", status=200, body=[code, CHAIN], times=1)
    assert await one.verify(WALLET) is ProofKind.CONTRACT


NO_IN_OTHER_WORDS = [
    pytest.param({"code": -32000, "message": "invalid opcode: INVALID"}, id="geth"),
    pytest.param({"code": -32000, "message": "Bad jump destination"}, id="Besu"),
    pytest.param({"code": -32015, "message": "VM execution error.", "data": "Reverted 0x"}, id="Nethermind"),
    pytest.param({"code": -32000, "message": "out of gas: gas required exceeds: 50000000"}, id="Reth"),
    pytest.param(
        {"code": -32015, "message": "VM execution error.", "data": "Stack underflow POP 1/0"}, id="OpenEthereum"
    ),
]


@pytest.mark.parametrize("error", NO_IN_OTHER_WORDS)
async def test_a_contracts_no_is_a_no_whichever_node_says_it(two: Verifiers, error: dict[str, Any]) -> None:
    """The other node says "execution reverted", as geth does: they agree."""
    await two.fault(B, "status", status=200, body=[CHAIN, {"id": 2, "error": error}], after=1)  # after the code
    with pytest.raises(ProofError, match="does not accept that signature"):
        await two.verify(REVERTING)


@pytest.mark.parametrize("mode", ["no_batches", "one_of_a_batch"])
async def test_a_node_without_batches_is_asked_one_by_one(two: Verifiers, mode: str) -> None:
    await two.behave(node="b", mode=mode)
    assert await two.verify(WALLET) is ProofKind.CONTRACT
    before = await two.asked(B)
    with pytest.raises(ProofError):
        await two.verify(PLAIN, STRANGER)
    # The code, two forms, and those of three changed texts, each with the chain's id; no batch is tried any more.
    assert await two.asked(B) - before == (1 + 2 + 3 * 2) * 2


async def test_a_node_without_batches_is_asked_with_one_again_after_an_hour(
    sandbox: SandboxClient, source: LoopringSource
) -> None:
    now = [1_000.0]
    async with open_verifiers(sandbox, source, clock=lambda: now[0]) as verifiers:
        await verifiers.behave(mode="no_batches")
        requests = []
        for mode, seconds in (("", 0.0), ("", 3_599.0), ("honest", 0.0), ("", 1.0), ("", 0.0)):
            now[0] += seconds
            if mode:
                await verifiers.behave(mode=mode)
            before = await verifiers.asked()
            assert await verifiers.verify(KEYED) is ProofKind.KEY
            requests.append(await verifiers.asked() - before)
    # A batch that is refused and two single requests; two; two, although it takes batches now; and then one batch.
    assert requests == [3, 2, 2, 1, 1]


@pytest.mark.parametrize("status", [400, 413, 500, 501])
async def test_a_status_instead_of_a_batch_is_followed_by_single_requests(one: Verifiers, status: int) -> None:
    await one.fault(A, "status", status=status, times=1)
    assert await one.verify(WALLET) is ProofKind.CONTRACT


async def test_a_node_of_another_chain_without_batches_decides_nothing(one: Verifiers) -> None:
    single = {"jsonrpc": "2.0", "id": 1, "result": "0x5"}
    await one.behave(mode="no_batches")
    await one.fault(A, "status", status=200, body=single, after=1, times=1)
    with pytest.raises(UndecidedError):
        await one.verify(WALLET)


@pytest.mark.parametrize("behaviour", [{"mode": "wrong_chain"}, {"mode": "lying_code"}, {"mode": "slow"}])
async def test_after_a_failed_verification_nothing_is_lost_and_the_member_can_sign_again(
    two: Verifiers, behaviour: dict[str, Any]
) -> None:
    harness, account = two.harness, f"loopring:{WALLET}"
    await harness.accounts.link(ANN, account)
    before = await harness.dump()
    await two.behave(node="b", **behaviour)
    with pytest.raises(UndecidedError):
        await harness.prove(ANN, account, str(WALLET), signer=owner(WALLET), owner=owner(WALLET))
    assert await harness.dump() == before
    await two.behave(node="b", mode="honest")
    await harness.prove(ANN, account, str(WALLET), signer=owner(WALLET), owner=owner(WALLET))
    assert await harness.listed(ANN) == {account: True}
