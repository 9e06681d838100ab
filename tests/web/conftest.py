"""The page's handlers over a sandbox of the module's, and the page itself in a browser over a scripted server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.sandbox_client import SandboxClient, open_sandbox
from tests.web.harness import PageHarness, open_page
from tests.web.page_browser import Visitor, visiting, wallet
from tests.web.page_server import make_state


@pytest.fixture(scope="module")
async def module_sandbox() -> AsyncIterator[SandboxClient]:
    """The sandbox of a module's tests."""
    async with open_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(module_sandbox: SandboxClient) -> SandboxClient:
    """The sandbox as at the start."""
    await module_sandbox.reset()
    return module_sandbox


@pytest.fixture
async def harness(sandbox: SandboxClient, tmp_path: Path) -> AsyncIterator[PageHarness]:
    """Handlers with a login and one node."""
    async with open_page(sandbox, tmp_path) as harness:
        yield harness


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
