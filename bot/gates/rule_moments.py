"""When the answer to a rule changes by time alone: its dates come, or the proofs of accounts become too old for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.gates.facts import AccountFacts, Facts
from bot.gates.judge import judge, start_of
from bot.gates.rule import During, ProvenWithin, Rule
from bot.gates.rule_needs import each_rule
from bot.holdings import Account

# A week is long enough to find a wallet that is used rarely. Of a short span it would be most of it: then a tenth.
LONGEST_NOTICE = timedelta(days=7)
_TENTH = 10
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)  # a proof counts until its last second is over


@dataclass(frozen=True, slots=True)
class ProofEnd:
    """A rule is denied once the latest proof is too old for it, whatever else stays as it is.

    Attributes:
        at: Until when the proof counts for the rule.
        warn_at: From when on its member should know.
        proven_at: When it was made, which names it.
        account: The account, or one of those, that it proved.
    """

    at: datetime
    warn_at: datetime
    proven_at: datetime
    account: Account


def is_timed(rule: Rule) -> bool:
    """Whether its answer can change by time alone."""
    return any(isinstance(part, ProvenWithin | During) for part in each_rule(rule))


def next_moment(rule: Rule, facts: Facts) -> datetime | None:
    """When its answer may change next by time alone, in a whole second after now; None: never."""
    return min((at for part in each_rule(rule) for at in _moments(part, facts) if at > facts.now), default=None)


def proof_end(rule: Rule, facts: Facts) -> ProofEnd | None:
    """When the rule is denied because the member's latest proof is too old; None: it never is because of that.

    None too where it would be denied then however new the proof were: by a date, or by what is held.
    """
    certain = [account for account in facts.accounts if account.is_certain]
    latest = max(certain, key=lambda account: account.proven_at, default=None)
    spans = {part.span for part in each_rule(rule) if isinstance(part, ProvenWithin)}
    if latest is None:
        return None
    for span in sorted(spans):
        at = latest.proven_at + span
        if at >= facts.now and _ends_it(rule, facts, at + _SECOND):
            return ProofEnd(at, at - min(LONGEST_NOTICE, span / _TENTH), latest.proven_at, latest.account)
    return None


def _moments(part: Rule, facts: Facts) -> Iterator[datetime]:
    if isinstance(part, ProvenWithin):
        yield from (account.proven_at + part.span + _SECOND for account in facts.accounts)
    elif isinstance(part, During):
        if part.first:
            yield start_of(part.first)
        if part.last and part.last != date.max:  # no moment follows that day
            yield start_of(part.last) + _DAY


def _ends_it(rule: Rule, facts: Facts, at: datetime) -> bool:
    """Whether it is denied at a moment, and would not be if the proofs had not become older until then."""
    later = replace(facts, now=at)
    young = tuple(_younger(account, at - facts.now) for account in facts.accounts)
    return judge(rule, later).is_denied and not judge(rule, replace(later, accounts=young)).is_denied


def _younger(account: AccountFacts, span: timedelta) -> AccountFacts:
    return replace(account, proven_at=account.proven_at + span)
