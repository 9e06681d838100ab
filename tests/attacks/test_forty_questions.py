"""A member tries to make everybody else wait, by forty questions at once: to a slow source, or one that hangs.

Asserted by what reaches the source, and in which order; never by how long it takes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import open_bot
from tests.sandbox_client import Answer, Person, SandboxClient

QUESTIONS = 40
DETAILS = "user/collection/details"
AT_ONCE = 3
# Of one member: three under way and twenty that wait. In a burst some are refused before the first three are sent.
MOST = AT_ONCE + 20
LOOPRING = "requests_per_second = 5\ntimeout_seconds = 60"


@dataclass
class Flood:
    """A bot whose source hangs for three of the forty questions of Hana; all of them have been received."""

    sandbox: SandboxClient
    hana: Person
    ada: Person
    asked: list[str]
    last: str

    async def asked_about(self) -> list[str]:
        """The accounts in the order in which Loopring answered what they hold."""
        return await asked_about(self.sandbox)


async def ask_forty(sandbox: SandboxClient, hana: Person) -> tuple[list[str], str]:
    """Forty questions, each about another account; the interactions, and the last account."""
    accounts = [await sandbox.new_account(1) for _ in range(QUESTIONS)]
    asked = [await hana.start("collections", account=account) for account in accounts]
    for interaction in asked:
        await sandbox.answer(interaction, wait="acknowledged")
    return asked, accounts[-1]


async def asked_about(sandbox: SandboxClient) -> list[str]:
    return [each["query"]["accountId"] for each in await sandbox.requests(DETAILS)]


@pytest.fixture(scope="module")
async def flood(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Flood]:
    """For all tests here: each only adds what somebody else asks."""
    async with open_bot(tmp_path_factory.mktemp("bot"), loopring=LOOPRING) as sandbox:
        hana = await sandbox.person("hana")
        await sandbox.fault("slow", seconds=3600, times=AT_ONCE)
        asked, last = await ask_forty(sandbox, hana)
        await sandbox.until_asked(DETAILS)
        yield Flood(sandbox, hana, await sandbox.person("ada"), asked, last)


async def test_another_members_question_passes_most_of_the_forty(tmp_path: Path) -> None:
    # So slow a source has answered few of them when the other asks, however busy this machine is.
    async with open_bot(tmp_path, loopring="requests_per_second = 1") as sandbox:
        await ask_forty(sandbox, await sandbox.person("hana"))
        account = await sandbox.new_account(1)
        answer = await (await sandbox.person("ada")).run("collections", account=account)
        assert answer.titles()
        # First come, first served would make it the forty-first.
        assert (await asked_about(sandbox)).index(account) < QUESTIONS / 2


async def test_questions_that_hang_hold_nobody_else(flood: Flood) -> None:
    before, account = await flood.asked_about(), await flood.sandbox.new_account(1)
    assert (await flood.ada.run("collections", account=account)).titles()
    assert await flood.asked_about() == [*before, account]  # of the forty, no more than three were sent


async def test_an_account_among_the_forty_is_answered_to_others(flood: Flood) -> None:
    before = await flood.asked_about()
    assert (await flood.ada.run("collections", account=flood.last)).titles()
    assert await flood.asked_about() == [*before, flood.last]


async def test_a_proof_of_another_passes_all_of_them(flood: Flood) -> None:
    answer = await flood.ada.run("verify", account="10001")
    assert answer.embeds
    # Who owns that account was found out meanwhile.
    owners = [each["query"].get("accountId") for each in await flood.sandbox.requests("/api/v3/account")]
    assert "10001" in owners


async def test_of_the_forty_the_last_are_refused_and_the_others_say_that_they_wait(flood: Flood) -> None:
    refused: list[str] = []
    waiting: list[str] = []
    async with asyncio.timeout(60):
        while len(refused) + len(waiting) < QUESTIONS - AT_ONCE - 1:  # the first are being worked on
            answers = [Answer(await flood.sandbox.get(f"/_client/interactions/{each}")) for each in flood.asked]
            texts = [answer.text for answer in answers if answer["message"]]
            refused = [text for text in texts if "questions under way. Ask again when they are answered." in text]
            waiting = [text for text in texts if "This one is answered after those before it." in text]
    assert QUESTIONS - MOST <= len(refused) <= QUESTIONS - MOST + AT_ONCE


async def test_suggestions_cost_a_source_nothing_however_fast_somebody_types(flood: Flood) -> None:
    before = await flood.sandbox.requests("")
    for typed in ("1", "10", "100", "1000", "10001"):
        await flood.hana.suggestions("collections", "account", typed)
    assert await flood.sandbox.requests("") == before
