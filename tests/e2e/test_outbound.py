"""What leaves the bot for Discord: no message that could mention anyone."""

from __future__ import annotations

from typing import Any

from tests.e2e.clocked import has_notifications, prove
from tests.sandbox_client import Person, SandboxClient
from tests.web.harness import PageHarness

NOBODY: dict[str, list[str]] = {"parse": []}


async def sent_messages(sandbox: SandboxClient) -> list[dict[str, Any]]:
    """Every message, and every edit of one, that the bot sent to Discord and that has anything to read."""
    exchanges = (await sandbox.get("/_sandbox/traffic", service="discord"))["exchanges"]
    bodies = [each["request"] for each in exchanges if isinstance(each["request"], dict)]
    messages = [body.get("data") or body for body in bodies if body.get("type") != 9]  # 9 is a modal
    return [message for message in messages if message.get("embeds") or message.get("content")]


async def test_no_answer_of_the_bot_can_mention_anyone(sandbox: SandboxClient, ada: Person) -> None:
    shown = await sandbox.settled(await ada.run("collections", account="10001"))
    await ada.press(shown, "next")
    await ada.run("link", account="10001")
    await ada.run("collections", account="no such account")
    await ada.run("help")
    messages = await sent_messages(sandbox)
    assert len(messages) >= 5
    assert [message.get("allowed_mentions") for message in messages] == [NOBODY] * len(messages)


async def test_no_direct_message_of_the_bot_can_mention_anyone(harness: PageHarness) -> None:
    await prove(harness, "ada", "10001")
    await prove(harness, "wren", "10001")
    await has_notifications(await harness.sandbox.person("ada"), "Somebody else claims your account")
    messages = await sent_messages(harness.sandbox)
    assert len(messages) >= 3
    assert [message.get("allowed_mentions") for message in messages] == [NOBODY] * len(messages)
