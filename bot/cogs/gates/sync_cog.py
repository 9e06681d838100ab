"""`/sync`: how roles follow holdings in a server, and the decisions that are left to its admins.

/sync status, /sync now
    What is known, how current, what waits, which source does not answer; `now` has everybody read again first. The
    button Refresh shows how far that is.
/sync hold, /sync release
    No role is taken until it is released; roles are still given.
/sync staged, /sync approve, /sync discard
    The removals that wait for a person, with their reasons. Approved ones are taken if their members still do not
    qualify, after a confirmation; discarded ones stay for a day.
/sync undo run
    Gives back what a run took, after a confirmation.

For members with Manage Server, or with the server's role for configuring Tessera; asked at every command and press.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.gates import sync_embeds
from bot.cogs.gates.approval import ask_to_approve, nothing_embed, waiting_of
from bot.cogs.gates.refresh_panel import RefreshPanel
from bot.cogs.gates.staged_pages import StagedPages
from bot.cogs.servers.admin_rights import guild_of, require_admin
from bot.errors import InputError, StoreError
from bot.gates.rule import CollectionRef
from bot.messages import Message
from bot.store.gates.settings_table import SettingsTable
from bot.sync.results import Run, Staged, StagedState
from bot.sync.sync import Sync
from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.confirm_view import ConfirmView
from bot.ui.embeds import done_embed
from bot.ui.paginator import Paginator

_NO_RUN = Message("There is no run #{run_id} in this server that took roles: choose one from the list.")
_UNDONE_ALREADY = Message("Run #{run_id} was undone already.")
_GIVEN_BACK = Message("Members who lost a role by it get it back, and keep it for a day at least.")
_NOT_ALL = Message("That is not all: undo it once more in a moment.")
_GOES_ON = Message(
    "It has not ended: `/sync hold` stops it; what it takes after this is given back by undoing it once more."
)
_WAIT_TITLE = Message("Removals wait")
_STILL_GIVEN = Message("Roles are still given.")
_DISCARDED_TITLE = Message("Discarded")
_DISCARDED = Message(
    "Retained for a day, whatever is read meanwhile: {count:,} role.",
    "Retained for a day, whatever is read meanwhile: {count:,} roles.",
)
_UNDO_TITLE = Message("Undo run #{run_id}?")
_GIVE_BACK = Message("Give back {count:,} role", "Give back {count:,} roles")
_UNDONE_TITLE = Message("Undone")
_UNDONE = Message("{count:,} role given back of run #{run_id}.", "{count:,} roles given back of run #{run_id}.")
_WITHOUT_GATE = Message(
    "{count:,} role stays taken, as no gate gives it now: once one does, undo the run once more.",
    "{count:,} roles stay taken, as no gate gives them now: once one does, undo the run once more.",
)
_MOST_RUNS = 25  # suggestions that Discord shows


@app_commands.default_permissions(manage_guild=True)
@app_commands.guild_only()
class SyncCog(
    commands.GroupCog, name="Sync", group_name="sync", group_description="How roles follow holdings in this server"
):
    """The commands.

    Args:
        bot: The client.
        sync: What is shown and decided.
        settings: Who may.
        names: The names of collections in a server, safe to show.
        expires: Seconds without a press until buttons are disabled.
    """

    def __init__(
        self,
        bot: Bot,
        sync: Sync,
        settings: SettingsTable,
        names: Callable[[int], Awaitable[Mapping[CollectionRef, str]]],
        *,
        expires: float,
    ) -> None:
        self._bot = bot
        self._sync = sync
        self._settings = settings
        self._names = names
        self._expires = expires

    @app_commands.command(name="status", description="How current everything is, and what waits")
    async def status(self, interaction: discord.Interaction[Bot]) -> None:
        """Show how sync stands."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._show_status(interaction)

    @app_commands.command(name="now", description="Read everybody's holdings again, as soon as the sources allow")
    async def now(self, interaction: discord.Interaction[Bot]) -> None:
        """Have everybody read and judged, and show how far it is."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._sync.run_now(await self._guild_id(interaction))
        await self._show_status(interaction)

    @app_commands.command(name="hold", description="Take no role from anybody until you release it")
    async def hold(self, interaction: discord.Interaction[Bot]) -> None:
        """Hold all removals."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        hold = await self._sync.hold(await self._guild_id(interaction), by=interaction.user.id)
        embed = done_embed(_WAIT_TITLE().render(), f"{sync_embeds.hold_words(hold)} {_STILL_GIVEN().render()}")
        await sending.edit_answer(interaction, embed=embed)

    @app_commands.command(name="release", description="End the hold of an admin")
    async def release(self, interaction: discord.Interaction[Bot]) -> None:
        """End it."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        guild_id = await self._guild_id(interaction)
        approved = sum(one.state is StagedState.APPROVED for one in await self._sync.staged(guild_id))
        was_held = await self._sync.release(guild_id, by=interaction.user.id)
        embed = sync_embeds.released_embed(approved) if was_held else sync_embeds.no_hold_embed()
        await sending.edit_answer(interaction, embed=embed)

    @app_commands.command(name="staged", description="The removals that wait for a decision, with their reasons")
    async def staged(self, interaction: discord.Interaction[Bot]) -> None:
        """List them."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        waiting = await self._waiting(interaction)
        if not waiting:
            await sending.edit_answer(interaction, embed=nothing_embed())
            return
        live, require = self._bot.live_answers, self._guild_id
        source = StagedPages(waiting)
        await Paginator(source, interaction, expires=self._expires, host=self._bot, live=live, require=require).show()

    @app_commands.command(name="approve", description="Take the roles that wait for a decision")
    async def approve(self, interaction: discord.Interaction[Bot]) -> None:
        """Ask for a confirmation, then approve."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        waiting = await self._waiting(interaction)
        if not waiting:
            await sending.edit_answer(interaction, embed=nothing_embed())
            return
        await ask_to_approve(interaction, waiting, self._sync, self._guild_id, expires=self._expires, host=self._bot)

    @app_commands.command(name="discard", description="Leave the roles that wait for a decision with their members")
    async def discard(self, interaction: discord.Interaction[Bot]) -> None:
        """Discard them."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        count = await self._sync.discard(await self._guild_id(interaction), by=interaction.user.id)
        words = _DISCARDED(count=count).render()
        embed = done_embed(_DISCARDED_TITLE().render(), words) if count else nothing_embed()
        await sending.edit_answer(interaction, embed=embed)

    @app_commands.command(name="undo", description="Give back every role that a run took")
    @app_commands.describe(run="Which run")
    async def undo(self, interaction: discord.Interaction[Bot], run: int) -> None:
        """Ask for a confirmation, then undo it."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        found = await self._run(await self._guild_id(interaction), run)
        follows = [_GIVEN_BACK().render()] if found.ended_at else [_GOES_ON().render(), _GIVEN_BACK().render()]
        lines = [f"{sync_embeds.run_words(found)}.", *follows]
        embed = done_embed(_UNDO_TITLE(run_id=found.run_id).render(), "\n".join(lines))
        undo = partial(self._undo, found.run_id)
        label = _GIVE_BACK(count=found.removed).render()
        panel = ConfirmView(interaction, label, undo, expires=self._expires, host=self._bot)
        await sending.edit_answer(interaction, embed=embed, view=panel)

    @undo.autocomplete("run")
    async def suggest_runs(self, interaction: discord.Interaction[Bot], typed: str) -> list[app_commands.Choice[int]]:
        """The latest runs that took something, for those who may see them."""
        try:
            guild_id = await self._guild_id(interaction)
            runs = await self._sync.runs(guild_id, _MOST_RUNS, to_undo=True)
        except (InputError, StoreError):
            return []
        labels = {
            run: f"#{run.run_id} · {run.started_at:%d %b %H:%M} UTC · {sync_embeds.counts_of(run)}" for run in runs
        }
        wanted = str(typed).casefold()
        return [
            app_commands.Choice(name=label, value=run.run_id)
            for run, label in labels.items()
            if wanted in label.casefold()
        ]

    async def _show_status(self, interaction: discord.Interaction[Any]) -> None:
        embed = await self._status_embed(interaction)
        panel = RefreshPanel(interaction, self._status_embed, expires=self._expires, host=self._bot)
        await sending.edit_answer(interaction, embed=embed, view=panel)

    async def _status_embed(self, interaction: discord.Interaction[Any]) -> discord.Embed:
        guild_id = await self._guild_id(interaction)
        return sync_embeds.status_embed(await self._sync.status(guild_id), await self._names(guild_id))

    async def _undo(self, run_id: int, interaction: discord.Interaction[Any]) -> discord.Embed:
        guild_id = await self._guild_id(interaction)
        undone = await self._sync.undo(guild_id, run_id, by=interaction.user.id)
        sentences = [_UNDONE(count=undone.given_back, run_id=run_id)]
        run = await self._sync.run(guild_id, run_id)
        is_all = run is not None and run.undone_at is not None
        if undone.without_gate:
            sentences.append(_WITHOUT_GATE(count=undone.without_gate))
        if undone.not_now or not (is_all or undone.without_gate):
            sentences.append(_NOT_ALL())
        return done_embed(_UNDONE_TITLE().render(), " ".join(each.render() for each in sentences))

    async def _waiting(self, interaction: discord.Interaction[Any]) -> list[Staged]:
        return waiting_of(await self._sync.staged(await self._guild_id(interaction)))

    async def _run(self, guild_id: int, run_id: int) -> Run:
        found = await self._sync.run(guild_id, run_id)
        if found is None or not found.removed:
            raise InputError(_NO_RUN, run_id=run_id)
        if found.undone_at:
            raise InputError(_UNDONE_ALREADY, run_id=run_id)
        return found

    async def _guild_id(self, interaction: discord.Interaction[Any]) -> int:
        """The server, for those who may configure Tessera in it.

        Raises:
            InputError: they may not.
        """
        guild = guild_of(interaction)
        require_admin(interaction, await self._settings.of(guild.id))
        return guild.id
