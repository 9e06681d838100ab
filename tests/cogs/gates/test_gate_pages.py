"""Lists of gates of any length are shown whole, over as many pages as that takes, and no message is too long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import discord
import pytest

from bot.cogs.gates.gate_embeds import GateSentences, preview_embed
from bot.cogs.gates.gate_pages import GatePages, HistoryPages
from bot.cogs.gates.gate_proposal import Proposal
from bot.cogs.gates.gate_saving import Outlook
from bot.gates.gate import Gate, GateDraft, GateState, ParkReason
from bot.gates.rule import AccountIn, CollectionRef
from bot.names import Names
from bot.store.gates.gate_history import Change
from bot.store.gates.gate_rows import draft_row
from bot.sync.results import Preview
from tests.ui.test_embed_limits import over_limits

AT = datetime(2026, 11, 26, 17, tzinfo=UTC)
LONG = AccountIn(owners=frozenset(f"0x{number:040x}" for number in range(17)))
SENTENCES = GateSentences(Names())
DRAFTS = [GateDraft(1000 + number, LONG, grace=timedelta(hours=5)) for number in range(8)]
GATES = [Gate(number, 1, draft, GateState.ACTIVE, AT, AT) for number, draft in enumerate(DRAFTS, 1)]
SAME = [tuple(CollectionRef("eip155:1", f"0x{each:040x}") for each in range(place, place + 30)) for place in range(9)]


def shown(pages: GatePages | HistoryPages) -> str:
    """Everything on all pages, none of which is too long."""
    embeds: Sequence[Sequence[discord.Embed]] = [pages.embeds(page) for page in range(pages.page_count())]
    assert [over_limits(page) for page in embeds] == [[] for _ in embeds]
    return "\n".join(embed.description or "" for page in embeds for embed in page)


def test_gates_with_long_rules_and_long_sets_of_collections_are_all_listed() -> None:
    words = shown(GatePages(GATES, SAME, SENTENCES))
    assert [f"**#{gate.gate_id}**" in words for gate in GATES] == [True] * len(GATES)
    assert words.count("Count as the same") == len(SAME)


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0, "0 hours"), (0.005, "18 seconds"), (0.5, "30 minutes"), (1, "1 hour"), (36, "36 hours"), (48, "2 days")],
)
def test_a_grace_is_said_as_it_is(hours: float, words: str) -> None:
    assert SENTENCES.options(GateDraft(1000, LONG, grace=timedelta(hours=hours))) == f"grace {words}"


def test_a_history_of_long_rules_is_listed_whole() -> None:
    changes = [
        Change(
            number,
            1,
            AT,
            7,
            "import",
            {f"gate {gate.gate_id}": draft_row(gate.draft) for gate in GATES[:3]},
            {f"gate {gate.gate_id}": draft_row(gate.draft) for gate in GATES[:3]},
        )
        for number in range(1, 8)
    ]
    words = shown(HistoryPages(changes, SENTENCES))
    assert [f"**#{change.change_id}**" in words for change in changes] == [True] * len(changes)


@pytest.mark.parametrize(("count", "words"), [(1, "of 1 account they"), (2, "of 2 accounts they")])
def test_a_preview_says_why_who_holds_single_nfts_is_unknown(count: int, words: str) -> None:
    async def save(_: Proposal, __: int) -> None:
        return None

    proposal = Proposal("Add a gate", (DRAFTS[0],), save)
    said = preview_embed(proposal, Outlook(Preview(AT, 1, untold=count)), SENTENCES).description or ""
    assert f"{words} are not known yet" in said
    assert "single NFTs" not in (preview_embed(proposal, Outlook(Preview(AT, 1)), SENTENCES).description or "")


NAMES = {CollectionRef("loopring", "254"): "Harbour Lights"}


@pytest.mark.parametrize(
    ("name", "before", "after", "words"),
    [
        ("setting log_channel_id", None, 5, "Log channel: none → <#5>"),
        ("setting admin_role_id", 6, None, "Role that may configure Tessera: <@&6> → none"),
        ("setting protected_roles", [6], [6, 7], "Protected roles: <@&6> → <@&6>, <@&7>"),
        ("setting cool_down_seconds", None, 5400, "Cool-down of sensitive roles: the default → 90 minutes"),
        ("setting grace_seconds", 3600, 0, "Grace: 1 hour → none"),
        ("setting excluded_accounts", None, ["loopring:10001"], "Accounts that never count: none → `loopring:10001`"),
        (
            "setting excluded_collections",
            ["loopring:254"],
            ["loopring:9"],
            "Collections that never count: Harbour Lights (`loopring:254`) → `loopring:9`",
        ),
        (
            "setting shows_requirements",
            None,
            False,
            "What members see: the default → only the roles that they have",
        ),
        (
            "setting shows_addresses",
            None,
            True,
            "Whose accounts exports name: the default → the accounts of all members, with their addresses",
        ),
        ("protected 7", None, True, "<@7>: not protected → protected"),
        ("alias loopring:9", None, "loopring:254", "`loopring:9` counts as: itself → Harbour Lights (`loopring:254`)"),
    ],
)
def test_a_history_says_settings_as_people_know_them(name: str, before: object, after: object, words: str) -> None:
    values = [{} if value is None else {name: value} for value in (before, after)]
    change = Change(1, 1, AT, 7, "set", *values)
    first, *others = shown(HistoryPages([change], SENTENCES, NAMES)).split("\n")
    assert "· settings ·" in first
    assert others == [words]


def test_a_collection_that_counts_as_itself_is_no_change_and_many_changes_are_counted() -> None:
    after: dict[str, object] = {"alias loopring:254": "loopring:254"}
    after |= {f"protected {number}": True for number in range(9)}
    lines = shown(HistoryPages([Change(1, 1, AT, 7, "set", {}, after)], SENTENCES, NAMES)).split("\n")
    assert len(lines) == 8
    assert lines[-1] == "… and 3 more lines"


def test_a_dangerous_role_is_not_said_to_be_confirmable_whatever_it_has_got() -> None:
    parked = replace(GATES[0], state=GateState.PARKED, parked=ParkReason.ROLE_DANGEROUS)
    assert "take them from it, or ask `/gate edit` which can be confirmed" in SENTENCES.gate(parked)


def test_a_history_says_which_gate_was_paused() -> None:
    row = draft_row(DRAFTS[0])
    change = Change(1, 1, AT, 7, "pause", {"gate 1": row | {"paused": 0}}, {"gate 1": row | {"paused": 1}})
    lines = shown(HistoryPages([change], SENTENCES)).split("\n")
    assert [line.endswith("⏸ paused") for line in lines if "⏸" in line] == [True]
    assert "⏸" in lines[-1]


def test_a_preview_of_many_long_rules_is_cut_where_a_line_ends() -> None:
    async def save(_: Proposal, __: int) -> None:
        return None

    embed = preview_embed(
        Proposal("Import", tuple(DRAFTS), save, aliases=tuple(SAME)), Outlook(Preview(AT, 1)), SENTENCES
    )
    assert over_limits([embed]) == []
    assert embed.description
    assert embed.description.endswith("\n…")
    assert embed.description.count("`") % 2 == 0
