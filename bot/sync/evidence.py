"""How old an answer is: as of when the oldest reading is without which a denial would not be one.

A network that is silent, or of which only an archive is left, must not retain roles that another one denies with
certainty.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from bot.gates.facts import UNKNOWN_HELD, AccountFacts, Facts
from bot.gates.judge import judge
from bot.gates.rule import Rule
from bot.gates.verdict import Verdict
from bot.sync.gate_sources import AskedNetworks

# In an order: those that were never read come first.
_Age = tuple[bool, float]


def is_denied_unread(rule: Rule, facts: Facts) -> bool:
    """Whether it is denied whatever is read: by a date or a list, for no account is theirs, or none that counts."""
    networks = {account.account.network for account in facts.accounts}
    return _is_denied_without(rule, facts, networks)


def evidence_at(rule: Rule, verdict: Verdict, facts: Facts, asked: AskedNetworks) -> datetime | None:
    """As of when the oldest reading is that an answer rests on, in whole seconds; None: an account was never read.

    Of the networks that the rule asks about, a denial rests on those each of which suffices for it; where none does, on
    as few as suffice together, the newer ones first. Every account of such a network counts, as what is held in one is
    a sum over all of them.
    """
    # Others change nothing: a network that is silent for ever must not retain the roles of those on another one.
    accounts = [account for account in facts.accounts if asked.rests_on(account.account.network)]
    networks = {account.account.network for account in accounts}
    if verdict.is_denied and len(networks) > 1:
        networks = _sufficient(rule, facts, networks)
    moments = [account.as_of for account in accounts if account.account.network in networks]
    if None in moments:
        return None
    # Misses are stored in whole seconds: the same reading must not look newer than it is.
    return in_whole_seconds(min((at for at in moments if at), default=facts.now))


def in_whole_seconds(at: datetime) -> datetime:
    """The second in which it is."""
    return at.replace(microsecond=0)


def _sufficient(rule: Rule, facts: Facts, networks: Collection[str]) -> set[str]:
    """The networks that a denial rests on."""
    alone = {each for each in networks if _is_denied_without(rule, facts, {*networks} - {each})}
    if alone:
        return alone
    needed = set(networks)
    for network in sorted(networks, key=lambda each: (_age(facts, each), each)):
        if _is_denied_without(rule, facts, {*networks} - needed | {network}):
            needed.discard(network)
    return needed


def _age(facts: Facts, network: str) -> _Age:
    """By which the one that was read longest ago comes first."""
    moments = [account.as_of for account in facts.accounts if account.account.network == network]
    return None not in moments, min((at.timestamp() for at in moments if at), default=0.0)


def _is_denied_without(rule: Rule, facts: Facts, networks: Collection[str]) -> bool:
    """Whether it is denied though nothing was read there."""
    accounts = tuple(_unread(each) if each.account.network in networks else each for each in facts.accounts)
    return judge(rule, replace(facts, accounts=accounts)).is_denied


def _unread(account: AccountFacts) -> AccountFacts:
    """The same of which nothing was read; whose it is, and when they proved that, is known all the same."""
    return replace(account, held={}, otherwise=UNKNOWN_HELD, is_of_the_past=False)
