"""`/accounts` with everything that it can have at once: within Discord's limits in every language, and still of use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product

import pytest

from bot.cogs.linking.accounts_overview import overview_embeds
from bot.cogs.linking.link_embeds import Overview
from bot.cogs.linking.share_embeds import BRIEFLY, shares_words
from bot.holdings import Account
from bot.linking.vouching import VOUCH_LIMITS
from bot.links import (
    MAX_LABEL,
    MAX_LINKS,
    Contest,
    FreezeReason,
    FrozenAddress,
    InGuild,
    Link,
    Membership,
    ProofKind,
    Proven,
    ProvenAccount,
    Share,
    Vouch,
)
from bot.messages import ENGLISH, TRANSLATED, Language, set_reader_language
from bot.ui.embeds import embed_units
from tests.ui.test_embed_limits import over_limits

AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
HERE = 910000000000000000
LANGUAGES = [pytest.param(language, id=language.tag) for language in (ENGLISH, *TRANSLATED)]
# What doing something at ten accounts in many servers may say at once.
DONE = "\n".join(f"**{'Role ' * 12}**, **{'Role ' * 12}** in **{'Server ' * 8}**" for _ in range(10))


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[Language]:
    """Each language, as a member's own."""
    set_reader_language(request.param)
    yield request.param
    set_reader_language(ENGLISH)


def address(number: int) -> str:
    """An address, all of whose digits count."""
    return f"0x{10**40 + number:040x}"


def overview(*, contests: int = MAX_LINKS, vouches: int = VOUCH_LIMITS.of_member, asked: bool = True) -> Overview:
    """Ten accounts on a chain with a long name, with labels and names that are escaped, shared in ten servers."""
    links = [
        Link(Account("eip155:11155111", address(n)), address(n), "_*" * (MAX_LABEL // 2), n == 0, AT, name="a_" * 60)
        for n in range(MAX_LINKS)
    ]
    proven = {each.account: ProvenAccount(each.account, each.owner, ProofKind.CONTRACT, AT, AT) for each in links}
    theirs = [Account("eip155:11155111", address(100 + n)) for n in range(vouches)]
    proven |= {each: ProvenAccount(each, each.account_id, None, AT, AT) for each in theirs}
    shares = [Share(HERE + n, each.account, AT) for n, each in product(range(10), links)]
    addresses = [each.owner for each in links]
    held, opened = addresses[: contests // 2], addresses[contests // 2 : contests]

    def shared(most: int) -> str:
        return shares_words(shares, lambda guild_id: "_*" * 25 if guild_id % 2 else None, HERE, most)

    return Overview(
        Proven(1, InGuild(HERE, AT), proven),
        links,
        held=[Contest(owner, 1, 2, AT, AT, AT if n % 2 else None) for n, owner in enumerate(held)],
        opened=[Contest(owner, 2, 1, AT, AT) for owner in opened],
        frozen=[FrozenAddress(owner, AT, FreezeReason.MOVES, 1) for owner in addresses[contests:]],
        shares=shares,
        sharing=shared(10),
        sharing_briefly=shared(BRIEFLY),
        here=Membership(1, HERE, AT),
        vouches=[
            Vouch(HERE, 1, each, each.account_id, AT, None if asked and n == 0 else AT) for n, each in enumerate(theirs)
        ],
        kept_out=frozenset(each.account for each in links),
    )


@pytest.mark.parametrize("contests", [0, 1, 5, 10])
@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("done", ["", "Done.", DONE])
@pytest.mark.usefixtures("language")
def test_all_of_it_is_within_the_limits_and_no_account_or_contest_is_missing(
    contests: int, done: str, *, asked: bool
) -> None:
    everything = overview(contests=contests, asked=asked)
    shown = overview_embeds(everything, done)
    assert over_limits(shown) == []
    words = "\n".join(each.description or "" for each in shown)
    if len(done) < 1000:
        assert "…\n" not in f"{words}\n".replace("more\n", ""), "something is cut in the middle"
        lines = [line for line in words.splitlines() if line.startswith(("★", "▫️"))]
        assert len(lines) >= MAX_LINKS
    listed = [each.owner for each in (*everything.held, *everything.opened)]
    assert all(f"{owner[-4:].lower()}`" in words.lower() for owner in listed)


def stolen_seed_phrase(count: int = MAX_LINKS) -> Overview:
    """Ten accounts as people have them, and somebody claims all of them."""
    whole = overview(contests=0, vouches=0)
    links = [
        Link(each.account, each.owner, f"my_cold_wallet_no_{n}", n == 0, AT, name=f"collector_{n}.eth")
        for n, each in enumerate(whole.links)
    ]
    held = [Contest(each.owner, 1, 2, AT, AT) for each in links[:count]]
    return Overview(
        whole.proven,
        links,
        held=held,
        shares=whole.shares,
        sharing=whole.sharing,
        sharing_briefly=whole.sharing_briefly,
        here=whole.here,
    )


@pytest.mark.usefixtures("language")
def test_a_stolen_seed_phrase_shortens_what_is_shared_and_nothing_that_can_be_done() -> None:
    shown = overview_embeds(stolen_seed_phrase())
    assert over_limits(shown) == []
    assert sum(map(embed_units, shown)) <= 6000
    [contested] = shown[1:]
    assert contested.description
    assert contested.description.count("…") == MAX_LINKS  # of the addresses alone


def test_what_little_there_is_is_said_whole() -> None:
    set_reader_language(ENGLISH)
    few = stolen_seed_phrase(1)
    assert few.sharing in (overview_embeds(few)[0].description or "")
    assert "If you cannot sign now, **Object** gives you a week." in (overview_embeds(few)[1].description or "")
