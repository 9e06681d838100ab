"""The message that comes before every save: what would be saved, what follows from it, **Save** and **Cancel**.

At each press it is asked again whether that person may (after the acknowledgement, as the store may be slow), and
whether each role may be given. Where the server's gates or settings were changed since, nothing is saved and the
preview is made again.
"""

from __future__ import annotations

from typing import Any

import discord

from bot.cogs.gates.gate_access import GateAccess
from bot.cogs.gates.gate_embeds import (
    GateSentences,
    powers_words,
    preview_embed,
    saved_embed,
)
from bot.cogs.gates.gate_pages import NamePages
from bot.cogs.gates.gate_proposal import Proposal
from bot.cogs.gates.gate_saving import GateSaving, Outlook
from bot.errors import InputError
from bot.messages import Message
from bot.ui import sending
from bot.ui.embeds import done_embed
from bot.ui.live_answers import LiveAnswers
from bot.ui.paginator import Paginator
from bot.ui.panel import ActionButton, Host, Panel, PromptModal

_NOT_THE_NAME = Message("That is not the role's name, “{name}”: nothing was saved.")
_STALE = Message("Something was changed in this server meanwhile, so nothing was saved. This is the preview as of now.")
_NOT_ANY_MORE = Message("Something was changed in this server meanwhile, so nothing was saved. {why}")
_NOT_ANY_MORE_TITLE = Message("Changed meanwhile")
_SAVE = Message("Save")
_WHO = Message("Who?")
_REFRESH = Message("Refresh")
_CANCEL = Message("Cancel")
_TYPE_NAME = Message("Type its name: {name}")
_IT_HAS = Message("It has: {powers}")
_IS_CONFIRMED = Message("“{name}” is confirmed. Press **Save** again for the next role.")
_POWER_TITLE = Message("This role has power")
_CANCELLED_TITLE = Message("Cancelled")
_CANCELLED = Message("Nothing was changed.")
# Each attempt takes as long as a preview: somebody who changes something during each of these is still at work.
_ATTEMPTS = 3
_STILL_CHANGING = Message("It is still being changed: use the command again in a moment.")


class PreviewPanel(Panel):
    """A preview with its buttons.

    Args:
        interaction: Deferred.
        proposal: What would be saved.
        saving: Previews and saves it.
        access: Who may.
        sentences: Says gates.
        expires: As for every panel.
        host: Likewise.
        live: Of the pages with names.
    """

    def __init__(
        self,
        interaction: discord.Interaction[Any],
        proposal: Proposal,
        saving: GateSaving,
        access: GateAccess,
        sentences: GateSentences,
        *,
        expires: float,
        host: Host,
        live: LiveAnswers,
    ) -> None:
        super().__init__(interaction, expires=expires, host=host)
        self._access = access
        self._proposal = proposal
        self._saving = saving
        self._sentences = sentences
        self._live = live
        self._outlook: Outlook | None = None
        self._save_button = ActionButton(
            "save", _SAVE().render(), self.once(self._save), style=discord.ButtonStyle.success
        )
        self._names = ActionButton("names", _WHO().render(), self._show_names)
        self._refresh_button = ActionButton("refresh", _REFRESH().render(), self._preview_again)
        self._cancel_button = ActionButton("cancel", _CANCEL().render(), self.once(self._cancel))

    async def show(self, note: str = "") -> None:
        """Make the preview, and put it into the message.

        Raises:
            StoreError: the store failed.
        """
        try:
            outlook, is_new = await self._look()
        except InputError as error:
            if self._outlook is None:  # the first one: it is the answer to the command
                raise
            if self.is_finished():
                return
            self.stop()
            embed = done_embed(_NOT_ANY_MORE_TITLE().render(), _NOT_ANY_MORE(why=error.words).render())
            await sending.edit_answer(self._latest, content=None, embed=embed, view=None, attachments=[])
            return
        if self.is_finished():  # saved or cancelled meanwhile
            return
        self._outlook = outlook
        note = note or (_STALE().render() if is_new else "")
        embed = preview_embed(self._proposal, outlook, self._sentences)
        refresh = [self._refresh_button] if outlook.preview.reading else []
        self.lay_out([self._save_button, self._names, *refresh, self._cancel_button])
        self.restart_timer()
        await sending.edit_answer(self._latest, content=note or None, embed=embed, view=self, attachments=[])

    async def _look(self) -> tuple[Outlook, bool]:
        """What would follow; and whether the proposal was made again for it, from what others have changed.

        Raises:
            InputError: it cannot be proposed any more.
            StoreError: the store failed.
        """
        for attempt in range(_ATTEMPTS):
            outlook = await self._saving.outlook(self._latest.guild_id or 0, self._proposal)
            if self._proposal.version in (None, outlook.preview.version):
                return outlook, attempt > 0
            assert self._proposal.again  # noqa: S101 - a proposal with a version says how it is made again
            self._proposal = await self._proposal.again(self._latest)
        raise InputError(_STILL_CHANGING)

    async def _preview_again(self, interaction: discord.Interaction[Any]) -> None:
        """Make the preview again: accounts were read meanwhile."""
        await self._host.acknowledge(interaction)
        await self._access.require(interaction)
        self._latest = interaction
        await self.show()

    async def _save(self, interaction: discord.Interaction[Any]) -> None:
        """Save, or open the modal that asks for a role's name first: only what is in memory goes before that."""
        for draft in self._proposal.touches:
            self._access.unconfirmed(interaction, draft)
        for draft in self._proposal.drafts:
            if powers := self._access.unconfirmed(interaction, draft):
                await interaction.response.send_modal(self._confirmation(interaction, draft.role_id, powers))
                return
        await self._save_now(interaction)

    async def _save_now(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        guild_id = await self._access.require(interaction)
        self._latest = interaction
        assert self._outlook  # noqa: S101 - the buttons are shown with it
        saved = await self._saving.save(guild_id, self._proposal, self._outlook, interaction.user.id)
        if saved is None:
            await self.show(_STALE().render())
            return
        self.stop()
        await sending.edit_answer(interaction, content=None, embed=saved_embed(self._proposal, saved), view=None)

    def _confirmation(self, opener: discord.Interaction[Any], role_id: int, powers: tuple[str, ...]) -> PromptModal:
        """Asks for the role's name, as a role with such permissions is not given by mistake."""
        name = self._access.role_name(opener.guild_id or 0, role_id)
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=_TYPE_NAME(name=name).render()[:45],
            custom_id="role-name",
            placeholder=_IT_HAS(powers=powers_words(powers)).render()[:100],
            max_length=100,
        )

        async def confirm(interaction: discord.Interaction[Any], typed: str) -> None:
            # Discord's names are compared as they are; what is shown is made safe, and may differ from them.
            raw = self._access.guild_roles(interaction.guild_id or 0).roles[role_id].name
            if typed.strip() not in (raw.strip(), name):
                raise InputError(_NOT_THE_NAME, name=name)
            # Sent after the end, by another device or late: it must not replace “Saved” or “Cancelled”.
            await self.once(confirmed)(interaction)

        async def confirmed(interaction: discord.Interaction[Any]) -> None:
            self._proposal = self._proposal.confirming(role_id, frozenset(powers))
            for draft in self._proposal.drafts:
                if self._access.unconfirmed(interaction, draft):  # another role of an import
                    await self._host.acknowledge(interaction)
                    await self._access.require(interaction)
                    self._latest = interaction
                    await self.show(_IS_CONFIRMED(name=name).render())
                    return
            await self._save_now(interaction)

        return PromptModal(self, "confirm-role", _POWER_TITLE().render(), field, confirm)

    async def _show_names(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction, ephemeral=True, thinking=True)
        require = self._access.require
        await require(interaction)
        assert self._outlook  # noqa: S101 - likewise
        names = NamePages(self._outlook.preview)
        pages = Paginator(names, interaction, expires=self._expires, host=self._host, live=self._live, require=require)
        await pages.show()

    async def _cancel(self, interaction: discord.Interaction[Any]) -> None:
        self.stop()
        embed = done_embed(_CANCELLED_TITLE().render(), _CANCELLED().render())
        await sending.edit_pressed(interaction, content=None, embed=embed, view=None)
