"""The answer to a rule: granted, denied or unknown, with the reason as a code and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto

from bot.counts import Ternary
from bot.gates.rule import Rule


class WhyCode(StrEnum):
    """Why a rule is answered as it is; `bot.gates.explain` has a sentence for each, made of its parameters."""

    ENOUGH = auto()  # low, high, least, most
    TOO_FEW = auto()  # low, high, least, most
    TOO_MANY = auto()
    MAY_BE_ENOUGH = auto()  # unknown: what is missing could decide it
    HELD_LONG_ENOUGH = auto()  # days, needed
    NOT_HELD_LONG_ENOUGH = auto()  # days, needed, until
    MAY_BE_HELD_LONG_ENOUGH = auto()
    NOT_BEGUN = auto()  # first
    ENDED = auto()  # last
    LISTED = auto()
    NOT_LISTED = auto()
    MAY_BE_LISTED = auto()
    PROVEN_IN_TIME = auto()  # until
    PROOF_TOO_OLD = auto()  # needed
    MAY_BE_PROVEN = auto()
    NO_PROOF = auto()
    TRAITS_UNKNOWN = auto()
    SOME_GRANTED = auto()  # granted, needed, of
    TOO_FEW_GRANTED = auto()
    MAY_BE_GRANTED = auto()
    ALL_GRANTED = auto()
    NOT_ALL_GRANTED = auto()
    NOT_DENIED = auto()  # of a Not: what must not be is
    IS_DENIED = auto()
    NOT_JUDGED = auto()  # unknown: judging it failed, by a defect


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one rule for one member.

    Attributes:
        status: YES: granted; NO: denied; UNKNOWN.
        rule: What was judged.
        code: Why.
        params: The numbers of that code, by name.
        parts: The answers to the rules that this one consists of.
    """

    status: Ternary
    rule: Rule
    code: WhyCode
    params: tuple[tuple[str, int | str | None], ...] = ()
    parts: tuple[Verdict, ...] = ()

    @property
    def is_granted(self) -> bool:
        """Whether the role is earned."""
        return self.status is Ternary.YES

    @property
    def is_denied(self) -> bool:
        """Whether it is known that the role is not earned: the only answer that can ever lead to a removal."""
        return self.status is Ternary.NO
