"""Whatever an archive says, and whatever the rule is: it turns "unknown" into "granted", and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.counts import Ternary, exact
from bot.gates.facts import NOTHING_HELD, AccountFacts, Facts, Held, Level, Token
from bot.gates.judge import judge
from bot.gates.rule import CollectionRef, Rule
from bot.holdings import Account
from bot.links import ProvenAccount
from bot.store.sync.observations import Observed, ReadTokens, StoredAccount
from bot.sync.account_facts import to_state
from tests.gates.made_rules import ALIASES, BOTS, DAY, HARBOUR, NOW, OWNER, any_account, parse, refs, rules, texts

MAX_AGE = timedelta(hours=1)
RECORDED_AT = NOW - 200 * DAY
ADA = Account("loopring", "10001")


@dataclass(frozen=True)
class Recorded:
    """One account in an archive, and what was observed of it before that.

    Attributes:
        content: Collection → each NFT, with the traits that it has in truth.
        listed: The collections whose NFTs some rule asks for, and the archive lists.
        levels: What live readings saw, while there were any.
    """

    account: Account
    content: Mapping[CollectionRef, Mapping[int, Token]]
    listed: frozenset[CollectionRef]
    levels: Mapping[CollectionRef, tuple[Level, ...]]
    is_certain: bool = True

    def facts(self, *, with_archive: bool = True) -> AccountFacts:
        """As the bot knows it."""
        part = {ref: self._observed(ref) for ref in self.content}
        stored = StoredAccount(
            self.account,
            NOW,
            read_at=NOW - DAY if self.levels else None,
            part_at=RECORDED_AT if with_archive else None,
            whole={ref: Observed(1, levels=levels) for ref, levels in self.levels.items()},
            part=part if with_archive else {},
        )
        proven = ProvenAccount(self.account, OWNER, None, NOW - DAY, NOW - DAY)
        state = to_state(proven, stored, is_certain=self.is_certain, now=NOW, max_age=MAX_AGE, may_grant=True)
        return state.facts

    def _observed(self, ref: CollectionRef) -> Observed:
        tokens = {token_id: Token(token.copies) for token_id, token in self.content[ref].items()}
        copies = sum(token.copies for token in tokens.values())
        listed = ReadTokens(RECORDED_AT, tokens, copies, is_whole=False) if ref in self.listed else None
        return Observed(len(tokens), tokens=listed)

    def full_content(self) -> AccountFacts:
        """As if all that the archive has were read just now, with traits."""
        known = self.facts()
        held = {ref: replace(NOTHING_HELD, levels=its.levels) for ref, its in known.held.items()}
        for ref, tokens in self.content.items():
            copies = exact(sum(token.copies for token in tokens.values()))
            held[ref] = Held(exact(len(tokens)), copies, tokens, has_all_tokens=True, levels=held[ref].levels)
        return replace(known, held=held, otherwise=NOTHING_HELD, is_of_the_past=False)


traits = st.frozensets(st.tuples(texts.map(str.casefold), texts.map(str.casefold)), max_size=2)
contents = st.dictionaries(
    refs, st.dictionaries(st.integers(0, 40), st.builds(Token, st.integers(1, 3), traits), min_size=1, max_size=5)
)
levels = st.lists(st.integers(2, 300), max_size=3, unique=True).flatmap(
    lambda ago: st.tuples(
        *(st.builds(Level, st.just(NOW - each * DAY), st.integers(0, 4)) for each in sorted(ago, reverse=True))
    )
)
recorded = st.builds(
    Recorded,
    st.sampled_from([ADA, Account("loopring", "10002"), Account("eip155:1", OWNER)]),
    contents,
    st.frozensets(refs),
    st.dictionaries(refs, levels.filter(bool), max_size=2),
    st.booleans(),
)


def answers(rule: Rule, *accounts: AccountFacts) -> Ternary:
    return judge(rule, Facts(NOW, accounts, ALIASES)).status


@given(rules, st.lists(recorded, min_size=1, max_size=2), st.lists(any_account, max_size=1))
def test_an_archive_only_ever_turns_unknown_into_granted(
    rule: Rule, archived: list[Recorded], live: list[AccountFacts]
) -> None:
    without = answers(rule, *(each.facts(with_archive=False) for each in archived), *live)
    with_it = answers(rule, *(each.facts() for each in archived), *live)
    assert with_it is without or (without, with_it) == (Ternary.UNKNOWN, Ternary.YES)


@given(rules, st.lists(recorded, min_size=1, max_size=2), st.lists(any_account, max_size=1))
def test_an_archive_grants_nothing_that_all_of_its_content_would_not(
    rule: Rule, archived: list[Recorded], live: list[AccountFacts]
) -> None:
    if answers(rule, *(each.facts() for each in archived), *live) is Ternary.YES:
        assert answers(rule, *(each.full_content() for each in archived), *live) is Ternary.YES


@given(rules, recorded)
def test_what_an_archive_lists_denies_nothing(rule: Rule, archived: Recorded) -> None:
    """Not even beside what it has of other collections: more that is listed never leads to less."""
    fewer = replace(archived, listed=frozenset())
    before, after = answers(rule, fewer.facts()), answers(rule, archived.facts())
    assert after is before or (before, after) == (Ternary.UNKNOWN, Ternary.YES)


SEVEN = Recorded(ADA, {HARBOUR: {7: Token(2, frozenset({("colour", "red")})), 9: Token(1)}}, frozenset({HARBOUR}), {})


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("254 ids (7)", Ternary.YES),
        ("254 ids (7, 9-12) >= 2", Ternary.YES),
        ("254 ids (8)", Ternary.UNKNOWN),
        ("254 ids (7) and 254 >= 2", Ternary.YES),
        ("254 ids (7) or 261", Ternary.YES),
        ("2 of (254 ids (7), 254 ids (9), 261)", Ternary.YES),
        ("copies 254 >= 3", Ternary.YES),
        ("copies 254 >= 4", Ternary.UNKNOWN),
        ('254 trait "colour" = "red"', Ternary.UNKNOWN),
        ("254 ids (7) and not 261", Ternary.UNKNOWN),
        ("proof within 300 days and 254 ids (7) <= 1", Ternary.UNKNOWN),
        ("254 for 7 days or 254 ids (7)", Ternary.YES),
        ("proof within 300 days and not 254 ids (8)", Ternary.UNKNOWN),
        ("proof within 300 days and not 254 ids (7)", Ternary.UNKNOWN),
    ],
)
def test_what_is_granted_by_the_nfts_that_an_archive_lists(text: str, status: Ternary) -> None:
    assert answers(parse(text), SEVEN.facts()) is status


def test_of_a_collection_whose_nfts_are_not_listed_only_the_number_is_known() -> None:
    unlisted = replace(SEVEN, listed=frozenset({BOTS})).facts()
    assert answers(parse("254 >= 2"), unlisted) is Ternary.YES
    assert answers(parse("254 ids (7)"), unlisted) is Ternary.UNKNOWN
    assert answers(parse("copies 254 >= 3"), unlisted) is Ternary.UNKNOWN
