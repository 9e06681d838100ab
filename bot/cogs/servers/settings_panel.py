"""What can be pressed below a server's settings: the channel and the role from menus, times in a modal, and a switch.

What is to be nowhere, or nobody, a command sets: a menu of Discord's is hard to empty. Who may do that is asked again
at each press, by what does it; each shows the settings as they are since.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import aiohttp
import discord

from bot.errors import InputError, TesseraError
from bot.gates.gate import GuildSettings
from bot.messages import Message
from bot.text.typed_values import typed_decimal
from bot.ui import sending
from bot.ui.panel import ActionButton, Host, Panel, PromptModal, custom_id

log = logging.getLogger(__name__)

MOST_HOURS = 720
_NOT_HOURS = Message("“{typed}” is not a number of hours: use one from 0 to {most}, such as `24` or `1.5`.")
_HIDE = Message("Hide what unlocks roles")
_SHOW = Message("Show what unlocks roles")
_GRACE = Message("Grace")
_ASK_GRACE = Message("Grace…")
_COOL_DOWN = Message("Cool-down")
_ASK_COOL_DOWN = Message("Cool-down…")
_IN_HOURS = Message("Hours; 0: not at all")
_LOG = Message("Post role changes and alerts in…")
_ADMIN_ROLE = Message("Role that may configure Tessera…")
_KEY = "settings panel"
_HOUR = timedelta(hours=1)
# A minute is "0.0166667" hours.
_LONGEST = 10

Press = discord.Interaction[Any]


@dataclass(frozen=True, slots=True)
class SettingActs:
    """What presses do; each gets one that is acknowledged, and the value that was chosen."""

    log: Callable[[Press, int], Awaitable[None]]
    admin_role: Callable[[Press, int], Awaitable[None]]
    grace: Callable[[Press, float], Awaitable[None]]
    cool_down: Callable[[Press, float], Awaitable[None]]
    visibility: Callable[[Press, bool], Awaitable[None]]


class SettingsPanel(Panel):
    """Menus and buttons below the settings.

    Args:
        interaction: Deferred.
        settings: As they are.
        acts: What presses do.
        expires: As for every panel.
        host: Likewise.
    """

    def __init__(
        self, interaction: Press, settings: GuildSettings, acts: SettingActs, *, expires: float, host: Host
    ) -> None:
        super().__init__(interaction, expires=expires, host=host)
        self._acts = acts
        self._channel = _ChannelMenu(self._choose_channel)
        self._role = _RoleMenu(self._choose_role)
        self._visibility = ActionButton("visibility", _HIDE().render(), self._switch, row=2)
        self.renew(interaction, settings)
        self.lay_out(
            [
                self._channel,
                self._role,
                ActionButton("grace", _ASK_GRACE().render(), self._ask_grace, row=2),
                ActionButton("cool-down", _ASK_COOL_DOWN().render(), self._ask_cool_down, row=2),
                self._visibility,
            ]
        )

    @classmethod
    def pressed(cls, interaction: Press) -> SettingsPanel | None:
        """The panel that an interaction is a press of."""
        found: SettingsPanel | None = interaction.extras.get(_KEY)
        return found

    def renew(self, interaction: Press, settings: GuildSettings) -> None:
        """Offer what can be changed of these settings, by the same items: a press meanwhile finds its own."""
        self._latest = interaction
        self._settings = settings
        self._channel.choose(settings.log_channel_id)
        self._role.choose(settings.admin_role_id)
        self._visibility.label = (_HIDE if settings.shows_requirements else _SHOW)().render()
        self.restart_timer()

    async def _choose_channel(self, interaction: Press, chosen: int) -> None:
        await self._do(interaction, lambda: self._acts.log(interaction, chosen))

    async def _choose_role(self, interaction: Press, chosen: int) -> None:
        await self._do(interaction, lambda: self._acts.admin_role(interaction, chosen))

    async def _switch(self, interaction: Press) -> None:
        wanted = not self._settings.shows_requirements
        await self._do(interaction, lambda: self._acts.visibility(interaction, wanted))

    async def _ask_grace(self, interaction: Press) -> None:
        await self._ask(interaction, "grace", _GRACE().render(), self._settings.grace, self._acts.grace)

    async def _ask_cool_down(self, interaction: Press) -> None:
        await self._ask(interaction, "cool-down", _COOL_DOWN().render(), self._settings.cool_down, self._acts.cool_down)

    async def _ask(
        self,
        interaction: Press,
        action: str,
        title: str,
        present: timedelta,
        act: Callable[[Press, float], Awaitable[None]],
    ) -> None:
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=_IN_HOURS().render(),
            custom_id="hours",
            default=f"{present / _HOUR:g}"[:_LONGEST],
            max_length=_LONGEST,
        )

        async def take(submitted: Press, typed: str) -> None:
            hours = _hours(typed)
            await self._do(submitted, lambda: act(submitted, hours))

        await interaction.response.send_modal(PromptModal(self, f"{action}-typed", title, field, take))

    async def _do(self, interaction: Press, change: Callable[[], Awaitable[None]]) -> None:
        await self._host.acknowledge(interaction)
        interaction.extras[_KEY] = self
        try:
            await change()
        except TesseraError as error:
            await self._host.answer_error(interaction, error)
            await self._show_again(interaction)

    async def _show_again(self, interaction: Press) -> None:
        """What was refused is still chosen in its menu: an edit shows again what is set."""
        self.renew(interaction, self._settings)
        try:
            await sending.edit_answer(interaction, view=self)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.info("a menu shows what was refused: %s", type(error).__name__)


class _ChannelMenu(discord.ui.ChannelSelect[SettingsPanel]):
    """Chooses where role changes are posted; the command ends that."""

    def __init__(self, act: Callable[[Press, int], Awaitable[None]]) -> None:
        super().__init__(
            custom_id=custom_id("log"),
            channel_types=[discord.ChannelType.text],
            placeholder=_LOG().render(),
            row=0,
        )
        self._act = act

    def choose(self, present: int | None) -> None:
        """Show what is set."""
        self.default_values = _default(present, discord.SelectDefaultValueType.channel)

    async def callback(self, interaction: Press) -> None:
        """Handle a choice."""
        await self._act(interaction, self.values[0].id)


class _RoleMenu(discord.ui.RoleSelect[SettingsPanel]):
    """Chooses who may configure besides Manage Server; the command ends that."""

    def __init__(self, act: Callable[[Press, int], Awaitable[None]]) -> None:
        super().__init__(custom_id=custom_id("admin-role"), placeholder=_ADMIN_ROLE().render(), row=1)
        self._act = act

    def choose(self, present: int | None) -> None:
        """Show what is set."""
        self.default_values = _default(present, discord.SelectDefaultValueType.role)

    async def callback(self, interaction: Press) -> None:
        """Handle a choice."""
        await self._act(interaction, self.values[0].id)


def _default(present: int | None, kind: discord.SelectDefaultValueType) -> list[discord.SelectDefaultValue]:
    # As text, as Discord's schema has ids; discord.py would send the number.
    return [discord.SelectDefaultValue(id=cast("int", str(present)), type=kind)] if present else []


def _hours(typed: str) -> float:
    hours = typed_decimal(typed, 0, MOST_HOURS)
    if hours is None:
        raise InputError(_NOT_HOURS, typed=typed[:20], most=MOST_HOURS)
    return hours
