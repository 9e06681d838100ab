"""`/card`: a picture of what a member holds: avatars of their collections, counts, the server's colour.

Made of the accounts that the member shares in this server; of somebody who shares none, of their main account, and then
it is for themselves alone. Private, with *Post it here* where everything on it is shared: only that press makes it
public, and it asks again what is shared. Where no picture can be drawn, the same is said in words.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.holdings.card_tiles import HeldCard
from bot.cogs.linking.memberships import membership_of
from bot.errors import InputError, LimitError, NotFoundError, PictureError, SourceError
from bot.holdings import Account, Holdings
from bot.linking import Linking
from bot.links import Membership
from bot.lookup.lookup import Lookup
from bot.messages import Message, Words
from bot.pictures.card_content import MOST_TILES
from bot.pictures.chart_words import cut_alt_text
from bot.pictures.charts import Label
from bot.pictures.studio import Studio
from bot.reasons import Reason, ReasonCode, source_error
from bot.sources.askers import Asker
from bot.text import safe_text
from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.embeds import BRAND, cut_lines
from bot.ui.panel import ActionButton, Host, Panel

_SERVERS_ONLY = Message("A card is made in a server that Tessera is in: use `/card` there.")
_CHANGED = Message("What you share here has changed since this card was made. Use `/card` again.")
_NOTHING_HELD = Message("There is nothing to put on a card: this holds no collection.")
_NOTHING_READ = Message("What you hold is not known right now, so there is no card. Try again in a minute.")
_TITLE = Message("Your card")
_TO_POST = Message(
    "Only you see this. It shows what you share in this server; *Post it here* shows it to everyone here."
)
_TO_KEEP = Message(
    "Only you see this. It is of your main account, which you do not share in this server, so it cannot be posted "
    "here. `/accounts` is where you share it."
)
_POSTED = Message("Posted.")
_POST = Message("Post it here")
_CAPTION = Message("{name}'s collections")
_ALT_TEXT = Message("A card of {name}'s collections in {server}: {summary}. {lines} {note}")
# A member sees nothing until the slowest of the accounts is read, or this is over.
_READ_SECONDS = 12.0
_FILE = "card.png"
_NAME, _LINE = 60, 300


@dataclass(frozen=True, slots=True)
class _Card:
    """A card, and what it is of."""

    held: HeldCard
    accounts: frozenset[Account]
    is_shared: bool
    caption: Words
    alt_text: str
    picture: bytes | None
    no_picture: Words | None

    def file(self) -> discord.File | None:
        """The picture, to be sent once."""
        if self.picture is None:
            return None
        return discord.File(io.BytesIO(self.picture), filename=_FILE, description=self.alt_text)

    def embed(self, title: Words, remark: Words | None) -> discord.Embed:
        """The same in words; below a picture only what it is."""
        # As on the picture, names are plain text; here they would be read as markdown.
        held = () if self.picture else [safe_text(words.render(), _LINE) for words in self.held.lines()]
        rest = [words.render() for words in (self.held.note, self.no_picture, remark) if words]
        text = cut_lines("\n".join([self.held.summary.render(), *held, *rest]), 4000)
        return discord.Embed(title=title.render(), description=text, colour=BRAND)


class CardCog(commands.Cog, name="Card"):
    """The card of a collector.

    Args:
        bot: The client.
        lookup: Reads what accounts hold.
        linking: Knows the accounts of members, and what they share.
        studio: Draws.
        gateways: As in the settings.
        expires: Seconds until the button is disabled.
    """

    def __init__(
        self, bot: Bot, lookup: Lookup, linking: Linking, studio: Studio, *, gateways: Sequence[str], expires: float
    ) -> None:
        self._bot = bot
        self._lookup = lookup
        self._accounts = linking.accounts
        self._shares = linking.shares
        self._studio = studio
        self._gateways = gateways
        self._expires = expires

    @app_commands.guild_only()
    @app_commands.command(name="card", description="A picture of your collections, for yourself or to post here")
    async def card(self, interaction: discord.Interaction[Bot]) -> None:
        """Draw it, and show it to the member alone."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        member = membership_of(interaction, interaction.user)
        if member is None:
            raise InputError(_SERVERS_ONLY)
        card = await self._make(interaction, member)
        file = card.file()
        panel = CardPanel(interaction, card, self, expires=self._expires, host=self._bot) if card.is_shared else None
        await sending.edit_answer(
            interaction,
            embed=card.embed(_TITLE(), _TO_POST() if card.is_shared else _TO_KEEP()),
            attachments=[file] if file else [],
            view=panel,
        )

    async def require_shared(self, press: discord.Interaction[Any], accounts: frozenset[Account]) -> None:
        """Ask again whether a member shares all of this in the server where they press.

        Raises:
            InputError: they do not.
        """
        member = membership_of(press, press.user)
        shared = await self._shared(member) if member else frozenset()
        if not accounts <= shared:
            raise InputError(_CHANGED)

    async def _make(self, interaction: discord.Interaction[Bot], member: Membership) -> _Card:
        known = {source.network for source in self._lookup.sources}
        shared = frozenset(account for account in await self._shared(member) if account.network in known)
        accounts = shared or frozenset({(await self._accounts.main(member.user_id)).account})
        held = HeldCard.of(await self._read(sorted(accounts, key=str), Asker.member(member.user_id)))
        if not held.rows:
            raise NotFoundError(_NOTHING_HELD) if held.is_whole else SourceError(_NOTHING_READ)
        guild = interaction.guild
        name, server = interaction.user.display_name, guild.name if guild else ""
        label = Label(safe_text(name, _NAME, plain=True), safe_text(interaction.user.name, _NAME, plain=True))
        picture = no_picture = None
        try:
            if self._studio.is_on:
                urls = [row.avatar_url(self._gateways) for row in held.rows[:MOST_TILES]]
                avatars = await self._studio.avatars(urls)
            else:
                avatars = [None] * min(MOST_TILES, len(held.rows))
            picture = await self._studio.card(held.content(label, server, _accent_of(guild), avatars))
        except PictureError as error:
            no_picture = error.words
        alt_text = _ALT_TEXT(
            name=label.text,
            server=safe_text(server, _NAME, plain=True),
            summary=held.summary,
            lines=" ".join(line.render() for line in held.lines()),
            note=held.note,
        )
        caption = _CAPTION(name=safe_text(name, _NAME))
        return _Card(held, accounts, bool(shared), caption, cut_alt_text(alt_text.render()), picture, no_picture)

    async def _shared(self, member: Membership) -> frozenset[Account]:
        try:
            return frozenset(link.account for link in await self._shares.shown_by(member))
        except InputError:  # none
            return frozenset()

    async def _read(self, accounts: Sequence[Account], asker: Asker) -> Sequence[Holdings]:
        return await asyncio.gather(*(self._read_one(account, asker) for account in accounts))

    async def _read_one(self, account: Account, asker: Asker) -> Holdings:
        found = Holdings(account, discord.utils.utcnow())
        try:
            async with asyncio.timeout(_READ_SECONDS):
                async for found in self._lookup.subscribe_holdings(account, asker):  # noqa: B007 - the last one counts
                    pass
        except TimeoutError:
            return replace(found, complete=False, incomplete_reason=Reason.of(ReasonCode.STILL_READING))
        except (SourceError, NotFoundError, LimitError) as error:  # what the others hold is shown all the same
            return replace(found, complete=False, incomplete_reason=source_error(error.words))
        return found


class CardPanel(Panel):
    """*Post it here*: once, by the member alone.

    Args:
        interaction: Deferred already.
        card: What is posted.
        cog: Says whether it may be.
        expires: As for every panel.
        host: Likewise.
    """

    def __init__(
        self, interaction: discord.Interaction[Any], card: _Card, cog: CardCog, *, expires: float, host: Host
    ) -> None:
        super().__init__(interaction, expires=expires, host=host)
        self._card = card
        self._cog = cog
        primary = discord.ButtonStyle.primary
        self.lay_out([ActionButton("post-card", _POST().render(), self.once(self._post), style=primary)])

    async def _post(self, press: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(press)
        await self._cog.require_shared(press, self._card.accounts)
        file = self._card.file()
        await sending.follow_up(
            press, embed=self._card.embed(self._card.caption, None), files=[file] if file else [], ephemeral=False
        )
        self.stop()
        await sending.edit_answer(press, embed=self._card.embed(_TITLE(), _POSTED()), view=None)


def _accent_of(guild: discord.Guild | None) -> int:
    """The colour that the server's admins gave Tessera's own role; Tessera's, if they gave it none."""
    role = guild.self_role if guild else None
    return (role.colour.value if role else 0) or BRAND.value
