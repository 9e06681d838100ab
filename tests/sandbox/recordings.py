"""The recorded bodies, stored beside the project; tests that need them are skipped without them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.conformance.missing import SHARED

RECORDED = SHARED / "samples" / "loopring"
needs_recordings = pytest.mark.usefixtures("recordings")


def recorded(name: str) -> Any:
    """One recorded body, parsed."""
    return orjson.loads((RECORDED / name).read_bytes())


def shape(value: Any) -> Any:
    """Keys and types of a JSON value, without its values; the rows of a list fold into one shape each."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__
