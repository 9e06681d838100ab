"""An answer that Discord took, and whose response was lost: the member is answered, and no other process suspected."""

from __future__ import annotations

import logging

import pytest

from tests.sandbox_client import SandboxClient

CALLBACK = {"service": "discord", "path": "/callback", "kind": "lost", "times": 1, "method": "POST"}


@pytest.mark.parametrize(
    ("command", "options", "words"),
    [
        pytest.param("collections", {"account": "10001"}, "30 collections", id="deferred"),
        pytest.param("about", {}, "Tessera", id="sent at once"),
        pytest.param("collections", {"account": "not an account!"}, "is not an account", id="an error"),
    ],
)
async def test_the_member_has_one_answer_and_nothing_is_suspected(
    sandbox: SandboxClient, command: str, options: dict[str, str], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    ada = await sandbox.person("ada")
    before = len(await ada.messages())
    for is_reset in (False, True, False):
        await sandbox.post("/_sandbox/faults", CALLBACK | {"reset": is_reset})
        answer = await ada.run(command, **options)
        assert words in answer.text
    assert len(await ada.messages()) == before + 3
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]


async def test_suggestions_whose_response_was_lost_are_no_line_of_the_log(
    sandbox: SandboxClient, caplog: pytest.LogCaptureFixture
) -> None:
    ada = await sandbox.person("ada")
    for _ in range(3):
        await sandbox.post("/_sandbox/faults", CALLBACK)
        await ada.suggestions("verify", "account")
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING and each.name.startswith("bot")]
