"""What `/webhooks list` says of an endpoint: exact numbers, the last error as a sentence, and never its address."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord

from bot.cogs.webhooks.webhook_embeds import list_embed, secret_embed
from bot.messages import Message, written_in
from bot.ui.embeds import embed_units
from bot.webhooks.delivery.webhooks import WithSecret
from bot.webhooks.values.delivery_failure import Failure, FailureCode
from bot.webhooks.values.endpoint import Endpoint, EndpointState, Standing
from tests.compiled_language import compiled_language

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
EARLIER, NEXT = AT - timedelta(hours=1), AT + timedelta(minutes=1)
WHOLE = Endpoint(
    3, 9, "https://tools.example.org/in?token=hidden", b"salt", 1, 7, EndpointState.ACTIVE, AT, delivered_at=AT
)


def shown(endpoint: Endpoint, *, earliest: int = 1, latest: int = 7, **more: Any) -> str:
    embed = list_embed([Standing(endpoint, earliest, latest, **more)], are_on=True)
    return text_of(embed)


def text_of(embed: discord.Embed) -> str:
    return "\n".join([embed.description or "", *(f"{field.name}\n{field.value}" for field in embed.fields)])


def test_all_is_well() -> None:
    text = shown(WHOLE)
    assert "3 · tools.example.org\nActive" in text
    assert f"Last delivery: <t:{int(AT.timestamp())}:R>" in text
    assert "Nothing waits; the last event of this server is number 7." in text
    assert "error" not in text


def test_what_waits_is_counted_from_where_and_since_when() -> None:
    assert "3 events wait, from number 8 on, since <t:" in shown(WHOLE, latest=10, waiting_since=EARLIER)
    assert "One event waits, number 8, since <t:" in shown(WHOLE, latest=8, waiting_since=EARLIER)


def test_what_was_deleted_meanwhile_is_named_and_not_counted() -> None:
    text = shown(WHOLE, earliest=11, latest=12, waiting_since=EARLIER)
    assert "Numbers 8 to 10 were deleted before they could be delivered" in text
    assert "2 events wait, from number 11 on" in text


def test_the_last_error_is_a_sentence_with_the_next_attempt() -> None:
    failing = replace(WHOLE, tries=2, failed_at=AT, next_at=NEXT, failure=Failure(FailureCode.TOO_SLOW))
    text = shown(failing, latest=8, waiting_since=EARLIER)
    assert "it did not answer within 10 seconds" in text
    assert f"Next attempt: <t:{int(NEXT.timestamp())}:R>" in text


def test_an_error_before_the_last_delivery_is_over() -> None:
    assert "Last error" not in shown(replace(WHOLE, failed_at=EARLIER, failure=Failure(FailureCode.STATUS, 500)))


def test_one_that_gave_up_says_how_it_goes_on() -> None:
    assert "`/webhooks resume` goes on" in shown(replace(WHOLE, state=EndpointState.FAILED))


def test_the_path_and_the_query_are_never_shown() -> None:
    for text in (shown(WHOLE), text_of(secret_embed(WithSecret(WHOLE, lambda: "whsec_x"), is_new=True))):
        assert "hidden" not in text
        assert "/in" not in text


def test_without_the_operators_key_that_is_said_first() -> None:
    assert text_of(list_embed([], are_on=False)).startswith("**Nothing is sent at the moment**")


def test_the_secret_is_in_the_one_answer_and_in_no_repr() -> None:
    added = WithSecret(WHOLE, lambda: "whsec_abc")
    assert "```\nwhsec_abc\n```" in text_of(secret_embed(added, is_new=True))
    assert "whsec_abc" not in repr(added)


def test_as_many_endpoints_as_a_server_may_have_fit_into_a_message() -> None:
    url = f"https://{'a.' * 120}org/"
    failing = replace(WHOLE, url=url, failed_at=AT, next_at=NEXT, failure=Failure(FailureCode.TOO_SLOW))
    many = [
        Standing(replace(failing, endpoint_id=number), 10**9, 2 * 10**9, EARLIER) for number in range(2**40, 2**40 + 10)
    ]
    embed = list_embed(many, are_on=False)
    assert len(embed.fields) == 10
    assert all(len(field.name or "") <= 256 and len(field.value or "") <= 1024 for field in embed.fields)
    assert len(embed) <= 6000


def test_ten_of_them_fit_into_one_embed_where_the_language_needs_more_words(tmp_path: Path) -> None:
    words = {
        Message("Last error, {when}: {reason}"): f"{'Der letzte Fehler ' * 12}{{when}}: {{reason}}",
        Message("Last delivery: {when}"): f"{'Die letzte Zustellung ' * 5}{{when}}",
    }
    failing = replace(WHOLE, url=f"https://{'a' * 60}.{'b' * 60}.example/", tries=9, failed_at=AT, next_at=NEXT)
    failing = replace(failing, failure=Failure(FailureCode.REDIRECTED, 301))
    standing = Standing(failing, 2**40, 2**41, EARLIER)
    with written_in(compiled_language(tmp_path, words)):
        embed = list_embed([standing] * 10, are_on=False)
        assert "Der letzte Fehler" in text_of(list_embed([Standing(failing, 1, 7)], are_on=True))
    assert embed_units(embed) <= 6000
    assert all("Active" in str(field.value) for field in embed.fields)
