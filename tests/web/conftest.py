"""The page's handlers over a sandbox of the module's, and the page itself in a browser over a scripted server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.sandbox_client import Stage, open_stage
from tests.web.harness import Stand, open_stand
from tests.web.page_browser import Visitor, visiting, wallet
from tests.web.page_server import make_state


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


@pytest.fixture
async def visitor(browser: Browser) -> AsyncIterator[Visitor]:
    """Somebody at the page, in a browser of their own, at a server of their own."""
    async with visiting(browser) as visitor:
        yield visitor


@pytest.fixture
async def signer(visitor: Visitor) -> Visitor:
    """Somebody who has logged in and has a wallet; the page is not open yet."""
    visitor.server.state = make_state("wallet")
    await visitor.has(wallet())
    return visitor
