"""Says a rule as a sentence about a member: "holds at least 3 different NFTs of Harbour Lights, and none of Bots".

Names of collections come from the caller, who passes upstream text through `safe_text`; what an admin typed passes
through it here. Why a rule is answered as it is, `bot.gates.explain` says with the same phrases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import reduce

from bot.gates.rule import (
    AccountIn,
    AllOf,
    AnyOf,
    CollectionRef,
    During,
    HeldFor,
    Holds,
    HoldsCollections,
    HoldsIds,
    HoldsTrait,
    Measure,
    Network,
    Not,
    ProvenWithin,
    Rule,
    SomeOf,
)
from bot.holdings import LOOPRING
from bot.messages import Message, Words
from bot.text import safe_text

# A collection's name, safe to show.
NameOf = Callable[[CollectionRef], str]
Counted = Holds | HoldsIds | HoldsTrait | HoldsCollections

_HOLDS = Message("holds {amount}")
_NFT = Message("an NFT of {name}")
_NONE_OF = Message("none of {name}")
_NFT_ON = Message("an NFT on {name}")
_NONE_ON = Message("nothing on {name}")
_NFTS = Message("{amount} NFT of {name}", "{amount} different NFTs of {name}")
_COPIES = Message("{amount} copy of {name}", "{amount} copies of {name}")
_NFTS_ON = Message("{amount} NFT on {name}", "{amount} different NFTs on {name}")
_COPIES_ON = Message("{amount} copy on {name}", "{amount} copies on {name}")
_COLLECTIONS = Message("NFTs of {amount} collection", "NFTs of {amount} different collections")
_COLLECTIONS_AMONG = Message("NFTs of {amount} of these collections: {names}")
_AT_LEAST = Message("at least {number:,}")
_AT_MOST = Message("at most {number:,}")
_EXACTLY = Message("exactly {number:,}")
_BETWEEN = Message("{least:,} to {most:,}")
_WITH_IDS = Message("{what} with an id in {ids}")
_MORE_IDS = Message("{ids} and {more} more")
_WITH_TRAIT = Message("{what} with “{trait}” = “{value}”")
_HELD_FOR = Message("{what}, for {span} without a break")
_DAYS = Message("{count:,} day", "{count:,} days")
_HOURS = Message("{count:,} hour", "{count:,} hours")
_FROM = Message("{what}, from {first} on")
_UNTIL = Message("{what}, until the end of {last} (UTC)")
_LISTED = Message("has proven the listed account", "has proven one of {count:,} listed accounts")
_NOT_LISTED = Message("has not proven the listed account", "has proven none of {count:,} listed accounts")
_PROVEN = Message("has proven an account within the last {span}")
_SOME_OF = Message("fulfils at least {needed} of these {of}: {rules}")
_NOT = Message("does not fulfil this: {what}")
_AND = Message("{one}, and {other}")
_OR = Message("{one}, or {other}")
_THEN = Message("{one}; {other}")
_GROUP = Message("({what})")

_MOST_IDS_SHOWN = 10
_LONGEST_TYPED = 60


def rule_words(  # noqa: PLR0911 - one line for each kind of rule is easiest to read
    rule: Rule, name_of: NameOf = str
) -> Words:
    """What a member must do to fulfil a rule, as the predicate of a sentence.

    Args:
        rule: The rule.
        name_of: A collection's name, safe to show; its id, if none is given.
    """
    match rule:
        case Holds() | HoldsIds() | HoldsTrait() | HoldsCollections():
            return _HOLDS(amount=amount_words(rule, name_of))
        case HeldFor():
            return _HELD_FOR(what=rule_words(rule.rule, name_of), span=span_words(rule.span))
        case AccountIn():
            return _LISTED(count=len(rule.accounts) + len(rule.owners))
        case ProvenWithin():
            return _PROVEN(span=span_words(rule.span))
        case During():
            return _dated(rule, _grouped(rule.rule, name_of))
        case Not():
            return _denied(rule.rule, name_of)
        case _:
            return _joined(rule, name_of)


def _dated(rule: During, what: Words) -> Words:
    if rule.first:
        what = _FROM(what=what, first=rule.first.isoformat())
    return _UNTIL(what=what, last=rule.last.isoformat()) if rule.last else what


def _denied(rule: Rule, name_of: NameOf) -> Words:
    if isinstance(rule, Holds) and (rule.least, rule.most) == (1, None):
        return _HOLDS(amount=amount_words(Holds(rule.target, rule.measure, 0, 0), name_of))
    if isinstance(rule, AccountIn):
        return _NOT_LISTED(count=len(rule.accounts) + len(rule.owners))
    return _NOT(what=rule_words(rule, name_of))


def _joined(rule: SomeOf | AllOf | AnyOf, name_of: NameOf) -> Words:
    if isinstance(rule, SomeOf):
        listed = joined([rule_words(part, name_of) for part in rule.rules], _THEN)
        return _SOME_OF(needed=rule.needed, of=len(rule.rules), rules=listed)
    parts: list[Words] = []
    for place, part in enumerate(rule.rules):
        words = _grouped(part, name_of)
        # "holds 3 of one, and none of another": the verb is said once.
        if isinstance(rule, AllOf) and place and _is_none(part) and isinstance(rule.rules[place - 1], Counted | Not):
            words = _without_verb(words)
        parts.append(words)
    return joined(parts, _AND if isinstance(rule, AllOf) else _OR)


def _is_none(rule: Rule) -> bool:
    denied = rule.rule if isinstance(rule, Not) else None
    return isinstance(denied, Holds) and (denied.least, denied.most) == (1, None)


def _without_verb(words: Words) -> Words:
    amount = words.values.get("amount")
    return amount if isinstance(amount, Words) else words


def _grouped(rule: Rule, name_of: NameOf) -> Words:
    words = rule_words(rule, name_of)
    is_joined = isinstance(rule, AllOf | AnyOf) and len(rule.rules) > 1
    return _GROUP(what=words) if is_joined or isinstance(rule, SomeOf | During) else words


def joined(parts: Sequence[Words], message: Message) -> Words:
    """Several phrases as one; `message` has the places `one` and `other`."""
    return reduce(lambda one, other: message(one=one, other=other), parts)


# ---------------------------------------------------------------- amounts


def amount_words(rule: Counted, name_of: NameOf) -> Words:
    """How much of what: "at least 3 different NFTs of Harbour Lights"."""
    least, most = rule.least, rule.most
    if isinstance(rule, HoldsCollections):
        return unit_words(rule, limits_words(least, most), least if most is None else most, name_of)
    if (least, most) == (1, None):
        what = _NFT_ON if isinstance(rule.target, Network) else _NFT
    elif most == 0:
        what = _NONE_ON if isinstance(rule.target, Network) else _NONE_OF
    else:
        return unit_words(rule, limits_words(least, most), least if most is None else most, name_of)
    return _narrowed(rule, what(name=_target_name(rule.target, name_of)))


def limits_words(least: int, most: int | None) -> Words:
    """A number with its limits: "at least 3", "exactly 3", "2 to 5"."""
    if most is None:
        return _AT_LEAST(number=least)
    if least == most:
        return _EXACTLY(number=least)
    return _BETWEEN(least=least, most=most) if least else _AT_MOST(number=most)


def unit_words(rule: Counted, amount: Words | str, count: int, name_of: NameOf) -> Words:
    """An amount with what it counts.

    Args:
        rule: What is counted.
        amount: How many.
        count: The number that decides between singular and plural.
        name_of: A collection's name.
    """
    if isinstance(rule, HoldsCollections):
        if not rule.among:
            return _COLLECTIONS(amount=amount, count=count)
        return _COLLECTIONS_AMONG(amount=amount, names=", ".join(map(name_of, rule.among)))
    is_copies = isinstance(rule, Holds) and rule.measure is Measure.COPIES
    if isinstance(rule.target, Network):
        unit = _COPIES_ON if is_copies else _NFTS_ON
    else:
        unit = _COPIES if is_copies else _NFTS
    return _narrowed(rule, unit(amount=amount, count=count, name=_target_name(rule.target, name_of)))


def _narrowed(rule: Holds | HoldsIds | HoldsTrait, what: Words) -> Words:
    if isinstance(rule, HoldsIds):
        return _WITH_IDS(what=what, ids=_ids_words(rule.ranges))
    if isinstance(rule, HoldsTrait):
        return _WITH_TRAIT(what=what, trait=_typed(rule.trait), value=_typed(rule.value))
    return what


def _ids_words(ranges: Sequence[tuple[int, int]]) -> Words | str:
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in ranges[:_MOST_IDS_SHOWN]]
    more = len(ranges) - len(shown)
    return _MORE_IDS(ids=", ".join(shown), more=more) if more else ", ".join(shown)


def _typed(text: str) -> str:
    return safe_text(text, _LONGEST_TYPED)


def _target_name(target: CollectionRef | Network, name_of: NameOf) -> str:
    if isinstance(target, Network):
        return "Loopring" if target.network == LOOPRING else target.network
    return name_of(target)


def target_words(rule: Holds | HoldsIds | HoldsTrait, name_of: NameOf) -> Words | str:
    """What it counts things of: the collection, or the network, with ids or trait."""
    name = _target_name(rule.target, name_of)
    if isinstance(rule, HoldsIds):
        return _WITH_IDS(what=name, ids=_ids_words(rule.ranges))
    if isinstance(rule, HoldsTrait):
        return _WITH_TRAIT(what=name, trait=_typed(rule.trait), value=_typed(rule.value))
    return name


def span_words(span: timedelta) -> Words:
    """A span of time, in days where it has whole ones."""
    if span % timedelta(days=1):
        return _HOURS(count=-(-span // timedelta(hours=1)))
    return _DAYS(count=span // timedelta(days=1))
