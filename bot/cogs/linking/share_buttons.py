"""The buttons of `/accounts` about sharing: the chosen account in this server, and everything everywhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.cogs.linking.link_embeds import Overview, account_words
from bot.cogs.linking.memberships import membership_of
from bot.errors import InputError
from bot.holdings import Account
from bot.linking.shares import Shares
from bot.messages import Message
from bot.ui.panel import ActionButton, Host

_NOT_HERE = Message("Accounts are shared in a server, by its members: use `/accounts` in that server.")

_SHARED = Message("Share {account} in this server: on")
_NOT_SHARED = Message("Share {account} in this server: off")
_STOP = Message("Stop sharing everywhere")
_NOTHING_SHARED = Message("You share nothing any more.")

_LABEL = 80  # the most that Discord accepts on a button

# Shows the list as it is now; gets the press, and what was just done.
Reload = Callable[[discord.Interaction[Any], str], Awaitable[None]]


class ShareButtons:
    """What can be pressed about sharing.

    Args:
        shares: Changes them.
        host: Acknowledges presses.
        reload: Shows the list again.
    """

    def __init__(self, shares: Shares, host: Host, reload: Reload) -> None:
        self._shares = shares
        self._host = host
        self._reload = reload
        self._account: Account | None = None
        self._is_shared = False
        self._here = ActionButton("share", "", self._switch_here, row=2)
        self._everywhere = ActionButton("stop-sharing", _STOP().render(), self._stop, row=2)

    def items(self, overview: Overview, chosen: Account) -> list[discord.ui.Item[Any]]:
        """The buttons for the account that is chosen."""
        self._account = chosen
        self._is_shared = overview.is_shared_here(chosen)
        items: list[discord.ui.Item[Any]] = []
        if overview.here:
            message = _SHARED if self._is_shared else _NOT_SHARED
            self._here.label = message(account=account_words(chosen)).render()[:_LABEL]
            items.append(self._here)
        if overview.shares:
            items.append(self._everywhere)
        return items

    async def _switch_here(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        member = membership_of(interaction, interaction.user)
        if member is None or self._account is None:
            raise InputError(_NOT_HERE)
        if self._is_shared:
            await self._shares.end(member, self._account)
        else:
            await self._shares.start(member, self._account)
        await self._reload(interaction, "")

    async def _stop(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        await self._shares.end_all(interaction.user.id)
        await self._reload(interaction, _NOTHING_SHARED().render())
