"""What sync says is posted although Discord refuses a part of it."""

from __future__ import annotations

from pathlib import Path

from tests.cogs.gates.live_bot import (
    ADA,
    BRUNO,
    MOSAIC,
)
from tests.cogs.gates.logged import CHANNEL, TESTING, alert, change, logging
from tests.cogs.gates.sync_in_memory import InMemoryPost, Kind
from tests.e2e.two_servers import labels, press


async def test_an_alert_of_which_discord_refuses_a_label_is_posted_with_all_its_buttons(tmp_path: Path) -> None:
    async with logging(tmp_path, alert()) as on:
        await on.live.sandbox.control("refusals", longest_label=10)
        await on.log.deliver()
        (message,) = await on.posted()
        assert labels(message) == ["Approve", "Discard", "Fixed: l…"]
        assert on.log.problems.of(MOSAIC) is None
        await on.live.sandbox.control("refusals")
        await press(on.ada, message, "Fixed: l…")
        assert on.sync.done == [("again", MOSAIC, ADA, 2)]


async def test_what_discord_accepts_in_no_form_is_posted_as_a_sentence_once(tmp_path: Path) -> None:
    async with logging(tmp_path, change(1, "a reason")) as on:
        await on.live.sandbox.control("refusals", words=["a reason"])
        for _ in range(2):
            await on.log.deliver()
        (message,) = await on.posted()
        words = message["embeds"][0]["description"]
        assert words.startswith("Discord does not accept what Tessera has to say here. `/sync status` shows")
        assert (message["nonce"], message["allowed_mentions"]) == ("tessera-1", {"parse": []})
        assert on.outbox.sent_as == {1: (CHANNEL, int(message["id"]))}
        assert on.log.problems.of(MOSAIC) is None


async def test_a_direct_message_that_discord_accepts_in_no_form_is_a_sentence(tmp_path: Path) -> None:
    async with logging(tmp_path, InMemoryPost(1, Kind.WARNING, [TESTING()], user_id=BRUNO)) as on:
        await on.live.sandbox.control("refusals", words=["It is about you."])
        for _ in range(2):
            await on.log.deliver()
        (message,) = await (await on.live.sandbox.person("brunowaves")).direct_messages()
        assert "`/roles` in your server shows how things are" in message["embeds"][0]["description"]
