"""Why a role changed is retained as words: people read it in their language, Discord's audit log has it in English."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given

from bot.gates.facts import Facts
from bot.gates.judge import judge
from bot.gates.rule import AnyOf, CollectionRef, Holds, Rule
from bot.messages import TRANSLATED, Message, Words, language_of, words_of_text, words_text, written_in
from bot.roles.plan import Act
from bot.store.sync.ledger_table import Intent
from bot.sync.change_reason import audit_line, deleted_reason, recorded_reason, undo_reason
from bot.sync.short_reason import short_reason
from tests.gates.made_rules import account, any_facts, facts, parse, rules
from tests.sync.sync_harness import COLLECTOR, GUILD, HARBOUR, TEN_MINUTES, SyncHarness, open_sync, user

GERMAN, JAPANESE = language_of("de"), language_of("ja")
NAME = "Collection 254"  # as the source calls it
# As an archive has it.
LABEL = Message("{source}, recorded {day:%Y-%m-%d}")(source="Loopring", day=datetime(2026, 6, 1, tzinfo=UTC))


async def _taken(harness: SyncHarness) -> None:
    """One member of three had the role, and loses it."""
    await harness.gate(Holds(HARBOUR, least=3))
    await harness.members(3, holds=3)
    await harness.turn()
    harness.sell(1)
    await harness.pass_time(5 * TEN_MINUTES)


async def test_the_log_channel_reads_it_in_the_servers_language_and_the_audit_log_in_english(tmp_path: Path) -> None:
    async with open_sync(tmp_path / "tessera.db") as harness:
        await _taken(harness)
        with written_in(GERMAN):
            lines = harness.said()
        assert [line.partition("> ")[2] for line in lines if "entzogen" in line] == [
            f"wurde <@{_who(harness)}> entzogen: Gate #1: hält 0 statt 3 von {NAME}"
        ]
        assert {line.partition(": ")[2] for line in lines if "vergeben" in line} == {
            f"Gate #1: hält 3 von {NAME}, nötig: 3"
        }
        assert {call[-1] for call in harness.discord.writes} == {
            f"Tessera gate #1: holds 3 of {NAME}, 3 needed",
            f"Tessera gate #1: holds 0 of 3 of {NAME}",
        }


def _who(harness: SyncHarness) -> int:
    (removed,) = [call for call in harness.discord.writes if call[0] == "remove"]
    return int(removed[2])


async def test_what_an_earlier_version_wrote_down_is_read_as_it_was(tmp_path: Path) -> None:
    async with open_sync(tmp_path / "tessera.db") as harness:
        await harness.gate()
        await harness.members(10)
        await harness.sync.read_due()
        await harness.sync.run_due()
        await harness.sync.idle()
        earlier = "Tessera gate #7: holds 5 of {name}, 3 needed"  # with what would be a place
        await harness.rows("UPDATE sync_changes SET reason = ?", [earlier])
        await harness.post()
        harness.sell(1, 2, 3, 4)
        await harness.pass_time(TEN_MINUTES)
        await harness.rows("UPDATE role_misses SET reason = 'holds 0 of 1 of Harbour Lights'")
        with written_in(GERMAN):
            lines = {line.partition(": ")[2] for line in harness.said() if "vergeben" in line}
            staged = {each.sentence for each in await harness.sync.staged(GUILD)}
        assert lines == {"gate #7: holds 5 of {name}, 3 needed"}
        assert staged == {"holds 0 of 1 of Harbour Lights"}


async def test_each_admin_reads_the_removals_that_wait_in_their_language() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        harness.sell(1, 2, 3, 4)
        await harness.pass_time(TEN_MINUTES)
        staged = await harness.sync.staged(GUILD)
        with written_in(JAPANESE):
            assert {each.sentence for each in staged} == {f"{NAME}：保有0、必要1"}
        assert {each.sentence for each in staged} == {f"holds 0 of 1 of {NAME}"}


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("Tessera gate #1: holds 3 of Harbour Lights, 3 needed", "gate #1: holds 3 of Harbour Lights, 3 needed"),
        (words_text(undo_reason(1, 14)), "Gate #1: zurückgegeben: Lauf 14 wurde rückgängig gemacht"),
    ],
    ids=["by an earlier version", "by this one"],
)
async def test_a_change_whose_outcome_was_not_written_down_keeps_its_reason(stored: str, expected: str) -> None:
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR, least=3))
        await harness.member(1, 3)
        harness.server.members[user(1)].add(COLLECTOR)  # Discord did it, and the process was killed then
        intent = Intent(GUILD, user(1), COLLECTOR, 1, 1, Act.ADD, stored, is_counted=False, at=harness.now)
        await harness.store.sync.ledger.begin(intent)
        await harness.pass_time(TEN_MINUTES)
        with written_in(GERMAN):
            assert [line.partition(": ")[2] for line in harness.said()] == [expected]


async def test_a_long_reason_is_cut_for_the_audit_log_and_retained_as_a_whole() -> None:
    many = [CollectionRef("loopring", str(number)) for number in range(254, 294)]
    async with open_sync() as harness:
        await harness.gate(AnyOf(tuple(Holds(each, least=3) for each in many)))
        await harness.members(2, holds=3)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(5 * TEN_MINUTES)
        (cut,) = [call[-1] for call in harness.discord.writes if call[0] == "remove"]
        assert len(cut) == 512
        assert cut.endswith("…")
        ((stored,),) = await harness.rows("SELECT reason FROM sync_changes WHERE act = 'remove'")
        reason = recorded_reason(stored)
        assert isinstance(reason, Words)
        assert str(reason).startswith(cut.removeprefix("Tessera ").removesuffix("…"))
        assert str(reason).endswith("; and 20 more")
        assert reason.render(GERMAN).endswith("; und 20 weitere Gründe")


@pytest.mark.parametrize(
    ("text", "held", "expected"),
    [
        ("254 >= 1000", 0, "holds 0 of 1,000 of Harbour Lights"),
        ("254 >= 1", 1000, "holds 1,000 of Harbour Lights, 1 needed"),
        ("254 between 2 and 5", 3, "holds 3 of Harbour Lights, 2 to 5 needed"),
        ("254 between 2 and 5", 7, "holds 7 of 2 to 5 of Harbour Lights"),
    ],
)
def test_numbers_are_grouped_as_in_all_other_sentences(text: str, held: int, expected: str) -> None:
    verdict = judge(parse(text), facts(account({CollectionRef("loopring", "254"): held})))
    assert str(short_reason(verdict, lambda _: "Harbour Lights")) == expected


@given(rules, any_facts)
def test_what_is_retained_is_always_read_back(rule: Rule, known: Facts) -> None:
    reason = short_reason(judge(rule, known), lambda ref: f"{{a}} \\*{ref}\\* “b” \N{OCTOPUS}")
    found = words_of_text(words_text(reason))
    assert isinstance(found, Words)
    assert found == reason
    assert [found.render(language) for language in TRANSLATED] == [reason.render(language) for language in TRANSLATED]
    line = audit_line(found)
    assert line.startswith("Tessera ")
    assert len(line) <= 512


@pytest.mark.parametrize("reason", [undo_reason(3, 14), deleted_reason(3)])
def test_what_is_no_answer_of_a_gate_is_read_in_any_language_too(reason: Words) -> None:
    found = recorded_reason(words_text(reason))
    assert isinstance(found, Words)
    assert audit_line(found) == f"Tessera {reason}"
    assert "#3" in found.render(GERMAN)
    assert found.render(GERMAN) != str(found)


def test_a_line_of_an_earlier_version_is_not_named_twice_in_the_audit_log() -> None:
    assert audit_line("Tessera gate #3: holds 1") == "Tessera gate #3: holds 1"


@pytest.mark.parametrize("version", ["this one", "an earlier one"])
async def test_a_source_whose_name_is_words_is_said_once_to_be_silent_and_once_to_answer(version: str) -> None:
    async with open_sync() as harness:
        harness.source.label = LABEL
        await harness.gate()
        await harness.members(1)
        await harness.turn()
        harness.source.is_down = True
        await harness.pass_time(timedelta(hours=2))
        if version == "an earlier one":  # which had written down the English of it
            await harness.rows("UPDATE sync_posts SET detail = ? WHERE kind = 'silent'", [str(LABEL)])
            harness.start()
            await harness.pass_time(timedelta(hours=1))
        harness.source.is_down = False
        await harness.pass_time(timedelta(hours=3))
        with written_in(GERMAN):
            status = await harness.sync.status(GUILD)
            said = [line for line in harness.said() if "2026-06-01" in line]
        assert [line.partition("2026-06-01")[0] for line in said] == ["Loopring, aufgezeichnet am "] * 2
        assert status.failing == {}
