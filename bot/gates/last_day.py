"""Until when anybody can fulfil a rule: by its own dates, whatever is held."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.gates.rule import AllOf, AnyOf, During, HeldFor, Rule, SomeOf


def last_day(rule: Rule) -> date | None:
    """The last day on which anybody can fulfil it; None: its dates end it for nobody, or not for everybody."""
    if isinstance(rule, During):
        return min((day for day in (rule.last, last_day(rule.rule)) if day), default=None)
    if isinstance(rule, HeldFor):
        return last_day(rule.rule)
    if isinstance(rule, AllOf | AnyOf | SomeOf):
        return _last_of(map(last_day, rule.rules), _needed(rule))
    return None  # what is negated is fulfilled once it has ended


def _needed(rule: AllOf | AnyOf | SomeOf) -> int:
    if isinstance(rule, SomeOf):
        return rule.needed
    return len(rule.rules) if isinstance(rule, AllOf) else 1


def _last_of(days: Iterable[date | None], needed: int) -> date | None:
    """The last day on which so many of the parts can be fulfilled."""
    latest_first = sorted(days, key=lambda day: day or date.max, reverse=True)
    return latest_first[needed - 1] if 0 < needed <= len(latest_first) else None
