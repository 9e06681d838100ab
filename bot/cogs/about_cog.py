"""`/help` and `/about`: the commands, and how the bot and its sources are doing.

Both answer from memory, so they work when everything else is down.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot import __version__
from bot.lookup.lookup import Lookup
from bot.messages import Message, reader_text
from bot.sources.health import Health
from bot.text import safe_text
from bot.ui import embeds, sending
from bot.ui.client import Bot

_NAME = 100

_TITLE = Message("What Tessera can do")
_SOURCE = Message("Data source: {source}")
_RUNNING_SINCE = Message("Running since")
_NOT_USED = Message("Not used since Tessera started.")
_ANSWERS = Message("Answers.")
_LAST = Message("Last success {success} · last failure {failure}")
_NEVER = Message("never")
_INTRODUCTION = Message(
    "Tessera shows what an account holds, grouped by collection. Answers are private to you unless you `share` them. "
    "`/link` remembers your accounts, `/verify` proves that they are yours.\n"
    "It never asks for a seed phrase, a private key, an API key or a transaction. Anyone who does is not Tessera."
)


class About(commands.Cog):
    """What the bot can do, and how it is doing."""

    def __init__(self, bot: Bot, lookup: Lookup) -> None:
        self._bot = bot
        self._lookup = lookup

    @app_commands.command(name="help", description="What Tessera can do")
    async def help(self, interaction: discord.Interaction[Bot]) -> None:
        """List the commands."""
        # In descriptions, as Discord shows a command as something to click only there.
        parts = [f"{_INTRODUCTION().render()}\n"]
        for command in self._bot.tree.get_commands(type=discord.AppCommandType.chat_input):
            if not _is_for(command, interaction):
                continue
            if isinstance(command, app_commands.Group):
                parts.append(self._group(command, interaction.guild_id))
            elif isinstance(command, app_commands.Command):
                lines = [f"{self._bot.mention(command.name, interaction.guild_id)} — {command.description}"]
                lines += [f"> `{option.name}` {option.description}" for option in command.parameters]
                parts.append("\n".join(lines))
        first, *others = embeds.pages_of(parts, most=len(parts))  # an admin's commands are more than one message holds
        embed = discord.Embed(title=_TITLE().render(), description="\n".join(first), colour=embeds.BRAND)
        await sending.respond(interaction, embed=embed, ephemeral=True)
        for page in others:
            more = discord.Embed(description="\n".join(page), colour=embeds.BRAND)
            await sending.follow_up(interaction, embed=more, ephemeral=True)

    def _group(self, group: app_commands.Group, guild_id: int | None) -> str:
        """The commands of a group in two lines: Discord says what each does and takes, as soon as it is typed."""
        names = (self._bot.mention(command.qualified_name, guild_id) for command in group.walk_commands())
        return f"**{group.description}**\n> {' '.join(names)}"

    @app_commands.command(name="about", description="Version, data sources and their state")
    async def about(self, interaction: discord.Interaction[Bot]) -> None:
        """Show the version and the state of each source."""
        sources = self._lookup.sources
        is_well = all(_is_well(source.health) for source in sources)
        embed = discord.Embed(title=f"Tessera {__version__}", colour=embeds.BRAND if is_well else embeds.CAUTION)
        for source in sources:
            name = _SOURCE(source=safe_text(reader_text(source.label), _NAME)).render()
            embed.add_field(name=name, value=_state(source.health), inline=False)
        embed.add_field(name=_RUNNING_SINCE().render(), value=discord.utils.format_dt(self._bot.started_at, "R"))
        await sending.respond(interaction, embed=embed, ephemeral=True)


def _is_for(
    command: app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu,
    interaction: discord.Interaction[Bot],
) -> bool:
    """Whether the person may use a command by default; a server may have decided otherwise."""
    needed = command.default_permissions
    return needed is None or interaction.permissions.is_superset(needed)


def _is_well(health: Health) -> bool:
    failed, succeeded = health.last_failure_at, health.last_success_at
    return failed is None or (succeeded is not None and succeeded > failed)


def _state(health: Health) -> str:
    if health.last_success_at is None and health.last_failure_at is None:
        return _NOT_USED().render()
    state = _ANSWERS().render() if _is_well(health) else f"⚠️ {health.last_failure[:800]}"
    last = _LAST(success=_when(health.last_success_at), failure=_when(health.last_failure_at))
    return f"{state}\n{last.render()}"


def _when(moment: datetime | None) -> str:
    return discord.utils.format_dt(moment, "R") if moment else _NEVER().render()
