"""Sentences as values: every place is filled, numbers choose the plural, and translations reach all parts."""

from gettext import GNUTranslations, NullTranslations
from io import BytesIO

import pytest

from bot.errors import InputError, LimitError
from bot.messages import Message

HELD = Message("{count:,} NFT of {name}", "{count:,} NFTs of {name}")
ACCEPTED = Message("Use a number.")
WRONG = Message("“{typed}” is not an account. {accepted}")


class German(NullTranslations):
    """Translates three sentences."""

    def gettext(self, message: str) -> str:
        return {
            WRONG.text: "„{typed}“ ist kein Konto. {accepted}",
            ACCEPTED.text: "Eine Zahl, bitte.",
        }.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return "{count} Stück von {name}" if msgid1 == HELD.text else super().ngettext(msgid1, msgid2, n)


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 NFTs of A"), (1, "1 NFT of A"), (2, "2 NFTs of A"), (1234, "1,234 NFTs of A")]
)
def test_a_number_chooses_the_plural(count: int, words: str) -> None:
    assert HELD(count=count, name="A").render() == words


def test_words_within_words_are_translated_with_them() -> None:
    error = InputError(WRONG, typed="x", accepted=ACCEPTED())
    assert error.sentence == str(error) == "“x” is not an account. Use a number."
    assert error.words.render(German()) == "„x“ ist kein Konto. Eine Zahl, bitte."
    assert HELD(count=3, name="A").render(German()) == "3 Stück von A"


def test_a_language_without_the_message_leaves_it_in_english() -> None:
    assert isinstance(empty := GNUTranslations(BytesIO(_no_messages())), GNUTranslations)
    assert WRONG(typed="x", accepted=ACCEPTED()).render(empty) == "“x” is not an account. Use a number."


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


def _no_messages() -> bytes:
    """A compiled catalogue with nothing in it (gettext's manual, "The Format of GNU MO Files")."""
    return b"\xde\x12\x04\x95" + bytes(8) + (28).to_bytes(4, "little") * 2 + bytes(8)
