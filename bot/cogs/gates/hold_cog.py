"""Takes the presses of the buttons below an alert of held removals, and shows there who decided what.

The server is that of the interaction, and who may decide is asked at each press. Discarding and looking again are about
what waited when the alert was posted, and the answer says what began to wait since. Before an approval all that waits
is listed, with a mark at what the alert did not have, and the approval is of exactly that list.
"""

from __future__ import annotations

import logging
from typing import Any, cast

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.gates.approval import ask_to_approve, waiting_of
from bot.cogs.gates.hold_buttons import PRESSED, Decision, decision_of, hold_view
from bot.cogs.servers.admin_rights import guild_of, require_admin
from bot.errors import TesseraError
from bot.store.gates.settings_table import SettingsTable
from bot.sync.sync import Sync
from bot.text.plural import plural
from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.embeds import CAUTION, done_embed
from bot.ui.typed_input import check_input

log = logging.getLogger(__name__)

_DECIDED = "Decided"
_UNREAD = (
    "The alert could not be posted: `/sync staged` lists them with their reasons, and `/settings log` sets a channel "
    "for alerts. Until somebody decides, nobody loses a role by them."
)
# The commands whose answers only admins get, and that do not say themselves what waits.
_OF_ADMINS = frozenset({"gate", "settings", "panel"})
_FAILURES = (TesseraError, discord.DiscordException, aiohttp.ClientError, OSError)
_NOTHING_WAITS = "No removal waits for a decision any more."
_NOTHING_OF_IT = "Nothing that this alert is about waits for a decision any more."
_MORE = "**{more} began to wait after it was posted** and stay undecided: `/sync staged` lists them with their reasons."


class HoldCog(commands.Cog, name="Held removals"):
    """Takes the presses.

    Args:
        bot: The client.
        sync: Is given the decisions.
        settings: Who may decide.
        expires: Seconds without a press until the confirmation is disabled.
    """

    def __init__(self, bot: Bot, sync: Sync, settings: SettingsTable, *, expires: float) -> None:
        self._bot = bot
        self._sync = sync
        self._settings = settings
        self._expires = expires
        bot.answered_elsewhere(PRESSED)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Bot]) -> None:
        """Take a press, also on the alert of an earlier process."""
        decision = decision_of(str(cast("dict[str, Any]", interaction.data or {}).get("custom_id", "")))
        if decision is None or interaction.type is not discord.InteractionType.component:
            return
        try:
            if await self._bot.accept(interaction):
                check_input(interaction)
                await self._take(interaction, decision)
        except Exception as error:  # noqa: BLE001 - a listener's exceptions end nowhere; here they become an answer
            await self._bot.answer_error(interaction, error)

    @commands.Cog.listener()
    async def on_app_command_completion(
        self, interaction: discord.Interaction[Bot], command: app_commands.Command[Any, ..., Any]
    ) -> None:
        """Say below the answer to a command of an admin that removals wait, where no channel could say it."""
        if (command.root_parent or command).name not in _OF_ADMINS:
            return
        try:
            alerts = await self._sync.outbox.unread_alerts()
            if any(alert.guild_id == interaction.guild_id for alert in alerts):
                embed = discord.Embed(title="Removals wait for a decision", description=_UNREAD, colour=CAUTION)
                await sending.follow_up(interaction, embed=embed, ephemeral=True)
        except _FAILURES as error:
            log.info("it is not said below an answer that removals wait: %s", type(error).__name__)

    async def _take(self, interaction: discord.Interaction[Bot], decision: Decision) -> None:
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        guild_id = await self._guild_id(interaction)
        alert = interaction.message
        if decision is Decision.APPROVE:
            await self._ask(interaction, guild_id, alert)
            return
        waiting = waiting_of(await self._sync.staged(guild_id))
        shown = [one for one in waiting if alert is None or one.since <= alert.created_at]
        only = frozenset((one.gate.gate_id, one.user_id) for one in shown)
        if decision is Decision.DISCARD:
            count = await self._sync.discard(guild_id, by=interaction.user.id, only=only)
            words = f"discarded {plural(count, 'removal')}: these roles stay for a day"
        else:
            count = await self._sync.look_again(guild_id, by=interaction.user.id, only=only)
            whose = "its member is" if count == 1 else "their members are"
            words = f"said that it is repaired: {plural(count, 'removal')} forgotten, and {whose} read again"
        await self._show(interaction, alert, words if count else "", more=len(waiting) - len(shown))

    async def _ask(self, interaction: discord.Interaction[Any], guild_id: int, alert: discord.Message | None) -> None:
        waiting = waiting_of(await self._sync.staged(guild_id))
        if not waiting:
            await self._show(interaction, alert, "")
            return

        async def approved(press: discord.Interaction[Any], count: int) -> None:
            others = waiting_of(await self._sync.staged(guild_id))
            await _note(alert, press, f"approved {plural(count, 'removal')}", is_over=not others)

        await ask_to_approve(
            interaction,
            waiting,
            self._sync,
            self._guild_id,
            expires=self._expires,
            host=self._bot,
            alert_at=alert.created_at if alert else None,
            approved=approved,
        )

    async def _show(
        self, interaction: discord.Interaction[Any], alert: discord.Message | None, words: str, more: int = 0
    ) -> None:
        """Answer the admin, and show everybody in the channel who decided.

        Args:
            interaction: The press.
            alert: Below which it was.
            words: What was decided; "": nothing that the alert is about waited any more.
            more: How many removals began to wait since.
        """
        await _note(alert, interaction, words, is_over=not more)
        shown = f"You {words}." if words else _NOTHING_OF_IT if more else _NOTHING_WAITS
        if more:
            shown = f"{shown}\n{_MORE.format(more=plural(more, 'removal'))}"
        await sending.edit_answer(interaction, embed=done_embed("Held removals", shown))

    async def _guild_id(self, interaction: discord.Interaction[Any]) -> int:
        guild = guild_of(interaction)
        require_admin(interaction, await self._settings.of(guild.id))
        return guild.id


async def _note(
    alert: discord.Message | None, press: discord.Interaction[Any], words: str, *, is_over: bool = True
) -> None:
    """Say who decided, and take the buttons away if nothing waits; the decision stands, also where that fails."""
    if alert is None:
        return
    embed = alert.embeds[0].copy() if alert.embeds else discord.Embed()
    if words:
        embed.add_field(name=_DECIDED, value=f"{press.user.mention} {words}.", inline=False)
    try:
        await sending.edit_post(press.client, alert, embed=embed, view=None if is_over else hold_view())
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        log.info("an alert still has its buttons: %s", type(error).__name__)
