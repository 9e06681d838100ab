"""From what is known about a member to their row in a snapshot, if they fit its rule or may fit it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.counts import Count, Ternary, total, units_of
from bot.gates.facts import UNKNOWN_HELD, AccountFacts, Facts
from bot.gates.judge import judge
from bot.gates.rule import CollectionRef, Holds, Network, Rule
from bot.gates.rule_needs import collections_of, each_rule, with_aliases
from bot.holders.held import HeldAccount, HeldMember, OpenReason, is_exact
from bot.holders.snapshot import SnapshotMember, SnapshotRequest, weighed

Aliases = Mapping[CollectionRef, tuple[CollectionRef, ...]]


class Counted:
    """What of an account is counted: the collections that a rule names, and all of a network that it names.

    Args:
        rule: The rule. Where it names neither, all that an account holds is counted.
        aliases: Which collections count as the same.
    """

    def __init__(self, rule: Rule, aliases: Aliases) -> None:
        self._networks = frozenset(
            part.target.network
            for part in each_rule(rule)
            if isinstance(part, Holds) and isinstance(part.target, Network)
        )
        self._collections = tuple(sorted(with_aliases(collections_of(rule), aliases)))
        self._all = not self._networks and not self._collections

    def of(self, user_id: int, account: AccountFacts) -> HeldAccount:
        """What is counted in an account of a member."""
        network = account.account.network
        if self._all or network in self._networks:
            its = [*account.held.values(), account.otherwise] if account.is_certain else [UNKNOWN_HELD]
        else:
            its = [account.of(ref) for ref in self._collections if ref.network == network]
        kinds = total(each.kinds for each in its)
        copies = total(units_of(each.kinds, each.copies) for each in its)
        reason = _reason(account, kinds)
        return HeldAccount(user_id, account.account, account.owner, kinds, copies, account.as_of, reason)


def member_row(user_id: int, request: SnapshotRequest, rule: Rule, facts: Facts) -> SnapshotMember | None:
    """One member; None: they certainly do not fit the rule, or certainly hold less than the minimum."""
    verdict = judge(rule, facts)
    if verdict.is_denied:
        return None
    counted = Counted(rule, facts.aliases)
    accounts = [each for account in facts.accounts if (each := counted.of(user_id, account)).kinds.high != 0]
    held = HeldMember.of(user_id, accounts)
    has_enough = weighed(held, request.weight).is_at_least(request.minimum)
    if has_enough is Ternary.NO:
        return None
    return SnapshotMember(held, verdict.status if has_enough is Ternary.YES else Ternary.UNKNOWN)


def _reason(account: AccountFacts, kinds: Count) -> OpenReason | None:
    """Why it is not known how much of it an account holds; None: it is."""
    if is_exact(kinds):
        return None
    if not account.is_certain:
        return OpenReason.OWNER_UNCERTAIN
    if account.as_of is None:
        return OpenReason.NEVER_READ
    if account.otherwise.kinds.high == 0:  # all that it holds was read
        return OpenReason.NOT_COUNTED
    return OpenReason.PARTLY_READ if kinds.low else OpenReason.TOO_OLD
