"""Why an answer is incomplete, is an earlier one, or is from another source: a code with parameters.

Only `reason_words` makes sentences of them, where they are shown; decisions compare codes, and never read a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from bot.messages import Message, Words, words_of_english, words_of_text, words_text

# The types that can fill a place of a reason's message.
Value = str | int | Words


class ReasonCode(StrEnum):
    """What was wrong; `MESSAGES` names the parameters of each."""

    ROWS_MISSING = auto()
    LIST_CHANGED = auto()
    NO_TOTAL = auto()
    SAME_PAGE_AGAIN = auto()
    PAGE_LIMIT = auto()
    UNREADABLE_ROWS = auto()
    UNCOUNTED = auto()
    CONTRACT_UNNAMED = auto()
    CONTRACT_UNRECORDED = auto()
    RECORDING_UNFINISHED = auto()
    KINDS_DIFFER = auto()
    STILL_READING = auto()
    READING_TOO_LONG = auto()
    SOURCE_ERROR = auto()
    AS_RECORDED = auto()
    ASKED_FIRST_INCOMPLETE = auto()
    ASKED_FIRST_SILENT = auto()
    NOT_LIVE = auto()
    TOO_OLD = auto()
    IN_FUTURE = auto()
    ACCOUNTS_NOT_READ = auto()


@dataclass(frozen=True, slots=True)
class Reason:
    """A code, its parameters by name, and the reason that caused it, if any; build it with `of`."""

    code: ReasonCode
    params: tuple[tuple[str, Value], ...] = ()
    cause: Reason | None = None

    @classmethod
    def of(cls, code: ReasonCode, cause: Reason | None = None, **params: Value) -> Reason:
        """A reason with its parameters by keyword."""
        return cls(code, tuple(sorted(params.items())), cause)


def source_error(words: Words) -> Reason:
    """The sentence of a source's error, as a reason."""
    return Reason.of(ReasonCode.SOURCE_ERROR, words=words)


def as_recorded(words: str) -> Reason | None:
    """A sentence that was recorded in an archive, as a reason; None for "".

    It was recorded in English, which is what identifies a message: those of the program are read in any language.
    """
    return Reason.of(ReasonCode.AS_RECORDED, words=words_of_english(words)) if words else None


def reason_text(reason: Reason) -> str:
    """A reason as it is stored: to be read by anybody, whatever the language of whom it happened to."""
    return words_text(_words_of(reason))


def stored_reason(text: str) -> Reason | None:
    """What `reason_text` stored, or a sentence that an earlier version did; None for ""."""
    return Reason.of(ReasonCode.AS_RECORDED, words=words_of_text(text)) if text else None


def reason_words(reason: Reason | None) -> str:
    """The sentence for its reader, "" for None. It may contain text of a source or an archive: not yet safe to show."""
    return "" if reason is None else _words_of(reason).render()


def _words_of(reason: Reason) -> Words:
    values: dict[str, object] = dict(reason.params)
    if reason.cause:
        values["cause"] = _words_of(reason.cause)
    return MESSAGES[reason.code](**values)


MESSAGES: Mapping[ReasonCode, Message] = {
    ReasonCode.ROWS_MISSING: Message("{arrived} of the {total} announced arrived"),
    ReasonCode.LIST_CHANGED: Message("the list changed while it was being read"),
    ReasonCode.NO_TOTAL: Message("the source did not say how many there are"),
    ReasonCode.SAME_PAGE_AGAIN: Message("the same page was received again and again"),
    ReasonCode.PAGE_LIMIT: Message("only the first {pages} pages were read"),
    ReasonCode.UNREADABLE_ROWS: Message("{unreadable} of the {received} received could not be understood"),
    ReasonCode.UNCOUNTED: Message("of {uncounted} of its collections nobody said how many are held"),
    ReasonCode.CONTRACT_UNNAMED: Message("{unnamed} of its collections came without a contract"),
    ReasonCode.CONTRACT_UNRECORDED: Message("{unnamed} of its collections were recorded without a contract"),
    ReasonCode.RECORDING_UNFINISHED: Message("its recording was interrupted"),
    ReasonCode.KINDS_DIFFER: Message("{arrived} of {kinds} different NFTs arrived"),
    ReasonCode.STILL_READING: Message("it is still being read; press again in a while"),
    ReasonCode.READING_TOO_LONG: Message("reading all of it takes too long; use the command again in a while"),
    ReasonCode.SOURCE_ERROR: Message("{words}"),
    ReasonCode.AS_RECORDED: Message("{words}"),
    ReasonCode.ASKED_FIRST_INCOMPLETE: Message("{label}: {cause}."),
    ReasonCode.ASKED_FIRST_SILENT: Message("{label}: no answer."),
    ReasonCode.NOT_LIVE: Message("{label} reports the past, not the present"),
    ReasonCode.TOO_OLD: Message("this was read too long ago"),
    ReasonCode.IN_FUTURE: Message("this is dated in the future"),
    ReasonCode.ACCOUNTS_NOT_READ: Message("account {accounts}: {cause}"),
}
