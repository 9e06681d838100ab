"""A rule as the tables store it, until `bot.gates.storage` does: each value with the name of its class."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from typing import Any

from bot.gates import rule as rules
from bot.gates.rule import Measure, Rule
from bot.holdings import Account


def write_rule(rule: Rule) -> str:
    """A rule as JSON."""
    return json.dumps(_plain(rule), sort_keys=True)


def read_rule(text: str) -> Rule:
    """What `write_rule` wrote."""
    value: Rule = _value(json.loads(text))
    return value


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {"is": type(value).__name__} | {
            field.name: _plain(getattr(value, field.name)) for field in fields(value)
        }
    if isinstance(value, timedelta):
        return {"is": "span", "values": [0, value.total_seconds()]}
    if isinstance(value, date):
        return {"is": "date", "values": [value.isoformat()]}
    if isinstance(value, frozenset):
        return {"is": "set", "values": [sorted((_plain(item) for item in value), key=str)]}
    if isinstance(value, Measure):
        return {"is": "measure", "values": [value.value]}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return tuple(_value(item) for item in plain)
    if not isinstance(plain, dict):
        return plain
    name, values = plain["is"], {key: _value(item) for key, item in plain.items() if key != "is"}
    make = _MADE.get(name) or getattr(rules, name)
    return make(*values["values"]) if "values" in values else make(**values)


_MADE: dict[str, Callable[..., Any]] = {
    "span": timedelta,
    "date": date.fromisoformat,
    "set": frozenset,
    "measure": Measure,
    "Account": Account,
}
