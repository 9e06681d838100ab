"""An error has a button to try again where that may help, and no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import InputError, LimitError, StoreError, TesseraError, ThrottledError, UnacceptedError
from bot.linking.start_limits import start_error
from bot.messages import Message
from bot.sources.advice import LATER, asks_again_in, try_in
from bot.store.linking.refusal import StartLimit, StartRefused
from bot.ui.error_words import may_help_again, sentence_of

NOW = datetime(2026, 11, 26, tzinfo=UTC)
SOON = int(NOW.timestamp()) + 30
_WORDS = Message("It did not work.")


@pytest.mark.parametrize(
    ("error", "helps"),
    [
        (StoreError(_WORDS), True),
        (InputError(_WORDS), False),
        (LimitError(_WORDS), False),
        (UnacceptedError(_WORDS), False),
        (start_error(StartRefused(StartLimit.PERSON, NOW + timedelta(minutes=3)), NOW), True),
        (start_error(StartRefused(StartLimit.GUILD), NOW), True),
        (start_error(StartRefused(StartLimit.RELAYS), NOW), False),
    ],
    ids=str,
)
def test_trying_again_is_offered_where_it_may_help(error: TesseraError, *, helps: bool) -> None:
    assert may_help_again(error) is helps


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ThrottledError(_WORDS, advice=try_in(30)), f"It did not work. Try again <t:{SOON}:R>."),
        (ThrottledError(_WORDS, advice=asks_again_in(30)), f"It did not work. Tessera asks again <t:{SOON}:R>."),
        (ThrottledError(_WORDS, advice=try_in(None)), f"It did not work. Try again <t:{SOON + 30}:R>."),
        (ThrottledError(_WORDS, advice=LATER), "It did not work. Try again later."),
        (StoreError(_WORDS), "It did not work."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_time_to_wait_is_a_clock_that_runs(error: TesseraError, sentence: str) -> None:
    assert sentence_of(error, NOW) == sentence
