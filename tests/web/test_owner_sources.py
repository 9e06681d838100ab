"""What the page answers while it is not known for certain who owns the account that is to be proven."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.links import Link
from bot.sources.archive import ArchiveSource
from bot.store.rows import to_account
from tests.owner_sources import ADA, ADA_OWNER, HANA_OWNER, lie, write_owners
from tests.sandbox_client import SandboxClient
from tests.web.harness import Browser, PageHarness, open_page


@pytest.fixture
async def harness(sandbox: SandboxClient, tmp_path: Path) -> AsyncIterator[PageHarness]:
    """The page of a bot whose Loopring has an archive as its fallback."""
    archive = await ArchiveSource.open(write_owners(tmp_path / "then.gz", {ADA: ADA_OWNER}), name="then")
    async with open_page(sandbox, tmp_path, fallback=archive) as harness:
        yield harness


@pytest.fixture
async def browser(harness: PageHarness) -> Browser:
    """Ada, logged in to prove her account; its owner was not found out before."""
    link = Link(to_account(f"loopring:{ADA}"), "", "", is_main=False, linked_at=harness.now)
    started = await harness.begin("ada", link)
    browser = harness.browser()
    await browser.open(started.url)
    await browser.log_in(str(started.session.person.user_id))
    return browser


async def test_sources_that_contradict_each_other_are_the_operators_matter(
    sandbox: SandboxClient, harness: PageHarness, browser: Browser
) -> None:
    await lie(sandbox, ADA, HANA_OWNER)
    for address in (ADA_OWNER, HANA_OWNER):
        reply = await browser.post("challenge", {"address": address})
        assert (reply.status, reply.error) == (409, "operator")
        assert reply.sentence == "Who owns loopring:10001 cannot be decided: this bot's operator must look at that."
        assert "Retry-After" not in reply.headers  # waiting does not help
    assert await harness.accounts("ada") == {}
    await sandbox.reset()  # nothing of the session was used up
    assert (await browser.sign(ADA)).body["step"] == "done"


async def test_a_source_that_is_silent_is_waited_for(sandbox: SandboxClient, browser: Browser) -> None:
    await sandbox.fault("html", path="/api/v3/account")
    reply = await browser.post("challenge", {"address": ADA_OWNER})
    assert (reply.status, reply.error) == (503, "later")
    assert reply.sentence == (
        "Who owns loopring:10001 cannot be confirmed right now, as not every source answers. Try again later."
    )
    assert int(reply.headers["Retry-After"]) > 0
