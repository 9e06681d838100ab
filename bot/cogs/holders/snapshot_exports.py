"""Writes, seals and sends the file of a snapshot. Where it is not complete, somebody has to say that they want it so.

Who asks is looked at again when they have answered.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import discord

from bot.cogs.holders import snapshot_embeds
from bot.errors import LimitError
from bot.gates.gate import GuildSettings
from bot.holders.export_files import incompleteness
from bot.holders.export_view import ExportView, Layout, export_view
from bot.holders.sealed_export import SealedExport, sealed_export
from bot.messages import Message
from bot.store import Store
from bot.store.pseudonyms import Pseudonym
from bot.sync.snapshots import SnapshotMaker, post_of
from bot.ui import sending
from bot.ui.embeds import done_embed
from bot.ui.panel import ActionButton, Host, Panel

_TOO_LARGE = Message(
    "The file has {size:.1f} MB, and Discord takes {most:.1f} MB here. It is stored: on the machine of the bot, "
    "`tessera snapshot export {number} --format {layout}` writes it."
)
_SEND, _CANCEL = Message("Send it as it is"), Message("Cancel")
_CANCELLED, _NOTHING_SENT = Message("Cancelled"), Message("No file was sent. The snapshot is stored as {number}.")
_MEGABYTE = 1_000_000

Press = discord.Interaction[Any]


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What is exported.

    Attributes:
        number: The snapshot.
        layout: As what.
        by_member: One row for each member.
        only_present: Only those who are members now.
    """

    number: int
    layout: Layout
    by_member: bool
    only_present: bool


class SnapshotExports:
    """Sends them.

    Args:
        store: Holds them.
        maker: Finds them.
        require: Refuses anyone who may not have them, and says what their server has set; asked at each step.
        require_still: Refuses them by what Discord says now; asked before the file is given.
        pseudonym: Makes the keyed hashes of the audit log.
        key: Signs files; "": none is signed.
        host: The client.
        expires: Seconds until the buttons are disabled.
    """

    def __init__(
        self,
        store: Store,
        maker: SnapshotMaker,
        require: Callable[[Press], Awaitable[GuildSettings]],
        require_still: Callable[[Press], Awaitable[None]],
        *,
        pseudonym: Pseudonym,
        key: str,
        host: Host,
        expires: float,
    ) -> None:
        self._store = store
        self._maker = maker
        self._require = require
        self._require_still = require_still
        self._pseudonym = pseudonym
        self._key = key
        self._host = host
        self._expires = expires

    async def offer(self, interaction: Press, choice: ExportChoice) -> None:
        """Send a file, or ask first where it is not complete.

        Raises:
            InputError: there is no such snapshot, or the person may not have it.
        """
        view = await self._view(interaction, choice)
        if not view.snapshot.members:
            await sending.edit_answer(interaction, embed=snapshot_embeds.nobody_embed(view), view=None)
            return
        missing = await asyncio.to_thread(incompleteness, view, choice.layout)
        if not missing:
            await self._send(interaction, choice, view)
            return
        panel = _AskingPanel(interaction, self, choice, expires=self._expires, host=self._host)
        await sending.edit_answer(interaction, embed=snapshot_embeds.asking_embed(view, missing), view=panel)

    async def send(self, interaction: Press, choice: ExportChoice) -> None:
        """Send a file, complete or not.

        Raises:
            InputError: there is no such snapshot any more, or the person may not have it any more.
        """
        await self._send(interaction, choice, await self._view(interaction, choice))

    async def _view(self, interaction: Press, choice: ExportChoice) -> ExportView:
        settings = await self._require(interaction)
        guild_id = interaction.guild_id or 0
        return export_view(
            await self._maker.get(guild_id, choice.number),
            shows_addresses=settings.shows_addresses,
            shared=await self._store.snapshots.shared(guild_id),
            by_member=choice.by_member,
            present=await self._store.snapshots.present(guild_id) if choice.only_present else None,
        )

    async def _send(self, interaction: Press, choice: ExportChoice, view: ExportView) -> None:
        # In a thread of its own: a large one takes longer than others should wait.
        export = await asyncio.to_thread(sealed_export, view, choice.layout, self._key)
        if export.size > interaction.filesize_limit:
            raise LimitError(
                _TOO_LARGE,
                size=export.size / _MEGABYTE,
                most=interaction.filesize_limit / _MEGABYTE,
                number=choice.number,
                layout=choice.layout.value,
            )
        await self._require_still(interaction)  # all of it took a while
        by = interaction.user.id
        post = post_of(view.snapshot, self._maker.now(), by=by, layout=choice.layout.value)
        await self._store.snapshots.exported(post, self._pseudonym(by))
        missing = await asyncio.to_thread(incompleteness, view, choice.layout)
        embed = snapshot_embeds.exported_embed(view, export.seal, missing)
        await sending.edit_answer(interaction, embed=embed, view=None, attachments=_attached(export))


class _AskingPanel(Panel):
    """Sends a file that is not complete once somebody has said that they want it so."""

    def __init__(
        self, interaction: Press, exports: SnapshotExports, choice: ExportChoice, *, expires: float, host: Host
    ) -> None:
        super().__init__(interaction, expires=expires, host=host)
        self._exports = exports
        self._choice = choice
        danger = discord.ButtonStyle.danger
        self.lay_out(
            (
                ActionButton("yes", _SEND().render(), self.once(self._confirm), style=danger),
                ActionButton("no", _CANCEL().render(), self.once(self._cancel)),
            )
        )

    async def _confirm(self, interaction: Press) -> None:
        await self._host.acknowledge(interaction)
        await self._exports.send(interaction, self._choice)
        self.stop()

    async def _cancel(self, interaction: Press) -> None:
        self.stop()
        embed = done_embed(_CANCELLED().render(), _NOTHING_SENT(number=self._choice.number).render())
        await sending.edit_pressed(interaction, embed=embed, view=None)


def _attached(export: SealedExport) -> list[discord.File]:
    return [discord.File(io.BytesIO(content), filename=name) for name, content in export.files]
