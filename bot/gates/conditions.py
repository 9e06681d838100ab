"""The conditions of a rule's text that contain no other rules: what is held, listed or proven."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.errors import InputError
from bot.gates.cursor import Cursor
from bot.gates.folded_name import folded_name
from bot.gates.rule import (
    AccountIn,
    CollectionRef,
    HeldFor,
    Holds,
    HoldsCollections,
    HoldsIds,
    HoldsTrait,
    Measure,
    Network,
    ProvenWithin,
    Rule,
    Target,
)
from bot.gates.rule_tokens import Token, TokenKind, quoted
from bot.holdings import Account
from bot.messages import Message
from bot.names import AccountRef, Names, RefKind, is_numbered

_CONDITION = Message(
    'a condition is accepted: a collection such as `254` or `"Harbour Lights"`, `copies`, `collections`, `account in`, '
    "`proof within`, `all of`, `any of`, `2 of`, `not` or `(`"
)
_COLLECTION = Message('a collection is accepted, such as `254` or `"Harbour Lights"`')
_ONE_COLLECTION = Message("`{word}` is accepted after one collection only, not after all of a source")
_ONLY_KINDS = Message("`{word}` counts distinct NFTs: leave out `copies`")
_NO_SUCH_NAME = Message("No collection is known by the name “{name}”. {nearest}")
_NEAREST = Message("Similar names: {names}.")
_USE_NUMBER = Message("Write its number, such as `254`, or a name that `/gate add` suggests.")
_SEVERAL = Message("Several collections have the name “{name}”. Write which one: {choices}.")
_NO_SUCH_SOURCE = Message("No source here knows “{typed}”. Configured: {known}.")
_AMOUNT = Message("an amount is accepted, such as `>= 3`, `at most 5` or `between 2 and 5`")
_TURNED = Message("the first number is accepted only up to the second: write `between {least} and {most}`")
_ALWAYS = Message("a number from 1 on is accepted, as everybody has at least 0")
_NEVER = Message("a number from 1 on is accepted, as nobody has fewer than 0")
_IDS = Message("a token id or a range of ids is accepted, such as `7` or `5-9`")
_TURNED_IDS = Message("a range is accepted from its lower to its higher end: write `{first}-{last}`")
_EQUALS = Message('`= "value"` is accepted')
_ACCOUNT = Message("an account is accepted, such as `10001` or `0x…`")
_NO_NAMES = Message("an account id or an address is accepted, and not a name, which can be given to another address")

MOST_IDS = 200
MOST_ACCOUNTS = 10_000
MOST_COLLECTIONS = 100
_HIGHEST_ID = 2**256 - 1
_RANGE = re.compile("([0-9]{1,78})(?:[-\u2013]([0-9]{1,78}))?")


@dataclass(frozen=True, slots=True)
class NamedCollection:
    """A collection and its name, as its source reports it."""

    name: str
    ref: CollectionRef


# The collections with a name, letter case ignored, and those with similar names: the best first.
FindByName = Callable[[str], Sequence[NamedCollection]]


@dataclass(frozen=True, slots=True)
class Conditions:
    """Reads one condition.

    Args:
        names: The networks that can be asked.
        find_by_name: Looks up collections by name.
    """

    names: Names
    find_by_name: FindByName

    def read(self, cursor: Cursor) -> Rule:
        """The condition that is next.

        Raises:
            InputError: with a sentence that says what is accepted there.
        """
        if cursor.accept("collections"):
            among = tuple(cursor.listed(self._collection, MOST_COLLECTIONS)) if cursor.accept("of") else ()
            return HoldsCollections(*_amount(cursor), among=tuple(dict.fromkeys(among)))
        if cursor.accept("account"):
            cursor.expect("in")
            return self._accounts(cursor)
        if cursor.accept("proof"):
            cursor.expect("within")
            return ProvenWithin(cursor.span())
        measure = Measure.COPIES if cursor.accept("copies") else Measure.KINDS
        target = self._target(cursor, _CONDITION if measure is Measure.KINDS else _COLLECTION)
        return self._held(cursor, target, measure)

    def _held(self, cursor: Cursor, target: Target, measure: Measure) -> Rule:
        word = cursor.next.word
        if word in ("ids", "trait"):
            if isinstance(target, Network):
                raise cursor.fail(_ONE_COLLECTION(word=word))
            if measure is Measure.COPIES:
                raise cursor.fail(_ONLY_KINDS(word=word))
            return _ids(cursor, target) if word == "ids" else _trait(cursor, target)
        rule = Holds(target, measure, *_amount_if_any(cursor))
        if not cursor.peek("for"):
            return rule
        if isinstance(target, Network):
            raise cursor.fail(_ONE_COLLECTION(word="for"))
        cursor.take()
        return HeldFor(rule, cursor.span())

    def _collection(self, cursor: Cursor) -> CollectionRef:
        start = cursor.next
        target = self._target(cursor, _COLLECTION)
        if isinstance(target, Network):
            raise cursor.fail(_COLLECTION(), start)
        return target

    def _target(self, cursor: Cursor, expected: Message) -> Target:
        token = cursor.next
        if token.kind is TokenKind.STRING:
            cursor.string()
            return self._named(token)
        # A word of letters alone is no collection, but a mistyped or misplaced word of the language.
        if token.kind is not TokenKind.WORD or token.text.isalpha():
            raise cursor.fail(expected())
        cursor.take()
        if token.text.endswith(":*"):
            return self._network(token.text.removesuffix(":*"))
        return CollectionRef(*self.names.parse_collection(token.text))

    def _network(self, typed: str) -> Network:
        network = self.names.aliases.get(typed.lower(), typed.lower())
        if network not in self.names.networks:
            known = ", ".join(f"`{name}:*`" for name in self.names.networks)
            raise InputError(_NO_SUCH_SOURCE, typed=quoted(typed), known=known)
        return Network(network)

    def _named(self, token: Token) -> CollectionRef:
        name = " ".join(token.text.split())
        found = self.find_by_name(name)
        same = list(dict.fromkeys(one.ref for one in found if folded_name(one.name) == folded_name(name)))
        if len(same) == 1:
            return same[0]
        if same:
            choices = ", ".join(f"`{ref}`" for ref in same[:5])
            raise InputError(_SEVERAL, name=quoted(name), choices=choices)
        near = ", ".join(f"“{quoted(one.name)}”" for one in found[:3])
        raise InputError(_NO_SUCH_NAME, name=quoted(name), nearest=_NEAREST(names=near) if near else _USE_NUMBER())

    def _accounts(self, cursor: Cursor) -> AccountIn:
        listed = cursor.listed(self.read_account, MOST_ACCOUNTS)
        return AccountIn(
            frozenset(one for one in listed if isinstance(one, Account)),
            frozenset(one for one in listed if isinstance(one, str)),
        )

    def read_account(self, cursor: Cursor) -> Account | str:
        """The account that is next, or the address of an owner.

        Raises:
            InputError: with a sentence that says what is accepted there.
        """
        token = cursor.next
        if token.kind is not TokenKind.WORD:
            raise cursor.fail(_ACCOUNT())
        ref = self.names.parse_account(token.text)
        if ref.kind is RefKind.NAME:
            raise cursor.fail(_NO_NAMES())
        cursor.take()
        return listed_as(token.text, ref)


def listed_as(typed: str, ref: AccountRef) -> Account | str:
    """What an entry of a list of accounts stands for: one account, or each account of an owner."""
    is_owner = ref.kind is RefKind.OWNER and (":" not in typed or is_numbered(ref.network))
    return ref.value if is_owner else Account(ref.network, ref.value)


def _ids(cursor: Cursor, target: CollectionRef) -> HoldsIds:
    cursor.expect("ids")
    ranges: list[tuple[int, int]] = []
    for first, last in sorted(cursor.listed(_range, MOST_IDS)):
        if ranges and first <= ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], max(last, ranges[-1][1]))
        else:
            ranges.append((first, last))
    return HoldsIds(target, tuple(ranges), *_amount_if_any(cursor))


def _range(cursor: Cursor) -> tuple[int, int]:
    token = cursor.next
    match = _RANGE.fullmatch(token.word)
    if match is None:
        raise cursor.fail(_IDS())
    first, last = int(match[1]), int(match[2] or match[1])
    if max(first, last) > _HIGHEST_ID:
        raise cursor.fail(_IDS())
    if first > last:
        raise cursor.fail(_TURNED_IDS(first=last, last=first))
    cursor.take()
    return first, last


def _trait(cursor: Cursor, target: CollectionRef) -> HoldsTrait:
    cursor.expect("trait")
    trait = cursor.string()
    if cursor.next.text not in ("=", "==") or not cursor.is_next(TokenKind.COMPARE):
        raise cursor.fail(_EQUALS())
    cursor.take()
    return HoldsTrait(target, trait, cursor.string(), *_amount_if_any(cursor))


def _amount_if_any(cursor: Cursor) -> tuple[int, int | None]:
    word = cursor.next.word
    return _amount(cursor) if cursor.is_next(TokenKind.COMPARE) or word in ("at", "between") else (1, None)


def _amount(cursor: Cursor) -> tuple[int, int | None]:
    """The least and the most that are asked for."""
    if cursor.accept("between"):
        start = cursor.next
        least = cursor.number()
        cursor.expect("and")
        most = cursor.number()
        if least > most:
            raise cursor.fail(_TURNED(least=most, most=least), start)
        return least, most
    sign = (
        ">=" if cursor.accept("at", "least") else "<=" if cursor.accept("at", "most") else _SIGNS.get(cursor.next.text)
    )
    if sign is None:
        raise cursor.fail(_AMOUNT())
    if cursor.is_next(TokenKind.COMPARE):
        cursor.take()
    start = cursor.next
    number = cursor.number()
    if sign == "<" and number == 0:
        raise cursor.fail(_NEVER(), start)
    if sign == ">=" and number == 0:
        raise cursor.fail(_ALWAYS(), start)
    return _bounds(sign, number)


_SIGNS = {">=": ">=", "≥": ">=", "<=": "<=", "≤": "<=", ">": ">", "<": "<", "=": "=", "==": "="}


def _bounds(sign: str, number: int) -> tuple[int, int | None]:
    return {
        ">=": (number, None),
        ">": (number + 1, None),
        "<=": (0, number),
        "<": (0, number - 1),
        "=": (number, number),
    }[sign]
