"""How a bot process ends, and what happens to the work in progress."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.process import AT_ONCE, PATIENCE, running
from tests.sandbox_client import Answer, Person, SandboxClient

STOPPING = "Tessera is being restarted. Try again in a minute."
RESTARTED = "Tessera no longer knows this answer: it has expired, or Tessera was restarted. Use the command again."
SLOW = 3.0  # seconds; time enough to stop the bot meanwhile, on a busy machine too


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_an_idle_bot_ends_at_once(bare_sandbox: SandboxClient, tmp_path: Path, number: signal.Signals) -> None:
    async with running(bare_sandbox, tmp_path) as bot:
        code, seconds = await bot.stop(number)
    assert code == 0
    assert seconds < AT_ONCE
    assert bot.output_lines == []
    assert not (await bare_sandbox.get("/_sandbox/bot"))["online"]


async def test_a_command_in_progress_is_answered_before_the_end(bare_sandbox: SandboxClient, tmp_path: Path) -> None:
    async with running(bare_sandbox, tmp_path) as bot:
        await bare_sandbox.fault("slow", seconds=SLOW)
        ada = await bare_sandbox.person("ada")
        interaction = await ada.start("collections", account="10001")
        await bare_sandbox.answer(interaction, wait="acknowledged")
        bot.process.send_signal(signal.SIGTERM)
        await bot.says("finishing 1 interactions")
        code, seconds = await bot.stop(signal.SIGINT)  # one who is impatient does not cut the answer off either
        answer = await bare_sandbox.settled(await bare_sandbox.answer(interaction))
    assert "**30 collections**" in answer.text
    assert "Owner" in answer.text
    assert code == 0
    assert seconds < SLOW + AT_ONCE
    assert "cut off" not in bot.output


async def test_what_arrives_while_the_bot_is_stopping_is_asked_to_try_again(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    async with running(bare_sandbox, tmp_path) as bot:
        ada = await bare_sandbox.person("ada")
        listing = await ada.run("collections", account="10001")
        await bare_sandbox.settled(listing)
        modal = await ada.press(listing, "jump")
        await bare_sandbox.fault("slow", seconds=SLOW, times=1)
        slow = await ada.start("collections", account="10005")
        await bare_sandbox.answer(slow, wait="acknowledged")
        bot.process.send_signal(signal.SIGTERM)
        await bot.says("finishing 1 interactions")
        late = await asyncio.gather(
            ada.run("help"),
            ada.run("collections", account="10001"),
            ada.press(listing, "next"),
            ada.submit(modal, page="2"),
        )
        for answer in late:
            assert answer["state"] == "answered"
        assert [answer.text for answer in late[:3]] == [STOPPING] * 3
        assert all(answer.message["ephemeral"] for answer in late)
        assert await bot.exit_code() == 0
        assert (await bare_sandbox.answer(slow))["state"] == "answered"


async def test_buttons_of_an_earlier_process_say_what_to_do(bare_sandbox: SandboxClient, tmp_path: Path) -> None:
    ada = await bare_sandbox.person("ada")
    async with running(bare_sandbox, tmp_path) as bot:
        listing = await ada.run("collections", account="10001")
        modal = await ada.press(listing, "jump")
        deleting, settings = await ada.run("privacy delete"), await ada.run("settings show")
        changed = await ada.run("settings grace", hours=1)
        await bot.stop()
    async with running(bare_sandbox, tmp_path) as bot:
        for answer in (
            await ada.press(listing, "next"),
            await ada.press(listing, "open", "254"),
            await ada.submit(modal, page="2"),
        ):
            assert answer.text == RESTARTED
            assert answer.message["ephemeral"]
        run_again = await bare_sandbox.tried(await ada.press(await ada.press(listing, "next"), "collections?ac=10001"))
        assert run_again.titles() == listing.titles()
        refreshed = await ada.press(listing, "collections?ac=10001")
        assert refreshed.message["id"] == listing.message["id"]
        assert (await ada.press(refreshed, "next")).component("jump")["label"] == "2 / 6"
        again = await ada.press(await ada.run("collections", account="10001"), "next")
        assert again.component("jump")["label"] == "2 / 6"
        for old, action in ((deleting, "yes"), (settings, "visibility")):
            stale = await ada.press(old, action)
            (button,) = stale.components()
            assert (stale.text, button["label"]) == (RESTARTED, "Run again")
            anew = await bare_sandbox.tried(await ada.press(stale, button["custom_id"].rpartition(":")[2]))
            assert (anew.embeds[0]["title"], len(anew.components())) == (old.embeds[0]["title"], len(old.components()))
        # A change that was asked for is not made again, nor is another one.
        assert (await ada.press(changed, "visibility")).components() == []
    assert bot.output_lines == []


async def test_buttons_are_disabled_once_nobody_pressed_them_for_a_while(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    clock = asyncio.get_running_loop().time
    async with running(bare_sandbox, tmp_path, discord="buttons_expire_seconds = 1") as bot:
        ada = await bare_sandbox.person("ada")
        asked_at = clock()
        listing = await bare_sandbox.settled(await ada.run("collections", account="10001"))
        assert is_live(listing.message)
        dead = await expired(ada, listing)
        assert clock() - asked_at >= 1
        assert dead["embeds"] == listing.embeds  # what it says stays; only the buttons are dead
    assert bot.output_lines == []


async def test_a_press_restarts_the_timer_of_the_buttons(bare_sandbox: SandboxClient, tmp_path: Path) -> None:
    clock = asyncio.get_running_loop().time
    async with running(bare_sandbox, tmp_path, discord="buttons_expire_seconds = 4") as bot:
        ada = await bare_sandbox.person("ada")
        listing = await bare_sandbox.settled(await ada.run("collections", account="10001"))
        shown_at = clock()
        for _ in range(3):
            pressed_at = clock()
            listing = await ada.press(listing, "next")
            await asyncio.sleep(1.5)  # a part of the waiting time: it is what this test is about
        assert clock() - shown_at > 4
        assert is_live(await seen_by(ada, listing))
        dead = await expired(ada, listing)
        assert clock() - pressed_at >= 4
        assert "4 / 6" in str(dead["components"])
    assert bot.output_lines == []


def is_live(message: dict[str, Any]) -> bool:
    """Whether anything can be pressed besides what runs the command again, at any time."""
    items = [item for row in message["components"] for item in row["components"]]
    return any(not (item.get("disabled") or item["custom_id"].startswith("tessera-run:")) for item in items)


async def seen_by(person: Person, answer: Answer) -> dict[str, Any]:
    """The message of an answer as it is now."""
    return next(message for message in await person.messages() if message["id"] == answer.message["id"])


async def expired(person: Person, answer: Answer) -> dict[str, Any]:
    """The message of an answer once nothing on it can be pressed any more."""
    async with asyncio.timeout(PATIENCE):
        while is_live(message := await seen_by(person, answer)):  # noqa: ASYNC110 - nothing of another process sets an event here
            await asyncio.sleep(0.02)
        return message
