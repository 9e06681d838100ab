"""Events of the exchange on Ethereum: which block of layer 2 was confirmed, and where; anything else is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.l2.block_check import BLOCK_SUBMITTED, EXCHANGE, BlockEvent

ADDRESS = "0x" + EXCHANGE.hex()
TOPIC = "0x" + BLOCK_SUBMITTED.hex()

_HASH = re.compile(r"0x[0-9a-f]{64}")
_WORD = 32  # bytes of a topic
_WORDS = 64  # bytes of the root and of the hash
# What is kept of blocks has eight bytes for a number; the contract counts them one by one.
_TOO_HIGH = 2**63


@dataclass(frozen=True, slots=True)
class Announced:
    """An event, and where it is from."""

    event: BlockEvent
    l1_block: int
    transaction: str


def announced_event(number: bytes, data: bytes, l1_block: int, transaction: str) -> Announced:
    """An event of the exchange from its parts.

    Args:
        number: Its second topic.
        data: The root and the hash.
        l1_block: Where it is.
        transaction: Of whom it is.

    Raises:
        ValueError: it is another event.
    """
    block = int.from_bytes(number, "big")
    if len(data) < _WORDS or len(number) != _WORD or block >= _TOO_HIGH:
        raise ValueError("another event")
    return Announced(BlockEvent(block, data[:32], data[32:64]), l1_block, transaction)


def read_events(logs: Sequence[Any], first: int, last: int) -> list[Announced]:
    """What a node answered to `eth_getLogs` → the events, in the order of their blocks, each once.

    Nodes differ in the case of hex digits and in the order of what they list, and a list that was put together from
    several nodes may have an entry twice. None of that is another answer. An entry that was `removed` by a
    reorganisation of Ethereum is no event.

    Args:
        logs: The entries, as they came.
        first: The first block of Ethereum that was asked for.
        last: The last one.

    Raises:
        ValueError: one is no event of the exchange, is from elsewhere, or contradicts another.
    """
    try:
        events = {_one_event(log, first, last): None for log in logs if log.get("removed") is not True}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no event") from error
    if len({each.event.number for each in events}) < len(events):
        raise ValueError("two events of one block")
    return sorted(events, key=lambda each: each.event.number)


def _one_event(log: dict[str, Any], first: int, last: int) -> Announced:
    topic, number = log["topics"]
    transaction, l1_block = log["transactionHash"].lower(), int(log["blockNumber"], 16)
    if topic.lower() != TOPIC or log["address"].lower() != ADDRESS or not _HASH.fullmatch(transaction):
        raise ValueError("another event")
    if not first <= l1_block <= last:
        raise ValueError("an event of a block that was not asked for")
    return announced_event(_unhex(number), _unhex(log["data"]), l1_block, transaction)


def _unhex(text: str) -> bytes:
    return bytes.fromhex(text.lower().removeprefix("0x"))
