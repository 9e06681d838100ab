"""A contract's "no" in the words of every node, and a node's own fault, which says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from bot.linking.node_answers import (
    NodeFaultError,
    NodeState,
    Reverted,
    is_contracts_no,
    parse_answer,
    parse_batch,
    state_of_status,
)

VM = "VM execution error."


def error(code: int, message: str, data: Any = None) -> dict[str, Any]:
    return {"code": code, "message": message} | ({} if data is None else {"data": data})


NOES = [
    pytest.param(error(3, "execution reverted", "0xf4f28e99"), id="geth"),
    pytest.param(error(-32000, "execution reverted"), id="geth before 1.9.15, go-ethereum#21886"),
    pytest.param(error(-32000, "invalid opcode: INVALID"), id="geth, 0xfe"),
    pytest.param(error(-32000, "invalid opcode: opcode 0x5f not defined"), id="geth, a later instruction"),
    pytest.param(error(-32000, "invalid jump destination"), id="geth, go-ethereum#24094"),
    pytest.param(error(-32000, "out of gas"), id="geth, nethermind#12166"),
    pytest.param(error(-32000, "stack underflow (0 <=> 1)"), id="geth, stack"),
    pytest.param(error(-32000, "stack limit reached 1024 (1023)"), id="geth, full stack"),
    pytest.param(error(-32000, "write protection"), id="geth, a write in a static call"),
    pytest.param(error(-32000, "return data out of bounds"), id="geth, return data"),
    pytest.param(error(-32000, "Execution reverted", "0x08c379a0"), id="Besu, besu#5706"),
    pytest.param(error(-32000, "Bad instruction"), id="Besu, ExceptionalHaltReason"),
    pytest.param(error(-32000, "Invalid opcode: 0xfe"), id="Besu, later"),
    pytest.param(error(-32000, "Bad jump destination"), id="Besu, jump"),
    pytest.param(error(-32000, "Out of stack"), id="Besu, full stack"),
    pytest.param(error(-32000, "Out of bounds"), id="Besu, return data"),
    pytest.param(error(-32015, VM, "Reverted 0x"), id="Nethermind, nethermind#6024"),
    pytest.param(error(-32015, VM, "revert: SafeMath: division by zero"), id="Nethermind, erigon#881"),
    pytest.param(error(-32015, VM), id="Nethermind without a word more, nethermind#2718"),
    pytest.param(error(-32015, VM, "BadInstruction"), id="Nethermind, 0xfe"),
    pytest.param(error(-32015, VM, "OutOfGas"), id="Nethermind, gas"),
    pytest.param(error(-32000, "execution reverted", "0xf4f28e99"), id="Nethermind, viem#4092"),
    pytest.param(error(-32003, "out of gas"), id="Nethermind, nethermind#12166, gas"),
    pytest.param(error(-32003, "stack underflow"), id="Nethermind, nethermind#12166, stack"),
    pytest.param(error(-32003, "Precompile 0x08 failed with error: x"), id="Nethermind, nethermind#12166, precompile"),
    pytest.param(error(-32000, "invalid instruction"), id="Nethermind, EvmExceptionExtensions"),
    pytest.param(error(3, "execution reverted: no", "0x08c379a0"), id="Erigon, Reth"),
    pytest.param(error(-32000, "EVM error: InvalidFEOpcode"), id="Reth, 0xfe, reth#5256"),
    pytest.param(error(-32000, "EVM error: InvalidJump"), id="Reth, jump"),
    pytest.param(error(-32000, "EVM error: OpcodeNotFound"), id="Reth, unknown instruction"),
    pytest.param(error(-32000, "EVM error: StackUnderflow"), id="Reth, stack"),
    pytest.param(error(-32000, "out of gas: gas required exceeds: 50000000"), id="Reth, gas"),
    pytest.param(error(-32015, VM, "Bad instruction fe"), id="OpenEthereum, 0xfe"),
    pytest.param(error(-32015, VM, "Bad jump destination 1f"), id="OpenEthereum, jump"),
    pytest.param(error(-32015, VM, "Stack underflow POP 1/0"), id="OpenEthereum, stack"),
    pytest.param(error(-32015, VM, "Out of stack PUSH1 1/1024"), id="OpenEthereum, full stack"),
    pytest.param(error(-32015, VM, "Mutable call in static context"), id="OpenEthereum, a write"),
    pytest.param(error(-32000, "VM Exception while processing transaction: revert", {"stack": "x"}), id="Ganache"),
    pytest.param(
        error(-32603, "Error: VM Exception while processing transaction: reverted with an unrecognized custom error"),
        id="Hardhat",
    ),
    pytest.param(error(-32603, "Error: VM Exception while processing transaction: invalid opcode"), id="Hardhat, 0xfe"),
    pytest.param(error(-32603, "Error: Transaction reverted: contract call run out of gas"), id="Hardhat, gas"),
    pytest.param(error(3, "execution reverted: signature timeout"), id="a contract's own word for it"),
]

FAULTS = [
    pytest.param(error(-32005, "limit exceeded"), id="too many requests"),
    pytest.param(error(-32005, "daily request count exceeded, request rate limited"), id="the day's requests are used"),
    pytest.param(error(-32000, "execution aborted (timeout = 5s)"), id="geth, the node's own time limit"),
    pytest.param(error(-32000, "header not found"), id="geth, behind its peers"),
    pytest.param(error(-32000, "missing trie node 6a2f (path ) <nil>"), id="geth, state not there"),
    pytest.param(error(-32000, "required historical state unavailable (reexec=128)"), id="geth, pruned"),
    pytest.param(error(-32603, "internal error"), id="any, internal"),
    pytest.param(error(-32015, VM, "Internal error: Trie error: Trie root not found"), id="OpenEthereum, its database"),
    pytest.param(
        error(-32000, "err: intrinsic gas too low: have 0, want 21000 (supplied gas 0)"), id="its gas cap is 0"
    ),
    pytest.param(error(-32000, "err: max initcode size exceeded: code size 50000 limit 49152"), id="our code too long"),
    pytest.param(error(-32601, "the method eth_call does not exist/is not available"), id="no such method"),
    pytest.param(error(-32602, "missing value for required argument 0"), id="wrong parameters, erigon#881"),
    pytest.param(error(-32000, "unable to revert to snapshot 4: missing state"), id="a node that cannot go back"),
    pytest.param(error(-32000, "failed to revert state after reorg"), id="a node in a reorganisation"),
    pytest.param(error(-32603, "Your account is not activated"), id="a provider's account"),
    pytest.param(error(-32603, "Unknown operation eth_call"), id="a gateway that does not know the method"),
    pytest.param(error(-32603, "panicked: index out of bounds: the len is 3 but the index is 5"), id="Rust's panic"),
    pytest.param(error(-32603, "Index 5 out of bounds for length 5"), id="Java's exception, without its name"),
    pytest.param(error(-32603, "java.lang.StackOverflowError"), id="Java's own stack"),
    pytest.param(error(-32603, "runtime error: invalid operation: nil pointer"), id="Go's panic"),
    pytest.param(error(-32000, "you ran out of gas credits, upgrade your plan"), id="a provider's credits"),
    pytest.param(error(3, "invalid argument: unknown block"), id="gRPC's code 3, which is no revert"),
    *(
        pytest.param(error(-32000, words), id=words)
        for words in (
            "state was reverted to block 5",
            "the transaction cannot be reverted",
            "internal error: reverted",
            "revert failed: database closed",
            "execution timeout, reverting",
            "Archive data not activated for this network",
            "eth_call is not activated",
            "block is out of bounds",
            "access violation reading 0x0",
            "access violation",
            "Error: access violation",
            "precompiled contracts not supported on this node",
        )
    ),
    pytest.param("limit exceeded", id="an error that is none"),
    pytest.param(None, id="no error"),
]


@pytest.mark.parametrize("said", NOES)
def test_the_end_of_a_contracts_run_is_its_answer(said: Any) -> None:
    assert is_contracts_no(said)
    assert isinstance(parse_answer({"jsonrpc": "2.0", "id": 2, "error": said}), Reverted)


UNCLEAR = [
    error(-32015, VM),
    error(-32015, VM, "OutOfGas"),
    error(-32003, "out of gas"),
    error(-32000, "out of gas"),
    error(-32000, "out of gas: gas required exceeds: 50000000"),
    error(-32000, "EVM error: OutOfGas(Basic)"),
    error(-32603, "Error: Transaction reverted: contract call run out of gas"),
    error(-32000, "this call reverted"),
    error(-32000, "call failed: revert"),
]


@pytest.mark.parametrize("said", UNCLEAR)
def test_what_may_be_a_limit_of_the_node_is_no_clear_end(said: Any) -> None:
    assert parse_answer({"jsonrpc": "2.0", "id": 2, "error": said}) is Reverted.UNCLEARLY


@pytest.mark.parametrize("said", [each for each in NOES if each.values[0] not in UNCLEAR])
def test_a_revert_and_an_invalid_instruction_are_clear_in_the_words_of_every_node(said: Any) -> None:
    assert parse_answer({"jsonrpc": "2.0", "id": 2, "error": said}) is Reverted.REVERTED


@pytest.mark.parametrize("said", FAULTS)
def test_a_nodes_own_fault_is_no_answer(said: Any) -> None:
    assert not is_contracts_no(said)
    with pytest.raises(NodeFaultError):
        parse_answer({"jsonrpc": "2.0", "id": 2, "error": said})


CHAIN = {"jsonrpc": "2.0", "id": 1, "result": "0x1"}


@pytest.mark.parametrize(
    ("body", "state"),
    [
        pytest.param({"id": None, "error": error(-32600, "invalid request")}, NodeState.NO_BATCHES, id="one object"),
        pytest.param(
            {"id": None, "error": error(-32005, "Batched requests are not supported by this server")},
            NodeState.NO_BATCHES,
            id="jsonrpsee#744",
        ),
        pytest.param([], NodeState.NO_BATCHES, id="nothing"),
        pytest.param(
            [{"id": None, "error": error(-32600, "batch too large")}], NodeState.NO_BATCHES, id="geth's limit"
        ),
        pytest.param([CHAIN], NodeState.NO_BATCHES, id="the first alone, subql#1852"),
        pytest.param(
            [CHAIN, {"id": 2, "error": error(-32600, "Unsupported methods [eth_call] in batch call.")}],
            NodeState.NO_BATCHES,
            id="not this method, clickhouse-evm#4",
        ),
        pytest.param(
            [CHAIN, {"id": 2, "error": error(-32005, "Number of requests exceeds max batch size")}],
            NodeState.NO_BATCHES,
            id="besu#5449",
        ),
        pytest.param({"error": "invalid project id"}, NodeState.KEY_REFUSED, id="a project that is none"),
        pytest.param(
            {"id": None, "error": error(-32000, "Unauthorized: You must authenticate your request with an API key")},
            NodeState.KEY_REFUSED,
            id="with 200",
        ),
        pytest.param([CHAIN | {"result": "0x5"}, {"id": 2, "result": "0x"}], NodeState.WRONG_CHAIN, id="another chain"),
        pytest.param([CHAIN, {"id": 2, "error": error(-32005, "limit exceeded")}], NodeState.NO_ANSWER, id="busy"),
        pytest.param([{"id": [1]}, {"id": {"a": 2}}], NodeState.NO_BATCHES, id="ids that are none"),
        pytest.param([CHAIN | {"id": True}, {"id": 2.0, "result": "0x"}], NodeState.NO_BATCHES, id="ids like ours"),
    ],
)
def test_what_keeps_a_node_from_answering_is_known(body: Any, state: NodeState) -> None:
    with pytest.raises(NodeFaultError) as caught:
        parse_batch(body)
    assert caught.value.state is state


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (401, "key refused"),
        (403, "key refused"),
        (413, "no batches"),
        (501, "no batches"),
        (429, "no answer"),
        (503, "no answer"),
        (302, "no answer"),
    ],
)
def test_statuses_say_the_same(status: int, state: str) -> None:
    assert state_of_status(status).value == state
