"""Reasons are codes with parameters; their words are made in one place."""

import pytest

from bot.messages import Message
from bot.reasons import MESSAGES, Reason, ReasonCode, as_recorded, reason_words, source_error

PARAMS: dict[str, str | int] = {
    "arrived": 12,
    "total": 35,
    "pages": 200,
    "unreadable": 1,
    "received": 3,
    "unnamed": 2,
    "uncounted": 2,
    "kinds": 15,
    "sentence": "Loopring does not answer.",
    "words": "torn",
    "label": "Loopring",
    "accounts": "10001, 10007",
}


@pytest.mark.parametrize("code", ReasonCode)
def test_every_code_has_words(code: ReasonCode) -> None:
    places = MESSAGES[code].places
    cause = source_error(Message("why")()) if "cause" in places else None
    words = reason_words(Reason.of(code, cause, **{name: PARAMS[name] for name in places - {"cause"}}))
    assert words
    assert "{" not in words


def test_no_reason_has_no_words() -> None:
    assert reason_words(None) == reason_words(as_recorded("")) == ""


def test_a_reason_may_have_a_cause() -> None:
    missing = Reason.of(ReasonCode.ROWS_MISSING, arrived=1, total=2)
    whole = Reason.of(ReasonCode.ASKED_FIRST_INCOMPLETE, missing, label="Loopring")
    assert reason_words(whole) == "Loopring: 1 of the 2 announced arrived."


def test_text_of_a_source_or_an_archive_is_unchanged() -> None:
    odd = "{label} is {0} of {cause}, 100 %s"
    assert reason_words(source_error(Message("{odd}")(odd=odd))) == reason_words(as_recorded(odd)) == odd


def test_equal_reasons_do_not_depend_on_the_order_of_parameters() -> None:
    one = Reason.of(ReasonCode.ROWS_MISSING, arrived=1, total=2)
    assert {one, Reason.of(ReasonCode.ROWS_MISSING, total=2, arrived=1)} == {one}
