"""Members' accounts as embeds: within Discord's limits for any input, and nothing that was typed has an effect."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cogs.linking import link_embeds, notification_embeds, proof_embeds
from bot.cogs.linking.link_embeds import Overview
from bot.cogs.linking.share_embeds import shares_words
from bot.holdings import LOOPRING, Account
from bot.linking.accounts import LinkResult
from bot.linking.outcome import Outcome, Result
from bot.links import (
    MAX_LABEL,
    MAX_LINKS,
    Contest,
    FreezeReason,
    FrozenAddress,
    Link,
    Notification,
    NotificationKind,
    Person,
    ProofKind,
    Share,
)
from bot.proofs import IssuedChallenge, ProofMethod
from bot.ui import embeds
from tests.ui.test_embed_limits import TEXT, over_limits

AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
OWNER = "0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a"
HOSTILE = "@everyone <@1> [x](https://evil.example) `"


def link(account: str = "10001", **fields: object) -> Link:
    """A main account, unproven."""
    values = {"owner": OWNER, "label": "", "is_main": True, "linked_at": AT} | fields
    return Link(Account(LOOPRING, account), **values)  # type: ignore[arg-type] # a test names what matters to it


def proven(account: str = "10001", **fields: object) -> Link:
    """A link that is proven with a key."""
    return link(account, proof_kind=ProofKind.KEY, proven_at=AT, **fields)


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
    proof_kind=st.none() | st.sampled_from(ProofKind),
    proven_at=st.just(AT),
    proven_in=st.none() | st.just(2**63),
)
SHARES = [Share(2**63 - guild, Account(LOOPRING, "0x" + "ab" * 20), AT) for guild in range(40)]
CONTESTS = st.builds(Contest, st.just(OWNER), st.just(1), st.just(2), st.just(AT), st.just(AT), st.none() | st.just(AT))


@settings(max_examples=40, deadline=None)
@given(st.lists(LINKS, max_size=MAX_LINKS), st.lists(CONTESTS, max_size=12), st.lists(CONTESTS, max_size=12), TEXT)
def test_a_list_of_accounts_keeps_the_limits(
    links: Sequence[Link], held: Sequence[Contest], opened: Sequence[Contest], name: str
) -> None:
    sharing = shares_words(SHARES, lambda guild_id: name if guild_id % 2 else None, 7)
    assert (
        over_limits(link_embeds.overview_embeds(Overview(links, held, opened, shares=SHARES, sharing=sharing), "Done."))
        == []
    )
    for each in links:
        assert over_limits([link_embeds.remove_embed(each, Overview(links, held, opened))]) == []
        assert over_limits([link_embeds.linked_embed(LinkResult(each, is_new=True, unknown_reason=name))]) == []
        assert over_limits([link_embeds.manual_embed(each, name, notified=False)]) == []
        assert over_limits([link_embeds.linked_by_hand_embed(each, name)]) == []
        assert 1 <= len(link_embeds.choice_words(each)) <= 100
        assert len(link_embeds.state_words(each)) <= 100


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
    embed, *_ = link_embeds.overview_embeds(Overview([link(label=HOSTILE)]))
    shown = [
        embed,
        link_embeds.manual_embed(proven(), HOSTILE, notified=True),
        link_embeds.linked_by_hand_embed(proven(), HOSTILE),
        proof_embeds.started_embed(Person(1, HOSTILE), None, ProofMethod.OAUTH, "https://verify.example", AT),
        proof_embeds.relay_warning_embed(Person(1, HOSTILE), HOSTILE, 3),
    ]
    for words in [*map(text_of, shown), link_embeds.main_words(link(), HOSTILE)]:
        assert "@everyone" not in words
        assert "<@1>" not in words
        assert "https://evil" not in words
        assert "](" not in words.replace(r"\](", "")


def test_the_answer_to_link_says_whether_the_account_is_proven() -> None:
    unproven = link_embeds.linked_embed(LinkResult(link(), is_new=True, unknown_reason=""))
    assert "owner `0x19E7…ff2A`" in text_of(unproven)
    assert "**unproven**" in text_of(unproven)
    assert unproven.colour == embeds.BRAND
    already = text_of(link_embeds.linked_embed(LinkResult(proven(), is_new=False, unknown_reason="")))
    assert "already proven by signature" in already
    assert "unproven" not in already
    assert "in one server" not in already


def test_a_link_by_a_moderator_is_shown_as_valid_in_one_server() -> None:
    vouched = link(proof_kind=ProofKind.MODERATOR, proven_at=AT, proven_in=910)
    words = "proven by a moderator's confirmation, without a signature, in one server"
    assert words in text_of(link_embeds.linked_embed(LinkResult(vouched, is_new=False, unknown_reason="")))
    assert words in text_of(link_embeds.overview_embeds(Overview([vouched]))[0])
    assert "without a signature, in one server." in text_of(link_embeds.manual_embed(vouched, "Hana", notified=True))


CONTEST = Contest(OWNER, 1, 2, AT, AT)
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
        pytest.param(proven(), {}, PROOF_LOST, id="the last account of that owner"),
        pytest.param(proven(), {"links": [proven("10002")]}, STAYS, id="another account has the same owner"),
        pytest.param(proven(), {"links": [proven("10002")], "held": [CONTEST]}, STAYS, id="so has what is contested"),
        pytest.param(link(), {"links": [link("10002")], "opened": [CONTEST]}, STAYS, id="so has what is claimed"),
        pytest.param(proven(), {"held": [CONTEST]}, GONE, id="the holder of a contest"),
        pytest.param(link(), {"opened": [CONTEST]}, CLAIM_ENDS, id="the challenger"),
        pytest.param(proven(), {"held": [replace(CONTEST, owner="0x" + "9" * 40)]}, PROOF_LOST, id="another contest"),
    ],
)
def test_the_confirmation_says_what_is_lost_with_an_account(removed: Link, overview: dict[str, Any], lost: str) -> None:
    links = [removed, *overview.get("links", [])]
    words = text_of(link_embeds.remove_embed(removed, Overview(**(overview | {"links": links}))))
    assert lost in words
    others = {STAYS, GONE, CLAIM_ENDS, PROOF_LOST} - {lost}
    assert not any(other in words for other in others)


@pytest.mark.parametrize(
    ("removed", "with_proof", "words"),
    [
        (proven(), True, "`loopring:10001` and its proof."),
        (proven(), False, "`loopring:10001`."),
        (link(), True, "`loopring:10001`."),
    ],
)
def test_the_answer_names_the_proof_only_where_it_was_removed(removed: Link, words: str, *, with_proof: bool) -> None:
    assert link_embeds.removed_words(removed, with_proof=with_proof) == words


@pytest.mark.parametrize(
    ("backups", "words"),
    [
        (timedelta(days=42), "in backups, everything, for up to 42 days."),
        (None, "in backups, everything, until its operator removes them."),
    ],
)
def test_the_confirmation_says_how_long_backups_retain_deleted_data(backups: timedelta | None, words: str) -> None:
    assert words in text_of(link_embeds.delete_embed(2, backups))


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (FreezeReason.MOVES, "moved from one member to another twice within a month"),
        (FreezeReason.CLAIMS, "was claimed again and again"),
    ],
)
def test_accounts_say_of_a_frozen_address_why_and_what_to_do(reason: FreezeReason, words: str) -> None:
    _, embed = link_embeds.overview_embeds(Overview([proven()], frozen=[FrozenAddress(OWNER, AT, reason, 1)]))
    assert embed.title == "Frozen"
    for expected in (f"`0x19E7…ff2A` {words}", "until the operator decides", "sign once more. Tell the operator"):
        assert expected in text_of(embed)
    many = [FrozenAddress(OWNER, AT, reason, 1)] * 20
    assert over_limits(link_embeds.overview_embeds(Overview([proven()], frozen=many))) == []


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
