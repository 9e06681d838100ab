"""Answers that arrive and cannot be used: whatever they are, they are no empty account, and end nothing."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.faults.sandboxed import AN_HOUR, HOLDINGS, SandboxedSync
from tests.sync.sync_harness import TEN_MINUTES

_ROW = '{"collection": {"id": 254, "name": "Harbour Lights"}, "count": 1}'
_NOT_USABLE = {
    "cut off": '{"collections": [' + _ROW + ', {"collection": {"id"',
    "NaN": '{"collections": [], "totalNum": NaN}',
    "infinite": '{"collections": [], "totalNum": 1e400}',
    "negative": '{"collections": [], "totalNum": -1}',
    "deep": "[" * 100_000,
    "no JSON": "OK",
    "nothing": "",
    "two answers": '{"collections": [], "totalNum": 0}{"collections": [], "totalNum": 0}',
}


async def _nothing_is_lost(synced: SandboxedSync, caplog: pytest.LogCaptureFixture) -> None:
    """An hour of it takes nothing, counts nothing, and nothing escapes; and it is over when it is over."""
    await synced.pass_time(AN_HOUR)
    assert synced.having() == [1, 2, 3]
    assert await synced.misses() == {}
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    await synced.repaired()
    await synced.all_goes_on(1, 9)


async def test_case_04_a_parked_domain_is_no_empty_account(
    synced: SandboxedSync, caplog: pytest.LogCaptureFixture
) -> None:
    await synced.holders_of(3)
    await synced.fails("html")
    await _nothing_is_lost(synced, caplog)


async def test_case_12_what_is_not_json_is_no_empty_account(
    synced: SandboxedSync, caplog: pytest.LogCaptureFixture
) -> None:
    await synced.holders_of(3)
    for name, body in _NOT_USABLE.items():
        await synced.repaired()
        await synced.fails("status", status=200, body=body, content_type="application/json")
        assert not await synced.reads(1), name
        await synced.pass_time(TEN_MINUTES)
    await synced.repaired()
    await synced.fails("garbage")  # not even text
    await _nothing_is_lost(synced, caplog)


async def test_case_12_an_answer_that_says_two_things_about_everybody_takes_nothing(synced: SandboxedSync) -> None:
    await synced.holders_of(3)
    twice = '{"collections": [' + _ROW + '], "totalNum": 1, "collections": [], "totalNum": 0}'
    await synced.fails("status", status=200, body=twice, content_type="application/json")
    await synced.pass_time(2 * AN_HOUR)
    assert synced.having() == [1, 2, 3]
    assert await synced.holds() != []
    await synced.repaired()
    await synced.pass_time(AN_HOUR)
    assert await synced.holds() == []
    await synced.all_goes_on(1, 9)


@pytest.mark.parametrize("kind", ["huge", "bomb"])
async def test_case_13_a_body_without_an_end_is_no_empty_account(
    synced: SandboxedSync, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    await synced.holders_of(3)
    await synced.fails(kind, account=synced.account_id(1))
    assert not await synced.reads(1)
    await _nothing_is_lost(synced, caplog)


_DRIFTS: dict[str, tuple[dict[str, Any], bool]] = {
    "a new field": ({"page": 1}, True),
    "a number as text": ({"totalNum": "1"}, True),
    "the total renamed": ({"totalNum": ..., "total": 1}, False),
    "the total null": ({"totalNum": None}, False),
    "the rows renamed": ({"collections": ..., "items": []}, False),
    "the rows null": ({"collections": None, "totalNum": 0}, False),
    "the rows an object": ({"collections": {}, "totalNum": 0}, False),
    "a row null": ({"collections": [None]}, False),
    "the rows without counts": ({"collections": [{"collection": {"id": 254}}]}, False),
    "a count null": ({"collections": [{"collection": {"id": 254}, "count": None}]}, False),
    "a count as words": ({"collections": [{"collection": {"id": 254}, "count": "one"}]}, False),
}


async def test_case_16_an_answer_of_another_shape_is_understood_or_is_unknown(synced: SandboxedSync) -> None:
    await synced.holders_of(2)
    right = (await synced.answers_about(1))[-1]
    for name, (drift, is_understood) in _DRIFTS.items():
        body = {key: value for key, value in (right | drift).items() if value is not ...}
        await synced.repaired()
        await synced.fails("status", HOLDINGS, status=200, body=body, account=synced.account_id(1))
        assert await synced.reads(1) is is_understood, name
        await synced.pass_time(TEN_MINUTES)
        assert await synced.misses() == {}, name
    assert synced.having() == [1, 2]
    await synced.repaired()
    await synced.all_goes_on(1, 9)


@pytest.mark.parametrize("location", ["http://169.254.169.254/latest/", "HERE/loopring/api/v3/elsewhere"])
async def test_case_20_a_redirect_is_not_followed(
    synced: SandboxedSync, caplog: pytest.LogCaptureFixture, location: str
) -> None:
    await synced.holders_of(3)
    await synced.fails("redirect", location=location.replace("HERE", synced.sandbox.url))
    await _nothing_is_lost(synced, caplog)
    assert await synced.sandbox.requests("elsewhere") == []
