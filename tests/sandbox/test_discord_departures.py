"""People leave a server and join it again: REST says so at once, and no event does without the members intent."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from discord import app_commands

from tests.sandbox.discord_client import BEN, GUILD, STRANGER, harness, online, until


def one_command(tree: app_commands.CommandTree[Any]) -> None:
    @tree.command(description="Somebody")
    async def who(interaction: discord.Interaction[Any], person: discord.User | discord.Member) -> None:
        where = person.joined_at.isoformat() if isinstance(person, discord.Member) and person.joined_at else "elsewhere"
        await interaction.response.send_message(where, ephemeral=True)


async def test_a_member_who_left_is_a_user_and_joins_at_another_time() -> None:
    async with harness() as client, online(client, one_command) as bot:
        await until(lambda: bool(client.discord.commands.all(None)))
        guild = bot.get_guild(GUILD)
        assert guild is not None
        before = await client.type("who", person=str(BEN))
        client.discord.departures.leave(GUILD, BEN)
        with pytest.raises(discord.NotFound) as unknown:
            await guild.fetch_member(BEN)
        assert unknown.value.code == 10007
        left = await client.type("who", person=str(BEN), user=500)
        client.discord.departures.join(GUILD, BEN, "2026-11-26T12:00:00.000000+00:00")
        back = await client.type("who", person=str(BEN))
        said = [answer["message"]["content"] for answer in (before, left, back)]
        assert said == ["2024-01-01T00:00:00+00:00", "elsewhere", "2026-11-26T12:00:00+00:00"]


async def test_only_members_leave_and_only_others_join() -> None:
    async with harness() as client:
        with pytest.raises(ValueError, match="not in this server"):
            client.discord.departures.leave(GUILD, STRANGER)
        with pytest.raises(ValueError, match="not in this server"):
            client.discord.departures.join(GUILD, BEN, "2026-11-26T12:00:00.000000+00:00")
