"""Collections by their names, while somebody types: of the accounts that they linked, and of the one they saw last.

Nobody is asked for it: what a member's accounts hold is suggested to that member alone, as far as it was read before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import discord
from cachetools import LRUCache
from discord import app_commands

from bot.cogs.holdings import card_parts, holdings_embeds
from bot.errors import StoreError
from bot.holdings import Account, Collection, Holding
from bot.linking import Accounts
from bot.lookup.lookup import Lookup
from bot.text import read_text
from bot.text.spam import looks_like_spam

# What makes a collection into the value of an option; "": it has none.
ValueOf = Callable[[Collection], str]

_MOST = 25
_CHOICE = 100
_MOST_PEOPLE = 1000


class SuggestedCollections:
    """Suggests them.

    Args:
        accounts: Knows which accounts a member linked.
        lookup: Knows what was read of them.
    """

    def __init__(self, accounts: Accounts, lookup: Lookup) -> None:
        self._accounts = accounts
        self._lookup = lookup
        self._seen: LRUCache[int, Account] = LRUCache(_MOST_PEOPLE)

    def remember(self, user_id: int, account: Account) -> None:
        """Somebody was shown an account that they named."""
        self._seen[user_id] = account

    async def suggest(
        self, interaction: discord.Interaction[Any], typed: str, value_of: ValueOf
    ) -> list[app_commands.Choice[str]]:
        """Collections whose name or value fits what was typed so far; none if the store fails.

        Args:
            interaction: Of the person who types.
            typed: So far.
            value_of: What the option takes.
        """
        user_id, wanted = interaction.user.id, read_text(typed).casefold()
        try:
            accounts = [link.account for link in await self._accounts.matching(user_id, "")]
        except StoreError:
            return []
        if seen := self._seen.get(user_id):
            accounts.insert(0, seen)
        found: dict[str, str] = {}
        for row in self._rows(accounts):
            value = value_of(row.collection)
            name = card_parts.plain_name(row.collection)
            if value and len(value) <= _CHOICE and (wanted in read_text(name).casefold() or wanted in value.casefold()):
                words = f" · {holdings_embeds.count_words(row.counted_kinds, row.copies)}"
                found.setdefault(value, name[: _CHOICE - len(words)] + words)
        return [app_commands.Choice(name=name, value=value) for value, name in found.items()][:_MOST]

    def _rows(self, accounts: list[Account]) -> Iterator[Holding]:
        for account in dict.fromkeys(accounts):
            holdings = self._lookup.read_before(account)
            for row in holdings.shown(hide_scam=True).rows if holdings else ():
                if not looks_like_spam(row.collection.name):
                    yield row
