"""Lists of gates of any length are shown whole, over as many pages as that takes, and no message is too long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import discord
import pytest

from bot.cogs.gates.gate_embeds import GateSentences, preview_embed
from bot.cogs.gates.gate_pages import GatePages, HistoryPages
from bot.cogs.gates.gate_proposal import Proposal
from bot.cogs.gates.gate_saving import Outlook
from bot.gates.gate import Gate, GateDraft, GateState
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
