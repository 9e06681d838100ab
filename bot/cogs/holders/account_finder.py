"""`/holders find`: which members of this server share an account here, by its number, its address or a name.

Members decide who sees whose an account is. So somebody who has linked it and does not share it here is not found, and
the answer is the same as where nobody has linked it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.cogs.holders.holder_desk import HolderDesk
from bot.cogs.holders.holder_words import PRESENCE_UNKNOWN, rendered
from bot.cogs.servers.admin_rights import guild_of
from bot.errors import InputError
from bot.holdings import Account
from bot.links import Link, Membership
from bot.messages import Message, Words
from bot.names.typed_names import RefKind, is_numbered
from bot.sources.askers import Asker
from bot.store.holders.shared_rows import who_shares
from bot.ui.embeds import BRAND, fit

_TITLE = Message("Whose account is that?")
_FOUND = Message("{member} shares {accounts} here.")
_PROVEN = Message("`{account}` (proven)")
_NAMED = Message("`{account}` (named, not proven)")
_NOBODY = Message(
    "No member of this server shares that account here. Whether somebody has linked it and does not share it is not "
    "shown to anybody: each member decides that in `/accounts`."
)
_MORE = Message(
    "{count:,} more member shared it here when last seen, and was not looked up.",
    "{count:,} more members shared it here when last seen, and were not looked up.",
)
# Discord is asked about each of them.
_MOST = 20


@dataclass(frozen=True, slots=True)
class FoundMember:
    """A member who shares what was looked for, and which of these accounts they have proven there."""

    user_id: int
    links: Sequence[Link]
    proven: frozenset[Account]


@dataclass(frozen=True, slots=True)
class FoundMembers:
    """Who was found.

    Attributes:
        members: They share it, and are in the server.
        unseen: How many more share it, of whom it is not known now whether they are still in the server.
        more: How many more were not looked up.
    """

    members: Sequence[FoundMember]
    unseen: int
    more: int = 0


async def find_account(desk: HolderDesk, interaction: discord.Interaction[Any], typed: str) -> FoundMembers:
    """The members of a server who share an account that was typed.

    Raises:
        InputError: it is not an account; the sentence says what is accepted.
        NotFoundError: there is no such account.
        SourceError: which account is meant cannot be found out now.
        StoreError: the store failed.
    """
    guild_id, asker = guild_of(interaction).id, Asker.member(interaction.user.id)
    accounts, owner = await _meant(desk, typed, asker)
    rows = await who_shares(desk.store.reader, guild_id, accounts, owner)
    wanted = {account for _, account in rows}
    user_ids = sorted({user_id for user_id, _ in rows})
    present = await desk.holders.present(guild_id, user_ids[:_MOST])
    found = []
    for member in present.members.values():
        links = [link for link in await _shown_by(desk, member) if link.account in wanted]
        if links:
            proven = await desk.holders.proven.of(member.user_id, member.scope)
            found.append(FoundMember(member.user_id, links, frozenset(proven.accounts)))
    return FoundMembers(sorted(found, key=lambda each: each.user_id), present.unknown, len(user_ids[_MOST:]))


def found_embed(found: FoundMembers) -> discord.Embed:
    """Who was found."""
    lines: list[Words] = [
        _FOUND(
            member=f"<@{each.user_id}>",
            accounts=rendered(
                [(_PROVEN if link.account in each.proven else _NAMED)(account=link.account) for link in each.links],
                ", ",
            ),
        )
        for each in found.members
    ]
    if found.unseen:
        lines.append(PRESENCE_UNKNOWN(count=found.unseen))
    if found.more:
        lines.append(_MORE(count=found.more))
    text = rendered(lines or [_NOBODY()])
    return fit([discord.Embed(title=_TITLE().render(), description=text, colour=BRAND)])[0]


async def _meant(desk: HolderDesk, typed: str, asker: Asker) -> tuple[Sequence[Account], str]:
    """The accounts that are meant, and their owner's address; an address is looked for on every network."""
    ref = desk.lookup.names.parse_account(typed)
    if ref.kind is RefKind.OWNER:
        chains = [each for each in desk.lookup.names.networks if not is_numbered(each)]
        return [Account(each, ref.value) for each in chains], ref.value
    account = await desk.lookup.resolve(ref, asker)
    if ref.kind is RefKind.ID:
        return [account], ""
    return [account], (await desk.lookup.fetch_owner_address(account, asker)).address


async def _shown_by(desk: HolderDesk, member: Membership) -> Sequence[Link]:
    try:
        return await desk.shares.shown_by(member)
    except InputError:  # nothing any more
        return ()
