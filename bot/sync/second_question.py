"""The last step before a removal: the source is asked in another way, where it has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum, auto

from bot.counts import Ternary
from bot.errors import StoreError, TesseraError
from bot.gates.dips import contradicted
from bot.gates.facts import AccountFacts, Facts, Held, Level
from bot.gates.gate import Gate
from bot.gates.judge import judge
from bot.gates.rule import CollectionRef
from bot.gates.rule_needs import collections_of, with_aliases
from bot.sources.askers import Asker
from bot.sync.evidence import is_denied_unread
from bot.sync.gather import GuildGates, MemberFacts
from bot.sync.readings import Readings


class Confirmation(Enum):
    """What a second question says about a denial."""

    CONFIRMED = auto()  # the same, or there is no other question
    CONTRADICTED = auto()  # the member qualifies
    UNKNOWN = auto()  # no answer now: nothing is taken, and it is asked again


async def confirm(
    readings: Readings, server: GuildGates, gate: Gate, known: MemberFacts, facts: Facts, asker: Asker
) -> Confirmation:
    """Ask again what a gate's rule asks about a member who does not qualify.

    Args:
        readings: Asks the sources.
        server: The server.
        gate: Its gate.
        known: What is known of the member.
        facts: The same, as it is judged.
        asker: Who asks.
    """
    if not rests_on_readings(gate, facts):
        return Confirmation.CONFIRMED
    asked = with_aliases(collections_of(gate.rule), server.aliases)
    collections = sorted(asked - server.settings.excluded_collections)
    accounts = [await _asked_again(readings, state.facts, collections, asker) for state in known.accounts]
    answer = judge(gate.rule, replace(facts, accounts=tuple(accounts))).status
    return {Ternary.NO: Confirmation.CONFIRMED, Ternary.YES: Confirmation.CONTRADICTED}.get(
        answer, Confirmation.UNKNOWN
    )


def rests_on_readings(gate: Gate, facts: Facts) -> bool:
    """Whether what was read matters for a denial; it does not where a date, or the lack of accounts, suffices."""
    return not is_denied_unread(gate.rule, facts)


async def _asked_again(
    readings: Readings, account: AccountFacts, collections: Sequence[CollectionRef], asker: Asker
) -> AccountFacts:
    held = dict(account.held)
    for collection in collections:
        if collection.network != account.account.network:
            continue
        try:
            answer = await readings.second_answer(account.account, collection, asker)
        except StoreError:
            raise
        except TesseraError:
            return replace(account, is_certain=False)
        if answer is not None:
            held[collection] = await _with_past(readings, account, collection, answer)
    return replace(account, held=held)


async def _with_past(readings: Readings, account: AccountFacts, collection: CollectionRef, answer: Held) -> Held:
    """The answer, with what was observed before. What it contradicts was not observed, now and afterwards."""
    levels = account.of(collection).levels
    if since := contradicted(levels, answer):
        await readings.doubt(account.account, collection, since)
        levels = tuple(Level(level.at, None) if level.at in since else level for level in levels)
    return replace(answer, levels=levels)
