"""Giving and taking roles under Discord's hierarchy, and the limits that it is counted by."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest
from discord import app_commands

from sandbox.world import APPLICATION_ID
from tests.sandbox.discord_client import (
    ADMIN_ROLE,
    BEN,
    BOOSTER,
    BOT_ROLE,
    CHANNEL,
    GUILD,
    LOW_ROLE,
    OTHER_LOW_ROLE,
    STRANGER,
    ThrowawayBot,
    harness,
    online,
    until,
)


def no_commands(tree: app_commands.CommandTree[Any]) -> None:
    del tree


async def member(bot: ThrowawayBot, user_id: int = BEN) -> discord.Member:
    guild = bot.get_guild(GUILD)
    assert guild is not None
    return await guild.fetch_member(user_id)


async def test_a_role_below_the_bot_is_given_and_taken_with_its_reason() -> None:
    async with harness() as on, online(on, no_commands) as bot:
        ben = await member(bot)
        await ben.add_roles(discord.Object(LOW_ROLE), reason="holds 3 of Émile's Lamps")
        assert on.guild.members[BEN].roles == [LOW_ROLE]
        await ben.remove_roles(discord.Object(LOW_ROLE), reason="sold")
        assert on.guild.members[BEN].roles == []
        given, taken = on.discord.audit_log
        assert (given.added, given.removed, given.reason) == ((LOW_ROLE,), (), "holds 3 of Émile's Lamps")
        assert (taken.added, taken.removed, taken.reason) == ((), (LOW_ROLE,), "sold")


@pytest.mark.parametrize(
    ("role", "status", "code"),
    [
        pytest.param(ADMIN_ROLE, 403, 50013, id="above the bot"),
        pytest.param(BOT_ROLE, 403, 50013, id="the bot's own"),
        pytest.param(BOOSTER, 403, 50013, id="managed by an integration"),
        pytest.param(GUILD, 400, 50028, id="everyone"),
        pytest.param(12345, 404, 10011, id="unknown"),
    ],
)
async def test_other_roles_are_refused(role: int, status: int, code: int) -> None:
    async with harness() as on:
        for method in ("PUT", "DELETE"):
            got, body = await on.rest(method, f"/guilds/{GUILD}/members/{BEN}/roles/{role}")
            assert (got, body["code"]) == (status, code)
        assert on.guild.members[BEN].roles == []


async def test_without_manage_roles_nothing_is_given() -> None:
    async with harness() as on:
        on.guild.roles[BOT_ROLE].permissions = 0
        status, body = await on.rest("PUT", f"/guilds/{GUILD}/members/{BEN}/roles/{LOW_ROLE}")
        assert (status, body) == (403, {"message": "Missing Permissions", "code": 50013})


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"/guilds/77/members/{BEN}/roles/{LOW_ROLE}", 10004),
        (f"/guilds/{GUILD}/members/{STRANGER}/roles/{LOW_ROLE}", 10007),
        (f"/guilds/{GUILD}/members/77/roles/{LOW_ROLE}", 10013),
    ],
)
async def test_an_unknown_member_gets_no_role(path: str, code: int) -> None:
    async with harness() as on:
        status, body = await on.rest("PUT", path)
        assert (status, body["code"]) == (404, code)


async def test_many_roles_change_at_once_and_managed_ones_stay() -> None:
    async with harness() as on, online(on, no_commands) as bot:
        on.guild.members[BEN].roles = [BOOSTER, LOW_ROLE]
        ben = await member(bot)
        after = await ben.edit(roles=[discord.Object(BOOSTER), discord.Object(OTHER_LOW_ROLE)], reason="sync")
        assert after is not None
        assert on.guild.members[BEN].roles == [BOOSTER, OTHER_LOW_ROLE]
        [entry] = on.discord.audit_log
        assert (entry.added, entry.removed) == ((OTHER_LOW_ROLE,), (LOW_ROLE,))
        with pytest.raises(discord.Forbidden):
            await ben.edit(roles=[])


async def test_the_bot_receives_changes_of_its_own_member_without_an_intent() -> None:
    async with harness() as on, online(on, no_commands) as bot:
        path = f"/guilds/{GUILD}/members/{APPLICATION_ID}/roles/{LOW_ROLE}"
        assert (await on.rest("PUT", path))[0] == 204
        guild = bot.get_guild(GUILD)
        assert guild is not None
        await until(lambda: guild.me.get_role(LOW_ROLE) is not None)


async def test_role_edits_are_ten_in_ten_seconds_and_the_library_waits_for_the_rest() -> None:
    now = [100.0]
    async with harness(clock=lambda: now[0]) as on:
        path = f"/guilds/{GUILD}/members/{BEN}/roles/{LOW_ROLE}"
        for _ in range(10):
            assert (await on.rest("PUT", path))[0] == 204
        now[0] += 9.6
        async with on.session.put(
            f"{on.address}/api/v10{path}", headers={"Authorization": "Bot sandbox.bot.token"}
        ) as answer:
            body = await answer.json()
            assert answer.status == 429
            assert body["retry_after"] == pytest.approx(0.4)
            assert body["global"] is False
            assert answer.headers["Via"]
            assert answer.headers["X-RateLimit-Limit"] == "10"
            assert answer.headers["X-RateLimit-Remaining"] == "0"
            assert answer.headers["X-RateLimit-Scope"] == "user"
            assert answer.headers["Retry-After"] == "1"
        now[0] += 0.5
        assert (await on.rest("DELETE", path))[0] == 204


async def test_a_limited_edit_is_retried_by_the_library() -> None:
    offset = [0.0]
    loop = asyncio.get_running_loop()
    async with harness(clock=lambda: loop.time() + offset[0]) as on, online(on, no_commands) as bot:
        ben = await member(bot)
        for _ in range(10):
            await on.rest("PUT", f"/guilds/{GUILD}/members/{BEN}/roles/{OTHER_LOW_ROLE}")
        offset[0] = 9.7
        await ben.add_roles(discord.Object(LOW_ROLE))
        assert LOW_ROLE in on.guild.members[BEN].roles


async def test_the_global_limit_is_fifty_in_a_second_and_spares_interactions() -> None:
    async with harness(clock=lambda: 5.0) as on:
        for n in range(50):
            await on.rest("GET", f"/guilds/{GUILD}" if n % 2 else f"/channels/{CHANNEL}")
        status, body = await on.rest("GET", "/users/@me")
        assert (status, body["global"]) == (429, True)
        status, body = await on.rest("POST", "/interactions/1/token/callback", {"type": 5}, token=None)
        assert (status, body["code"]) == (404, 10062)


async def test_the_guild_lists_its_roles_and_members() -> None:
    async with harness() as on, online(on, no_commands) as bot:
        guild = await bot.fetch_guild(GUILD)
        assert guild.approximate_member_count == 4
        assert {role.id for role in await guild.fetch_roles()} == set(on.guild.roles)
        ben = await guild.fetch_member(BEN)
        assert ben.display_name == "Ben"
        assert (await on.rest("GET", f"/guilds/{GUILD}/members?limit=10"))[0] == 403
        status, found = await on.rest("GET", f"/guilds/{GUILD}/members/search?query=ad&limit=5")
        assert [one["user"]["username"] for one in found] == ["ada"]
        assert status == 200
