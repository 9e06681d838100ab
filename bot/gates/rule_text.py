"""Writes a rule as the short text that the parser reads: the same rule comes of it again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import accumulate

from bot.errors import InputError
from bot.gates.cursor import MAX_DEPTH, MOST_COUNTED
from bot.gates.rule import (
    AccountIn,
    AllOf,
    AnyOf,
    CollectionRef,
    During,
    HeldFor,
    Holds,
    HoldsCollections,
    HoldsIds,
    HoldsTrait,
    Measure,
    Network,
    Not,
    ProvenWithin,
    Rule,
    SomeOf,
)
from bot.gates.rule_tokens import TokenKind, tokens_of
from bot.holdings import Account
from bot.names import Names

_LOOPRING_ALONE = Names()


def rule_text(rule: Rule, names: Names = _LOOPRING_ALONE) -> str:
    """The shortest text that says a rule and can be read again.

    Args:
        rule: The rule.
        names: The networks of the parser that will read it: what only one of these knows is written without network.
    """
    text = _Writer(names).text(rule)
    return text if _depth(text) <= MAX_DEPTH else _Writer(names, is_shallow=True).text(rule)


def _depth(text: str) -> int:
    """How many levels a text has at most: each `not` is taken to be in all others."""
    if (few := text.count("(") + text.count("not")) <= MAX_DEPTH:  # and no list of accounts is taken apart for it
        return few
    tokens = tokens_of(text)
    steps = {TokenKind.OPEN: 1, TokenKind.CLOSE: -1}
    levels = accumulate(steps.get(token.kind, 0) for token in tokens)
    return max(levels, default=0) + sum(token.word == "not" for token in tokens)


class _Writer:
    """Writes one rule.

    Args:
        names: The networks of the parser that will read it.
        is_shallow: With as few levels in each other as there can be, and not as briefly.
    """

    def __init__(self, names: Names, *, is_shallow: bool = False) -> None:
        self._names = names
        self._is_shallow = is_shallow

    def text(self, rule: Rule) -> str:  # noqa: PLR0911 - one line for each kind of rule is easiest to read
        match rule:
            case Holds():
                return ("copies " if rule.measure is Measure.COPIES else "") + self._target(rule.target) + _amount(rule)
            case HoldsIds():
                return f"{self._target(rule.target)} ids ({_joined(map(_range, rule.ranges))}){_amount(rule)}"
            case HoldsTrait():
                return f"{self._target(rule.target)} trait {_quoted(rule.trait)} = {_quoted(rule.value)}{_amount(rule)}"
            case HoldsCollections():
                among = f" of ({_joined(map(self._target, rule.among))})" if rule.among else ""
                # Without an amount nothing would say how many.
                return f"collections{among}{_amount(rule) or ' >= 1'}"
            case HeldFor():
                return f"{self.text(rule.rule)} for {span_text(rule.span)}"
            case ProvenWithin():
                return f"proof within {span_text(rule.span)}"
            case AccountIn():
                return f"account in ({_joined(sorted([*map(self._account, rule.accounts), *rule.owners]))})"
            case _:
                return self._of_rules(rule)

    def _of_rules(self, rule: During | SomeOf | AllOf | AnyOf | Not) -> str:
        match rule:
            case During():
                first = f" from {rule.first}" if rule.first else ""
                return self._member(rule.rule) + first + (f" until {rule.last}" if rule.last else "")
            case SomeOf():
                return f"{rule.needed} of ({_joined(map(self.text, rule.rules))})"
            case AllOf():
                return self._joined(rule, "and")
            case AnyOf():
                return self._joined(rule, "or")
            case Not():
                return f"not {self.text(rule.rule) if isinstance(rule.rule, Not) else self._member(rule.rule)}"

    def _joined(self, rule: AllOf | AnyOf, word: str) -> str:
        infix = self._infix(rule, word)
        return self._listed(rule) if infix is None else infix

    def _listed(self, rule: AllOf | AnyOf) -> str:
        return f"{'all' if isinstance(rule, AllOf) else 'any'} of ({_joined(map(self.text, rule.rules))})"

    def _infix(self, rule: AllOf | AnyOf, word: str) -> str | None:
        """The rules with `and` or `or` between them; None where a list is shorter, or there is only one."""
        if len(rule.rules) == 1:
            return None
        infix = f" {word} ".join(self._operand(part, word) for part in rule.rules)
        return infix if self._is_shallow or len(infix) <= len(self._listed(rule)) else None

    def _operand(self, rule: Rule, word: str) -> str:
        """A rule between words that join; `and` binds more strongly, so in an `or` it needs no parentheses."""
        if isinstance(rule, Not) or (word == "or" and isinstance(rule, AllOf)):
            return self.text(rule)
        return self._member(rule)

    def _member(self, rule: Rule) -> str:
        """A rule that nothing next to it can be taken for a part of."""
        if isinstance(rule, AllOf | AnyOf):
            if self._is_shallow:  # in parentheses, what is joined in it would need more of them
                return self._listed(rule)
            needs = self._infix(rule, "and" if isinstance(rule, AllOf) else "or") is not None
        else:
            needs = isinstance(rule, During | Not)
        return f"({self.text(rule)})" if needs else self.text(rule)

    def _target(self, target: CollectionRef | Network) -> str:
        if isinstance(target, CollectionRef) and self._is_read_alone(target):
            return target.collection_id
        return str(target)

    def _is_read_alone(self, ref: CollectionRef) -> bool:
        try:
            return self._names.parse_collection(ref.collection_id) == (ref.network, ref.collection_id)
        except InputError:
            return False

    def _account(self, account: Account) -> str:
        try:
            ref = self._names.parse_account(account.account_id)
        except InputError:
            return str(account)
        # An address alone is an owner, with all accounts of theirs.
        is_same = account.account_id.isdecimal() and (ref.network, ref.value) == (account.network, account.account_id)
        return account.account_id if is_same else str(account)


def span_text(span: timedelta) -> str:
    """A span as the parser reads it: in days, or in hours where it is not made of whole days."""
    unit = timedelta(hours=1) if span % timedelta(days=1) else timedelta(days=1)
    number = span // unit
    return f"{number} {'hour' if span % timedelta(days=1) else 'day'}{'s' * (number != 1)}"


def _amount(rule: Holds | HoldsIds | HoldsTrait | HoldsCollections) -> str:
    if rule.most is None:
        if rule.least > MOST_COUNTED:  # as it was typed, since no higher number is read
            return f" > {rule.least - 1}"
        return "" if rule.least == 1 else f" >= {rule.least}"
    if rule.least == rule.most:
        return f" = {rule.least}"
    return f" between {rule.least} and {rule.most}" if rule.least else f" <= {rule.most}"


def _range(ids: tuple[int, int]) -> str:
    return str(ids[0]) if ids[0] == ids[1] else f"{ids[0]}-{ids[1]}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _joined(texts: Iterable[str]) -> str:
    return ", ".join(texts)
