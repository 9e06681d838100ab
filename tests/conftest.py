"""Running sandboxes with the real bot connected, in this process.

Only one bot at a time: discord.py has one set of addresses for the whole process.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.async_api import Browser

from bot.app.serve import serve
from bot.config.settings import load
from tests.chromium import open_chromium
from tests.conformance import missing
from tests.sandbox_client import SECRETS, Person, SandboxClient, open_sandbox, write_config

# How long an example takes is a matter of how busy the machine is.
settings.register_profile("tessera", deadline=None)
settings.load_profile("tessera")

_HERE = Path(__file__).parent
_SLOW_FOLDERS = {_HERE / "e2e", _HERE / "sandbox", _HERE / "attacks"}
_SLOW_FIXTURES = {"browser", "module_browser"}
_SLOW_MODULES = {
    _HERE / name
    for name in (
        "app/test_run.py",
        "app/test_session_starts.py",
        "attacks/test_a_sibling_writes_cookies.py",
        "attacks/test_opaque_bytes_signed_elsewhere.py",
        "attacks/test_forty_questions.py",
        "cli/test_arguments.py",
        "cli/test_killed_rebuilds.py",
        "cli/test_rebuild_refusals.py",
        "conformance/test_eip4361.py",
        "faults/test_clocks_and_instances.py",
        "faults/test_discord_limits.py",
        "faults/test_killed_processes.py",
        "faults/test_members_come_and_go.py",
        "faults/test_power_loss.py",
        "faults/test_roles_that_cannot_be_given.py",
        "faults/test_servers_and_connections.py",
        "faults/test_slow_answers.py",
        "linking/test_crashes.py",
        "linking/test_scopes.py",
        "linking/test_properties.py",
        "store/test_kills.py",
        "test_bench_smoke.py",
        "web/test_relay.py",
        "web/test_relay_model.py",
    )
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """Commands that run in this process set logging up for all of it; the tests after them have their own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    libraries = [(logging.getLogger(name), logging.getLogger(name).level) for name in ("discord", "aiohttp", "asyncio")]
    try:
        return (yield)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for library, before in libraries:
            library.setLevel(before)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what the inner loop leaves out, and what cannot cover the bot: tracing makes the stand-ins twice as slow."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if {item.path, item.path.parent} & (_SLOW_FOLDERS | _SLOW_MODULES) or fixtures & _SLOW_FIXTURES:
            item.add_marker("slow")
        if item.path.parent == _HERE / "sandbox":
            item.add_marker("no_cover")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let all tests that are skipped for one reason be one line of the summary."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        report.longrepr = (missing.__file__, 0, report.longrepr[2])
    return report


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of bodies that were recorded from Loopring."""
    return missing.shared("samples/loopring")


@asynccontextmanager
async def open_bot(
    folder: Path, *, bodies: Path | None = None, sources: str = "", **tables: str
) -> AsyncIterator[SandboxClient]:
    """A sandbox with the bot.

    `tables` are further lines of its configuration, `sources` whole `[[source]]` tables, `bodies` a folder of
    recorded answers.
    """
    async with open_sandbox(bodies) as sandbox:
        stop = asyncio.Event()
        bot = asyncio.create_task(serve(load(write_config(folder, sandbox, sources=sources, **tables), SECRETS), stop))
        try:
            await sandbox.online()
            yield sandbox
        finally:
            stop.set()
            await bot


@pytest.fixture(scope="module")
async def module_sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SandboxClient]:
    """The sandbox and the bot of a module's tests."""
    # These tests are not about the pace.
    async with open_bot(tmp_path_factory.mktemp("bot"), loopring="requests_per_second = 1000") as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(module_sandbox: SandboxClient) -> AsyncIterator[SandboxClient]:
    """The sandbox as at the start. The bot's caches remain: `new_account()` gives an account it never saw."""
    await module_sandbox.reset()
    yield module_sandbox
    await module_sandbox.check_traffic()


@pytest.fixture
async def ada(sandbox: SandboxClient) -> Person:
    """A member of the first guild."""
    return await sandbox.person("ada")


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The Chromium of this machine."""
    async with open_chromium() as browser:
        yield browser
