"""Who or what a refusal is about: the key, this address, the plan of the key, or this bot as such.

The status alone does not say it. A gate in front of an API answers in its place, with a page that only a browser can
pass; an API may withhold single addresses, such as those on a list of sanctions; a plan may be used up.
"""

from __future__ import annotations

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
_PLAN = re.compile(
    r"\b(credits?|quota|capacity|plan|subscription|billing|payment|daily limit|monthly limit)\b", re.IGNORECASE
)
_REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN)
_ERROR_KEYS = ("message", "error", "detail", "title", "result")
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
    if status != HTTPStatus.UNAUTHORIZED and _WITHHELD.search(words):
        return Refusal.ADDRESS
    if status == HTTPStatus.PAYMENT_REQUIRED or _PLAN.search(words):
        return Refusal.PLAN
    return Refusal.KEY if status == HTTPStatus.UNAUTHORIZED else Refusal.UNCLEAR


def _words_of(body: Any) -> str:
    """What an error says, for decisions alone: it is never shown."""
    if not isinstance(body, dict):
        return ""
    said = [body.get(key) for key in _ERROR_KEYS]
    errors = body.get("errors")
    for each in errors if isinstance(errors, list) else []:
        said += [each.get(key) for key in _ERROR_KEYS] if isinstance(each, dict) else []
    said += [each.get("message") for each in said if isinstance(each, dict)]
    return " ".join(each[:_MOST_WORDS] for each in said if isinstance(each, str))
