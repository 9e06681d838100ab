"""What all commands about holders are built from: who may, which collection is meant, and the record of who looked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import discord

from bot.cogs.gates.gate_names import CollectionNames
from bot.cogs.holders.progress_panel import ProgressPanel
from bot.cogs.servers.admin_rights import guild_of, require_moderator, require_moderator_still
from bot.errors import InputError
from bot.gates.gate import Gate
from bot.gates.rule import CollectionRef, Holds
from bot.gates.typed_collection import written
from bot.linking.shares import Shares
from bot.lookup.lookup import Lookup
from bot.messages import Message, Words
from bot.store import Store
from bot.store.holders.view_record import record_view
from bot.store.pseudonyms import Pseudonym
from bot.sync.sync import Sync
from bot.text import safe_text
from bot.ui.client import Bot
from bot.ui.page_source import PageSource
from bot.ui.paginator import Paginator

_NOT_ONE_COLLECTION = Message(
    "“{typed}” is not one collection: choose one from the list, or use its number, such as `254`, or its contract."
)
_NO_SUCH_GATE = Message("There is no gate “{typed}” here: choose one from the list, or see `/gate list`.")
_NAMED = Message("{name} (`{collection}`)")
_GATE = Message("{name} (#{gate})")
_ECHOED = 60
_MOST_SUGGESTED = 25


class HolderDesk:
    """What they share. Every method may raise `StoreError`.

    Args:
        bot: The client.
        store: Where everything is.
        sync: Answers about holders.
        lookup: Knows the sources.
        names: Names of collections.
        pseudonym: Makes the keyed hashes of the audit log.
        clock: Returns the present as an aware datetime.
        expires: As for every panel.
    """

    def __init__(
        self,
        bot: Bot,
        store: Store,
        sync: Sync,
        lookup: Lookup,
        names: CollectionNames,
        *,
        pseudonym: Pseudonym,
        clock: Callable[[], datetime],
        expires: float,
    ) -> None:
        self.bot = bot
        self.store = store
        self.holders = sync.holders
        self.lookup = lookup
        self.shares = Shares(store)
        self.names = names
        self.clock = clock
        self.expires = expires
        self._pseudonym = pseudonym

    async def require(self, interaction: discord.Interaction[Any]) -> None:
        """Refuse anyone who may not see a server's holders, or may no longer.

        Raises:
            InputError: they may not.
        """
        guild = guild_of(interaction)
        require_moderator(interaction, await self.store.guild_settings.of(guild.id))

    async def require_still(self, interaction: discord.Interaction[Any]) -> None:
        """As `require`, by what Discord says now: for the end of long work.

        Raises:
            InputError: they may no longer.
            UndecidedError: Discord gives no answer.
        """
        await require_moderator_still(interaction, await self.store.guild_settings.of(guild_of(interaction).id))

    async def collection(self, guild_id: int, typed: str) -> CollectionRef:
        """The collection that was typed or chosen: its number, its contract, or its name where that is known here.

        Raises:
            InputError: it is none, or several have that name.
        """
        rule = await self.names.parse(guild_id, written(typed))
        if isinstance(rule, Holds) and rule == Holds(rule.target) and isinstance(rule.target, CollectionRef):
            return rule.target
        raise InputError(_NOT_ONE_COLLECTION, typed=safe_text(typed, _ECHOED))

    async def gate(self, guild_id: int, typed: str) -> Gate:
        """The gate that was chosen, by its number.

        Raises:
            InputError: there is no such gate in that server.
        """
        number = typed.strip().removeprefix("#")
        for gate in await self.store.gates.of_guild(guild_id):
            if str(gate.gate_id) == number:
                return gate
        raise InputError(_NO_SUCH_GATE, typed=safe_text(typed, _ECHOED))

    async def gates_like(self, guild: discord.Guild, typed: str) -> Sequence[tuple[str, str]]:
        """Names and numbers of gates whose role's name, or whose number, has what was typed in it; at most 25."""
        found = []
        for gate in await self.store.gates.of_guild(guild.id):
            role = guild.get_role(gate.role_id)
            name = safe_text(role.name, _ECHOED, plain=True) if role else ""
            label = _GATE(name=name, gate=gate.gate_id).render()
            if typed.strip().casefold() in label.casefold():
                found.append((label, str(gate.gate_id)))
        return found[:_MOST_SUGGESTED]

    async def titled(self, guild_id: int, collection: CollectionRef) -> str:
        """A collection's name and number, safe to show."""
        name = (await self.names.shown(guild_id)).get(collection)
        if name is None:
            known = await self.store.readings.names_of([collection])
            name = safe_text(known[collection], _ECHOED) if known.get(collection) else None
        return _NAMED(name=name, collection=collection).render() if name else f"`{collection}`"

    async def record(self, interaction: discord.Interaction[Any], view: str, about: CollectionRef | None) -> None:
        """Record that the person sees a full list; nothing is shown where that cannot be recorded."""
        about_text = str(about) if about else ""
        guild_id, now = guild_of(interaction).id, self.clock()
        await record_view(self.store.writer, guild_id, interaction.user.id, view, about_text, now, self._pseudonym)

    def progress(self, interaction: discord.Interaction[Any], title: Words) -> ProgressPanel:
        """Shows how far long work is, in the answer to an interaction."""
        return ProgressPanel(interaction, title, expires=self.expires, host=self.bot)

    async def show(
        self,
        interaction: discord.Interaction[Any],
        pages: PageSource,
        actions: Sequence[discord.ui.Item[Any]] = (),
    ) -> None:
        """Show pages as the answer; each press asks again whether the person may see them."""
        await Paginator(
            pages,
            interaction,
            expires=self.expires,
            host=self.bot,
            live=self.bot.live_answers,
            actions=actions,
            require=self.require,
        ).show()
