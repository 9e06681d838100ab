"""Where the store of a test is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.store.fixtures import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder in which there is nothing yet."""
    return Place(tmp_path / "t.db", tmp_path / "backups")
