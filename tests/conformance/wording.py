"""A validation error as one sentence: where, what, and how much would have been allowed."""

from __future__ import annotations

from typing import Any

SHOWN = 60
"""Characters of a wrong value worth showing; enough to find it, short enough to read."""

_SIZES = {
    "maxLength": "characters, {} allowed",
    "minLength": "characters, {} needed",
    "maxItems": "items, {} allowed",
    "minItems": "items, {} needed",
    "maxProperties": "keys, {} allowed",
}


def shortened(value: object) -> str:
    """`repr(value)`, cut in the middle if it is long."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN // 2]}…{text[-SHOWN // 4 :]}"


def placed(where: str, what: str) -> str:
    """A problem with its place in the body, if it has one."""
    return f"{where}: {what}" if where else what


def sentence(error: Any) -> str:
    """What is wrong, as `data/embeds/0/title: 'xxx…' is too long (257 characters, 256 allowed)`."""
    message = str(error.message).replace(repr(error.instance), shortened(error.instance))
    if error.validator == "additionalProperties" and error.validator_value is False:
        strange = sorted(set(error.instance) - set(error.schema.get("properties", {})))
        message = f"unknown key {', '.join(map(repr, strange))}"
    elif error.validator == "format":
        message = f"{shortened(error.instance)} is no {error.validator_value} Discord would take or send"
    elif error.validator in _SIZES:
        size = _SIZES[error.validator].format(error.validator_value)
        message += f" ({len(error.instance)} {size})"
    return placed("/".join(map(str, error.absolute_path)), message)
