"""What sync says reaches a server's log channel once, its alerts can be answered there, and no ping goes out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.cogs.gates.hold_cog import HoldCog
from bot.cogs.gates.log_channel import LogChannel
from bot.cogs.servers.log_problems import LogProblem, Unposted
from bot.gates.gate import GuildSettings
from bot.messages import Message
from bot.roles.safety import Cause, Hold, Scope
from bot.store import Store
from bot.sync.report import SERVER
from bot.ui.embeds import BRAND
from tests.cogs.gates.live_bot import (
    ADA,
    BRUNO,
    CHIAMAKA,
    MOSAIC,
    TESSERA,
    WHALE,
    LiveBot,
    live_bot,
    until,
    with_own_member,
    without_own_member,
)
from tests.cogs.gates.sync_in_memory import AT, HELD, NOWHERE, InMemoryPost, Kind, OutboxInMemory, SyncInMemory, staged
from tests.e2e.two_servers import labels, press
from tests.sandbox_client import Person

CHANNEL = MOSAIC + 101
_TOOK = Message("Took {role} from {member}: {reason}")
_OVER = Message("Removals do not wait any more: {how}.")
OTHER_GUILD = MOSAIC + 9_999  # the bot is not in it, as far as Discord says now
TESTING = Message("It is about you.")
BUTTONS = ["Approve", "Discard", "Fixed: look again"]


@dataclass
class Logging:
    """A bot with its log channel, and an admin who reads it."""

    live: LiveBot
    log: LogChannel
    sync: SyncInMemory
    outbox: OutboxInMemory
    store: Store
    ada: Person

    async def set_channel(self, channel_id: int | None) -> None:
        """Choose another log channel."""
        await self.store.guild_settings.save(MOSAIC, GuildSettings(log_channel_id=channel_id), ADA, AT)

    async def posted(self) -> list[dict[str, Any]]:
        """What the bot wrote to all, oldest first."""
        return [message for message in await self.ada.messages() if not message.get("ephemeral")]


@asynccontextmanager
async def logging(folder: Path, *posts: InMemoryPost) -> AsyncIterator[Logging]:
    """With these posts to send."""
    store = await Store.open(folder / "tessera.db", backups=folder / "backups")
    sync, outbox = SyncInMemory(), OutboxInMemory(list(posts))
    try:
        async with live_bot(lambda bot: HoldCog(bot, sync, store.guild_settings, expires=600)) as live:
            log = LogChannel(live.bot, outbox, sync, store.guild_settings)
            on = Logging(live, log, sync, outbox, store, await live.sandbox.person("ada"))
            await on.set_channel(CHANNEL)
            yield on
    finally:
        await store.close()


def change(post_id: int, reason: str = "holds 0 of 3 of Harbour Lights") -> InMemoryPost:
    """A role was taken."""
    return InMemoryPost(post_id, Kind.CHANGES, [_TOOK(role=f"<@&{WHALE}>", member=f"<@{BRUNO}>", reason=reason)] * 2)


def alert(post_id: int = 1) -> InMemoryPost:
    """Removals wait."""
    return InMemoryPost(post_id, Kind.HOLD, [HELD()])


async def test_changes_are_posted_without_a_ping_and_once(tmp_path: Path) -> None:
    async with logging(tmp_path, change(1)) as on:
        await on.log.deliver()
        await on.log.deliver()
        (message,) = await on.posted()
        line = f"Took <@&{WHALE}> from <@{BRUNO}>: holds 0 of 3 of Harbour Lights"
        assert message["embeds"][0]["description"] == f"{line}\n{line}"
        assert message["allowed_mentions"] == {"parse": []}
        assert on.outbox.sent_as == {1: (CHANNEL, int(message["id"]))}


async def test_a_server_gets_one_message_a_round_in_their_order(tmp_path: Path) -> None:
    async with logging(tmp_path, change(1, "first"), change(2, "second")) as on:
        await on.log.deliver()
        assert len(await on.posted()) == 1
        await on.log.deliver()
        texts = [message["embeds"][0]["description"] for message in await on.posted()]
        assert ["first" in texts[0], "second" in texts[1]] == [True, True]


async def test_a_message_whose_mark_was_lost_is_not_posted_twice(tmp_path: Path) -> None:
    async with logging(tmp_path, change(7)) as on:

        def killed() -> None:
            raise RuntimeError

        on.outbox.before_sent = killed
        with pytest.raises(RuntimeError):
            await on.log.deliver()
        on.outbox.before_sent = lambda: None
        await on.log.deliver()
        sent = await on.live.sandbox.get("/_sandbox/traffic", service="discord")
        bodies = [one["request"] for one in sent["exchanges"] if one["path"].endswith(f"/channels/{CHANNEL}/messages")]
        assert len(bodies) == 2
        assert all("tessera-7" in str(body) and "enforce_nonce" in str(body) for body in bodies)


async def test_an_alert_lists_what_waits_and_an_admin_discards_it_there(tmp_path: Path) -> None:
    async with logging(tmp_path, alert()) as on:
        on.sync.waiting = [staged(BRUNO + place, f"holds {place} of 30") for place in range(12)]
        await on.log.deliver()
        (message,) = await on.posted()
        text = str(message["embeds"])
        assert "too many at once" in text
        assert "holds 9 of 30" in text
        assert "2 more" in text
        assert labels(message) == BUTTONS
        answer = await press(on.ada, message, "Discard")
        assert answer.message["ephemeral"]
        assert on.sync.done == [("discard", MOSAIC, ADA, 12)]
        (after,) = await on.posted()
        assert labels(after) == []
        assert after["embeds"][0]["fields"][-1] == {
            "name": "Decided",
            "value": f"<@{ADA}> discarded 12 removals: these roles stay for a day.",
            "inline": False,
        }


async def test_an_alert_under_the_hold_of_an_admin_says_what_an_approval_waits_for(tmp_path: Path) -> None:
    async with logging(tmp_path, alert()) as on:
        held = Hold(Scope.GUILD, "admin", MOSAIC, Cause.ADMIN, AT)
        on.sync.current = replace(on.sync.current, holds=[held])
        await on.log.deliver()
        (message,) = await on.posted()
        assert "what is approved is taken after `/sync release`" in message["embeds"][0]["description"]
        assert "what is approved is taken after `/sync release`" in (await press(on.ada, message, "Approve")).text


async def test_what_is_seen_of_a_wave_in_several_ways_is_one_alert(tmp_path: Path) -> None:
    async with logging(tmp_path, alert(1), change(2), alert(3)) as on:
        await on.log.deliver()
        (message,) = await on.posted()
        assert message["embeds"][0]["description"].count("too many at once") == 1  # said once, as it is the same
        assert on.outbox.sent_as == dict.fromkeys((1, 3), (CHANNEL, int(message["id"])))
        await on.log.deliver()
        assert 2 in on.outbox.sent_as


async def test_an_approval_is_confirmed_and_shown_to_all(tmp_path: Path) -> None:
    async with logging(tmp_path, alert()) as on:
        await on.log.deliver()
        (message,) = await on.posted()
        asked = await press(on.ada, message, "Approve")
        assert on.sync.done == []
        assert labels((await on.posted())[0]) == BUTTONS
        await on.ada.press(asked, "yes")
        assert on.sync.done == [("approve", MOSAIC, ADA, 2)]
        assert "approved 2 removals" in str((await on.posted())[0]["embeds"])


async def test_an_approval_lists_what_is_new_since_the_alert_and_is_of_that_list_alone(tmp_path: Path) -> None:
    long_ago, later = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    async with logging(tmp_path, alert()) as on:
        on.sync.waiting = [staged(BRUNO, since=long_ago)]
        await on.log.deliver()
        (message,) = await on.posted()
        on.sync.waiting.append(staged(CHIAMAKA, since=later))
        asked = await press(on.ada, message, "Approve")
        assert asked.embeds[0]["title"] == "Take 2 roles?"
        assert "**1 removal began to wait after this alert was posted**" in asked.text
        assert f"<@{BRUNO}> loses <@&{WHALE}>\n<@{CHIAMAKA}> loses <@&{WHALE}> 🆕" in asked.text
        on.sync.waiting.append(staged(ADA, since=later))  # while the admin reads the list
        await on.ada.press(asked, "yes")
        assert on.sync.done == [("approve", MOSAIC, ADA, 2)]
        assert [one.user_id for one in on.sync.waiting] == [ADA]
        (after,) = await on.posted()
        assert "approved 2 removals" in str(after["embeds"])
        assert labels(after) == BUTTONS  # somebody still waits


@pytest.mark.parametrize(("label", "what"), [("Discard", "discard"), ("Fixed: look again", "again")])
async def test_what_began_to_wait_after_the_alert_is_not_decided_by_its_buttons(
    tmp_path: Path, label: str, what: str
) -> None:
    async with logging(tmp_path, alert()) as on:
        await on.log.deliver()
        (message,) = await on.posted()
        on.sync.waiting.append(staged(ADA, since=datetime(2100, 1, 1, tzinfo=UTC)))
        answer = await press(on.ada, message, label)
        assert on.sync.done == [(what, MOSAIC, ADA, 2)]
        assert [one.user_id for one in on.sync.waiting] == [ADA]
        assert "**1 removal began to wait after it was posted** and stay undecided: `/sync staged`" in answer.text
        (after,) = await on.posted()
        assert labels(after) == BUTTONS
        again = await press(on.ada, after, label)
        assert "Nothing that this alert is about waits" in again.text
        assert [one.user_id for one in on.sync.waiting] == [ADA]


async def test_a_long_list_is_a_file_too(tmp_path: Path) -> None:
    async with logging(tmp_path, alert()) as on:
        on.sync.waiting = [staged(BRUNO + place, f"holds {place} of 300") for place in range(200)]
        await on.log.deliver()
        asked = await press(on.ada, (await on.posted())[0], "Approve")
        assert "all of them, with their reasons, are in the file" in asked.text
        [file] = asked.message["attachments"]
        lines = (await on.live.sandbox.file(file)).splitlines()
        assert len(lines) == 200
        assert lines[-1] == f"member {BRUNO + 199} loses role {WHALE} (gate #12): holds 199 of 300"


async def test_what_is_repaired_is_read_again(tmp_path: Path) -> None:
    async with logging(tmp_path, alert()) as on:
        await on.log.deliver()
        answer = await press(on.ada, (await on.posted())[0], "Fixed: look again")
        assert on.sync.done == [("again", MOSAIC, ADA, 2)]
        assert "2 removals forgotten, and their members are read again" in answer.text


@pytest.mark.parametrize("label", BUTTONS)
async def test_others_decide_nothing(tmp_path: Path, label: str) -> None:
    async with logging(tmp_path, alert()) as on:
        await on.log.deliver()
        (message,) = await on.posted()
        bruno = await on.live.sandbox.person("brunowaves")
        answer = await press(bruno, message, label)
        assert "Only members who may manage this server" in answer.text
        assert answer.message["ephemeral"]
        assert on.sync.done == []
        assert labels((await on.posted())[0]) == BUTTONS


async def test_a_press_after_the_wave_is_over_says_so(tmp_path: Path) -> None:
    async with logging(tmp_path, alert()) as on:
        await on.log.deliver()
        (message,) = await on.posted()
        on.sync.waiting = []
        assert "No removal waits" in (await press(on.ada, message, "Approve")).text
        assert labels((await on.posted())[0]) == []


async def test_an_alert_that_is_over_is_edited_and_still_says_who_decided(tmp_path: Path) -> None:
    async with logging(tmp_path, alert()) as on:
        await on.log.deliver()
        (message,) = await on.posted()
        await press(on.ada, message, "Discard")
        over = _OVER(how="an admin discarded them")
        on.outbox.waiting.append(InMemoryPost(2, Kind.HOLD_OVER, [over], edits=(CHANNEL, int(message["id"]))))
        await on.log.deliver()
        (after,) = await on.posted()
        assert after["embeds"][0]["description"] == "Removals do not wait any more: an admin discarded them."
        assert f"<@{ADA}> discarded" in after["embeds"][0]["fields"][0]["value"]
        assert on.outbox.sent_as[2] == (CHANNEL, int(message["id"]))


async def test_an_alert_that_is_over_and_was_deleted_is_said_to_be_over(tmp_path: Path) -> None:
    post = InMemoryPost(2, Kind.HOLD_OVER, [_OVER(how="the figures are normal again")], edits=(CHANNEL, 12345))
    async with logging(tmp_path, post) as on:
        await on.log.deliver()
        assert "normal again" in (await on.posted())[0]["embeds"][0]["description"]


async def _without_view(on: Logging) -> None:
    on.live.guild.roles[TESSERA].permissions = 0
    on.live.guild.roles[MOSAIC].permissions = 0
    fields = {"guild": MOSAIC, "action": "change", "permissions": "0"}
    for role in (TESSERA, MOSAIC):
        await on.live.sandbox.post("/_sandbox/roles", {**fields, "role": role})
    guild = on.live.bot.get_guild(MOSAIC)
    assert guild is not None
    await until(lambda: not guild.default_role.permissions.value and not guild.me.guild_permissions.send_messages)


async def test_a_forbidden_channel_is_a_problem_that_is_over_when_a_message_arrives(tmp_path: Path) -> None:
    async with logging(tmp_path, change(1), change(2)) as on:
        body = {"message": "Missing Access", "code": 50001}
        await on.live.fault("status", f"/channels/{CHANNEL}/messages", times=1, status=403, body=body)
        await on.log.deliver()
        assert on.log.problems.of(MOSAIC) == Unposted(LogProblem.FORBIDDEN, CHANNEL, AT, 1)
        assert 1 in on.outbox.sent_as  # it is dropped: nothing may pile up behind it
        await on.log.deliver()
        assert on.log.problems.of(MOSAIC) is None
        assert len(await on.posted()) == 1


async def test_an_alert_that_was_dropped_is_posted_once_there_is_a_channel_that_works(tmp_path: Path) -> None:
    async with logging(tmp_path, alert(1), change(2)) as on:
        await on.set_channel(MOSAIC + 999)
        for _ in range(3):
            await on.log.deliver()
        assert on.outbox.sent_as == {1: NOWHERE, 2: NOWHERE}
        assert await on.live.sent("/messages") == []
        await on.set_channel(None)  # and this is no channel either
        await on.log.deliver()
        await on.set_channel(CHANNEL)
        for _ in range(3):
            await on.log.deliver()
        (message,) = await on.posted()
        assert labels(message) == BUTTONS
        assert on.outbox.sent_as == {1: (CHANNEL, int(message["id"])), 2: NOWHERE}


async def test_a_channel_that_refuses_an_alert_is_left_alone_for_a_while(tmp_path: Path) -> None:
    async with logging(tmp_path, alert(1)) as on:
        body = {"message": "Missing Access", "code": 50001}
        await on.live.fault("status", f"/channels/{CHANNEL}/messages", times=1, status=403, body=body)
        for _ in range(120):
            await on.log.deliver()
        assert await on.posted() == []
        for _ in range(3):
            await on.log.deliver()
        assert len(await on.posted()) == 1


async def test_where_the_bot_may_not_post_it_does_not_try(tmp_path: Path) -> None:
    async with logging(tmp_path, change(1)) as on:
        await _without_view(on)
        await on.log.deliver()
        assert on.log.problems.of(MOSAIC) == Unposted(LogProblem.FORBIDDEN, CHANNEL, AT, 1)
        assert await on.live.sent("/messages") == []


async def test_while_it_is_not_known_what_the_bot_may_do_the_message_waits(tmp_path: Path) -> None:
    async with logging(tmp_path, change(1)) as on:
        await without_own_member(on.live.sandbox, on.live.bot, MOSAIC)
        await on.log.deliver()
        assert on.outbox.sent_as == {}
        await with_own_member(on.live.sandbox, on.live.bot, MOSAIC)
        await on.log.deliver()
        assert len(await on.posted()) == 1


async def test_a_dropped_alert_waits_too_while_it_is_not_known_what_the_bot_may_do(tmp_path: Path) -> None:
    async with logging(tmp_path, alert(1)) as on:
        await on.set_channel(MOSAIC + 999)
        await on.log.deliver()
        await on.set_channel(CHANNEL)
        await without_own_member(on.live.sandbox, on.live.bot, MOSAIC)
        await on.log.deliver()
        assert await on.posted() == []
        await with_own_member(on.live.sandbox, on.live.bot, MOSAIC)
        await on.log.deliver()
        assert len(await on.posted()) == 1


async def test_a_missing_channel_is_a_problem_and_none_is_not(tmp_path: Path) -> None:
    async with logging(tmp_path, change(1), change(2)) as on:
        await on.set_channel(MOSAIC + 999)
        await on.log.deliver()
        assert on.log.problems.of(MOSAIC) == Unposted(LogProblem.CHANNEL_GONE, MOSAIC + 999, AT, 1)
        await on.set_channel(None)
        await on.log.deliver()
        assert on.log.problems.of(MOSAIC) is None
        assert on.outbox.sent_as == {1: (None, None), 2: (None, None)}


async def test_while_discord_does_not_answer_the_message_waits(tmp_path: Path) -> None:
    async with logging(tmp_path, change(1)) as on:
        await on.live.fault("status", f"/channels/{CHANNEL}/messages", times=1, status=503)
        await on.log.deliver()
        assert on.outbox.sent_as == {}
        await on.log.deliver()
        assert len(await on.posted()) == 1


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
