"""Members are read in as few questions as possible, slowly enough, and nobody is absent for having been left out."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest

from bot.cogs.gates.member_reads import QuestionPace
from bot.sync.ports import DiscordError, MemberRoles, Presence
from sandbox.app_keys import WORLD
from sandbox.world import Member, User
from tests.cogs.gates.live_bot import (
    BRUNO,
    CHIAMAKA,
    ELIF,
    LIGHTKEEPER,
    MOSAIC,
    MOSAICIST,
    WHALE,
    LiveBot,
    VirtualClock,
    live_bot,
)

JOINED_AT = "2026-01-02T03:04:05+00:00"


def crowd(live: LiveBot, number: int) -> list[int]:
    """So many members more, whose roles differ."""
    ids = [930_000_000_000_000_000 + place for place in range(number)]
    world = live.sandbox.app[WORLD]
    for place, user_id in enumerate(ids):
        world.users[user_id] = User(user_id, f"crowd{place}", f"Crowd {place}")
        live.guild.members[user_id] = Member(user_id, [WHALE] if place % 2 else [], joined_at=JOINED_AT)
    return ids


async def test_a_member_is_read_with_their_roles_and_without_a_request_over_rest() -> None:
    async with live_bot() as live:
        ids = crowd(live, 2)
        found = await live.roles.read_members(MOSAIC, [BRUNO, *ids])
        joined = datetime.fromisoformat(JOINED_AT)
        assert found[BRUNO].roles == {MOSAICIST}
        assert found[ids[0]] == MemberRoles(ids[0], Presence.PRESENT, frozenset(), joined)
        assert found[ids[1]] == MemberRoles(ids[1], Presence.PRESENT, frozenset({WHALE}), joined)
        assert await live.sent("/members") == []
        assert live.bot.get_guild(MOSAIC).get_member(BRUNO) is None  # type: ignore[union-attr] # nobody is cached


async def test_roles_are_read_again_and_not_remembered() -> None:
    async with live_bot() as live:
        await live.roles.read_members(MOSAIC, [BRUNO])
        live.guild.members[BRUNO].roles[:] = [LIGHTKEEPER]
        assert (await live.roles.read_members(MOSAIC, [BRUNO]))[BRUNO].roles == {LIGHTKEEPER}


async def test_hundreds_of_members_are_read_a_hundred_at_a_time() -> None:
    async with live_bot() as live:
        ids = crowd(live, 250)
        found = await live.roles.read_members(MOSAIC, ids)
        assert {user_id for user_id in ids if WHALE in found[user_id].roles} == set(ids[1::2])
        assert {member.presence for member in found.values()} == {Presence.PRESENT}
        assert await live.sent("/members") == []


async def test_who_left_is_absent_only_after_discord_said_so_of_them_alone() -> None:
    async with live_bot() as live:
        del live.guild.members[CHIAMAKA]
        found = await live.roles.read_members(MOSAIC, [BRUNO, CHIAMAKA, ELIF])
        assert [found[user].presence for user in (BRUNO, CHIAMAKA, ELIF)] == [
            Presence.PRESENT,
            Presence.ABSENT,
            Presence.PRESENT,
        ]
        assert await live.sent("/members") == [f"GET /api/v10/guilds/{MOSAIC}/members/{CHIAMAKA}"]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 503},
        {"kind": "status", "status": 403, "body": {"message": "Missing Access", "code": 50001}},
        {"kind": "status", "status": 404, "body": {"message": "Unknown Guild", "code": 10004}},
        {"kind": "html"},
    ],
    ids=["503", "403", "another 404", "html"],
)
async def test_who_cannot_be_confirmed_is_unknown_and_not_absent(fault: dict[str, Any]) -> None:
    async with live_bot() as live:
        del live.guild.members[CHIAMAKA]
        options = dict(fault)
        await live.fault(options.pop("kind"), f"/members/{CHIAMAKA}", times=None, **options)
        found = await live.roles.read_members(MOSAIC, [CHIAMAKA])
        assert found == {CHIAMAKA: MemberRoles(CHIAMAKA, Presence.UNKNOWN)}


async def test_an_api_that_fails_is_not_asked_about_everybody() -> None:
    async with live_bot() as live:
        ids = [940_000_000_000_000_000 + place for place in range(50)]
        await live.fault(
            "status", "/members/", times=None, status=403, body={"message": "Missing Access", "code": 50001}
        )
        found = await live.roles.read_members(MOSAIC, ids)
        assert {member.presence for member in found.values()} == {Presence.UNKNOWN}
        assert len(await live.sent("/members")) == 3


async def test_in_a_server_that_is_not_available_everybody_is_unknown() -> None:
    async with live_bot() as live:
        assert await live.roles.read_members(1, [BRUNO]) == {BRUNO: MemberRoles(BRUNO, Presence.UNKNOWN)}
        assert await live.sent("/members") == []


async def test_no_minute_has_more_than_its_questions() -> None:
    time = VirtualClock()
    pace = QuestionPace(time.clock)
    sent = []
    for _ in range(1_000):
        await pace.acquire()
        sent.append(time.now())
    most = max(sum(1 for other in sent if start <= other < start + 60) for start in sent)
    assert most * 100 <= 11_000
    assert most == 105
    # and not more slowly than that
    assert sent[-1] - sent[0] <= 1_000 / 105 * 60


async def test_those_who_wait_get_their_turns_in_order() -> None:
    time = VirtualClock()
    pace = QuestionPace(time.clock)
    order: list[int] = []

    async def ask(place: int) -> None:
        await pace.acquire()
        order.append(place)

    await asyncio.gather(*(ask(place) for place in range(300)))
    assert order == list(range(300))


async def test_one_member_does_not_wait_behind_a_scan() -> None:
    async with live_bot() as live:
        ids = crowd(live, 105)
        for user_id in ids:
            await live.roles.read_members(MOSAIC, [user_id])
        assert await live.sent("/members") == []
        found = await live.roles.read_members(MOSAIC, [BRUNO])
        assert found[BRUNO].roles == {MOSAICIST}
        assert live.time.slept == []
        assert await live.sent("/members") == [f"GET /api/v10/guilds/{MOSAIC}/members/{BRUNO}"]


async def test_a_member_who_is_left_out_of_an_answer_is_found_alone() -> None:
    async with live_bot() as live:
        await live.odd_queries(omit=[CHIAMAKA], times=1)
        found = await live.roles.read_members(MOSAIC, [BRUNO, CHIAMAKA])
        assert found[CHIAMAKA].presence is Presence.PRESENT
        assert await live.sent("/members") == [f"GET /api/v10/guilds/{MOSAIC}/members/{CHIAMAKA}"]


@pytest.mark.parametrize("fault", [{"silent": True}, {"retry_after": 20}], ids=["silent", "rate limited"])
async def test_where_the_gateway_does_not_answer_members_are_read_one_by_one_for_a_while(fault: dict[str, Any]) -> None:
    seconds = 0.2 if "silent" in fault else 60.0  # the refusal ends the wait
    async with live_bot(answer_within=seconds) as live:
        await live.odd_queries(**fault, times=1)
        found = await live.roles.read_members(MOSAIC, [BRUNO, ELIF])
        assert found[BRUNO].roles == {MOSAICIST}
        assert len(await live.sent("/members")) == 2
        await live.roles.read_members(MOSAIC, [BRUNO])
        assert (await live.questions(), len(await live.sent("/members"))) == (1, 3)
        live.time.time += 31
        await live.roles.read_members(MOSAIC, [BRUNO])
        assert (await live.questions(), len(await live.sent("/members"))) == (2, 3)


async def test_a_long_list_is_not_read_one_by_one() -> None:
    async with live_bot() as live:
        ids = crowd(live, 320)
        await live.odd_queries(retry_after=20, times=1)
        found = await live.roles.read_members(MOSAIC, ids)
        presences = [found[user_id].presence for user_id in ids]
        assert (presences.count(Presence.PRESENT), presences.count(Presence.UNKNOWN)) == (200, 120)


async def test_nobody_is_absent_because_the_connection_broke_while_they_were_asked_about() -> None:
    async with live_bot() as live:
        await live.odd_queries(silent=True, times=1)
        reading = asyncio.create_task(live.roles.read_members(MOSAIC, [BRUNO, ELIF]))
        while not await live.questions():  # noqa: ASYNC110 - the state is another program's
            await asyncio.sleep(0.01)
        await live.sandbox.post("/_sandbox/gateway", {"action": "invalid_session", "resumable": False})
        found = await reading
        assert {member.presence for member in found.values()} == {Presence.PRESENT}


async def test_during_an_outage_of_a_server_its_members_are_unknown() -> None:
    async with live_bot() as live:
        await live.sandbox.post("/_sandbox/guilds", {"guild": MOSAIC, "available": False})
        while MOSAIC in live.roles.guild_ids():  # noqa: ASYNC110 - the state is another program's
            await asyncio.sleep(0.01)
        assert live.roles.guild_roles(MOSAIC) is None
        assert await live.roles.read_members(MOSAIC, [BRUNO]) == {BRUNO: MemberRoles(BRUNO, Presence.UNKNOWN)}
        assert await live.sent("/members") == []


async def test_a_search_sends_no_request_for_those_who_are_not_members() -> None:
    async with live_bot() as live:
        del live.guild.members[CHIAMAKA]
        found = await live.roles.read_members(MOSAIC, [BRUNO, CHIAMAKA], confirm=False)
        assert [found[each].presence for each in (BRUNO, CHIAMAKA)] == [Presence.PRESENT, Presence.UNKNOWN]
        assert await live.sent("/members") == []


async def test_a_search_that_the_gateway_does_not_answer_has_found_out_nothing() -> None:
    async with live_bot() as live:
        await live.odd_queries(retry_after=20, times=1)
        with pytest.raises(DiscordError, match="does not answer"):
            await live.roles.read_members(MOSAIC, [BRUNO, CHIAMAKA], confirm=False)
        assert await live.sent("/members") == []
