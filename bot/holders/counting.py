"""What a snapshot counted, besides its rule: which collections as the same, and what not at all.

A server can change that between two snapshots of one rule. Who is in only one of them because of that has neither
joined nor left, so such two are not compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.gates.rule import CollectionRef, Holds, Network, Rule
from bot.gates.rule_needs import Aliases, asks_about_everything, collections_of, each_rule, with_aliases
from bot.holdings import Account
from bot.messages import Message, Words

_SAME = Message(
    "Snapshots {first} and {second} cannot be compared: which collections count as the same was changed between them "
    "(then {then}, now {now}), and who joined or left only by that has done neither. Compare two that were made since."
)
_LEFT_OUT = Message(
    "Snapshots {first} and {second} cannot be compared: which collections never count was changed between them (then "
    "{then}, now {now}), and who joined or left only by that has done neither. Compare two that were made since."
)
_ACCOUNTS = Message(
    "Snapshots {first} and {second} cannot be compared: which accounts never count was changed between them, and who "
    "joined or left only by that has done neither. Compare two that were made since."
)
_NONE, _AND_MORE = Message("none"), Message("{named} and more")
_MOST_NAMED = 3

Same = tuple[CollectionRef, ...]


@dataclass(frozen=True, slots=True)
class Counting:
    """What of a server's settings changes what a rule counts.

    Attributes:
        same: The sets of collections of which each counts as one, sorted.
        left_out: Collections that never count, sorted.
        accounts: A digest of the accounts that never count; "": there are none.
    """

    same: tuple[Same, ...] = ()
    left_out: Same = ()
    accounts: str = ""

    @classmethod
    def of(
        cls, rule: Rule, aliases: Aliases, excluded: Collection[CollectionRef], excluded_accounts: Collection[Account]
    ) -> Counting:
        """What counts for a rule in a server.

        Args:
            rule: Only what it asks for is in it.
            aliases: Which collections count as the same there.
            excluded: Collections that never count there.
            excluded_accounts: Accounts that never count there.
        """
        named = collections_of(rule)
        counted = with_aliases(named, aliases)
        asks_for_all = asks_about_everything(rule)
        same = {aliases[each] for each in (aliases if asks_for_all else named) if each in aliases}
        # Where a rule names no collection, all that its accounts hold is counted.
        is_wide = asks_for_all or not named or any(map(_is_of_network, each_rule(rule)))
        left_out = [each for each in excluded if is_wide or each in counted]
        return cls(tuple(sorted(same)), tuple(sorted(left_out)), _digest(excluded_accounts))


def other_counting(first: int, then: Counting, second: int, now: Counting) -> Words | None:
    """Why two snapshots of one rule are not comparable; None: they are.

    Args:
        first: The number of the older one.
        then: What it counted.
        second: The number of the newer one.
        now: Likewise.
    """
    if then.same != now.same:
        gone, new = (_sets(each.same, other.same) for each, other in ((then, now), (now, then)))
        return _SAME(first=first, second=second, then=gone, now=new)
    if then.left_out != now.left_out:
        gone, new = (_named(set(each.left_out) - set(other.left_out)) for each, other in ((then, now), (now, then)))
        return _LEFT_OUT(first=first, second=second, then=gone, now=new)
    return _ACCOUNTS(first=first, second=second) if then.accounts != now.accounts else None


def _sets(its: Sequence[Same], others: Sequence[Same]) -> Words | str:
    return _listed([" = ".join(f"`{each}`" for each in same) for same in its if same not in others])


def _named(its: Iterable[CollectionRef]) -> Words | str:
    return _listed([f"`{each}`" for each in sorted(its)])


def _listed(texts: Sequence[str]) -> Words | str:
    if not texts:
        return _NONE()
    named = ", ".join(texts[:_MOST_NAMED])
    return named if len(texts) <= _MOST_NAMED else _AND_MORE(named=named)


def _is_of_network(part: Rule) -> bool:
    return isinstance(part, Holds) and isinstance(part.target, Network)


def _digest(accounts: Collection[Account]) -> str:
    text = "\n".join(sorted(map(str, accounts)))
    return hashlib.sha256(text.encode()).hexdigest() if text else ""
