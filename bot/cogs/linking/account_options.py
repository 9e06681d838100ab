"""What the commands about one's own accounts share: suggestions while typing, the person."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.cogs.linking import link_embeds
from bot.cogs.linking.memberships import scope_of
from bot.errors import StoreError
from bot.linking import Accounts, ProvenHere
from bot.links import Person


async def suggest(
    accounts: Accounts, interaction: discord.Interaction[Any], typed: str, *, unsigned_first: ProvenHere | None = None
) -> list[app_commands.Choice[str]]:
    """The member's own accounts that fit what was typed so far; none if the store fails: suggestions show no errors.

    Args:
        accounts: Theirs.
        interaction: Of the person who types.
        typed: So far.
        unsigned_first: Says which have a signature already; those come last.
    """
    try:
        links = await accounts.matching(interaction.user.id, typed)
        if unsigned_first:
            proven = await unsigned_first.of(interaction.user.id, scope_of(interaction, interaction.user))
            links = sorted(links, key=proven.is_signed)
    except StoreError:
        return []
    return [app_commands.Choice(name=link_embeds.choice_words(link), value=str(link.account)) for link in links]


def person_of(user: discord.User | discord.Member) -> Person:
    """A Discord user as linking knows one."""
    return Person(user.id, user.name, user.display_avatar.url)
