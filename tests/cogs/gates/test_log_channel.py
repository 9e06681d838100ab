"""The log channel: changes, and alerts with their buttons."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.messages import Message
from bot.roles.safety import Cause, Hold, Scope
from tests.cogs.gates.live_bot import (
    ADA,
    BRUNO,
    CHIAMAKA,
    MOSAIC,
    WHALE,
)
from tests.cogs.gates.logged import BUTTONS, CHANNEL, alert, change, logging
from tests.cogs.gates.sync_in_memory import AT, InMemoryPost, Kind, staged
from tests.e2e.two_servers import labels, press

_OVER = Message("Removals do not wait any more: {how}.")


async def test_changes_are_posted_without_a_ping_and_once(tmp_path: Path) -> None:
    async with logging(tmp_path, change(1)) as on:
        await on.log.deliver()
        await on.log.deliver()
        (message,) = await on.posted()
        line = f"Took <@&{WHALE}> from <@{BRUNO}>: holds 0 of 3 of Harbour Lights"
        assert message["embeds"][0]["description"] == f"{line}\n{line}"
        assert message["allowed_mentions"] == {"parse": []}
        assert on.outbox.sent_as == {1: (CHANNEL, int(message["id"]))}


async def test_a_long_reason_is_cut_and_takes_none_of_the_other_lines_away(tmp_path: Path) -> None:
    long = change(1, "x" * 3000)
    async with logging(tmp_path, replace(long, lines=[*long.lines, *change(1, "the last one").lines])) as on:
        await on.log.deliver()
        (message,) = await on.posted()
        lines = message["embeds"][0]["description"].split("\n")
        assert [line.endswith("x…") for line in lines] == [True, True, False, False]
        assert lines[-1].endswith("the last one")


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
        assert "**1 removal began to wait after it was posted** and stays undecided: `/sync staged`" in answer.text
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
