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
from bot.messages import Message, Words
from bot.store.gates.settings_table import SettingsTable
from bot.sync.sync import Sync
from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.embeds import CAUTION, done_embed
from bot.ui.reader_locales import for_guild
from bot.ui.typed_input import check_input

log = logging.getLogger(__name__)

_DECIDED = Message("Decided")
_TITLE = Message("Held removals")
_UNREAD_TITLE = Message("Removals wait for a decision")
_UNREAD = Message(
    "The alert could not be posted: `/sync staged` lists them with their reasons, and `/settings log` sets a channel "
    "for alerts. Until somebody decides, nobody loses a role by them."
)
# The commands whose answers only admins get, and that do not say themselves what waits.
_OF_ADMINS = frozenset({"gate", "settings", "panel"})
_FAILURES = (TesseraError, discord.DiscordException, aiohttp.ClientError, OSError)
_NOTHING_WAITS = Message("No removal waits for a decision any more.")
_NOTHING_OF_IT = Message("Nothing that this alert is about waits for a decision any more.")
_MORE = Message(
    "**{count:,} removal began to wait after it was posted** and stays undecided: `/sync staged` lists them with their "
    "reasons.",
    "**{count:,} removals began to wait after it was posted** and stay undecided: `/sync staged` lists them with their "
    "reasons.",
)
_APPROVED = Message("{member} approved {count:,} removal.", "{member} approved {count:,} removals.")
# What was decided: as it is said to who decided, and as everybody sees it below the alert.
_DISCARDED = (
    Message(
        "You discarded {count:,} removal: these roles stay for a day.",
        "You discarded {count:,} removals: these roles stay for a day.",
    ),
    Message(
        "{member} discarded {count:,} removal: these roles stay for a day.",
        "{member} discarded {count:,} removals: these roles stay for a day.",
    ),
)
_REPAIRED = (
    Message(
        "You said that it is repaired: {count:,} removal forgotten, and its member is read again.",
        "You said that it is repaired: {count:,} removals forgotten, and their members are read again.",
    ),
    Message(
        "{member} said that it is repaired: {count:,} removal forgotten, and its member is read again.",
        "{member} said that it is repaired: {count:,} removals forgotten, and their members are read again.",
    ),
)


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
                embed = discord.Embed(title=_UNREAD_TITLE().render(), description=_UNREAD().render(), colour=CAUTION)
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
            to_them, to_all = _DISCARDED
        else:
            count = await self._sync.look_again(guild_id, by=interaction.user.id, only=only)
            to_them, to_all = _REPAIRED
        more = len(waiting) - len(shown)
        if not count:
            await self._show_nothing(interaction, alert, more)
            return
        await _note(alert, to_all(member=interaction.user.mention, count=count), interaction, is_over=not more)
        await self._show(interaction, to_them(count=count), more)

    async def _ask(self, interaction: discord.Interaction[Any], guild_id: int, alert: discord.Message | None) -> None:
        waiting = waiting_of(await self._sync.staged(guild_id))
        if not waiting:
            await self._show_nothing(interaction, alert)
            return

        async def approved(press: discord.Interaction[Any], count: int) -> None:
            others = waiting_of(await self._sync.staged(guild_id))
            words = _APPROVED(member=press.user.mention, count=count)
            await _note(alert, words, press, is_over=not others)

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

    async def _show_nothing(
        self, interaction: discord.Interaction[Any], alert: discord.Message | None, more: int = 0
    ) -> None:
        """Nothing that the alert is about waited any more; `more`: see `_show`."""
        await _note(alert, None, interaction, is_over=not more)
        await self._show(interaction, _NOTHING_OF_IT() if more else _NOTHING_WAITS(), more)

    async def _show(self, interaction: discord.Interaction[Any], words: Words, more: int) -> None:
        """Answer the admin; `more`: how many removals began to wait since the alert was posted."""
        lines = [words.render(), *([_MORE(count=more).render()] if more else [])]
        await sending.edit_answer(interaction, embed=done_embed(_TITLE().render(), "\n".join(lines)))

    async def _guild_id(self, interaction: discord.Interaction[Any]) -> int:
        guild = guild_of(interaction)
        require_admin(interaction, await self._settings.of(guild.id))
        return guild.id


async def _note(
    alert: discord.Message | None, words: Words | None, press: discord.Interaction[Any], *, is_over: bool = True
) -> None:
    """Say who decided, and take the buttons away if nothing waits; the decision stands, also where that fails."""
    if alert is None:
        return
    embed = alert.embeds[0].copy() if alert.embeds else discord.Embed()
    with for_guild(press.guild):  # in the language of the alert, which is not that of the person who decided
        if words:
            embed.add_field(name=_DECIDED().render(), value=words.render(), inline=False)
        view = None if is_over else hold_view()
    try:
        await sending.edit_post(press.client, alert, embed=embed, view=view)
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        log.info("an alert still has its buttons: %s", type(error).__name__)
