"""`/holders top`: who holds most, of those who share it; everybody else is only counted.

A named member's number is that of the accounts that they share in this server, and of no other: so that the board says
nothing that the member does not show anyway. Each named member is looked for in the server first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import discord

from bot.cogs.holders.holder_desk import HolderDesk
from bot.cogs.holders.holder_words import COPIES, KINDS, PRESENCE_UNKNOWN, counted, never_counting, rendered, when
from bot.errors import InputError
from bot.gates.rule import CollectionRef
from bot.holders.held import HeldAccount, HeldMember, HolderList, by_most, holders_of, perhaps_of
from bot.holdings import Account
from bot.links import Membership
from bot.messages import Message, Words
from bot.store.holders.shared_rows import shared_in
from bot.ui.embeds import BRAND, fit

_TITLE = Message("Top holders of {collection}")
_LINE = Message("**{place:,}.** {member} · {kinds} · {copies}")
_NOBODY = Message(
    "No member here who shares their accounts is known to hold it. Each member decides that in `/accounts`."
)
_OTHERS = Message(
    "and {count:,} other holder, who does not share it here or holds less",
    "and {count:,} others, who do not share it here or hold less",
)
_MAYBE = Message(
    "Of {count:,} member it is not known whether they hold any.",
    "Of {count:,} members it is not known whether they hold any.",
)
_RULES = Message("Only accounts count that members share here. The oldest reading is from {when}.")
PLACES = 25


@dataclass(frozen=True, slots=True)
class TopBoard:
    """The board.

    Attributes:
        named: Those who share what they hold, who holds most first.
        others: How many hold some besides these.
        maybe: Members of whom it is not known whether they hold any.
        unseen: Those who share it, and of whom it is not known now whether they are still in the server.
        holders: The list that it is made of.
    """

    named: Sequence[HeldMember]
    others: int
    maybe: int
    unseen: int
    holders: HolderList


async def make_board(desk: HolderDesk, guild_id: int, collection: CollectionRef) -> TopBoard:
    """The board of a collection in a server.

    Raises:
        StoreError: the store failed.
    """
    holders = await desk.holders.lists.of_collection(guild_id, collection)
    shared = await shared_in(desk.store.reader, guild_id)
    ranked = await asyncio.to_thread(_ranked, holders, shared)
    present = await desk.holders.present(guild_id, [each.user_id for each in ranked[:PLACES]])
    confirmed = {user_id: await _shown_by(desk, member) for user_id, member in present.members.items()}
    named = _ranked(holders, confirmed)
    everybody = await asyncio.to_thread(holders.members)
    others = len(holders_of(everybody)) - len(named) - present.unknown
    return TopBoard(named, others, len(perhaps_of(everybody)), present.unknown, holders)


def board_embed(title: str, board: TopBoard) -> discord.Embed:
    """The board as one embed."""
    lines: list[Words] = [
        _LINE(
            place=place,
            member=f"<@{each.user_id}>",
            kinds=counted(each.kinds, KINDS),
            copies=counted(each.copies, COPIES),
        )
        for place, each in enumerate(board.named, start=1)
    ]
    parts = lines or ([] if board.unseen else [_NOBODY()])
    if board.unseen:
        parts.append(PRESENCE_UNKNOWN(count=board.unseen))
    parts += never_counting(board.holders.left_out)
    if board.others > 0:
        parts.append(_OTHERS(count=board.others))
    if board.maybe:
        parts.append(_MAYBE(count=board.maybe))
    text = rendered(parts)
    if board.holders.as_of:
        text += "\n\n" + _RULES(when=when(board.holders.as_of)).render()
    embed = discord.Embed(title=_TITLE(collection=title).render(), description=text, colour=BRAND)
    embed.timestamp = board.holders.made_at
    return fit([embed])[0]


def _ranked(holders: HolderList, shared: Mapping[int, frozenset[Account]]) -> list[HeldMember]:
    """Who is known to hold some in accounts that they share."""
    theirs: dict[int, list[HeldAccount]] = {}
    for each in holders.accounts:
        if each.account in shared.get(each.user_id, frozenset()):
            theirs.setdefault(each.user_id, []).append(each)
    return sorted(holders_of(HeldMember.of(user_id, each) for user_id, each in theirs.items()), key=by_most)


async def _shown_by(desk: HolderDesk, member: Membership) -> frozenset[Account]:
    """What a member shares there, as it is decided at this moment."""
    try:
        return frozenset(link.account for link in await desk.shares.shown_by(member))
    except InputError:  # nothing any more
        return frozenset()
