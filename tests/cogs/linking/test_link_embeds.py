"""Members' accounts as embeds: within Discord's limits for any input, and nothing that was typed has an effect."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cogs.linking import link_embeds, notification_embeds, proof_embeds, vouch_embeds
from bot.cogs.linking.accounts_overview import overview_embeds
from bot.cogs.linking.link_embeds import Overview
from bot.cogs.linking.share_embeds import shares_words
from bot.holdings import LOOPRING, Account
from bot.linking.accounts import LinkResult
from bot.linking.outcome import Outcome, Result
from bot.linking.vouching import VOUCH_LIMITS
from bot.links import (
    MAX_LABEL,
    MAX_LINKS,
    NOWHERE,
    Contest,
    FreezeReason,
    FrozenAddress,
    InGuild,
    Link,
    Notification,
    NotificationKind,
    Person,
    ProofKind,
    Proven,
    ProvenAccount,
    Scope,
    Share,
    Vouch,
)
from bot.links.proofs import IssuedChallenge, ProofMethod
from bot.ui import embeds
from tests.ui.test_embed_limits import TEXT, over_limits

AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
OWNER = "0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a"
HOSTILE = "@everyone <@1> [x](https://evil.example) `"


def link(account: str = "10001", **fields: object) -> Link:
    """A main account, unproven."""
    values = {"owner": OWNER, "label": "", "is_main": True, "linked_at": AT} | fields
    return Link(Account(LOOPRING, account), **values)  # type: ignore[arg-type] # a test names what matters to it


def answer(*proofs: ProvenAccount, scope: Scope = NOWHERE) -> Proven:
    """What counts as proven."""
    return Proven(1, scope, {each.account: each for each in proofs})


def signed(link: Link) -> ProvenAccount:
    """A link's own proof, by a key."""
    return ProvenAccount(link.account, link.owner, ProofKind.KEY, AT, AT)


def vouched(link: Link) -> ProvenAccount:
    """A link that a moderator vouches for."""
    return ProvenAccount(link.account, link.owner, None, AT, AT)


def text_of(embed: discord.Embed) -> str:
    """All words of an embed."""
    fields = [text for field in embed.fields for text in (field.name, field.value)]
    return "\n".join(part for part in (embed.title, embed.description, *fields) if part)


LINKS = st.builds(
    link,
    st.sampled_from(["1", "4294967295", "0x" + "ab" * 20]),
    owner=st.sampled_from(["", OWNER]),
    label=st.builds(lambda text: " ".join(text.split())[:MAX_LABEL], TEXT),
    is_main=st.booleans(),
)
SHARES = [Share(2**63 - guild, Account(LOOPRING, "0x" + "ab" * 20), AT) for guild in range(40)]
KINDS = st.none() | st.sampled_from(ProofKind)


def vouches(count: int, *, confirmed: bool) -> list[Vouch]:
    """What a moderator vouches for, with the longest of ids."""
    accounts = [Account("eip155:11155111", f"0x{number:040x}") for number in range(count)]
    return [Vouch(2**63, 2**63, each, OWNER, AT, AT if confirmed else None) for each in accounts]


CONTESTS = st.builds(Contest, st.just(OWNER), st.just(1), st.just(2), st.just(AT), st.just(AT), st.none() | st.just(AT))

FROZEN = st.builds(FrozenAddress, st.just(OWNER), st.just(AT), st.sampled_from(FreezeReason), st.none() | st.just(1))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(LINKS, max_size=MAX_LINKS),
    st.lists(CONTESTS, max_size=12),
    st.lists(CONTESTS, max_size=12),
    st.lists(FROZEN, max_size=12),
    TEXT,
    KINDS,
    st.integers(0, VOUCH_LIMITS.of_member),
)
def test_a_list_of_accounts_keeps_the_limits(
    links: Sequence[Link],
    held: Sequence[Contest],
    opened: Sequence[Contest],
    frozen: Sequence[FrozenAddress],
    name: str,
    kind: ProofKind | None,
    confirmed: int,
) -> None:
    proven = answer(*(ProvenAccount(each.account, each.owner, kind, AT, AT) for each in links))
    asked = vouches(VOUCH_LIMITS.of_member - confirmed, confirmed=False) + vouches(confirmed, confirmed=True)
    sharing = shares_words(SHARES, lambda guild_id: name if guild_id % 2 else None, 7)
    overview = Overview(proven, links, held, opened, frozen, shares=SHARES, sharing=sharing, vouches=asked)
    shown = overview_embeds(overview, "Done.")
    assert over_limits(shown) == []
    for each in links:
        assert over_limits([link_embeds.remove_embed(each, overview)]) == []
        assert over_limits([link_embeds.linked_embed(LinkResult(each, is_new=True, unknown_reason=name), proven)]) == []
        assert 1 <= len(link_embeds.choice_words(each)) <= 100
        assert len(link_embeds.state_words(each, proven.of(each))) <= 100
    for vouch in asked:
        assert over_limits([vouch_embeds.asked_embed(vouch.account, name)]) == []
        assert over_limits([vouch_embeds.withdrawn_embed(vouch.account, name)]) == []
        assert over_limits([vouch_embeds.question_embed(vouch, name)]) == []


@settings(max_examples=40, deadline=None)
@given(TEXT, st.none() | LINKS, st.sampled_from([ProofMethod.OAUTH, ProofMethod.CODE]))
def test_a_proof_keeps_the_limits(name: str, of_link: Link | None, method: ProofMethod) -> None:
    person = Person(2**63, name)
    assert (
        over_limits([proof_embeds.started_embed(person, of_link, method, "https://" + "v" * 200 + ".example", AT)])
        == []
    )
    assert over_limits([proof_embeds.relay_warning_embed(person, name, 3)]) == []


@pytest.mark.parametrize("result", Result)
def test_every_result_has_a_title_within_the_limits(result: Result) -> None:
    accounts = tuple(f"eip155:{number}:{OWNER}" for number in range(20))
    embed = proof_embeds.outcome_embed(Outcome(result, OWNER, accounts, AT, relays=3))
    assert over_limits([embed]) == []
    assert embed.title


@pytest.mark.parametrize("kind", NotificationKind)
def test_notifications_show_the_whole_address(kind: NotificationKind) -> None:
    notifications = [Notification(number, 1, kind, OWNER, AT, AT) for number in range(10)]
    assert over_limits(list(map(notification_embeds.notification_embed, notifications))) == []
    assert "`0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A`" in text_of(
        notification_embeds.notification_embed(notifications[0])
    )
    assert "{" not in text_of(notification_embeds.notification_embed(Notification(1, 1, kind, "", AT)))


def test_hostile_names_and_labels_are_harmless() -> None:
    embed, *_ = overview_embeds(Overview(answer(), [link(label=HOSTILE)]))
    [vouch] = vouches(1, confirmed=False)
    shown = [
        embed,
        vouch_embeds.asked_embed(vouch.account, HOSTILE),
        vouch_embeds.withdrawn_embed(vouch.account, HOSTILE),
        vouch_embeds.question_embed(vouch, HOSTILE),
        proof_embeds.started_embed(Person(1, HOSTILE), None, ProofMethod.OAUTH, "https://verify.example", AT),
        proof_embeds.relay_warning_embed(Person(1, HOSTILE), HOSTILE, 3),
    ]
    for words in [*map(text_of, shown), link_embeds.main_words(None, HOSTILE).render()]:
        assert "@everyone" not in words
        assert "<@1>" not in words
        assert "https://evil" not in words
        assert "](" not in words.replace(r"\](", "")


def test_the_answer_to_link_says_whether_the_account_is_proven() -> None:
    unproven = link_embeds.linked_embed(LinkResult(link(), is_new=True, unknown_reason=""), answer())
    assert "owner `0x19E7…ff2A`" in text_of(unproven)
    assert "**unproven**" in text_of(unproven)
    assert unproven.colour == embeds.BRAND
    its = answer(signed(link()))
    already = text_of(link_embeds.linked_embed(LinkResult(link(), is_new=False, unknown_reason=""), its))
    assert "already proven by signature" in already
    assert "unproven" not in already
    assert "in this server" not in already


def test_a_vouched_account_is_nowhere_called_proven() -> None:
    its = answer(vouched(link()), scope=InGuild(910, AT))
    words = "vouched for by a moderator, in this server alone, <t:"
    shown = [
        text_of(link_embeds.linked_embed(LinkResult(link(), is_new=False, unknown_reason=""), its)),
        text_of(overview_embeds(Overview(its, [link()]))[0]),
    ]
    assert all(words in text for text in shown)
    short = [link_embeds.main_words(its.of(link())).render(), link_embeds.state_words(link(), its.of(link()))]
    assert all("vouched for by a moderator here" in text for text in short)
    assert "proven" not in "".join([*shown, *short]).lower()


def test_a_vouch_that_does_not_count_is_shown_with_the_same_sentence_whether_or_not_anybody_signed() -> None:
    [vouch] = vouches(1, confirmed=True)
    its = ProvenAccount(vouch.account, OWNER, ProofKind.KEY, AT, AT)
    by_another = vouch_embeds.vouches_embeds(Overview(answer(), vouches=[vouch]))
    by_the_member = vouch_embeds.vouches_embeds(Overview(answer(its), vouches=[vouch]))
    assert by_another == by_the_member
    assert "somebody's signature outweighs it, or who owns it is not confirmed." in text_of(by_another[0])
    assert "another" not in text_of(by_another[0])
    assert text_of(by_another[0]).partition(" · ")[2] in vouch_embeds.confirmed_words(vouch, counts=False)


CONTEST = Contest(OWNER, 1, 2, AT, AT)
SIGNED, VOUCHED = answer(signed(link())), answer(vouched(link()), scope=InGuild(910, AT))
NOTHING_LOST = "`loopring:10001` is removed from your list."
STAYS = "Another account of yours has the same owner, so its proof or claim stays."
GONE = "Another member claims its address, and **gets it at once**."
CLAIM_ENDS = "Your **claim** to its address ends. If you claim it again, that takes a week or longer."
PROOF_LOST = "Its **proof** is lost, and so are the **roles** that it earned."


@pytest.mark.parametrize(
    ("removed", "overview", "lost"),
    [
        pytest.param(link(), {}, NOTHING_LOST, id="unproven"),
        pytest.param(link(owner=""), {"links": [link("10002", owner="")]}, NOTHING_LOST, id="owners unknown"),
        pytest.param(link(), {"proven": SIGNED}, PROOF_LOST, id="the last account of that owner"),
        pytest.param(link(), {"proven": VOUCHED}, NOTHING_LOST, id="vouched for"),
        pytest.param(link(), {"links": [link("10002")], "proven": SIGNED}, STAYS, id="another one has the same owner"),
        pytest.param(link(), {"links": [link("10002")], "held": [CONTEST]}, STAYS, id="so has what is contested"),
        pytest.param(link(), {"links": [link("10002")], "opened": [CONTEST]}, STAYS, id="so has what is claimed"),
        pytest.param(link(), {"held": [CONTEST], "proven": SIGNED}, GONE, id="the holder of a contest"),
        pytest.param(link(), {"opened": [CONTEST]}, CLAIM_ENDS, id="the challenger"),
        pytest.param(
            link(),
            {"held": [replace(CONTEST, owner="0x" + "9" * 40)], "proven": SIGNED},
            PROOF_LOST,
            id="another contest",
        ),
    ],
)
def test_the_confirmation_says_what_is_lost_with_an_account(removed: Link, overview: dict[str, Any], lost: str) -> None:
    links = [removed, *overview.get("links", [])]
    words = text_of(link_embeds.remove_embed(removed, Overview(**({"proven": answer()} | overview | {"links": links}))))
    assert lost in words
    others = {STAYS, GONE, CLAIM_ENDS, PROOF_LOST} - {lost}
    assert not any(other in words for other in others)


@pytest.mark.parametrize(
    ("with_proof", "words"), [(True, "`loopring:10001` and its proof."), (False, "`loopring:10001`.")]
)
def test_the_answer_names_the_proof_only_where_it_was_removed(words: str, *, with_proof: bool) -> None:
    assert link_embeds.removed_words(link(), with_proof=with_proof) == words


@pytest.mark.parametrize(
    ("backups", "words"),
    [
        (timedelta(days=42), "in backups, everything, for up to 42 days."),
        (None, "in backups, everything, until its operator removes them."),
    ],
)
def test_the_confirmation_says_how_long_backups_retain_deleted_data(backups: timedelta | None, words: str) -> None:
    assert words in text_of(link_embeds.delete_embed(2, backups))


def test_the_confirmation_names_what_a_deletion_leaves_about_claims() -> None:
    shown = text_of(link_embeds.delete_embed(2, None))
    assert "for 30 days, that a claim of yours was refused, under keyed hashes" in shown
    assert "and that it is frozen, under a keyed hash of it alone" in shown


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (FreezeReason.MOVES, "moved from one member to another twice within a month"),
        (FreezeReason.CLAIMS, "was claimed again and again"),
    ],
)
def test_accounts_say_of_a_frozen_address_why_and_what_to_do(reason: FreezeReason, words: str) -> None:
    _, embed = overview_embeds(Overview(answer(signed(link())), [link()], frozen=[FrozenAddress(OWNER, AT, reason, 1)]))
    assert embed.title == "Frozen"
    for expected in (f"`0x19E7…ff2A` {words}", "until the operator decides", "sign once more. Tell the operator"):
        assert expected in text_of(embed)
    many = [FrozenAddress(OWNER, AT, reason, 1)] * 20
    assert over_limits(overview_embeds(Overview(answer(signed(link())), [link()], frozen=many))) == []


def test_a_notification_about_a_lost_account_mentions_no_deadline() -> None:
    words = text_of(notification_embeds.notification_embed(Notification(1, 1, NotificationKind.LOST, OWNER, AT)))
    assert "they signed for it, and you have not signed since" in words


def test_the_text_to_sign_is_the_whole_content_and_the_signer_is_shown_in_full() -> None:
    issued = IssuedChallenge("id", OWNER, OWNER, ("loopring:10001",), "nonce", "title\n\nfields", AT)
    assert proof_embeds.paste_text(issued) == "```text\ntitle\n\nfields\n```"
    assert "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A" in text_of(proof_embeds.paste_embed(issued))


def test_only_the_third_relayed_link_locks_the_member_out() -> None:
    texts = [text_of(proof_embeds.outcome_embed(Outcome(Result.RELAYED, relays=relays))) for relays in (1, 3)]
    assert ["cannot verify" in words for words in texts] == [False, True]
