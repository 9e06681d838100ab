"""Who is missing: holders of a collection in all, those whose account is linked in a server, and the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.counts import Count, at_least, beyond, count_listed_holders
from bot.gates.rule import CollectionRef
from bot.messages import Words


@dataclass(frozen=True, slots=True)
class CollectionHolders:
    """Who holds one collection, as its source lists it.

    Attributes:
        collection: The collection.
        holders: How many accounts hold it; at least, where the list is not complete or its standard hides some.
        accounts: Those that were listed.
        as_of: When the list was read; None: it was not.
        why_open: Why `holders` is not exact, as a sentence; None: it is.
    """

    collection: CollectionRef
    holders: Count
    accounts: frozenset[str] = frozenset()
    as_of: datetime | None = None
    why_open: Words | None = None


@dataclass(frozen=True, slots=True)
class HolderGap:
    """Who holds a collection and is not linked, and who is in the server and is not linked.

    Attributes:
        guild_id: The server.
        collections: Each collection that counts as the same there, with its holders.
        linked_accounts: Accounts that are in these lists and are proven by members here.
        linked_holders: Members here who hold some, by what was read of their accounts.
        maybe_holders: Members of whom that is not known.
        proven_members: Members here with any proven account, as far as they were seen.
        server_members: Members of the server, bots included, as Discord counts them; None: it does not say.
        made_at: When it was made.
        left_out: Which of the collections never count in that server: nobody here is known to hold these.
    """

    guild_id: int
    collections: tuple[CollectionHolders, ...]
    linked_accounts: int
    linked_holders: int
    maybe_holders: int
    proven_members: int
    server_members: int | None
    made_at: datetime
    left_out: tuple[CollectionRef, ...] = ()

    @property
    def holders(self) -> Count:
        """Accounts that hold any of these collections, in all."""
        whole = all(each.holders.high is not None for each in self.collections)
        return count_listed_holders(self._listed, whole=whole)

    @property
    def unlinked(self) -> Count:
        """Accounts that hold some, and that no member here has proven."""
        holders = self.holders
        if holders.high is None:
            return at_least(max(holders.low - self.linked_accounts, 0))
        return beyond(holders, self.linked_accounts)

    @property
    def members_without_proof(self) -> int | None:
        """Members of the server who have proven nothing here, bots included; None: not known."""
        if self.server_members is None:
            return None
        return max(self.server_members - self.proven_members, 0)

    @property
    def _listed(self) -> int:
        """Different accounts in all lists, by network and name."""
        return len({(each.collection.network, name) for each in self.collections for name in each.accounts})
