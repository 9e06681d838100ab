"""What single members are sent: words about proofs, and warnings."""

from __future__ import annotations

from pathlib import Path

from bot.messages import Message
from bot.sync.report import SERVER
from bot.ui.embeds import BRAND
from tests.cogs.gates.live_bot import (
    BRUNO,
    MOSAIC,
    WHALE,
)
from tests.cogs.gates.logged import TESTING, logging
from tests.cogs.gates.sync_in_memory import InMemoryPost, Kind

OTHER_GUILD = MOSAIC + 9_999  # the bot is not in it, as far as Discord says now


async def test_a_word_about_a_proof_names_server_and_role_to_its_member_alone(tmp_path: Path) -> None:
    words = Message("In {server}, {role} needs a recent proof.")(server=SERVER, role=f"<@&{WHALE}>")
    async with logging(tmp_path, InMemoryPost(1, Kind.PROOF_ENDS, [words], user_id=BRUNO)) as on:
        bruno = await on.live.sandbox.person("brunowaves")
        await on.log.deliver()
        (message,) = await bruno.direct_messages()
        (embed,) = message["embeds"]
        assert embed["title"] == "Your proof runs out soon"
        assert embed["description"] == "In **The Mosaic Society**, **Whale** needs a recent proof."
        assert embed["color"] == BRAND.value
        assert await on.posted() == []
        assert list(on.outbox.sent_as) == [1]


async def test_words_about_proofs_go_out_one_at_a_time_and_delay_no_warning(tmp_path: Path) -> None:
    posts = [
        InMemoryPost(place, kind, [TESTING()], user_id=BRUNO)
        for place, kind in enumerate([Kind.PROOF_ENDS, Kind.PROOF_ENDS, Kind.WARNING], start=1)
    ]
    async with logging(tmp_path, *posts) as on:
        await on.log.deliver()
        assert list(on.outbox.sent_as) == [1, 3]
        await on.log.deliver()
        assert list(on.outbox.sent_as) == [1, 3, 2]


async def test_where_discord_says_that_they_are_too_many_they_wait_for_ten_minutes(tmp_path: Path) -> None:
    posts = [InMemoryPost(place, Kind.WARNING, [TESTING()], user_id=BRUNO) for place in (1, 2)]
    async with logging(tmp_path, *posts) as on:
        bruno = await on.live.sandbox.person("brunowaves")
        body = {"message": "You are opening direct messages too fast", "code": 40003}
        await on.live.fault("status", "/users/@me/channels", times=None, status=403, body=body)
        await on.log.deliver()
        await on.live.sandbox.clear_faults()
        for _ in range(120):
            await on.log.deliver()
        assert on.outbox.sent_as == {}  # none is given up, and none was tried meanwhile
        await on.log.deliver()
        assert list(on.outbox.sent_as) == [1, 2]
        assert len(await bruno.direct_messages()) == 2


async def test_a_direct_message_waits_until_its_server_can_be_named(tmp_path: Path) -> None:
    words = Message("In {server}.")(server=SERVER)
    async with logging(tmp_path, InMemoryPost(1, Kind.PROOF_ENDS, [words], OTHER_GUILD, user_id=BRUNO)) as on:
        bruno = await on.live.sandbox.person("brunowaves")
        await on.log.deliver()
        assert await bruno.direct_messages() == []
        assert on.outbox.sent_as == {}


async def test_a_warning_is_a_direct_message_and_one_who_accepts_none_is_left_alone(tmp_path: Path) -> None:
    words = Message("You no longer qualify for {role}.")(role=f"<@&{WHALE}>")
    posts = [InMemoryPost(place, Kind.WARNING, [words], user_id=BRUNO) for place in (1, 2)]
    async with logging(tmp_path, *posts[:1]) as on:
        bruno = await on.live.sandbox.person("brunowaves")
        await on.log.deliver()
        (message,) = await bruno.direct_messages()
        assert message["embeds"][0]["description"] == "You no longer qualify for **Whale**."
        assert message["embeds"][0]["footer"]["text"] == "The Mosaic Society"
        await bruno.set_direct_messages(accepts=False)
        on.outbox.waiting.append(posts[1])
        await on.log.deliver()
        assert on.outbox.sent_as[2] == (None, None)
        assert on.log.problems.of(MOSAIC) is None
