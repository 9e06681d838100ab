"""The Chromium of this machine, for tests that look at pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright, expect

from tests.conformance.missing import skip_unless_ci

ARTIFACTS = Path(__file__).parents[1] / "artifacts"
# Its own look-ups of the outside world are of no use here, and would only time out on a closed network.
_QUIET = ("--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update")


@asynccontextmanager
async def open_chromium(*switches: str) -> AsyncIterator[Browser]:
    """A browser; the test is skipped where there is none, but not in CI."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not program:
        skip_unless_ci("no Chromium on this machine (CHROMIUM=… names one elsewhere)")
    # Far above what a page takes, for machines that do something else too; nothing waits so long that holds.
    expect.set_options(timeout=15_000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=[*_QUIET, *switches])
        yield browser
        await browser.close()
