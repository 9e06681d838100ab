"""`/collections` and `/collection`: what an account holds, and one collection by itself.

/collections account? member? contract? search? sort? share? spam?
    The account that is named, or one that another member shares here, or all of one's own that are proven, together; or
    one's own main account. Five collections a
    page, each with its avatar and count; a menu opens one: banner, whole description, times, properties, and the
    account's NFTs in it as a gallery, from which each opens by itself. The first page shows when the first upstream
    page is in, and the rest follows. Private to the caller unless `share`. What another member shares is asked again at
    every press.
/collection id share?
    One collection, independent of any account.

Both can be installed by a person, for direct messages and for servers that Tessera is not in.
Answers are private there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.holdings.collection_pages import CollectionPages
from bot.cogs.holdings.growing_answer import show_growing
from bot.cogs.holdings.pages import HoldingsPages
from bot.cogs.holdings.same_question import example_account, same_question
from bot.cogs.holdings.shared_accounts import SharedAccounts, withdrawn_in_place
from bot.cogs.holdings.suggested_collections import SuggestedCollections
from bot.cogs.holdings.summed_pages import summed
from bot.cogs.linking import link_embeds
from bot.cogs.linking.account_options import suggest
from bot.cogs.linking.memberships import fetch_member, fetch_membership, membership_of, scope_of
from bot.errors import InputError, WithdrawnError
from bot.holdings import Account, Collection, Holdings, Order
from bot.linking import Linking
from bot.links import Link, Proven
from bot.lookup.lookup import Lookup
from bot.messages import Message
from bot.names import mentioned_member, parse_contract, understood_account
from bot.sources.askers import Asker
from bot.sources.fair_queue import MAX_AT_ONCE
from bot.text import read_text
from bot.ui.client import Bot
from bot.ui.invocation import Invocation
from bot.ui.lasting_buttons import refresh_buttons
from bot.ui.page_source import PageSource
from bot.ui.paginator import Paginator
from bot.ui.waiting_notice import WaitingNotices

_ACCOUNT_AND_MEMBER = Message("Name either an account or a member, not both.")
_NOT_A_MEMBER = Message("That person is not in this server. Name a member, or an account.")
_SERVERS_ONLY = Message("Members share their accounts with a server: use the command in that server.")
_OPEN = Message("Open a collection…")


class Collections(commands.Cog):
    """What accounts hold."""

    def __init__(self, bot: Bot, lookup: Lookup, linking: Linking, *, gateways: Sequence[str], expires: float) -> None:
        self._bot = bot
        self._lookup = lookup
        self._accounts = linking.accounts
        self._shares = linking.shares
        self._proven = linking.proven
        self._gateways = gateways
        self._expires = expires
        self._suggested = SuggestedCollections(linking.accounts, lookup)
        self._ahead: set[Asker] = set()
        self._notices = WaitingNotices(at_once=MAX_AT_ONCE)

    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.command(name="collections", description="What an account holds, grouped by collection")
    @app_commands.describe(
        account="An id (10001), an address (0x…), a name (vitalik.eth), or eip155:1:0x…; empty: your main account",
        member="A member's account, if they share one in this server",
        contract="Only collections of this contract (0x…), or of the one of a collection that is suggested",
        search="Only collections with these letters in their names",
        sort="The order of the collections",
        share="Show the answer to everyone in this channel",
        spam="Also show collections that are marked as scam",
    )
    @app_commands.choices(sort=[app_commands.Choice(name=order.value, value=order.name) for order in Order])
    async def collections(
        self,
        interaction: discord.Interaction[Bot],
        account: str | None = None,
        member: discord.User | discord.Member | None = None,
        contract: str | None = None,
        search: app_commands.Range[str, 1, 60] | None = None,
        sort: str = Order.KINDS.name,
        share: bool = False,  # noqa: FBT001, FBT002 - a slash command's option
        spam: bool = False,  # noqa: FBT001, FBT002 - likewise
    ) -> None:
        """Show an account's collections."""
        await self.show(
            interaction, account, member, contract=contract, search=search, order=Order[sort], share=share, spam=spam
        )

    async def show(
        self,
        interaction: discord.Interaction[Bot],
        account: str | None = None,
        member: discord.User | discord.Member | None = None,
        *,
        contract: str | None = None,
        search: str | None = None,
        order: Order = Order.KINDS,
        share: bool = False,
        spam: bool = False,
    ) -> None:
        """Answer an interaction by the collections of an account, or of what a member shares here."""
        if account is not None and member is not None:
            raise InputError(_ACCOUNT_AND_MEMBER)
        mentioned = mentioned_member(account) if account is not None else None
        ref = self._lookup.names.parse_account(account) if account is not None and mentioned is None else None
        understood = understood_account(account, ref) if account and ref else None
        named = str(ref) if understood else account or (f"<@{member.id}>" if member else None)
        invocation = same_question(named, contract, search, order, spam=spam)
        invocation.remember(interaction)
        only = parse_contract(contract) if contract else None
        asker = Asker.member(interaction.user.id)
        deferring = self._bot.acknowledge(
            interaction, ephemeral=not (share and _is_at_home(interaction)), thinking=True
        )
        self._notices.start(interaction, deferring)
        try:
            if self._bot.acknowledgements.pending > 1:
                await deferring
            # Otherwise neither waits for the other: Discord's round trip is as long as Loopring's.
            main = shared = None
            is_proven = False
            several: Sequence[Account] = ()
            if ref is not None:
                wanted, updates = await self._lookup.find_holdings(ref, asker, only)
                self._suggested.remember(interaction.user.id, wanted)
            else:
                if mentioned is not None:
                    with withdrawn_in_place(interaction):
                        member = await self._mentioned(interaction, mentioned)
                if member is None or member.id == interaction.user.id:
                    link = await self._accounts.main(interaction.user.id)
                    proven = await self._proven.of(interaction.user.id, scope_of(interaction, interaction.user))
                    main = link.account, link_embeds.main_words(proven.of(link))
                    is_proven = proven.of(link) is not None
                    # What is shared says nothing about which other accounts are the same person's.
                    several = () if share else await self._proven_accounts(interaction.user.id, proven)
                else:
                    with withdrawn_in_place(interaction):
                        shared = await self._shared(interaction, member)
                    link = self._first_of(shared)
                wanted = link.account
                if not several:
                    updates = self._lookup.subscribe_holdings(wanted, asker, only)
        finally:
            await deferring
        if share and main:  # those who press below it mean this account, and not their own
            invocation.with_options(account=str(wanted)).remember(interaction)
        pages = HoldingsPages(
            self._lookup,
            asker,
            Holdings(wanted, discord.utils.utcnow(), contract=only),
            await self._lookup.known_owner(wanted),
            self._gateways,
            order,
            reading=True,
            hide_scam=not spam,
            main=main,
            shared=shared,
            is_proven=is_proven,
            understood=understood,
            searched=read_text(search or ""),
        )
        if several:
            await self._paginator(interaction, await summed(pages).read(several), _OPEN().render()).show()
        else:
            await self._show(interaction, pages, updates)

    async def show_example(self, interaction: discord.Interaction[Bot]) -> None:
        """Answer a press by an account that everybody may look at."""
        await self.show(interaction, example_account(self._lookup.names))

    async def _proven_accounts(self, user_id: int, proven: Proven) -> Sequence[Account]:
        """A member's accounts that are shown together: proven ones, that a source here knows; none if that is one."""
        known = {source.network for source in self._lookup.sources}
        links = await self._accounts.matching(user_id, "")
        accounts = [link.account for link in links if proven.of(link) and link.account.network in known]
        return accounts if len(accounts) > 1 else ()

    async def _mentioned(self, interaction: discord.Interaction[Bot], user_id: int) -> discord.Member:
        """The member whom somebody mentioned where an account is typed."""
        if interaction.guild_id is None:
            raise InputError(_SERVERS_ONLY)
        member = await fetch_member(self._bot, interaction.guild_id, user_id)
        if member is None:
            raise InputError(_NOT_A_MEMBER)
        return member

    async def _shared(
        self, interaction: discord.Interaction[Bot], user: discord.User | discord.Member
    ) -> SharedAccounts:
        """What another person shares in this server, of which they must be a member by this very interaction."""
        if interaction.guild_id is None:
            raise InputError(_SERVERS_ONLY)
        member = membership_of(interaction, user)
        links = await self._shares.shown_by(member)
        assert member  # noqa: S101 - nobody else shares anything
        fetch = partial(fetch_membership, self._bot, member.guild_id, member.user_id)
        proven = await self._proven.of(member.user_id, member.scope)
        return SharedAccounts(self._shares, self._proven, fetch, member, user.display_name, links, proven)

    def _first_of(self, shared: SharedAccounts) -> Link:
        """The account to show first: one that a source here knows, if there is one."""
        known = {source.network for source in self._lookup.sources}
        return next((link for link in shared.links if link.account.network in known), shared.links[0])

    @collections.autocomplete("account")
    async def _complete(self, interaction: discord.Interaction[Bot], typed: str) -> list[app_commands.Choice[str]]:
        return await suggest(self._accounts, interaction, typed)

    @collections.autocomplete("contract")
    async def _complete_contract(
        self, interaction: discord.Interaction[Bot], typed: str
    ) -> list[app_commands.Choice[str]]:
        return await self._suggested.suggest(interaction, typed, _contract_of)

    async def _show(
        self, interaction: discord.Interaction[Bot], pages: HoldingsPages, updates: AsyncIterator[Holdings]
    ) -> None:
        """The first page as soon as it is known, progress in between, and the whole list at the end.

        Args:
            interaction: Of the command, deferred.
            pages: How to show it.
            updates: What is read, more each time.
        """
        paginator = self._paginator(interaction, pages, _OPEN().render())
        try:
            await show_growing(paginator, pages, updates, self._lookup, self._ahead)
        except WithdrawnError as error:
            await paginator.withdraw(error)

    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.command(name="collection", description="One collection: its picture, description and details")
    @app_commands.describe(
        id="The number on its card (254), or a contract on a chain (eip155:1:0x…)",
        share="Show the answer to everyone in this channel",
    )
    async def collection(
        self,
        interaction: discord.Interaction[Bot],
        id: str,  # noqa: A002 - the option's name for people
        share: bool = False,  # noqa: FBT001, FBT002 - a slash command's option
    ) -> None:
        """Show one collection."""
        network, collection_id = self._lookup.names.parse_collection(id)
        Invocation("collection", {"id": f"{network}:{collection_id}"}).remember(interaction)
        deferring = self._bot.acknowledge(
            interaction, ephemeral=not (share and _is_at_home(interaction)), thinking=True
        )
        self._notices.start(interaction, deferring)
        await deferring
        collection, as_of = await self._lookup.collection(network, collection_id, Asker.member(interaction.user.id))
        label = collection.source_label or self._lookup.label(network)
        pages = CollectionPages(collection, source_label=label, as_of=as_of, gateways=self._gateways)
        await self._paginator(interaction, pages, "").show()

    @collection.autocomplete("id")
    async def _complete_id(self, interaction: discord.Interaction[Bot], typed: str) -> list[app_commands.Choice[str]]:
        return await self._suggested.suggest(interaction, typed, str)

    def _paginator(self, interaction: discord.Interaction[Bot], pages: PageSource, placeholder: str) -> Paginator:
        return Paginator(
            pages,
            interaction,
            expires=self._expires,
            host=self._bot,
            live=self._bot.live_answers,
            select_placeholder=placeholder,
            actions=refresh_buttons(interaction),
        )


def _contract_of(collection: Collection) -> str:
    return collection.contract_address


def _is_at_home(interaction: discord.Interaction[Bot]) -> bool:
    """Whether an answer may be shown to others: not in a server, or a group, that did not invite Tessera."""
    if interaction.guild_id is not None:
        return interaction.is_guild_integration()
    return not interaction.context.private_channel
