"""The scheduled snapshots of a server, with a menu that ends one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import discord

from bot.cogs.holders.snapshot_embeds import schedules_embed
from bot.errors import InputError
from bot.holders.snapshot import SnapshotSchedule
from bot.messages import Message, Words
from bot.text.typed_values import MOST_STORED, typed_number
from bot.ui import sending
from bot.ui.panel import Host, Panel, custom_id
from bot.ui.typed_input import NOT_UNDERSTOOD

_END = Message("End a schedule…")
_ENDED = Message("Schedule {number} makes none any more. What it made stays.")
_WAS_ENDED = Message("Schedule {number} was ended already.")
_LABEL = 100

Press = discord.Interaction[Any]
Remove = Callable[[Press, int], Awaitable[tuple[bool, Sequence[SnapshotSchedule]]]]


class SchedulePanel(Panel):
    """The menu.

    Args:
        interaction: Deferred.
        schedules: As they are.
        remove: Ends one, if the person still may; whether there was one, and what is left.
        clock: Returns the present as an aware datetime.
        expires: As for every panel.
        host: Likewise.
    """

    def __init__(
        self,
        interaction: Press,
        schedules: Sequence[SnapshotSchedule],
        remove: Remove,
        clock: Callable[[], datetime],
        *,
        expires: float,
        host: Host,
    ) -> None:
        super().__init__(interaction, expires=expires, host=host)
        self._remove = remove
        self._clock = clock
        self._offer(schedules)

    async def show(self, schedules: Sequence[SnapshotSchedule], done: Words | None = None) -> None:
        """Show what there is."""
        view = self if schedules else None
        await sending.edit_answer(self._latest, embed=schedules_embed(schedules, self._clock(), done), view=view)

    def _offer(self, schedules: Sequence[SnapshotSchedule]) -> None:
        self.lay_out([_EndMenu(schedules, self._end)] if schedules else [])

    async def _end(self, interaction: Press, schedule_id: int) -> None:
        await self._host.acknowledge(interaction)
        was_there, left = await self._remove(interaction, schedule_id)
        self._latest = interaction
        self._offer(left)
        await self.show(left, (_ENDED if was_there else _WAS_ENDED)(number=schedule_id))


class _EndMenu(discord.ui.Select[SchedulePanel]):
    """Ends the one that is chosen."""

    def __init__(self, schedules: Sequence[SnapshotSchedule], act: Callable[[Press, int], Awaitable[None]]) -> None:
        super().__init__(
            custom_id=custom_id("end"),
            placeholder=_END().render(),
            options=[
                discord.SelectOption(
                    label=f"{each.schedule_id} · {each.request.rule}"[:_LABEL], value=str(each.schedule_id)
                )
                for each in schedules
            ],
        )
        self._act = act

    async def callback(self, interaction: Press) -> None:
        """Handle a choice.

        Raises:
            InputError: no menu of the bot has it.
        """
        number = typed_number(self.values[0], 1, MOST_STORED)
        if number is None:
            raise InputError(NOT_UNDERSTOOD)
        await self._act(interaction, number)
