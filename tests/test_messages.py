"""Sentences as values: every place is filled, numbers choose the plural, and translations reach all parts."""

import asyncio
from pathlib import Path

import pytest
from babel.numbers import format_decimal

from bot.errors import InputError, LimitError
from bot.messages import (
    ENGLISH,
    Language,
    Message,
    language_of,
    number_words,
    reader_language,
    set_reader_language,
    written_in,
)
from tests.compiled_language import compiled_language

HELD = Message("{count:,} NFT of {name}", "{count:,} NFTs of {name}")
ACCEPTED = Message("Use a number.")
WRONG = Message("“{typed}” is not an account. {accepted}")


@pytest.fixture
def german(tmp_path: Path) -> Language:
    """German, in which these three can be said."""
    return compiled_language(
        tmp_path,
        {
            WRONG: "„{typed}“ ist kein Konto. {accepted}",
            ACCEPTED: "Eine Zahl, bitte.",
            HELD: ("{count:,} Stück von {name}", "{count:,} Stücke von {name}"),
        },
    )


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 NFTs of A"), (1, "1 NFT of A"), (2, "2 NFTs of A"), (1234, "1,234 NFTs of A")]
)
def test_a_number_chooses_the_plural(count: int, words: str) -> None:
    assert HELD(count=count, name="A").render() == words


def test_words_within_words_are_translated_with_them(german: Language) -> None:
    error = InputError(WRONG, typed="x", accepted=ACCEPTED())
    assert error.sentence == str(error) == "“x” is not an account. Use a number."
    assert error.words.render(german) == "„x“ ist kein Konto. Eine Zahl, bitte."


def test_a_language_without_the_message_leaves_it_in_english(german: Language, tmp_path: Path) -> None:
    one, several = Message("one account"), Message("one account is linked", "{count:,} accounts are linked")
    assert one().render(german) == "one account"
    assert several(count=1).render(german) == "one account is linked"
    assert several(count=2).render(german) == "2 accounts are linked"
    nowhere = Language("de", tmp_path / "gone.mo")
    assert several(count=2).render(nowhere) == "2 accounts are linked"


def test_the_default_is_the_language_of_the_reader_and_the_log_stays_english(german: Language) -> None:
    words = ACCEPTED()
    with written_in(german):
        assert [words.render(), str(words), f"{words}"] == ["Eine Zahl, bitte.", "Use a number.", "Use a number."]
        assert InputError(ACCEPTED).sentence == "Use a number."
        assert words.render(ENGLISH) == "Use a number."
    assert words.render() == "Use a number."


async def test_each_task_has_its_own_reader_and_what_it_starts_inherits_them(german: Language) -> None:
    async def said() -> str:
        return ACCEPTED().render()

    async def of_a_german() -> str:
        set_reader_language(german)
        return await asyncio.create_task(said())

    assert list(await asyncio.gather(of_a_german(), said())) == ["Eine Zahl, bitte.", "Use a number."]
    assert reader_language() is ENGLISH


@pytest.mark.parametrize(
    ("code", "count", "words"),
    [
        ("de", 0, "mehrere"),
        ("de", 1, "eines"),
        ("fr", 0, "eines"),
        ("fr", 1, "eines"),
        ("fr", 2, "mehrere"),
        ("fr", 1_000_000, "mehrere"),
        ("es", 0, "mehrere"),
        ("pt_BR", 0, "eines"),
        ("pt_BR", 2, "mehrere"),
        ("ja", 1, "mehrere"),
        ("zh_CN", 1, "mehrere"),
    ],
)
def test_each_language_chooses_its_plural(tmp_path: Path, code: str, count: int, words: str) -> None:
    one_form = code in {"ja", "zh_CN"}
    message = Message("one", "{count} of them")
    language = compiled_language(tmp_path, {message: ("mehrere",) if one_form else ("eines", "mehrere")}, code)
    assert message(count=count).render(language) == words


def test_a_plural_that_lacks_a_form_is_in_english_whole(tmp_path: Path) -> None:
    language = compiled_language(tmp_path, {HELD: ("{count:,} Stück von {name}", "")})
    assert HELD(count=1, name="A").render(language) == "1 NFT of A"


@pytest.mark.parametrize(
    ("locale", "in_thousands", "in_ten_thousands", "fraction"),
    [
        ("en-US", "1,234", "12,345", "1,234.5"),
        ("en-GB", "1,234", "12,345", "1,234.5"),
        ("de", "1.234", "12.345", "1.234,5"),
        ("fr", "1\u202f234", "12\u202f345", "1\u202f234,5"),
        ("es-ES", "1234", "12.345", "1234,5"),
        ("es-419", "1,234", "12,345", "1,234.5"),
        ("pt-BR", "1.234", "12.345", "1.234,5"),
        ("ja", "1,234", "12,345", "1,234.5"),
        ("zh-CN", "1,234", "12,345", "1,234.5"),
    ],
)
def test_numbers_are_written_as_in_the_language(
    locale: str, in_thousands: str, in_ten_thousands: str, fraction: str
) -> None:
    language, sum_ = language_of(locale), Message("{sum:,}")
    assert sum_(sum=1234).render(language) == in_thousands
    assert sum_(sum=12345).render(language) == in_ten_thousands
    assert sum_(sum=-12345).render(language) == f"-{in_ten_thousands}"
    assert Message("{id}")(id=12345).render(language) == "12345"
    assert Message("{sum:,.1f}")(sum=1234.5).render(language) == fraction
    assert number_words(12345, language=language) == in_ten_thousands


@pytest.mark.parametrize("locale", ["de", "fr", "es-ES", "es-419", "pt-BR", "ja", "zh-CN"])
@pytest.mark.parametrize("number", [0, 7, 999, 10_000, 123_456, 7_654_321])  # Babel groups 1234 in Spanish too
def test_numbers_are_those_of_the_unicode_consortium(locale: str, number: int) -> None:
    babel = {"es-ES": "es"}.get(locale, locale.replace("-", "_"))
    assert number_words(number, language=language_of(locale)) == format_decimal(number, locale=babel)


@pytest.mark.parametrize("values", [{}, {"typed": "x"}, {"typed": "x", "accepted": "y", "more": "z"}], ids=str)
def test_a_place_without_a_value_and_a_value_without_a_place_are_defects(values: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="has the places"):
        WRONG(**values)
    with pytest.raises(TypeError, match="has the places"):
        InputError(WRONG, **values)


def test_a_counted_message_needs_its_count_although_its_text_does_not_show_it() -> None:
    with pytest.raises(TypeError, match="has the places"):
        Message("one account", "several accounts")()


def test_a_value_is_never_parsed_for_places() -> None:
    assert WRONG(typed="{accepted}", accepted="{0}").render() == "“{accepted}” is not an account. {0}"


def test_a_limit_says_when_to_try_again_beside_its_words() -> None:
    error = LimitError(Message("Try again in {minutes} minutes."), minutes=3, retry_after=180)
    assert (error.sentence, error.retry_after) == ("Try again in 3 minutes.", 180)
