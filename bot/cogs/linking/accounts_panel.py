"""What can be pressed below the list of one's own accounts. Each press reads the list again: it may have changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import discord

from bot.cogs.linking import link_embeds
from bot.cogs.linking.accounts_overview import overview_embeds
from bot.cogs.linking.keep_out_button import KeepOutButton
from bot.cogs.linking.link_embeds import Overview
from bot.cogs.linking.memberships import membership_of
from bot.cogs.linking.share_buttons import ShareButtons
from bot.cogs.linking.share_embeds import BRIEFLY, shares_words
from bot.cogs.linking.vouch_buttons import VouchButtons
from bot.cogs.linking.welcome_card import Welcome
from bot.cogs.members.role_follow_up import RoleFollowUp
from bot.linking import Linking
from bot.links import MAX_LABEL, NOWHERE, Link, Proven
from bot.messages import Message
from bot.ui import sending
from bot.ui.panel import ActionButton, Host, Panel, PromptModal, custom_id

_MAKE_MAIN = Message("Make main account")
_IS_MAIN = Message("Main account")
_LABEL = Message("Label…")
_PROVE = Message("Prove")
_PROVE_AGAIN = Message("Prove again")
_UNLINK = Message("Unlink")
_OBJECT = Message("Object")
_CANCEL = Message("Cancel")
_YES_UNLINK = Message("Yes, unlink it")
_YES_KEEP_OUT = Message("Yes, keep it out")
_MAIN_NOW = Message("{account} is your main account now.")
_LABEL_TITLE = Message("Label")
_LABEL_FIELD = Message("Label, which only you see")
_NO_LABEL = Message("Empty: no label")
_OBJECTED = Message("You objected: sign again before {until}. Press **Prove again**, or `/verify account:{account}`.")
_IT_MOVES = Message("it moves")

Prove = Callable[[discord.Interaction[Any], Link | None], Awaitable[None]]


async def overview_of(linking: Linking, interaction: discord.Interaction[Any]) -> Overview:
    """What `/accounts` shows to the person who sent an interaction.

    Raises:
        StoreError: the store failed.
    """
    store, user_id = linking.store, interaction.user.id
    here = membership_of(interaction, interaction.user)
    scope = here.scope if here else NOWHERE
    shares = await linking.shares.of(user_id, here)
    shared = partial(shares_words, shares, partial(_name_of, interaction.client), interaction.guild_id)
    return Overview(
        proven=await linking.proven.of(user_id, scope),
        links=await store.links.of(user_id),
        held=await store.contests.held_by(user_id),
        opened=await store.contests.opened_by(user_id),
        frozen=await store.contests.frozen_of(user_id),
        shares=shares,
        sharing=shared(),
        sharing_briefly=shared(most=BRIEFLY),
        here=here,
        vouches=await linking.vouching.of(user_id, scope),
        kept_out=await store.keep_outs.of(user_id, here.guild_id) if here else frozenset(),
    )


def _name_of(client: discord.Client, guild_id: int) -> str | None:
    guild = client.get_guild(guild_id)
    return guild.name if guild else None


class AccountsPanel(Panel):
    """The list, with what can be done.

    Args:
        interaction: Deferred.
        overview: What to show first.
        linking: What to do it with.
        prove: Starts a proof; gets a press that is deferred.
        follow_up: Says which roles a press costs, and takes them; None: there are no roles.
        welcome: Shown where there is no account, and nobody vouches for one.
        expires: As for every panel.
        host: Likewise.
    """

    def __init__(
        self,
        interaction: discord.Interaction[Any],
        overview: Overview,
        linking: Linking,
        prove: Prove,
        follow_up: RoleFollowUp | None = None,
        *,
        welcome: Welcome,
        expires: float,
        host: Host,
    ) -> None:
        super().__init__(interaction, expires=expires, host=host)
        self._overview = overview
        self._linking = linking
        self._start_proving = prove
        self._follow_up = follow_up
        self._welcome = welcome
        self._question: discord.Embed | None = None
        contested = (link for link in overview.links if overview.contest_of(link))
        self._chosen: Link | None = next(contested, next(iter(overview.links), None))
        danger, primary = discord.ButtonStyle.danger, discord.ButtonStyle.primary
        self._menu = _Menu(self.choose)
        self._main = ActionButton("main", _MAKE_MAIN().render(), self._make_main, row=1)
        self._label = ActionButton("label", _LABEL().render(), self._ask_label, row=1)
        self._prove = ActionButton("prove", _PROVE().render(), self._start_proof, style=primary, row=1)
        self._remove = ActionButton("remove", _UNLINK().render(), self._ask_remove, style=danger, row=1)
        self._sharing = ShareButtons(linking.shares, host, self._reload_after)
        self._object = ActionButton("object", _OBJECT().render(), self._object_to, style=danger, row=2)
        self._vouches = VouchButtons(linking.vouching, host, self._show_vouch_answer, follow_up, row=4)
        self._yes = ActionButton("yes", _YES_UNLINK().render(), self._remove_it, style=danger, row=1)
        self._out = KeepOutButton(linking.store.keep_outs, follow_up, self._switch_keep_out)
        self._yes_out = ActionButton("yes-out", _YES_KEEP_OUT().render(), self._keep_out, style=danger, row=1)
        self._confirm = self._yes
        self._no = ActionButton("no", _CANCEL().render(), self._cancel, row=1)

    async def show(self, done: str = "") -> None:
        """Put it into the message; `done` says what was just done.

        Raises:
            discord.HTTPException: Discord refuses, or cannot be reached.
        """
        embeds = [self._question] if self._question else overview_embeds(self._overview, done)
        if not self._question and self._overview.is_empty:
            embeds.append(self._welcome.embed(self._latest))
        self.lay_out(self._items())
        self.restart_timer()
        await sending.edit_answer(self._latest, embeds=embeds, view=self if self.children else None)

    def _items(self) -> list[discord.ui.Item[Any]]:
        if self._question:
            return [self._confirm, self._no]
        vouches = self._vouches.items(self._overview.vouches)
        if self._chosen is None:
            return vouches or [*self._welcome.buttons(self._latest, row=3)]
        self._menu.offer(self._overview.links, self._chosen, self._overview.proven)
        self._main.disabled = self._chosen.is_main
        self._main.label = (_IS_MAIN if self._chosen.is_main else _MAKE_MAIN)().render()
        is_signed = self._overview.proven.is_signed(self._chosen)
        self._prove.label = (_PROVE_AGAIN if is_signed else _PROVE)().render()
        items: list[discord.ui.Item[Any]] = [self._menu, self._main, self._label, self._prove, self._remove]
        items += self._sharing.items(self._overview, self._chosen.account)
        items += self._out.items(self._overview, self._chosen.account)
        contest = self._overview.contest_of(self._chosen)
        if contest and not contest.objected_at:
            items.append(self._object)
        return items + vouches

    async def choose(self, interaction: discord.Interaction[Any], account: str) -> None:
        """Answer a choice from the menu."""
        await self._host.acknowledge(interaction)
        await self._reload(interaction, account)

    async def _reload(self, interaction: discord.Interaction[Any], account: str = "", done: str = "") -> None:
        """Show how things are now, with that account chosen, or the one that was."""
        chosen = account or (str(self._chosen.account) if self._chosen else "")
        self._latest = interaction
        self._question = None
        self._overview = await overview_of(self._linking, interaction)
        self._chosen = self._overview.find(chosen) or next(iter(self._overview.links), None)
        await self.show(done)

    async def _make_main(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        link = self._link()
        await self._linking.accounts.set_main(interaction.user.id, link.account)
        done = _MAIN_NOW(account=f"`{link_embeds.account_words(link.account)}`").render()
        await self._reload(interaction, done=done)

    async def _ask_label(self, interaction: discord.Interaction[Any]) -> None:
        link = self._link()
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=_LABEL_FIELD().render(),
            custom_id="label",
            default=link.label or None,
            placeholder=_NO_LABEL().render(),
            max_length=MAX_LABEL,
            required=False,
        )

        async def name_it(submitted: discord.Interaction[Any], label: str) -> None:
            await self._host.acknowledge(submitted)
            await self._linking.accounts.set_label(submitted.user.id, link.account, label)
            await self._reload(submitted, str(link.account))

        modal = PromptModal(self, "label-typed", _LABEL_TITLE().render(), field, name_it)
        await interaction.response.send_modal(modal)

    async def _start_proof(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._start_proving(interaction, self._link())

    async def _ask_remove(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        link = self._link()
        cost = await self._follow_up.cost_of(interaction.user.id, [link.account]) if self._follow_up else ()
        await self._ask(interaction, link_embeds.remove_embed(link, self._overview, cost), self._yes)

    async def _ask(self, interaction: discord.Interaction[Any], question: discord.Embed, confirm: ActionButton) -> None:
        self._latest = interaction
        self._question, self._confirm = question, confirm
        await self.show()

    async def _remove_it(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        link = self._link()
        gone = await self._linking.accounts.remove(interaction.user.id, link.account)
        taken = await self._follow_up.take_now(interaction.user.id) if self._follow_up else ()
        with_proof = gone and self._overview.proven.is_signed(link)
        words = link_embeds.unlinked_words(link, with_proof=with_proof)
        await self._reload(interaction, done=link_embeds.with_taken(words, taken))

    async def _switch_keep_out(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        link = self._link()
        if link.account in self._overview.kept_out:
            await self._reload(interaction, done=await self._out.let_in(interaction, link.account))
        elif cost := await self._out.cost(interaction, link.account):
            await self._ask(interaction, link_embeds.keep_out_embed(link, cost), self._yes_out)
        else:
            await self._reload(interaction, done=await self._out.keep_out(interaction, link.account))

    async def _keep_out(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        await self._reload(interaction, done=await self._out.keep_out(interaction, self._link().account))

    async def _cancel(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        await self._reload(interaction)

    async def _reload_after(self, interaction: discord.Interaction[Any], done: str) -> None:
        await self._reload(interaction, done=done)

    async def _object_to(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        link = self._link()
        await self._linking.accounts.object(interaction.user.id, link.owner)
        held = await self._linking.store.contests.held_by(interaction.user.id)
        moments = [link_embeds.moment_words(each.ends_at) for each in held if each.owner == link.owner]
        done = _OBJECTED(until=moments[0] if moments else _IT_MOVES(), account=link.account).render()
        await self._reload(interaction, done=done)

    async def _show_vouch_answer(self, interaction: discord.Interaction[Any], done: str) -> None:
        await self._reload(interaction, done=done)

    def _link(self) -> Link:
        assert self._chosen  # noqa: S101 - without an account there are no buttons
        return self._chosen


class _Menu(discord.ui.Select[AccountsPanel]):
    """Chooses the account that the buttons are about."""

    def __init__(self, act: Callable[[discord.Interaction[Any], str], Awaitable[None]]) -> None:
        super().__init__(custom_id=custom_id("choose"), row=0)
        self._act = act

    def offer(self, links: Sequence[Link], chosen: Link, proven: Proven) -> None:
        """Let these be chosen."""
        self.options = [
            discord.SelectOption(
                label=link_embeds.choice_words(link),
                value=str(link.account),
                description=link_embeds.state_words(link, proven.of(link)),
                default=link.account == chosen.account,
            )
            for link in links
        ]

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Handle a choice."""
        await self._act(interaction, self.values[0])
