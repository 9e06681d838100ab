"""The recorded bodies, stored beside the project; tests that need them are skipped without them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "samples" / "loopring"
needs_recordings = pytest.mark.skipif(not RECORDED.is_dir(), reason="no recorded bodies at ../shared/samples/loopring")


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
