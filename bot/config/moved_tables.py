"""Tables of earlier versions: how to write now what an old file still contains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from bot.config.source_tables import LoopringTable, key_variable

_OF_THE_SOURCE = ("base_url", "requests_per_second", "timeout_seconds", "fallback")
_OF_DISPLAY = ("image_gateways", "cache_seconds")


def how_to_write_loopring(tables: Mapping[str, Any]) -> str:
    """The sentence that says how to write the table `[loopring]` now, with its values where they are valid."""
    old, others = tables["loopring"], tables.get("source")
    old = old if isinstance(old, dict) else {}
    if "api_key" in old:
        return f"loopring.api_key must not be in the file: put it into {key_variable('loopring')} in the environment."
    display = [_assignment(old, key) for key in _OF_DISPLAY if key in old]
    in_display = f"{' and '.join(display or _OF_DISPLAY)} {'is' if len(display) == 1 else 'are'} in [display]"
    if others and not any(key in old for key in _OF_THE_SOURCE):
        # The table was there for its display settings only: Loopring was not a source.
        return f"[loopring] is no table any more: {in_display} now."
    source = [
        'kind = "loopring"',
        'name = "loopring"',
        *(_assignment(old, key) for key in _OF_THE_SOURCE if old.get(key)),
    ]
    place = ", before the others" if others else ""
    return f"[loopring] is now a [[source]]{place}, with {', '.join(source)}; {in_display}."


def _assignment(old: Mapping[str, Any], key: str) -> str:
    """A line of TOML. A value that may be wrong, or may be a secret, is not quoted."""
    value = old[key]
    if key == "image_gateways":
        return key
    if isinstance(value, str) and _is_good(key, value):
        return f'{key} = "{value}"'
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{key} = {value}"
    return f"{key} as it is"


def _is_good(key: str, value: str) -> bool:
    if not value.isascii() or not value.isprintable() or set(value) & set('"\\ '):
        return False
    meant = {"base_url": {"name": "loopring", "base_url": value}, "fallback": {"name": value}}.get(key)
    try:
        LoopringTable.model_validate(meant)
    except ValidationError:
        return False
    return True
