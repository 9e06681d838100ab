"""The buttons by which a member answers what a moderator vouches for.

Those of direct messages go on working after a restart: everything that a press needs is in their ids, which name the
server and the vouch, and never the person who may press. Those of `/accounts` belong to its panel.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import discord

from bot.cogs.linking import vouch_embeds
from bot.cogs.linking.link_embeds import account_words, with_taken
from bot.cogs.linking.memberships import fetch_scope
from bot.cogs.members.role_follow_up import RoleFollowUp
from bot.linking import Vouching
from bot.links import Vouch
from bot.messages import Message
from bot.ui.panel import ActionButton, Host

# Another prefix than a panel's: `bot.ui.client` answers presses of those that an earlier process made.
# Ids of servers stay below 2**63, as the store's numbers do: Discord reaches 9 · 10**18 in 2083.
PRESSED = re.compile(r"tessera-vouch:(yes|no):([1-9][0-9]{0,17}|[1-8][0-9]{18}):([0-9a-f]{16})")
_CONFIRM = Message("Confirm")
_DECLINE = Message("Decline")
_CONFIRM_ACCOUNT = Message("Confirm {account}")
_REMOVE_ACCOUNT = Message("Remove {account}")
_MOST_BUTTONS = 5  # of a row

ShowAnswer = Callable[[discord.Interaction[Any], str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class VouchPress:
    """A press of a button that survives restarts; nothing of it is trusted but that it was pressed."""

    confirms: bool
    guild_id: int
    vouch_id: str

    @classmethod
    def parse(cls, custom_id: str) -> VouchPress | None:
        """The press of a button with that id; None for any other button."""
        found = PRESSED.fullmatch(custom_id)
        return cls(found[1] == "yes", int(found[2]), found[3]) if found else None


def question_view(vouch: Vouch) -> discord.ui.View:
    """Confirm and Decline below the question; discord.py keeps nothing of it, as the ids say all."""
    view = discord.ui.View(timeout=None)
    its = f"{vouch.guild_id}:{vouch.vouch_id}"
    success, secondary = discord.ButtonStyle.success, discord.ButtonStyle.secondary
    yes, no = f"tessera-vouch:yes:{its}", f"tessera-vouch:no:{its}"
    view.add_item(discord.ui.Button(label=_CONFIRM().render(), custom_id=yes, style=success))
    view.add_item(discord.ui.Button(label=_DECLINE().render(), custom_id=no, style=secondary))
    view.stop()
    return view


class VouchButtons:
    """Buttons of `/accounts`: answers to the oldest question; without one, what was confirmed can be removed.

    Args:
        vouching: Takes the answers.
        host: Acknowledges presses.
        show: Shows what an answer led to.
        follow_up: Says which roles it brought, or cost; None: there are no roles.
        row: Of the buttons.
    """

    def __init__(
        self, vouching: Vouching, host: Host, show: ShowAnswer, follow_up: RoleFollowUp | None = None, *, row: int
    ) -> None:
        self._vouching = vouching
        self._host = host
        self._show = show
        self._follow_up = follow_up
        self._row = row

    def items(self, vouches: Sequence[Vouch]) -> list[discord.ui.Item[Any]]:
        """The buttons for what is vouched for, what waits for an answer first."""
        if vouches and vouches[0].confirmed_at is None:
            confirm, decline = partial(self._confirm, vouches[0]), partial(self._decline, vouches[0])
            success, what = discord.ButtonStyle.success, account_words(vouches[0].account)
            return [
                ActionButton(
                    "vouch-yes", _CONFIRM_ACCOUNT(account=what).render(), confirm, style=success, row=self._row
                ),
                ActionButton("vouch-no", _DECLINE().render(), decline, row=self._row),
            ]
        return [
            ActionButton(
                f"vouch-remove-{place}",
                _REMOVE_ACCOUNT(account=account_words(vouch.account)).render(),
                partial(self._decline, vouch),
                row=self._row,
            )
            for place, vouch in enumerate(vouches[:_MOST_BUTTONS])
        ]

    async def _confirm(self, vouch: Vouch, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        scope = await fetch_scope(interaction, vouch.guild_id)
        confirmed, counts = await self._vouching.confirm(interaction.user.id, scope, vouch.vouch_id)
        brought: Sequence[str] = ()
        if self._follow_up and confirmed.confirmed_at:
            brought = await self._follow_up.after_proof(interaction, confirmed.confirmed_at)
        await self._show(interaction, "\n".join([vouch_embeds.confirmed_words(confirmed, counts=counts), *brought]))

    async def _decline(self, vouch: Vouch, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        scope = await fetch_scope(interaction, vouch.guild_id)
        declined = await self._vouching.decline(interaction.user.id, scope, vouch.vouch_id)
        taken = await self._take(interaction, vouch) if vouch.confirmed_at else ()
        await self._show(interaction, with_taken(vouch_embeds.declined_words(declined), taken))

    async def _take(self, interaction: discord.Interaction[Any], vouch: Vouch) -> Sequence[str]:
        """Take what it no longer earns, in the server where it was vouched for."""
        if self._follow_up is None:
            return ()
        return await self._follow_up.take_now(interaction.user.id, guild_id=vouch.guild_id)
