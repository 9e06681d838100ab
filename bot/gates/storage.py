"""A rule as JSON, for the store, and back.

The storage contract. What is stored must be readable by every later version:

- A document is {"version": 1, "rule": RULE}. A version that is not known is refused, never guessed at.
- RULE is an object with the tag "is". The tags and their fields are in `_WRITERS` and `_READERS`; all fields are
  always written. A tag that is not known, a field that is missing or one of another type is refused: of a rule that is
  understood in part, a gate would give or take roles by a rule that nobody wrote.
- A tag or a field is never renamed and never gets another meaning. A new condition is a new tag; a change that readers
  of version 1 cannot understand is a new version, and version 1 stays readable.
- Targets are `network:collection_id` or `network:*`, accounts `network:account_id`; dates ISO 8601; spans whole
  seconds; numbers are numbers, also token ids of 256 bits.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from bot.errors import StoreError
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
    Target,
)
from bot.holdings import Account
from bot.messages import Message

_NOT_JSON = Message("A stored rule is damaged: it is no JSON that can be read.")
_OTHER_VERSION = Message(
    "A stored rule has version {version}, and this Tessera knows version {known}: it was written by a newer one."
)
_UNKNOWN_TAG = Message("A stored rule has the unknown condition “{tag}”: it was written by a newer Tessera.")
_DAMAGED = Message("A stored rule is damaged: “{tag}” does not have the fields that it needs.")

VERSION = 1


def to_json(rule: Rule) -> str:
    """A rule as it is stored; equal rules are equal texts."""
    document = {"version": VERSION, "rule": _written(rule)}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def from_json(text: str) -> Rule:
    """A rule from the store.

    Raises:
        StoreError: it is damaged, or written by a newer version.
    """
    try:
        return _of_document(json.loads(text))
    except (ValueError, RecursionError) as exc:
        raise StoreError(_NOT_JSON) from exc


def _of_document(document: Any) -> Rule:
    if not isinstance(document, dict) or "rule" not in document:
        raise StoreError(_NOT_JSON)
    if document.get("version") != VERSION:
        raise StoreError(_OTHER_VERSION, version=str(document.get("version"))[:20], known=VERSION)
    return _read(document["rule"])


def _written(rule: Rule) -> dict[str, Any]:
    tag, writer = _WRITERS[type(rule)]
    return {"is": tag, **writer(rule)}


def _read(stored: Any) -> Rule:
    tag = stored.get("is") if isinstance(stored, dict) else None
    reader = _READERS.get(tag) if isinstance(tag, str) else None
    if reader is None:
        raise StoreError(_UNKNOWN_TAG, tag=str(tag)[:40])
    try:
        return reader(stored)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as exc:
        raise StoreError(_DAMAGED, tag=tag) from exc


# ---------------------------------------------------------------- writing

_WRITERS: dict[type[Any], tuple[str, Callable[[Any], dict[str, Any]]]] = {
    Holds: ("holds", lambda r: {"target": str(r.target), "measure": r.measure.value, **_limits(r)}),
    HoldsIds: ("ids", lambda r: {"target": str(r.target), "ranges": [list(ids) for ids in r.ranges], **_limits(r)}),
    HoldsTrait: ("trait", lambda r: {"target": str(r.target), "trait": r.trait, "value": r.value, **_limits(r)}),
    HoldsCollections: ("collections", lambda r: {"among": [str(ref) for ref in r.among], **_limits(r)}),
    HeldFor: ("held_for", lambda r: {"rule": _written(r.rule), "seconds": _seconds(r.span)}),
    During: ("during", lambda r: {"rule": _written(r.rule), "first": _day(r.first), "last": _day(r.last)}),
    AccountIn: ("account", lambda r: {"accounts": sorted(map(str, r.accounts)), "owners": sorted(r.owners)}),
    ProvenWithin: ("proven", lambda r: {"seconds": _seconds(r.span)}),
    SomeOf: ("some", lambda r: {"needed": r.needed, "rules": [_written(part) for part in r.rules]}),
    AllOf: ("all", lambda r: {"rules": [_written(part) for part in r.rules]}),
    AnyOf: ("any", lambda r: {"rules": [_written(part) for part in r.rules]}),
    Not: ("not", lambda r: {"rule": _written(r.rule)}),
}


def _limits(rule: Any) -> dict[str, int | None]:
    return {"least": rule.least, "most": rule.most}


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


# ---------------------------------------------------------------- reading

_READERS: dict[str, Callable[[dict[str, Any]], Rule]] = {
    "holds": lambda d: Holds(_target(d["target"]), Measure(d["measure"]), _number(d["least"]), _most(d)),
    "ids": lambda d: HoldsIds(_ref(d["target"]), _ranges(d["ranges"]), _number(d["least"]), _most(d)),
    "trait": lambda d: HoldsTrait(
        _ref(d["target"]), _text(d["trait"]), _text(d["value"]), _number(d["least"]), _most(d)
    ),
    "collections": lambda d: HoldsCollections(_number(d["least"]), _most(d), tuple(map(_ref, _list(d["among"])))),
    "held_for": lambda d: HeldFor(_holds(d["rule"]), _span(d["seconds"])),
    "during": lambda d: During(_read(d["rule"]), _day_or_none(d["first"]), _day_or_none(d["last"])),
    "account": lambda d: AccountIn(
        frozenset(map(_account, _list(d["accounts"]))), frozenset(map(_text, _list(d["owners"])))
    ),
    "proven": lambda d: ProvenWithin(_span(d["seconds"])),
    "some": lambda d: SomeOf(_number(d["needed"]), _rules(d["rules"])),
    "all": lambda d: AllOf(_rules(d["rules"])),
    "any": lambda d: AnyOf(_rules(d["rules"])),
    "not": lambda d: Not(_read(d["rule"])),
}


def _number(stored: Any) -> int:
    if isinstance(stored, bool) or not isinstance(stored, int) or stored < 0:
        raise TypeError("not a count")
    return stored


def _most(stored: dict[str, Any]) -> int | None:
    return None if stored["most"] is None else _number(stored["most"])


def _text(stored: Any) -> str:
    if not isinstance(stored, str):
        raise TypeError("not a text")
    return stored


def _list(stored: Any) -> list[Any]:
    if not isinstance(stored, list):
        raise TypeError("not a list")
    return stored


def _split(stored: Any) -> tuple[str, str]:
    network, colon, rest = _text(stored).rpartition(":")
    if not (network and colon and rest):
        raise ValueError("no network is named")
    return network, rest


def _target(stored: Any) -> Target:
    network, rest = _split(stored)
    return Network(network) if rest == "*" else CollectionRef(network, rest)


def _ref(stored: Any) -> CollectionRef:
    target = _target(stored)
    if not isinstance(target, CollectionRef):
        raise TypeError("not one collection")
    return target


def _account(stored: Any) -> Account:
    return Account(*_split(stored))


def _ranges(stored: Any) -> tuple[tuple[int, int], ...]:
    return tuple((_number(first), _number(last)) for first, last in _list(stored))


def _span(stored: Any) -> timedelta:
    return timedelta(seconds=_number(stored))


def _day_or_none(stored: Any) -> date | None:
    return None if stored is None else date.fromisoformat(_text(stored))


def _rules(stored: Any) -> tuple[Rule, ...]:
    rules = tuple(map(_read, _list(stored)))
    if not rules:
        raise ValueError("a list without rules")
    return rules


def _holds(stored: Any) -> Holds:
    rule = _read(stored)
    if not isinstance(rule, Holds) or not isinstance(rule.target, CollectionRef):
        raise TypeError("only of one collection the past is observed")
    return rule
