"""A sentence that is stored is read in the language of its reader, and not of who caused it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.archive.lines import Header
from bot.archive.writer import write_archive
from bot.errors import SourceError
from bot.holdings import LOOPRING, Account
from bot.messages import Message, Words, language_of, text_in, words_of_text, words_text
from bot.reasons import Reason, ReasonCode, reason_text, reason_words, source_error, stored_reason
from bot.sources.archive import ArchiveSource
from bot.sources.askers import Asker, Askers

GERMAN = language_of("de")
RECORDED_AT = datetime(2026, 6, 28, 12, tzinfo=UTC)
CHANGED = "the list changed while it was being read"


@pytest.mark.parametrize(
    "words",
    [
        Message("It was read.")(),
        Message("{one} of {other}")(one="a `{brace}`", other=3),
        Message("{count:,} account", "{count:,} accounts")(count=1234),
        Message("{label}: {cause}.")(label="Loopring", cause=Message(CHANGED)()),
        Message("{why}; {when}.")(why="it is gone", when=Message("recorded on {day:%Y-%m-%d}")(day=RECORDED_AT)),
    ],
)
def test_it_is_the_same_when_it_is_read(words: Words) -> None:
    found = words_of_text(words_text(words))
    assert found == words
    assert str(found) == str(words)


@pytest.mark.parametrize(
    "text",
    ["", "a sentence of before", "12", "{", '{"text": 1}', '{"text": "{a}", "many": "", "values": {}}', "null", "[]"],
)
def test_what_was_stored_before_or_is_no_message_is_shown_as_it_is(text: str) -> None:
    assert words_of_text(text) == text


def test_a_value_that_is_no_number_or_text_is_stored_as_it_is_shown() -> None:
    assert str(words_of_text(words_text(Message("{path}")(path=ValueError("why"))))) == "why"


def test_what_cannot_be_said_any_more_is_shown_in_english_as_it_was() -> None:
    stored = words_text(Message("{count:,} of them")(count=1234)).replace("1234", '"so many"')
    assert words_of_text(stored) == "1,234 of them"


async def test_what_an_archive_lacks_is_stored_and_read(tmp_path: Path) -> None:
    write_archive(tmp_path / "a", Header(LOOPRING, "API", RECORDED_AT, "test"), [], [])
    source = ArchiveSource(tmp_path / "a", name="old", network=LOOPRING)
    with pytest.raises(SourceError) as raised:
        await source.fetch_owner(Account(LOOPRING, "10001"), Askers(Asker.job("test")))
    found = stored_reason(reason_text(source_error(raised.value.words)))
    assert reason_words(found) == raised.value.sentence
    assert "2026-06-28" in raised.value.sentence


def test_a_reason_is_in_the_language_of_who_reads_it() -> None:
    cause = Reason.of(ReasonCode.LIST_CHANGED)
    found = stored_reason(reason_text(Reason.of(ReasonCode.ASKED_FIRST_INCOMPLETE, cause, label="Loopring")))
    assert reason_words(found) == f"Loopring: {CHANGED}."
    translated = text_in(GERMAN, CHANGED)
    assert translated
    assert translated in words_of_text(reason_text(cause)).render(GERMAN)  # type: ignore[union-attr] # words
    assert stored_reason("") is None
    assert reason_words(stored_reason("a sentence of before")) == "a sentence of before"
