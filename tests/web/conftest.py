"""The page's handlers over a sandbox of the module's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stage import Stage, open_stage
from tests.web.stand import Stand, open_stand


@pytest.fixture(scope="module")
async def sandbox() -> AsyncIterator[Stage]:
    """The sandbox of a module's tests."""
    async with open_stage() as stage:
        yield stage


@pytest.fixture
async def stage(sandbox: Stage) -> Stage:
    """The sandbox as at the start."""
    await sandbox.reset()
    return sandbox


@pytest.fixture
async def stand(stage: Stage, tmp_path: Path) -> AsyncIterator[Stand]:
    """Handlers with a login and one node."""
    async with open_stand(stage, tmp_path) as stand:
        yield stand
