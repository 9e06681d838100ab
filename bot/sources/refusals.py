"""Who or what a refusal is about: the key, this address, the plan of the key, or this bot as such.

The status alone does not say it. A gate in front of an API answers in its place, with a page that only a browser can
pass; an API may withhold single addresses, such as those on a list of sanctions; a plan may be used up.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

# Each gate says so in a header of its own, whatever the status: Cloudflare, Vercel, AWS's firewall.
_CHALLENGES = {
    "cf-mitigated": ("challenge",),
    "x-vercel-mitigated": ("challenge",),
    "x-amzn-waf-action": ("challenge", "captcha"),
}
# Blockscout says "Restricted access"; others differ in words.
_WITHHELD = re.compile(
    r"restricted (access|address)|address is (restricted|blocked)|sanction|bl(ack|ock)list|ofac", re.IGNORECASE
)
# About the bot, its network or its key, whatever else such a sentence says.
_NOT_OF_THE_ADDRESS = re.compile(r"\b(ip|country|region|location|api[ _-]?key|user[ _-]?agent)\b", re.IGNORECASE)
_PLAN = re.compile(
    r"\b(daily|monthly) limit\b|\b(credits?|quota|capacity|plan|subscription|billing|payment)\b.{0,60}"
    r"\b(exceeded|used up|limit|exhausted|insufficient|required|overdue|expired|depleted|ended|reached)\b"
    r"|\b(exceeded|used up|exhausted|insufficient|out of|no|not enough)\b.{0,60}\b(credits?|quota|capacity|plan)\b",
    re.IGNORECASE | re.DOTALL,
)
_REFUSALS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.PAYMENT_REQUIRED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
)
# A body that is deeper or longer says nothing more.
_DEEPEST = 5
_MOST_TEXTS = 50
_MOST_WORDS = 500


class Refusal(Enum):
    """What a refusal by the API itself is about."""

    KEY = auto()  # 401: the key is missing or wrong
    ADDRESS = auto()  # the API answers, but not about this address
    PLAN = auto()  # what the key may ask for is used up
    UNCLEAR = auto()  # 403 without a reason


def is_challenge(headers: Mapping[str, str]) -> bool:
    """Whether a gate in front of the API answered in its place, with a page for browsers."""
    return any(headers.get(name, "").lower() in values for name, values in _CHALLENGES.items())


def is_plan_used_up(headers: Mapping[str, str]) -> bool:
    """Whether nothing remains of what the key may ask for, as Blockscout's hosted API says it."""
    return headers.get("x-credits-remaining") == "0"


def refusal_of(status: int, body: Any) -> Refusal | None:
    """What an answer in JSON refuses; None: it is no refusal."""
    if status not in _REFUSALS:
        return None
    words = _words_of(body)
    if status == HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS:
        return Refusal.ADDRESS
    if status != HTTPStatus.UNAUTHORIZED and _WITHHELD.search(words) and not _NOT_OF_THE_ADDRESS.search(words):
        return Refusal.ADDRESS
    if status == HTTPStatus.PAYMENT_REQUIRED or _PLAN.search(words):
        return Refusal.PLAN
    return Refusal.KEY if status == HTTPStatus.UNAUTHORIZED else Refusal.UNCLEAR


def _words_of(body: Any) -> str:
    """What an error says, wherever in its JSON, for decisions alone: it is never shown."""
    waiting, said = [(body, 0)], list[str]()
    while waiting and len(said) < _MOST_TEXTS:
        each, depth = waiting.pop()
        if isinstance(each, str):
            said.append(each[:_MOST_WORDS])
        elif depth < _DEEPEST and isinstance(each, dict | list):
            below = each.values() if isinstance(each, dict) else each
            waiting += [(value, depth + 1) for value in itertools.islice(below, _MOST_TEXTS)]
    return " ".join(reversed(said))
