"""`/health`: every misconfiguration before it bites, each with how to repair it; for members who may configure.

It sends Discord nothing but its answer: what is judged is what the gateway reported, the store, and sync.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.servers.admin_rights import guild_of, require_admin
from bot.cogs.servers.channel_access import missing_to_post, own_member
from bot.cogs.servers.health_checks import findings
from bot.cogs.servers.health_facts import Failure, HealthFacts, Intents, LogChannel, SourceFacts
from bot.cogs.servers.health_finding import Finding
from bot.cogs.servers.log_problems import LogProblems, Unposted
from bot.config.sync_table import SyncSettings
from bot.errors import TesseraError
from bot.gates.gate import GuildSettings
from bot.lookup.lookup import Lookup
from bot.messages import Message, Words
from bot.roles.eligibility import GuildRoles
from bot.sources.capabilities import recorded_at
from bot.sources.source import Source
from bot.store import Store
from bot.sync.results import SyncStatus
from bot.sync.sync import Sync
from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.embeds import BRAND, CAUTION, fit

_TO_REPAIR = Message("{count:,} thing to repair", "{count:,} things to repair")
_FINE = Message("Everything is fine")
_MORE = Message("… and more: repair these first.")
_LINES = 3800  # of the 4,096 of a description


class HealthCog(commands.Cog, name="Health"):
    """What is wrong in a server.

    Args:
        bot: The client.
        store: Holds gates and settings.
        lookup: Knows the sources.
        sync: Says how current everything is.
        guild_roles: A server's roles, as the gateway reported them.
        patience: `[sync]` of the configuration.
        defaults: What a server has that has set nothing.
        log_problems: What could not be posted in log channels.
    """

    def __init__(
        self,
        bot: Bot,
        store: Store,
        lookup: Lookup,
        sync: Sync,
        *,
        guild_roles: Callable[[int], GuildRoles | None],
        patience: SyncSettings,
        defaults: GuildSettings,
        log_problems: LogProblems,
    ) -> None:
        self._bot = bot
        self._store = store
        self._lookup = lookup
        self._sync = sync
        self._guild_roles = guild_roles
        self._patience = patience
        self._defaults = defaults
        self._log_problems = log_problems

    @app_commands.command(name="health", description="What is wrong in this server, and how to repair it")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def health(self, interaction: discord.Interaction[Bot]) -> None:
        """Show every finding."""
        # Measured before anything is awaited: how old the interaction is by this machine's clock.
        received_at = discord.utils.utcnow()
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        guild = guild_of(interaction)
        settings = await self._store.guild_settings.of(guild.id, self._defaults)
        require_admin(interaction, settings)
        facts = await self._facts(interaction, guild, settings, received_at)
        await sending.edit_answer(interaction, embeds=fit([health_embed(findings(facts))]))

    async def _facts(
        self,
        interaction: discord.Interaction[Any],
        guild: discord.Guild,
        settings: GuildSettings,
        received_at: datetime,
    ) -> HealthFacts:
        roles = self._guild_roles(guild.id)
        known = roles.roles if roles else {}
        own = own_member(guild)
        return HealthFacts(
            now=received_at,
            roles=roles,
            gates=await self._store.gates.of_guild(guild.id),
            aliases=await self._store.gates.aliases(guild.id),
            settings=settings,
            sources=[await self._source(source) for source in self._lookup.sources],
            channel=_channel(guild, settings.log_channel_id, self._log_problems.of(guild.id)),
            intents=Intents(
                moderation=self._bot.intents.moderation,
                members=self._bot.intents.members,
                sees_audit_log=own.guild_permissions.view_audit_log if own else None,
            ),
            status=await self._status(guild.id),
            patience=self._patience,
            failing=self._failing(),
            # Discord's id of an interaction says when it was made, by Discord's clock.
            clock_skew=received_at - interaction.created_at,
            protected_roles_gone=len(settings.protected_roles - known.keys()) if roles else 0,
            admin_role_gone=bool(roles and settings.admin_role_id and settings.admin_role_id not in known),
        )

    async def _status(self, guild_id: int) -> SyncStatus | None:
        try:
            return await self._sync.status(guild_id)
        except TesseraError:  # the finding says that it cannot be found out
            return None

    async def _source(self, source: Source) -> SourceFacts:
        if source.abilities.is_live:
            return SourceFacts(source.network, source.label)
        # Only a live answer is stored: what there is is from before the source stood still.
        at = recorded_at(source) or await self._store.readings.newest_reading(source.network)
        return SourceFacts(source.network, source.label, is_live=False, unchanged_since=at)

    def _failing(self) -> Mapping[Words | str, Failure]:
        """Sources whose latest answer was a failure: since when they have not answered."""
        failing: dict[Words | str, Failure] = {}
        for source in self._lookup.sources:
            failed, succeeded = source.health.last_failure_at, source.health.last_success_at
            if failed and (succeeded is None or succeeded < failed):
                failing[source.label] = Failure(succeeded or failed, source.health.last_failure)
        return failing


def health_embed(found: list[Finding]) -> discord.Embed:
    """All findings, what is wrong first, as far as they fit."""
    wrong = sum(not finding.is_fine for finding in found)
    title = _TO_REPAIR(count=wrong) if wrong else _FINE()
    text = ""
    for finding in found:
        line = f"{'✔' if finding.is_fine else '⚠'} {finding.words}" + (f"\n-# → {finding.fix}" if finding.fix else "")
        if len(text) + len(line) > _LINES:
            text += f"\n{_MORE().render()}"
            break
        text += f"\n{line}"
    return discord.Embed(title=title.render(), description=text.strip(), colour=CAUTION if wrong else BRAND)


def _channel(guild: discord.Guild, channel_id: int | None, unposted: Unposted | None) -> LogChannel:
    if channel_id is None:
        return LogChannel()
    its = unposted if unposted and unposted.channel_id == channel_id else None
    channel = guild.get_channel(channel_id)
    if channel is None:
        return LogChannel(channel_id, exists=False, unposted=its)
    return LogChannel(channel_id, missing=missing_to_post(channel), unposted=its)
