"""Numbers of blocks in events: 32 bytes, and none that what is kept beside the blocks could not hold."""

from __future__ import annotations

import pytest

from bot.archive_api.blocks.announced import ADDRESS, TOPIC, announced_event, read_events
from bot.archive_api.blocks.one_node_ranges import digest_of
from bot.archive_api.era1.taken_files import EventDigest

TRANSACTION = "0x" + "ab" * 32
DATA = bytes(64)
HIGHEST = 2**63 - 1
WRONG = [
    (1).to_bytes(40, "big"),
    b"\x01" + bytes(39),
    (1).to_bytes(31, "big"),
    b"",
    (HIGHEST + 1).to_bytes(32, "big"),
    b"\xff" * 32,
]


def log(number: bytes, data: bytes = DATA) -> dict[str, object]:
    return {
        "address": ADDRESS,
        "topics": [TOPIC, "0x" + number.hex()],
        "data": "0x" + data.hex(),
        "blockNumber": "0x10",
        "transactionHash": TRANSACTION,
    }


def test_the_highest_number_is_read_and_can_be_kept() -> None:
    event = announced_event(HIGHEST.to_bytes(32, "big"), DATA, 16, TRANSACTION)
    assert event.event.number == HIGHEST
    assert read_events([log(HIGHEST.to_bytes(32, "big"))], 16, 16) == [event]
    assert len(digest_of([event])) == 64
    EventDigest().add(event.event, event.l1_block)


@pytest.mark.parametrize("number", WRONG)
def test_a_number_of_another_form_is_no_event(number: bytes) -> None:
    with pytest.raises(ValueError, match="another event"):
        announced_event(number, DATA, 16, TRANSACTION)
    with pytest.raises(ValueError, match="another event"):
        read_events([log(number)], 16, 16)


@pytest.mark.parametrize("data", [b"", bytes(63)])
def test_an_event_that_is_cut_off_is_none(data: bytes) -> None:
    with pytest.raises(ValueError, match="another event"):
        read_events([log((1).to_bytes(32, "big"), data)], 16, 16)
