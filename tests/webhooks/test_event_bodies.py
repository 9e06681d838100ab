"""What is sent of an event: ids as strings, the number of the event, and nothing that a server has not asked for."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from bot.webhooks.values.event import Event, EventType, Missed, trial_body

AT = datetime(2026, 11, 27, 12, 0, 1, tzinfo=UTC)
GUILD, ANN, ROLE = 910_000_000_000_000_000, 810_000_000_000_000_001, 910_000_000_000_000_005


def test_a_body_has_its_number_and_ids_that_javascript_can_read() -> None:
    event = Event(GUILD, 105, "msg_ab", EventType.GRANTED, AT, {"role_id": str(ROLE), "gate_id": "12"}, ANN)
    assert json.loads(event.body()) == {
        "version": 1,
        "id": "msg_ab",
        "type": "granted",
        "sequence": 105,
        "server_id": "910000000000000000",
        "timestamp": "2026-11-27T12:00:01+00:00",
        "data": {"member_id": "810000000000000001", "role_id": "910000000000000005", "gate_id": "12"},
    }


def test_the_body_of_an_event_is_the_same_to_the_byte_at_each_attempt() -> None:
    one, other = (Event(GUILD, 1, "msg_ab", EventType.HELD, AT, {"cause": "admin"}) for _ in range(2))
    assert one.body() == other.body()


def test_what_was_removed_keeps_its_number_and_says_nothing() -> None:
    body = json.loads(Event(GUILD, 7, "msg_ab", EventType.REMOVED, AT).body())
    assert (body["type"], body["sequence"], body["data"]) == ("removed", 7, {})


def test_missed_events_are_named_by_their_numbers_and_take_the_place_of_the_last() -> None:
    missed = Missed(GUILD, 3, 9, AT)
    body = json.loads(missed.body())
    assert (body["type"], body["sequence"], body["data"]) == ("missed", 9, {"first": 3, "last": 9})
    assert body["id"] == missed.event_id == Missed(GUILD, 3, 9, AT).event_id


def test_a_test_is_no_event_of_the_log() -> None:
    body = json.loads(trial_body("test_1", GUILD, AT))
    assert (body["type"], body["sequence"]) == ("test", None)
