"""What is said of snapshots: in the reader's language, numbers and buttons included, and with names as text."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import discord
import pytest

from bot.cogs.holders import diff_pages, snapshot_embeds
from bot.counts import exact
from bot.holders.change_kind import ChangeKind
from bot.holders.export_view import ExportView
from bot.holders.seal import Seal
from bot.holders.snapshot import Every, SnapshotRequest, SnapshotSchedule
from bot.holders.snapshot_changes import compare_snapshots
from bot.messages import Language, Message, Words, words_text, written_in
from tests.compiled_language import compiled_language
from tests.holders.snapshots import ANN, AT, GUILD, held, row, snapshot

_MISSING = Message("Something is missing.")
LATER = AT + timedelta(days=7)


@pytest.fixture
def shouted(tmp_path: Path) -> Language:
    """A language in which every sentence of these modules begins in its own way."""
    messages: list[Message] = [_MISSING]
    for module in (diff_pages, snapshot_embeds):
        for value in vars(module).values():
            found = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
            messages += [each for each in found if isinstance(each, Message)]
    texts = {each: (f"¡{each.text}", f"¡{each.many}") if each.many else f"¡{each.text}" for each in messages}
    return compiled_language(tmp_path, texts)


def lines_of(embed: discord.Embed) -> list[str]:
    """All that a card says, line by line."""
    texts = (embed.title, embed.description, embed.footer.text)
    return [line for text in texts for line in (text or "").split("\n") if line]


def test_a_comparison_is_in_the_readers_language(shouted: Language) -> None:
    diff = compare_snapshots(snapshot(), snapshot(row(7, held(7, 1, exact(1234))), number=13, at=LATER))
    with written_in(shouted):
        pages = diff_pages.DiffPages(diff, ChangeKind.JOINED)
        [embed] = pages.embeds(0)
        [nobody] = diff_pages.DiffPages(diff, ChangeKind.LEFT).embeds(0)
        tabs = [tab.label for tab in pages.tabs()]
    assert all(line.startswith("¡") for line in (*lines_of(embed), *lines_of(nobody), *tabs))
    assert "→ 1.234" in str(embed.description)


def test_an_export_and_the_schedules_are_in_the_readers_language(shouted: Language) -> None:
    view = ExportView(snapshot(ANN), shows_addresses=True, shared=frozenset())
    schedule = SnapshotSchedule(3, GUILD, SnapshotRequest("254"), Every.WEEK, 4, LATER, AT)
    with written_in(shouted):
        missing: list[Words] = [_MISSING()]
        embeds = [
            snapshot_embeds.exported_embed(view, Seal("ab" * 32), missing),
            snapshot_embeds.asking_embed(view, missing),
            snapshot_embeds.schedules_embed([schedule], AT),
            snapshot_embeds.schedules_embed([], AT),
        ]
    lines = [line for embed in embeds for line in lines_of(embed)]
    # What asks has a second sentence in one message.
    assert [line for line in lines if not line.startswith(("¡", "The file says so too"))] == []


def test_why_a_schedule_failed_is_in_the_readers_language_too(shouted: Language) -> None:
    failed = SnapshotSchedule(
        3, GUILD, SnapshotRequest("254"), Every.WEEK, 4, LATER, AT, failure=words_text(_MISSING())
    )
    before = replace(failed, failure="What an earlier version stored.")
    with written_in(shouted):
        embed = snapshot_embeds.schedules_embed([failed, before], AT)
    lines = lines_of(embed)
    assert [line.count("¡") for line in lines if "could not be made" in line] == [2, 1]
    assert lines[-1].endswith("What an earlier version stored.")


def test_a_name_of_upstreams_is_text_and_no_markdown() -> None:
    named = replace(snapshot(ANN), names=("**Free** [mint] ||here||",))
    embed = snapshot_embeds.exported_embed(ExportView(named, shows_addresses=True), Seal("ab" * 32), [])
    assert r"**\*\*Free\*\* \[mint\] \|\|here\|\|** (`254`)" in str(embed.description)
