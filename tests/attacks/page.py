"""The page that is attacked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sandbox_client import open_sandbox
from tests.web.harness import PageHarness, open_page


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[PageHarness]:
    """The page's handlers over a sandbox of its own."""
    async with open_sandbox() as sandbox, open_page(sandbox, tmp_path) as harness:
        yield harness
