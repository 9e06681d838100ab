"""What is said of snapshots is in the reader's language, and fits however long its rules are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.cogs.holders.diff_pages import DiffPages
from bot.cogs.holders.snapshot_embeds import exported_embed, nobody_embed, schedules_embed
from bot.counts import at_least, exact
from bot.errors import InputError
from bot.gates.rule import CollectionRef
from bot.holders.counting import Counting
from bot.holders.export_view import export_view
from bot.holders.held import OpenReason
from bot.holders.seal import Seal
from bot.holders.snapshot import Every, Snapshot, SnapshotRequest, SnapshotSchedule
from bot.holders.snapshot_changes import compare_snapshots
from bot.messages import Message, language_of, written_in
from bot.ui.embeds import DESCRIPTION, error_embed
from tests.compiled_language import compiled_language
from tests.holders.snapshots import AT, GUILD, held, row, snapshot

LONG = " or ".join(f"eip155:1:0x{number:040x}" for number in range(99))
GERMAN = {
    Message("Scheduled snapshots"): "Geplante Listen",
    Message("There are none. `/holders schedule` with a rule makes one."): "Es gibt keine.",
    Message("From snapshot {first} to snapshot {second}"): "Von Liste {first} bis Liste {second}",
    Message("<@{user}> · {before} → {after}"): "<@{user}>: vorher {before}, nachher {after}",
    Message("Joined"): "Neu",
    Message("Snapshot {number}"): "Liste {number}",
}


def a_schedule(number: int, rule: str) -> SnapshotSchedule:
    return SnapshotSchedule(number, GUILD, SnapshotRequest(rule), Every.WEEK, 12, AT, AT)


def test_each_answer_is_in_the_readers_language(tmp_path: Path) -> None:
    before, after = snapshot(number=1), snapshot(row(101, held(101, 1, exact(1234))), number=2)
    with written_in(compiled_language(tmp_path, GERMAN)):
        schedules = schedules_embed([], AT)
        pages = DiffPages.of(compare_snapshots(before, after))
        [diff] = pages.embeds(0)
        tabs = [each.label for each in pages.tabs()]
        nobody = nobody_embed(export_view(before, shows_addresses=True))
    assert (schedules.title, schedules.description) == ("Geplante Listen", "Es gibt keine.")
    assert diff.title == "Von Liste 1 bis Liste 2"
    assert "<@101>: vorher -, nachher 1.234" in (diff.description or "")
    assert (diff.footer.text or "").startswith("Neu")
    assert tabs[0] == "Neu"
    assert nobody.title == "Liste 1"


def test_ten_schedules_with_long_rules_are_all_shown() -> None:
    text = schedules_embed([a_schedule(number, LONG) for number in range(1, 11)], AT).description or ""
    assert all(f"**{number}** · " in text for number in range(1, 11))


def test_a_comparison_of_a_long_rule_fits_and_shows_its_members() -> None:
    members = [row(user_id, held(user_id, user_id, exact(1))) for user_id in range(101, 121)]
    before, after = (replace(snapshot(*its), request=SnapshotRequest(LONG)) for its in ((), members))
    text = DiffPages.of(compare_snapshots(before, after)).embeds(0)[0].description or ""
    assert len(text) <= DESCRIPTION
    assert all(f"<@{member.user_id}>" in text for member in members)


def test_complete_is_said_only_of_what_is_known_of_all() -> None:
    """A list of addresses may lack nobody, and still not say how much they hold."""
    some = snapshot(row(101, held(101, 1, at_least(2), reason=OpenReason.PARTLY_READ)))
    seal = Seal(sha256="ab")
    said = exported_embed(export_view(some, shows_addresses=True), seal, ()).description or ""
    assert "Complete: " not in said
    assert "How much they hold is not known of all of them" in said
    certain = snapshot(row(101, held(101, 1, exact(2))))
    assert "Complete: " in (exported_embed(export_view(certain, shows_addresses=True), seal, ()).description or "")


def test_nobody_is_said_with_what_may_be_the_cause() -> None:
    """A minimum, a collection that is left out, members who left: nobody is said to hold nothing."""

    def said(taken: Snapshot, **how: Any) -> str:
        return nobody_embed(export_view(taken, shows_addresses=True, **how)).description or ""

    assert said(snapshot()) == "Nobody in this server fits `254`, or may fit it. There is nothing to export."
    many = said(snapshot(request=SnapshotRequest("254", minimum=100)))
    assert many.startswith("Nobody in this server fits `254` and holds at least 100, or may.")
    excluded = replace(snapshot(), counting=Counting(left_out=(CollectionRef("loopring", "254"),)))
    assert "Never counted in this server: `loopring:254`." in said(excluded)
    gone = snapshot(row(101, held(101, 1, exact(12))))
    assert "One member is left out, who left the server since." in said(gone, present=())


def test_of_two_long_rules_it_is_still_said_what_can_be_compared() -> None:
    before, after = (snapshot(request=SnapshotRequest(f"{LONG} or {number}"), number=number) for number in (1, 2))
    with written_in(language_of("de")), pytest.raises(InputError) as raised:
        compare_snapshots(before, after)
    with written_in(language_of("de")):
        text = error_embed(raised.value).description or ""
    assert text.endswith("lassen sich vergleichen.")
    assert "kinds" not in text
