"""`make audit`: a known vulnerability is listed and fails; an index out of reach is said and does not."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from sandbox.advisories import Advisories
from tests.process import free_port
from tests.supply_chain.locks import LOCKS, PROJECT, audit_tools, pins

pytestmark = pytest.mark.slow


@asynccontextmanager
async def index(known: Mapping[tuple[str, str], str]) -> AsyncIterator[tuple[Advisories, str]]:
    """An index of advisories, and where it is."""
    advisories = Advisories(known)
    runner = web.AppRunner(advisories.make_app(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield advisories, f"http://127.0.0.1:{runner.addresses[0][1]}/v1/query"
    finally:
        await runner.cleanup()


async def audit(*arguments: str) -> tuple[int, str]:
    """`.ci/look_up_advisories.py` in its own environment; the exit code, and all that it printed."""
    environ = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    process = await asyncio.create_subprocess_exec(
        str(audit_tools() / "python"),
        *(".ci/look_up_advisories.py", *arguments),
        cwd=PROJECT,
        env=environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode()


async def test_each_pinned_package_is_looked_up_those_of_other_systems_included() -> None:
    async with index({}) as (advisories, url):
        code, out = await audit(*LOCKS, "--index", url)
    assert code == 0
    assert out.splitlines() == [f"{lock}: {len(pins(lock))} packages, no known vulnerabilities." for lock in LOCKS]
    assert Counter(advisories.asked) == Counter(pin for lock in LOCKS for pin in pins(lock))


async def test_a_finding_fails_and_is_listed() -> None:
    ((name, version), *_) = pins("requirements.txt")
    async with index({(name, version): "GHSA-made-up"}) as (advisories, url):
        code, out = await audit("requirements.txt", "--index", url)
    assert code == 1
    assert out.splitlines() == [
        f"{name} {version}: CVE-of-GHSA-made-up (GHSA-made-up), fixed in 999",
        f"requirements.txt: {len(advisories.asked)} packages, 1 known vulnerabilities.",
    ]


async def test_an_index_out_of_reach_is_said_in_one_sentence_and_does_not_fail() -> None:
    code, out = await audit("requirements.txt", "--index", f"http://127.0.0.1:{free_port()}/v1/query")
    assert (code, out) == (0, "No index of advisories can be reached from here, so not everything was looked up.\n")


async def test_an_index_that_fails_is_not_taken_for_one_that_knows_nothing() -> None:
    async with index({}) as (advisories, url):
        advisories.status = 500
        code, out = await audit("requirements.txt", "--index", url)
    assert code == 2
    assert out.startswith("requirements.txt: cannot be looked up: ")
    assert out.count("\n") == 1


async def test_a_file_without_hashes_is_not_audited() -> None:
    code, out = await audit("Makefile")
    assert code == 2
    assert out.startswith("Makefile: cannot be looked up: ")
