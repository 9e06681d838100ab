"""The list of holders with **Read now**: reads what is not known, says how far it is, and shows the list again."""

from __future__ import annotations

import asyncio
from typing import Any

import discord

from bot.cogs.holders.holder_desk import HolderDesk
from bot.cogs.holders.list_pages import ListPages
from bot.cogs.servers.admin_rights import guild_of
from bot.errors import InputError
from bot.gates.rule import CollectionRef
from bot.messages import Message
from bot.sources.askers import Asker
from bot.sync.holder_reads import ReadNow
from bot.ui.paginator import Paginator
from bot.ui.panel import ActionButton

_READ_NOW = Message("Read now")
_READING = Message("Reading accounts")


class HolderListing:
    """One list, as it is shown and read again.

    Args:
        desk: What it is built from.
        collection: The collection.
    """

    def __init__(self, desk: HolderDesk, collection: CollectionRef) -> None:
        self.desk = desk
        self.collection = collection

    async def pages(self, guild_id: int, read: ReadNow | None = None) -> ListPages:
        """The list as it is known now.

        Raises:
            StoreError: the store failed.
        """
        desk = self.desk
        holders = await desk.holders.lists.of_collection(guild_id, self.collection)
        members = await asyncio.to_thread(holders.members)
        is_read = bool(await desk.store.gates.guild_ids())
        return ListPages(await desk.titled(guild_id, self.collection), holders, members, is_read, read)

    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Show it as the answer to a command that was acknowledged."""
        pages = await self.pages(guild_of(interaction).id)
        await _ListPaginator(self, interaction, pages).show()

    def can_be_read(self, pages: ListPages) -> bool:
        """Whether reading now may say more."""
        return bool(self.desk.holders.reads.lacking(pages.holders))


class _ListPaginator(Paginator):
    """The pages, with **Read now** below them where that may say more."""

    def __init__(self, listing: HolderListing, interaction: discord.Interaction[Any], pages: ListPages) -> None:
        desk = listing.desk
        read = ActionButton("read-holders", _READ_NOW().render(), self.once(self._read), row=4)
        super().__init__(
            pages,
            interaction,
            expires=desk.expires,
            host=desk.bot,
            live=desk.bot.live_answers,
            actions=[read] if listing.can_be_read(pages) else [],
            require=desk.require,
        )
        self._listing = listing

    async def _read(self, interaction: discord.Interaction[Any]) -> None:
        # It was acknowledged, and asked whether they still may: see `Paginator.interaction_check`.
        listing, desk = self._listing, self._listing.desk
        self._latest = interaction
        guild_id = guild_of(interaction).id
        before = await listing.pages(guild_id)
        lacking = desk.holders.reads.lacking(before.holders)
        try:
            async with desk.progress(interaction, _READING()) as progress:
                read = await desk.holders.reads.read(
                    lacking, before.holders.collections, Asker.member(interaction.user.id), progress
                )
            await desk.require_still(interaction)  # reading can take minutes
            after = await listing.pages(guild_id, read)
        except InputError:  # they may not see it any more: where the list stood, they are told so
            raise
        except Exception:
            await self.replace(before)  # the list is there again, and the error below it
            raise
        await self.start(after)
