"""Giving and taking a role over real discord.py: the requests, what is repeated, and what each refusal becomes."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

from bot.cogs.gates.discord_requests import audit_reason
from bot.sync.ports import (
    DiscordError,
    MemberGoneError,
    NotAllowedError,
    OutcomeUnknownError,
    RoleGoneError,
    TokenRefusedError,
)
from tests.cogs.gates.live_bot import (
    ADA,
    BOOSTER,
    BRUNO,
    CHIAMAKA,
    LIGHTKEEPER,
    MODERATOR,
    MOSAIC,
    MOSAICIST,
    REASON,
    TESSERA,
    WHALE,
    live_bot,
)

MEMBER = f"/guilds/{MOSAIC}/members/{BRUNO}"
ROUTE = f"{MEMBER}/roles/{WHALE}"


async def test_a_role_is_given_and_taken_by_one_request_each_with_its_reason() -> None:
    async with live_bot() as live:
        await live.roles.add_role(MOSAIC, BRUNO, WHALE, REASON)
        assert live.roles_of(BRUNO) == {MOSAICIST, WHALE}
        await live.roles.remove_role(MOSAIC, BRUNO, WHALE, REASON)
        assert live.roles_of(BRUNO) == {MOSAICIST}
        assert await live.sent("/members") == [f"PUT /api/v10{ROUTE}", f"DELETE /api/v10{ROUTE}"]
        assert [(entry.target_id, entry.reason) for entry in live.audit_log] == [(BRUNO, REASON)] * 2


async def test_a_role_that_another_bot_gave_meanwhile_stays() -> None:
    async with live_bot() as live:
        await live.roles.read_members(MOSAIC, [BRUNO])
        live.guild.members[BRUNO].roles.append(LIGHTKEEPER)
        await live.roles.add_role(MOSAIC, BRUNO, WHALE, REASON)
        live.guild.members[BRUNO].roles.append(MODERATOR)
        await live.roles.remove_role(MOSAIC, BRUNO, WHALE, REASON)
        assert live.roles_of(BRUNO) == {MOSAICIST, LIGHTKEEPER, MODERATOR}


@pytest.mark.parametrize(
    ("user", "role", "error"),
    [
        pytest.param(BRUNO, MODERATOR, NotAllowedError, id="above the bot"),
        pytest.param(BRUNO, BOOSTER, NotAllowedError, id="managed"),
        pytest.param(BRUNO, MOSAIC, NotAllowedError, id="everyone"),
        pytest.param(BRUNO, 12345, RoleGoneError, id="no such role"),
        pytest.param(920099999999999999, WHALE, MemberGoneError, id="no such user"),
    ],
)
async def test_each_refusal_says_what_it_is_about(user: int, role: int, error: type[DiscordError]) -> None:
    async with live_bot() as live:
        for change in (live.roles.add_role, live.roles.remove_role):
            with pytest.raises(DiscordError) as refused:
                await change(MOSAIC, user, role, REASON)
            assert type(refused.value) is error
            assert refused.value.sentence.endswith(".")
        assert live.time.slept == []  # none of these is repeated


async def test_somebody_who_left_is_gone() -> None:
    async with live_bot() as live:
        del live.guild.members[CHIAMAKA]
        with pytest.raises(MemberGoneError):
            await live.roles.add_role(MOSAIC, CHIAMAKA, WHALE, REASON)


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "reset"}], ids=["503", "reset"])
async def test_what_discord_py_does_not_repeat_is_repeated(fault: dict[str, Any]) -> None:
    async with live_bot() as live:
        await live.fault(fault.pop("kind"), ROUTE, times=3, **fault)
        await live.roles.add_role(MOSAIC, BRUNO, WHALE, REASON)
        assert live.roles_of(BRUNO) == {MOSAICIST, WHALE}
        pauses = [1.0, 3.0, 9.0]  # fewer where aiohttp repeats a request over a connection that had been used before
        assert live.time.slept == pauses[: len(live.time.slept)] != []


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "reset"}], ids=["503", "reset"])
async def test_a_change_that_stays_unanswered_may_have_happened(fault: dict[str, Any]) -> None:
    async with live_bot() as live:
        await live.fault(fault.pop("kind"), ROUTE, times=None, **fault)
        with pytest.raises(OutcomeUnknownError):
            await live.roles.remove_role(MOSAIC, BRUNO, WHALE, REASON)
        assert live.time.slept == [1.0, 3.0, 9.0]  # and no more: Discord is down, not only unlucky


async def test_a_request_that_hangs_is_given_up() -> None:
    async with live_bot(patience=0.2) as live:
        await live.fault("slow", ROUTE, times=4, seconds=30)
        with pytest.raises(OutcomeUnknownError):
            await live.roles.add_role(MOSAIC, BRUNO, WHALE, REASON)


async def test_a_change_whose_answer_is_lost_is_made_once() -> None:
    async with live_bot() as live:
        await live.fault("lost", ROUTE, times=1, status=503)
        await live.roles.add_role(MOSAIC, BRUNO, WHALE, REASON)
        assert live.roles_of(BRUNO) == {MOSAICIST, WHALE}
        assert len(live.audit_log) == 1


async def test_the_members_of_each_role_are_counted() -> None:
    async with live_bot() as live:
        counts = await live.roles.count_role_members(MOSAIC)
        assert counts is not None
        have = [member for member in live.guild.members.values() if LIGHTKEEPER in member.roles]
        assert counts[LIGHTKEEPER] == len(have) > 0


async def test_where_discord_does_not_count_nothing_is_said() -> None:
    async with live_bot() as live:
        body = {"message": "Missing Access", "code": 50001}
        await live.fault("status", "member-counts", times=1, status=403, body=body)
        assert await live.roles.count_role_members(MOSAIC) is None


async def test_a_power_that_a_role_got_is_seen_also_where_it_has_no_name() -> None:
    async with live_bot() as live:
        fields = {"guild": MOSAIC, "action": "change", "role": WHALE, "permissions": str(1 << 60 | 1 << 28)}
        await live.sandbox.post("/_sandbox/roles", fields)
        role = live.bot.get_guild(MOSAIC).get_role(WHALE)  # type: ignore[union-attr] # there is
        async with asyncio.timeout(60):
            while not role.permissions.value:  # type: ignore[union-attr] # noqa: ASYNC110 - the state is another's
                await asyncio.sleep(0.01)
        powers = live.roles.guild_roles(MOSAIC).roles[WHALE].powers  # type: ignore[union-attr] # there are
        assert powers == {"manage_roles", "permission_60"}  # also what discord.py has no name for


async def test_a_page_that_is_not_discords_confirms_nothing() -> None:
    async with live_bot() as live:
        await live.fault("html", ROUTE, times=1)
        with pytest.raises(OutcomeUnknownError):
            await live.roles.add_role(MOSAIC, BRUNO, WHALE, REASON)
        assert live.roles_of(BRUNO) == {MOSAICIST}


async def test_a_question_that_stays_unanswered_changes_nothing() -> None:
    async with live_bot() as live:
        await live.fault("status", "member-counts", times=None, status=503)
        with pytest.raises(DiscordError) as failed:
            await live.roles.count_role_members(MOSAIC)
        assert type(failed.value) is DiscordError


async def test_a_refused_token_is_the_last_thing_that_is_asked() -> None:
    async with live_bot() as live:
        await live.fault("status", ROUTE, times=1, status=401, body={"message": "401: Unauthorized", "code": 0})
        for _ in range(3):
            with pytest.raises(TokenRefusedError):
                await live.roles.add_role(MOSAIC, BRUNO, WHALE, REASON)
        assert len(await live.sent("/members")) == 1


async def test_a_long_pause_is_not_waited_for() -> None:
    async with live_bot() as live:
        body = {"message": "You are being rate limited.", "retry_after": 3600.0, "global": False}
        await live.fault("status", ROUTE, times=1, status=429, body=body, headers={"Via": "1.1 google"})
        with pytest.raises(DiscordError) as refused:
            await live.roles.add_role(MOSAIC, BRUNO, WHALE, REASON)
        assert "slow down" in refused.value.sentence
        assert BRUNO in live.guild.members
        assert live.roles_of(BRUNO) == {MOSAICIST}


async def test_the_roles_of_a_server_are_those_of_the_gateway_without_a_request() -> None:
    async with live_bot() as live:
        before = await live.sent("")
        roles = live.roles.guild_roles(MOSAIC)
        assert roles is not None
        assert roles.name == "The Mosaic Society"
        assert roles.own_roles == {MOSAIC, TESSERA}
        assert roles.roles[MODERATOR].position > roles.roles[TESSERA].position > roles.roles[WHALE].position
        assert "manage_roles" in roles.roles[MODERATOR].powers
        assert "manage_roles" in roles.own_powers
        assert "administrator" not in roles.own_powers
        assert roles.roles[BOOSTER].is_managed
        assert not roles.roles[WHALE].is_managed
        assert roles.owner_id == live.guild.owner_id
        assert MOSAIC in live.roles.guild_ids()
        assert live.roles.guild_roles(1) is None
        assert await live.sent("") == before


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" * 600, id="long"),
        pytest.param("Émile's 🗝 lamp " * 60, id="characters that count several times"),
        pytest.param("two\r\nX-Injected: lines\x00\u2028" * 40, id="lines"),
        pytest.param("\ud800 lone", id="half a character"),
    ],
)
async def test_every_reason_fits_into_its_header(text: str) -> None:
    reason = audit_reason(text)
    assert 0 < len(quote(reason, safe="/ ")) <= 512
    assert reason.isprintable()
    async with live_bot() as live:
        await live.roles.add_role(MOSAIC, ADA, WHALE, text)
        assert [entry.reason for entry in live.audit_log] == [reason]


def test_a_reason_that_fits_is_unchanged() -> None:
    assert audit_reason(REASON) == REASON
