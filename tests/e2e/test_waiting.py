"""What members see whose questions wait behind others of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import open_bot
from tests.sandbox_client import Answer, Person, SandboxClient

DETAILS = "user/collection/details"
WAITS = "This one is answered after those before it."


@pytest.fixture(scope="module")
async def module_sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SandboxClient]:
    """A bot whose patience with a source is short."""
    async with open_bot(
        tmp_path_factory.mktemp("bot"), loopring="requests_per_second = 1000\ntimeout_seconds = 4"
    ) as sandbox:
        yield sandbox


async def ask(sandbox: SandboxClient, ada: Person, count: int) -> list[str]:
    accounts = [await sandbox.new_account(1) for _ in range(count)]
    return [await ada.start("collections", account=account) for account in accounts]


async def until(sandbox: SandboxClient, interaction: str, text: str) -> Answer:
    async with asyncio.timeout(60):
        while True:
            answer = Answer(await sandbox.get(f"/_client/interactions/{interaction}"))
            if answer["message"] and text in answer.text:
                return answer
            await asyncio.sleep(0.02)


async def test_a_fourth_question_says_that_it_waits_and_then_shows_its_answer(
    sandbox: SandboxClient, ada: Person
) -> None:
    await sandbox.fault("slow", seconds=3, times=3)
    *_, fourth = await ask(sandbox, ada, 4)
    waiting = await until(sandbox, fourth, WAITS)
    assert "You have 4 questions under way." in waiting.text
    shown = await until(sandbox, fourth, "1 collection")
    assert WAITS not in shown.text


async def test_questions_that_were_answered_are_not_counted(sandbox: SandboxClient, ada: Person) -> None:
    for _ in range(4):
        (interaction,) = await ask(sandbox, ada, 1)
        await sandbox.answer(interaction)
    await sandbox.fault("slow", seconds=3, times=1)
    (last,) = await ask(sandbox, ada, 1)
    assert (await sandbox.answer(last)).titles()


async def test_an_error_replaces_the_words_that_a_question_waits(sandbox: SandboxClient, ada: Person) -> None:
    # Last: the source then gets a pause.
    await sandbox.fault("slow", seconds=60, times=3)
    await sandbox.fault("status", status=503)
    *_, fourth = await ask(sandbox, ada, 4)
    await until(sandbox, fourth, WAITS)
    shown = await until(sandbox, fourth, "Loopring has an internal error")
    assert WAITS not in shown.text


async def test_an_error_stays_the_last_word_of_a_question_that_could_not_be_acknowledged(tmp_path: Path) -> None:
    async with open_bot(tmp_path, loopring="requests_per_second = 1000\ntimeout_seconds = 60") as sandbox:
        ada = await sandbox.person("ada")
        await sandbox.fault("slow", seconds=3600, times=3)
        for interaction in await ask(sandbox, ada, 3):
            await sandbox.answer(interaction, wait="acknowledged")
        await sandbox.post(
            "/_sandbox/faults",
            {"service": "discord", "path": "/callback", "kind": "status", "status": 403, "times": 1},
        )
        (refused,) = await ask(sandbox, ada, 1)
        await until(sandbox, refused, "Something went wrong inside Tessera")
        (later,) = await ask(sandbox, ada, 1)
        await until(sandbox, later, WAITS)  # begun after it, so the notice of the other would be there
        assert WAITS not in Answer(await sandbox.get(f"/_client/interactions/{refused}")).text
