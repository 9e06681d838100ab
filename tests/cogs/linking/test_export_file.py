"""What `/privacy export` sends is a file that Discord accepts, however much is known of a member."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from bot.cogs.linking.export_file import export_file
from bot.errors import LimitError


def data(rows: int) -> dict[str, Any]:
    """What is known of somebody who held so many collections."""
    held = [{"account": "loopring:10007", "collection_id": f"é{number}", "kinds": 1} for number in range(rows)]
    return {"discord_user_id": "1", "holdings": held}


def test_a_small_file_is_readable() -> None:
    name, content = export_file(data(2), 10_000)
    assert name == "tessera-export.json"
    assert json.loads(content) == data(2)
    assert b'\n  "holdings": [\n' in content


def test_the_limit_itself_is_accepted_and_a_byte_more_is_packed() -> None:
    _, whole = export_file(data(100), 1_000_000)
    assert export_file(data(100), len(whole)) == ("tessera-export.json", whole)
    name, packed = export_file(data(100), len(whole) - 1)
    assert name == "tessera-export.json.gz"
    assert len(packed) < len(whole) / 5
    assert json.loads(gzip.decompress(packed)) == data(100)


def test_what_is_too_large_even_packed_is_refused_with_its_size() -> None:
    with pytest.raises(LimitError, match=r"^Even packed, the file has 0\.0 MB, and Discord takes 0\.0 MB here\. Ask"):
        export_file(data(100), 100)
