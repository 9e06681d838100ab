"""What Ethereum nodes answer over JSON-RPC: a result, a contract's "no" in any node's words, or the node's own fault.

A contract that reverts, meets an invalid instruction or uses up its gas has answered: no. Nodes say this with different
codes (geth 3 and -32000, Nethermind -32015, -32003 and -32000, Hardhat -32603) and in different words, so the words
decide. All else that is no result is the node's own fault, and says nothing about a signature. A "no" in words that a
node may also have for a limit of its own is unclear: enough to refuse a proof, and not to accept one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

CHAIN_ID, ANSWER = 1, 2  # the ids of the two requests
# Signatures are verified on the chain of Loopring's owners, whichever network the account is on.
MAINNET: Final = 1

_REVERTED_CODE = 3  # geth's, Reth's and Erigon's
# As nodes begin when it is the contract that has ended.
_EXECUTION = re.compile(r"(?:evm: |error: )?execution (?:is )?reverted|vm exception", re.IGNORECASE)
# Those, and as Nethermind, OpenEthereum and Hardhat begin.
_CLEAR = re.compile(
    _EXECUTION.pattern + r"|(?:vm execution error\.? ?)?revert(?:ed)?(?: 0x|:|$)"
    r"|error: (?:vm exception|transaction reverted)\b|transaction reverted\b",
    re.IGNORECASE,
)
# Not what a node says of its own state: "unable to revert to snapshot", "the state was reverted", "cannot be reverted".
_REVERT = re.compile(
    r"(?<!to )(?<!be )(?<!was )(?<!not )revert(?:ed|ing)?\b(?! (?:to|state|snapshot|block|failed)\b)", re.IGNORECASE
)
_HEX = re.compile(r"0x(?:[0-9a-f]{2})*", re.IGNORECASE)
# Comes with such words where the node failed: "VM execution error." with "Internal error: Trie error" as data.
# Panics of the languages that nodes are written in speak of stacks and bounds, too; providers, of gas and accounts.
_OWN_FAULT = re.compile(
    r"internal error|time(?:d )?-?out|abort|cancel|trie|database|header not found"
    r"|panic|runtime error|java\.|exception in thread|for length \d|credits?\b|\bplan\b|quota|\baccount is\b",
    re.IGNORECASE,
)
_HALTED = re.compile(
    r"(?:invalid|bad|undefined|unknown|unrecognized)[ _-]?(?:fe)?[ _-]?(?:opcode|instruction|jump)"
    r"|opcode\b.{0,20}not[ _-]?(?:found|activated)|evm error: ?not[ _-]?activated|opcodenot(?:found|activated)"
    r"|stack[ _-]?(?:underflow|overflow|underrun|limit)|(?:out[ _-]?of|too many|not enough)[ _-]?stack"
    r"|(?:^|data |memory |offset |error:? |jump )out[ _-]?of[ _-]?(?:bounds|offset)|call[ _-]?(?:depth|too[ _-]?deep)"
    r"|write protection|static[ _-]?(?:call|context)|illegal state change"
    r"|precompile(?!d? contracts? not supported)|built-?in failed|invalid code",
    re.IGNORECASE,
)
# How much gas a call may use, a node limits; and this error is the same for all that ends a run.
_OUT_OF_GAS = re.compile(r"out[ _-]?of[ _-]?gas|gas uint64 overflow", re.IGNORECASE)
_SOMEHOW = re.compile(r"vm execution error", re.IGNORECASE)
_KEY = re.compile(
    r"api[ _-]?key|authenticat|unauthori[sz]ed|forbidden|project[ _-]?id|invalid token|token is invalid",
    re.IGNORECASE,
)
_BATCH = re.compile(r"batch", re.IGNORECASE)
_INVALID_REQUEST = -32600
_KEY_REFUSED = (401, 403)
# With these servers refuse a list of requests: Amazon's, jsonrpsee's, and gateways that read one object.
_NO_BATCHES = (400, 405, 406, 413, 415, 422, 500, 501)


class NodeState(Enum):
    """What a node is to this bot."""

    READY = "ready"
    NO_BATCHES = "no batches"  # asked one by one, it answers
    WRONG_CHAIN = "wrong chain"
    NO_ANSWER = "no answer"
    KEY_REFUSED = "key refused"


class NodeFaultError(Exception):
    """A node gave no answer that can be used; nobody outside of `bot.linking.ethereum` meets it."""

    def __init__(self, state: NodeState) -> None:
        super().__init__(state.value)
        self.state = state


class Reverted(Enum):
    """A contract was called, and ended without a result."""

    REVERTED = "reverted"
    UNCLEARLY = "ended in words that a node may also have for a limit of its own"


REVERTED: Final = Reverted.REVERTED


def state_of_status(status: int) -> NodeState:
    """What an HTTP status other than those with a JSON-RPC answer says about a node."""
    if status in _KEY_REFUSED:
        return NodeState.KEY_REFUSED
    return NodeState.NO_BATCHES if status in _NO_BATCHES else NodeState.NO_ANSWER


def parse_batch(body: Any) -> bytes | Reverted:
    """The second answer of a batch, if the first is the right chain id; answers come in any order.

    Raises:
        NodeFaultError: with `NO_BATCHES` where asking one by one may help.
    """
    if not isinstance(body, list):
        raise NodeFaultError(_state_of_error(body, NodeState.NO_BATCHES))
    answers = {answer["id"]: answer for answer in body if isinstance(answer, dict) and type(answer.get("id")) is int}
    if not {CHAIN_ID, ANSWER} <= answers.keys():
        raise NodeFaultError(next(map(_refused, filter(_is_object, body)), NodeState.NO_BATCHES))
    if "error" in answers[CHAIN_ID]:
        raise NodeFaultError(_state_of_error(answers[CHAIN_ID], NodeState.NO_BATCHES))
    check_chain(answers[CHAIN_ID])
    return parse_answer(answers[ANSWER])


def check_chain(answer: Any) -> None:
    """Check the answer to `eth_chainId`.

    Raises:
        NodeFaultError: it is none, or that of another chain.
    """
    result = _result(answer, CHAIN_ID)
    try:
        is_mainnet = int(result, 16) == MAINNET
    except ValueError as error:
        raise NodeFaultError(NodeState.NO_ANSWER) from error
    if not is_mainnet:
        raise NodeFaultError(NodeState.WRONG_CHAIN)


def parse_answer(answer: Any) -> bytes | Reverted:
    """The bytes that a node answered, or that a contract ended without any.

    Raises:
        NodeFaultError: the node's own fault.
    """
    if isinstance(answer, dict) and answer.get("id") == ANSWER and is_contracts_no(answer.get("error")):
        return REVERTED if _is_clear(answer["error"]) else Reverted.UNCLEARLY
    try:
        return bytes.fromhex(_result(answer, ANSWER).removeprefix("0x"))
    except ValueError as error:
        raise NodeFaultError(NodeState.NO_ANSWER) from error


def is_contracts_no(error: Any) -> bool:
    """Whether a JSON-RPC error is the end of a contract's run, in the words of whichever node."""
    if not isinstance(error, dict):
        return False
    words = _words(error)
    if error.get("code") == _REVERTED_CODE and _HEX.fullmatch(str(error.get("data"))):
        return True
    if _EXECUTION.match(words):
        return True
    ended = any(pattern.search(words) for pattern in (_REVERT, _HALTED, _OUT_OF_GAS, _SOMEHOW))
    return ended and not _OWN_FAULT.search(words)


def _is_clear(error: Mapping[str, Any]) -> bool:
    """Whether only a contract can have ended so, of what `is_contracts_no` takes for its end."""
    words = _words(error)
    if error.get("code") == _REVERTED_CODE and _HEX.fullmatch(str(error.get("data"))):
        return True
    return bool(_CLEAR.match(words) or _HALTED.search(words)) and not _OUT_OF_GAS.search(words)


def _result(answer: Any, number: int) -> str:
    if not isinstance(answer, dict) or answer.get("id") != number or not isinstance(answer.get("result"), str):
        raise NodeFaultError(_state_of_error(answer, NodeState.NO_ANSWER))
    return str(answer["result"])


def _state_of_error(answer: Any, otherwise: NodeState) -> NodeState:
    error = answer.get("error") if isinstance(answer, dict) else None
    words = _words(error) if isinstance(error, dict) else str(error)
    if _KEY.search(words):
        return NodeState.KEY_REFUSED
    code = error.get("code") if isinstance(error, dict) else None
    return NodeState.NO_BATCHES if code == _INVALID_REQUEST or _BATCH.search(words) else otherwise


def _is_object(answer: Any) -> bool:
    return isinstance(answer, dict)


def _refused(answer: Any) -> NodeState:
    return _state_of_error(answer, NodeState.NO_BATCHES)


def _words(error: Mapping[str, Any]) -> str:
    """What an error says in `message`, and in `data` where that is no returned bytes."""
    return " ".join(text for text in (error.get("message"), error.get("data")) if isinstance(text, str))
