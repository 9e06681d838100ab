"""What an Ethereum node's HTTP answer to one call means. Pure: status, headers and body in; a result or a fault out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from bot.messages import Message
from bot.sources.retry_after import parse_pause

SILENT = Message("node {node} does not answer")
UNREADABLE = Message("node {node} answers with something else")
_REFUSED = Message("node {node} refuses the key")
_BUSY = Message("node {node} takes no more requests for now")
_ERROR = Message("node {node} reports an error")
_DOWN = Message("node {node} answers with HTTP {status}")
_NO_NODE = Message("at the address of node {node} there is no Ethereum node (HTTP {status}): look at the URL")

_KEY_REFUSED = (401, 403)
_TOO_LARGE = 413
_TOO_MANY = 429
_UNAVAILABLE = 503
_SERVERS_FAULT = 500
# What is no JSON with one of these is a website, or a path that the server does not have.
_ELSEWHERE = frozenset({*range(200, 400), 404, 405, 410})
_PRUNED_CODE = 4444
# How nodes report that the code of a contract ended a call: it has no such function, or is no such contract.
_REVERTED_CODE = 3
_REVERTED_WORDS = re.compile(
    r"revert|invalid (?:opcode|jump)|bad instruction|out of gas|stack (?:under|over)flow", re.IGNORECASE
)
_PRUNED_WORDS = re.compile(
    r"prun|history (?:has been )?(?:expired|unavailable)|missing (?:block|history)", re.IGNORECASE
)
# Providers also refuse by a limit on requests with HTTP 200, some with a code of HTTP.
_BUSY_WORDS = re.compile(r"\brate\b|too many requests|per second", re.IGNORECASE)
_LIMIT_CODE = -32005
_LIMIT_WORDS = re.compile(r"limit exceeded", re.IGNORECASE)
# With one of these it is the answer that would be too long.
_LENGTH_WORDS = re.compile(r"\bblocks?\b|\brange\b|\bresults?\b|\blogs?\b|\bsize\b", re.IGNORECASE)


class RangeRefusedError(Exception):
    """A node does not answer for so many blocks at once; nobody outside of the fetching meets it."""


class HistoryDropped(Exception):  # noqa: N818 - an answer, not a fault
    """The node says that it has dropped this."""


class CallReverted(Exception):  # noqa: N818 - an answer, not a fault
    """The contract that was called refuses."""


class NodeFault(Exception):  # noqa: N818 - one attempt of several
    """No usable answer.

    Attributes:
        reason: With a place for the number of the node.
        values: What fills its other places.
        passes: Waiting may help.
        wait: For so many seconds the node wants no request; 0: it does not say.
        may_be_long: Where waiting does not help, it may have been for too many blocks at once.
    """

    def __init__(
        self, reason: Message, *, passes: bool, wait: float = 0.0, may_be_long: bool = False, **values: object
    ) -> None:
        super().__init__(reason.text)
        self.reason = reason
        self.values = values
        self.passes = passes
        self.wait = wait
        self.may_be_long = may_be_long


def read_answer(
    status: int, headers: Mapping[str, str], body: bytes, now: datetime, *, refusable: bool, is_call: bool
) -> Any:
    """The result of a call.

    Args:
        status: Of HTTP.
        headers: Likewise.
        body: Decompressed.
        now: For a `Retry-After` that is a date.
        refusable: It was about a range, and a shorter one can be asked for.
        is_call: It was a call of a contract: only then can a contract have refused it, whatever the error says.

    Raises:
        NodeFault: there is none.
        RangeRefusedError: not for so many blocks at once.
        HistoryDropped: the node does not have what is so old.
        CallReverted: the contract refuses the call.
    """
    _look_at_status(status, headers, now, refusable=refusable)
    answer = _parsed(status, body)
    said = answer.get("error")
    if not said:
        result = answer.get("result")
        if refusable and not isinstance(result, list):
            raise NodeFault(UNREADABLE, passes=True)  # a proxy that lost the answer of its node says null
        return result
    code, words = (said.get("code"), str(said.get("message", ""))) if isinstance(said, dict) else (None, str(said))
    if code == _PRUNED_CODE or _PRUNED_WORDS.search(words):
        raise HistoryDropped
    if is_call and (code == _REVERTED_CODE or _REVERTED_WORDS.search(words)):
        raise CallReverted
    if not _LENGTH_WORDS.search(words):
        if code == _TOO_MANY or _BUSY_WORDS.search(words):
            raise NodeFault(_BUSY, passes=True, wait=_wait(headers, now))
        if code == _LIMIT_CODE and _LIMIT_WORDS.search(words):
            # Of requests, as a rule; some nodes say no more about a long range either, but then not when to ask again.
            wait = _wait(headers, now)
            raise NodeFault(_BUSY, passes=True, wait=wait, may_be_long=refusable and not wait)
    # Every provider refuses long ranges in words of its own, so any other error to a range is taken for that.
    if refusable:
        raise RangeRefusedError
    raise NodeFault(_ERROR, passes=True)


def _look_at_status(status: int, headers: Mapping[str, str], now: datetime, *, refusable: bool) -> None:
    if status in _KEY_REFUSED:
        raise NodeFault(_REFUSED, passes=False)
    if status in (_TOO_MANY, _UNAVAILABLE):
        wait = _wait(headers, now)
        if status == _TOO_MANY:
            raise NodeFault(_BUSY, passes=True, wait=wait)
        raise NodeFault(_DOWN, passes=True, wait=wait, status=status)
    if refusable and status == _TOO_LARGE:
        raise RangeRefusedError


def _wait(headers: Mapping[str, str], now: datetime) -> float:
    """For so many seconds the node wants no request; 0: it does not say."""
    pause = parse_pause(headers, now)
    return pause.total_seconds() if pause else 0.0


def _parsed(status: int, body: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if status >= _SERVERS_FAULT:
            raise NodeFault(_DOWN, passes=True, status=status) from error
        if status in _ELSEWHERE and not body.lstrip().startswith(b"{"):
            raise NodeFault(_NO_NODE, passes=False, status=status) from error
        raise NodeFault(UNREADABLE, passes=True) from error
    if not isinstance(answer, dict) or ("error" not in answer and "result" not in answer):
        raise NodeFault(_NO_NODE, passes=False, status=status)
    return answer
