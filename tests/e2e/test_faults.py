"""Whatever Loopring does, the member gets a clear word in time, and unknown is never shown as zero."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import open_bot
from tests.sandbox_client import Answer, SandboxClient

NO_HOLDINGS = "holds no NFTs"


@pytest.fixture
async def fresh(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[SandboxClient]:
    """A bot of its own: what it remembers of one fault must not affect the next. It waits long for Loopring.

    A parameter is how many seconds instead.
    """
    loopring = f"requests_per_second = 1000\ntimeout_seconds = {getattr(request, 'param', 60)}"
    async with open_bot(tmp_path, loopring=loopring, display="cache_seconds = 0") as sandbox:
        yield sandbox


async def ask(sandbox: SandboxClient, account: str = "10001") -> Answer:
    ada = await sandbox.person("ada")
    answer = await ada.run("collections", account=account)
    assert answer["acknowledged_ms"] is not None  # how soon is the bench's to measure
    assert "Traceback" not in answer.text
    return answer


def without_times(text: str) -> str:
    """The text with no time in its clocks that run; which they show, tests/ui/test_error_words.py says."""
    return re.sub(r"<t:\d+:R>", "<t:…:R>", text)


@pytest.mark.parametrize(
    ("kind", "options", "sentence"),
    [
        ("status", {"status": 503}, "Loopring has an internal error (HTTP 503). Try again <t:…:R>."),
        ("reset", {}, "Loopring cannot be reached, or broke off in the middle. Try again <t:…:R>."),
        ("torn", {}, "Loopring cannot be reached, or broke off in the middle. Try again <t:…:R>."),
        ("html", {}, "Loopring sent an answer that cannot be used (HTML instead of JSON). Try again later."),
        ("garbage", {}, "Loopring sent an answer that cannot be used (not JSON). Try again later."),
        ("huge", {}, "Loopring sent an answer that cannot be used (more than 2 MiB). Try again later."),
        ("bomb", {}, "Loopring sent an answer that cannot be used (more than 2 MiB). Try again later."),
        ("redirect", {"location": "http://169.254.169.254/"}, "(a redirect, HTTP 302)"),
        ("throttle", {"retry_after": "30"}, "Loopring gets too many requests right now. Try again <t:…:R>."),
        ("throttle", {"retry_after": None}, "Loopring gets too many requests right now. Try again <t:…:R>."),
        ("error", {"code": 100000, "message": "x"}, "Loopring has an internal error. Try again <t:…:R>."),
        ("error", {"code": 100000, "message": "x", "http": 200}, "Loopring has an internal error."),
        ("error", {"code": 999999, "message": "new"}, "Loopring has an internal error. Try again <t:…:R>."),
        ("error", {"code": 104002, "message": "x"}, "Loopring refuses this bot's API key: its operator must check"),
        ("error", {"code": 104001, "message": "x"}, "Loopring requires an API key and this bot has none"),
        ("error", {"code": 104007, "message": "Invalid accountId"}, "Loopring has no such account"),
    ],
)
async def test_a_fault_is_one_sentence_and_never_looks_like_an_empty_account(
    fresh: SandboxClient, kind: str, options: dict[str, Any], sentence: str
) -> None:
    await fresh.fault(kind, **options)
    answer = await ask(fresh)
    assert sentence in without_times(answer.text)
    assert NO_HOLDINGS not in answer.text
    assert answer.message["ephemeral"]


@pytest.mark.parametrize("fresh", [1], indirect=True)
async def test_a_source_that_is_too_slow_is_reported_with_how_long_it_was_waited_for(fresh: SandboxClient) -> None:
    await fresh.fault("slow", seconds=5)
    answer = await ask(fresh)
    assert "Loopring did not answer within 1 second. Try again <t:…:R>." in without_times(answer.text)
    assert NO_HOLDINGS not in answer.text


@pytest.mark.parametrize("kind", ["status", "reset", "html", "garbage", "torn"])
async def test_two_faults_in_a_row_are_not_noticed(fresh: SandboxClient, kind: str) -> None:
    options: dict[str, Any] = {"status": 502} if kind == "status" else {}
    await fresh.fault(kind, times=2, **options)
    assert "**30 collections**" in (await ask(fresh)).text


async def test_a_slow_answer_below_the_time_limit_is_waited_for(fresh: SandboxClient) -> None:
    await fresh.fault("slow", seconds=0.8)
    assert "**30 collections**" in (await ask(fresh)).text


@pytest.mark.parametrize(
    ("kind", "incomplete_reason"),
    [
        ("status", "Loopring has an internal error (HTTP 503). Try again in a minute."),
        ("reset", "Loopring cannot be reached"),
        ("empty", "100 of the 132 announced arrived"),
        ("repeat", "of the 132 announced arrived"),
    ],
)
async def test_a_list_that_breaks_off_is_shown_as_incomplete(
    fresh: SandboxClient, kind: str, incomplete_reason: str
) -> None:
    options: dict[str, Any] = {"status": 503} if kind == "status" else {}
    await fresh.fault(kind, after=2, **options)
    settled = await fresh.settled(await ask(fresh, "10005"))
    header = settled.embeds[0]["description"]
    assert "**Incomplete:**" in header
    assert incomplete_reason.rstrip(".") in header
    assert "What is missing here is unknown, not zero." in header
    assert len(settled.titles()) == 5


async def test_a_short_page_is_incomplete_even_when_it_is_the_only_one(fresh: SandboxClient) -> None:
    await fresh.fault("short")
    settled = await fresh.settled(await ask(fresh))
    assert "of the 30 announced arrived" in settled.text


async def test_an_empty_page_where_collections_were_announced_is_not_an_empty_account(fresh: SandboxClient) -> None:
    await fresh.fault("empty", body={"collections": [], "totalNum": 30})
    assert NO_HOLDINGS not in (await ask(fresh)).text


async def test_an_earlier_answer_is_shown_with_its_age_when_the_source_is_down(fresh: SandboxClient) -> None:
    first = await fresh.settled(await ask(fresh))
    await fresh.fault("status", status=503)
    later = await ask(fresh)
    assert later.titles() == first.titles()
    assert "This is an earlier answer, and may have changed." in later.text
    assert "HTTP 503" in later.text
    # The same source at the same moment: the first line of the header.
    assert later.embeds[0]["description"].split("\n")[0] == first.embeds[0]["description"].split("\n")[0]


async def test_the_owner_never_delays_the_first_page(fresh: SandboxClient) -> None:
    await fresh.fault("slow", path="/account", seconds=2)
    answer = await ask(fresh)
    assert "Owner" not in answer.text
    assert "Owner" in (await fresh.settled(answer)).text


async def test_a_collection_whose_nfts_cannot_be_read_leaves_the_list_as_it_is(fresh: SandboxClient) -> None:
    ada = await fresh.person("ada")
    listing = await fresh.settled(await ask(fresh))
    await fresh.fault("status", path="nft/collection/balances", status=500)
    answer = await ada.press(listing, "open", "254")
    assert answer["state"] == "answered"
    seen = await ada.messages()
    assert any("HTTP 500" in str(message["embeds"]) for message in seen)
    still = next(message for message in seen if message["id"] == listing.message["id"])
    assert still["embeds"] == listing.embeds


async def test_discord_refusing_an_edit_is_survived(fresh: SandboxClient) -> None:
    await fresh.post(
        "/_sandbox/faults",
        {"service": "discord", "path": "messages/@original", "kind": "status", "status": 500, "times": 1},
    )
    assert "**30 collections**" in (await ask(fresh)).text


@pytest.mark.parametrize("action", ["drop", "reconnect", "malformed"])
async def test_the_bot_answers_again_after_the_gateway_broke(fresh: SandboxClient, action: str) -> None:
    await fresh.post("/_sandbox/gateway", {"action": action})
    await fresh.answers_again()
    assert "**30 collections**" in (await ask(fresh)).text


@pytest.mark.parametrize("resumable", [True, False])
async def test_the_bot_answers_again_after_its_session_was_ended(fresh: SandboxClient, *, resumable: bool) -> None:
    await fresh.post("/_sandbox/gateway", {"action": "invalid_session", "resumable": resumable})
    await fresh.answers_again()
    assert "**30 collections**" in (await ask(fresh)).text
