"""What follows from what sources say about who owns an account."""

from __future__ import annotations

import pytest

from bot.errors import (
    ContradictionError,
    NotFoundError,
    NotRecordedError,
    TesseraError,
    ThrottledError,
    UnavailableError,
)
from bot.holdings import LOOPRING, Account
from bot.lookup.owner_rule import Statement, agreed_owner
from bot.messages import Message

ACCOUNT = Account(LOOPRING, "10001")
HERS, HIS = "0x" + "aa" * 20, "0x" + "bb" * 20
LATER = "Who owns loopring:10001 cannot be confirmed right now, as not every source answers. Try again later."
UNDECIDED = "Who owns loopring:10001 cannot be decided: this bot's operator must look at that."

SAYS_HERS, SAYS_HIS = Statement("a", HERS), Statement("b", HIS)
ALSO_HERS = Statement("c", HERS)
NONE_THERE = Statement("d", error=NotFoundError(Message("There is no such account.")))
NOT_RECORDED = Statement("e", error=NotRecordedError(Message("It is not in the archive.")))
SILENT = Statement("f", error=ThrottledError(Message("Too many requests.")))


@pytest.mark.parametrize(
    ("statements", "names"),
    [
        ([SAYS_HERS], ("a",)),
        ([SAYS_HERS, ALSO_HERS], ("a", "c")),
        ([SAYS_HERS, NOT_RECORDED], ("a",)),
        ([NOT_RECORDED, ALSO_HERS], ("c",)),
    ],
)
def test_all_who_can_speak_name_one_owner(statements: list[Statement], names: tuple[str, ...]) -> None:
    assert agreed_owner(ACCOUNT, statements) == (HERS, names)


@pytest.mark.parametrize(
    ("statements", "kind", "sentence"),
    [
        ([SAYS_HERS, SAYS_HIS], ContradictionError, UNDECIDED),
        ([SAYS_HIS, SAYS_HERS, ALSO_HERS], ContradictionError, UNDECIDED),  # no majority decides
        ([SAYS_HERS, NONE_THERE], ContradictionError, UNDECIDED),
        ([NONE_THERE, SAYS_HERS], ContradictionError, UNDECIDED),
        ([SAYS_HERS, SAYS_HIS, SILENT], ContradictionError, UNDECIDED),
        ([SAYS_HERS, SILENT], UnavailableError, LATER),
        ([SILENT, SAYS_HERS], UnavailableError, LATER),
        ([NOT_RECORDED, SILENT], UnavailableError, LATER),
        ([NONE_THERE, SILENT], UnavailableError, LATER),
        ([SILENT], ThrottledError, "Too many requests."),
        ([NONE_THERE], NotFoundError, "There is no such account."),
        ([NOT_RECORDED, NONE_THERE], NotFoundError, "There is no such account."),
        ([NOT_RECORDED, NOT_RECORDED], NotRecordedError, "It is not in the archive."),
        ([], ContradictionError, UNDECIDED),
    ],
)
def test_otherwise_nothing_is_decided(statements: list[Statement], kind: type[TesseraError], sentence: str) -> None:
    with pytest.raises(kind) as error:
        agreed_owner(ACCOUNT, statements)
    assert (type(error.value), error.value.sentence) == (kind, sentence)


def test_a_statement_is_reported_with_a_shortened_address() -> None:
    words = [str(each) for each in (SAYS_HERS, NONE_THERE, NOT_RECORDED, SILENT)]
    assert words == ["a says 0xaaaa…aaaa", "d says that there is none", "e says nothing", "f says nothing"]
