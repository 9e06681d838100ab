"""Commands that are run again by a button: *Try again* below an error, *Refresh* below an answer.

The person who asked gets the new answer in the same message. What others press below a shared answer opens a private
copy of their own; of other commands they run nothing. Everything else is as if the command had been typed: its own
checks ask who may use it.
"""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import discord
from discord.ext import commands

from bot.errors import InputError
from bot.messages import Message
from bot.ui import sending
from bot.ui.in_place import answer_in_place, place_of
from bot.ui.invocation import PRESSED, Invocation, Purpose, command_called, invocation_id_in
from bot.ui.lasting_buttons import answer_press
from bot.ui.pressed import command_in, custom_id_of, is_askers_own
from bot.ui.typed_input import NOT_UNDERSTOOD, check_again

_NOT_YOURS = Message("These buttons belong to the person who used the command. Use it yourself to get your own.")

# What can be shared, and changes nothing.
_SHARED = frozenset({"collections", "collection"})
# What has no button of its own to run it again, and without options only shows something, or asks before it does it.
BY_NAME = frozenset(
    {
        "accounts",
        "gate history",
        "gate list",
        "privacy delete",
        "settings show",
        "sync staged",
        "sync status",
        "verify",
    }
)
_SHARE = "share"


class RunAgainCog(commands.Cog, name="Run again"):
    """Answers such presses."""

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a press, also of a message that an earlier process sent."""
        if found := PRESSED.fullmatch(custom_id_of(interaction)):
            await answer_press(interaction, partial(_run_pressed, purpose=Purpose(found[1])))


async def _run_pressed(interaction: discord.Interaction[Any], purpose: Purpose) -> None:
    invocation = Invocation.parse(custom_id_of(interaction), interaction.client.tree)
    if is_askers_own(interaction):
        answer_in_place(interaction, purpose)
        if place_of(interaction) and not _is_private(interaction):
            invocation = _as_shared(interaction, invocation)
    elif invocation.name not in _SHARED:
        await sending.respond(interaction, content=_NOT_YOURS().render(), ephemeral=True)
        return
    await run(interaction, invocation)


async def run(interaction: discord.Interaction[Any], invocation: Invocation) -> None:
    """Run a command at a press that is not acknowledged yet.

    Raises:
        Exception: as the command does.
    """
    command = command_called(invocation.name, interaction.client.tree)
    if command is None:
        raise InputError(NOT_UNDERSTOOD)
    check_again(command, invocation.options)
    invocation.remember(interaction)
    named = {parameter.display_name: parameter.name for parameter in command.parameters}
    options = {named[name]: value for name, value in invocation.options.items()}
    await cast("Any", command.callback)(command.binding, interaction, **options)


async def turn_away(interaction: discord.Interaction[Any]) -> None:
    """Answer somebody who presses what belongs to another person: by their own copy of what is shared."""
    interaction.client.readers.read_by(interaction)
    custom_id = invocation_id_in(interaction.message)
    try:
        invocation = Invocation.parse(custom_id, interaction.client.tree) if custom_id else None
        if invocation and invocation.name in _SHARED:
            if await interaction.client.accept(interaction):
                await run(interaction, invocation)
            return
    except Exception as error:  # noqa: BLE001 - as in the cog
        await interaction.client.answer_error(interaction, error)
        return
    await sending.respond(interaction, content=_NOT_YOURS().render(), ephemeral=True)


def name_alone(interaction: discord.Interaction[Any]) -> str:
    """The command of an interaction, where that can be run again from its name alone; else ""."""
    invocation = Invocation.of(interaction)
    return invocation.name if invocation and invocation.name in BY_NAME and not invocation.options else ""


def found_in_message(interaction: discord.Interaction[Any]) -> Invocation | None:
    """The command of the answer that was pressed, where the person who pressed may run it; else None."""
    custom_id = invocation_id_in(interaction.message)
    if not custom_id and (name := command_in(custom_id_of(interaction))):
        return Invocation(name) if name in BY_NAME and is_askers_own(interaction) else None
    try:
        invocation = Invocation.parse(custom_id, interaction.client.tree) if custom_id else None
    except InputError:
        return None
    may_run = invocation and (invocation.name in _SHARED or is_askers_own(interaction))
    return invocation if may_run else None


def _is_private(interaction: discord.Interaction[Any]) -> bool:
    return interaction.message is not None and interaction.message.flags.ephemeral


def _as_shared(interaction: discord.Interaction[Any], invocation: Invocation) -> Invocation:
    """What stands where everybody sees it says no more than a shared answer does: its command is to know that."""
    command = command_called(invocation.name, interaction.client.tree)
    can_be_shared = command is not None and any(each.display_name == _SHARE for each in command.parameters)
    return invocation.with_options(**{_SHARE: True}) if can_be_shared else invocation
