"""Charts below an answer about holders: a picture and its numbers in words, or those alone; for the moderator alone."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import discord

from bot.cogs.holders.holder_charts import distribution_chart, overlap_chart, retention_chart, trend_chart
from bot.cogs.holders.holder_desk import HolderDesk
from bot.cogs.servers.admin_rights import guild_of
from bot.errors import NotFoundError, PictureError
from bot.gates.gate import Gate
from bot.gates.rule import CollectionRef
from bot.gates.rule_needs import collections_of
from bot.holders.gate_stats import GateStats
from bot.messages import Message, Words
from bot.pictures.chart_words import alt_text, numbers
from bot.pictures.charts import MOST_COMPARED, Chart, Label
from bot.pictures.studio import Studio
from bot.text import safe_text
from bot.ui import sending
from bot.ui.embeds import BRAND, cut_lines
from bot.ui.panel import ActionButton, Panel

_OVER_TIME = Message("Chart over time")
_DISTRIBUTION = Message("Chart of kinds")
_OVERLAP = Message("Chart of both")
_STILL_HOLD = Message("Chart of who still holds")
_NOBODY_LOOKED = Message("Nobody has looked at these holders here yet, so there is nothing to draw.")
_NOBODY_HELD = Message("Nobody is known to have held it then, so there is nobody who could still hold it.")
_ROLE_OF_GATE = Message("Gate #{gate}")
_FILE = "chart.png"
_NAME = 40
_TITLE, _LINE, _LONGEST = 256, 400, 4000
_ROW = 4
# As many as can stand below a chart side by side.
_STEPS = 12
_POINTS = 40

Make = Callable[[], Awaitable[Chart]]


@dataclass(frozen=True, slots=True)
class ChartDesk:
    """What charts are built from.

    Attributes:
        holders: As all commands about holders.
        studio: Draws them.
    """

    holders: HolderDesk
    studio: Studio


def change_buttons(charts: ChartDesk, guild_id: int, ref: CollectionRef, since: datetime) -> Sequence[ActionButton]:
    """Below the changes among the holders of a collection since a moment."""
    desk = charts.holders

    async def over_time() -> Chart:
        points = await desk.holders.history.trend(guild_id, [ref], since, points=_POINTS)
        if not points:
            raise NotFoundError(_NOBODY_LOOKED)
        return trend_chart(await _name_of(desk, ref), points)

    async def still_hold() -> Chart:
        found = await desk.holders.history.retention(guild_id, ref, since, points=_STEPS)
        if found is None or not found.cohort:
            raise NotFoundError(_NOBODY_LOOKED if found is None else _NOBODY_HELD)
        return retention_chart(await _name_of(desk, ref), found)

    return [
        _button(charts, "chart-trend", _OVER_TIME(), over_time),
        _button(charts, "chart-retention", _STILL_HOLD(), still_hold),
    ]


class GateCharts(Panel):
    """The charts of one gate: over time, of kinds, and where its rule names several collections, of who holds both.

    Args:
        charts: What it is built from.
        interaction: Deferred already.
        stats: How the gate stands, with its distribution.
    """

    def __init__(self, charts: ChartDesk, interaction: discord.Interaction[Any], stats: GateStats) -> None:
        desk = charts.holders
        super().__init__(interaction, expires=desk.expires, host=desk.bot)
        self._desk = desk
        self._stats = stats
        self._guild_id = guild_of(interaction).id
        buttons = []
        if stats.trend:
            buttons.append(_button(charts, "chart-trend", _OVER_TIME(), self._over_time))
        if stats.distribution:
            buttons.append(_button(charts, "chart-kinds", _DISTRIBUTION(), self._kinds))
        self._compared = sorted(collections_of(stats.gate.rule))[:MOST_COMPARED]
        if len(self._compared) > 1:
            buttons.append(_button(charts, "chart-both", _OVERLAP(), self._both))
        self.lay_out(buttons)

    async def _over_time(self) -> Chart:
        return trend_chart(_of_gate(self._stats.gate), self._stats.trend)

    async def _kinds(self) -> Chart:
        assert self._stats.distribution  # noqa: S101 - else there is no such button
        return distribution_chart(_of_gate(self._stats.gate), self._stats.distribution, self._stats.as_of)

    async def _both(self) -> Chart:
        overlap = await self._desk.holders.history.overlap(self._guild_id, self._compared)
        names = [await _name_of(self._desk, ref) for ref in self._compared]
        return overlap_chart(names, overlap, self._desk.clock())


async def show_chart(press: discord.Interaction[Any], studio: Studio, chart: Chart) -> None:
    """A chart below an answer: with its numbers in words, as a picture alone tells some nothing."""
    # What is drawn is plain text; here a name of upstream's would be read as markdown.
    texts = [*(words.render() for words in numbers(chart)), chart.heading.note.text]
    lines = [safe_text(text, _LINE) for text in texts]
    files = []
    try:
        picture = await studio.chart(chart)
        files.append(discord.File(io.BytesIO(picture), filename=_FILE, description=alt_text(chart)))
    except PictureError as error:
        lines.append(error.words.render())
    embed = discord.Embed(
        title=safe_text(chart.heading.title.text, _TITLE),
        description=cut_lines("\n".join(lines), _LONGEST),
        colour=BRAND,
    )
    await sending.follow_up(press, embed=embed, files=files, ephemeral=True)


def _button(charts: ChartDesk, action: str, label: Words, make: Make) -> ActionButton:
    async def act(press: discord.Interaction[Any]) -> None:
        if not press.response.is_done():  # below pages it is acknowledged already, as they ask who may
            await charts.holders.bot.acknowledge(press)
        await charts.holders.require(press)
        await show_chart(press, charts.studio, await make())

    return ActionButton(action, label.render(), act, row=_ROW)


async def _name_of(desk: HolderDesk, ref: CollectionRef) -> Label:
    """A collection's name as it is drawn, where no markdown is rendered; its number, where no font has its letters."""
    known = (await desk.store.readings.names_of([ref])).get(ref, "")
    return Label(safe_text(known, _NAME, plain=True) if known else str(ref), str(ref))


def _of_gate(gate: Gate) -> Label:
    return Label.of(_ROLE_OF_GATE(gate=gate.gate_id))
