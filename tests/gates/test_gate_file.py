"""Gates as a file: written the same way each time, read as a whole, and refused by its lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import InputError
from bot.gates.conditions import NamedCollection
from bot.gates.file_lines import MAX_BYTES
from bot.gates.gate import Gate, GateDraft, GateState
from bot.gates.gate_file import FileGate, GateFile, read_gates, write_gates
from bot.gates.parser import parse_rule
from bot.gates.rule import AllOf, CollectionRef, Holds, Not, Rule
from bot.messages import ENGLISH, TRANSLATED, Language, set_reader_language
from bot.names import Names

NAMES = Names(("loopring", "eip155:1"))
NOW = datetime(2026, 11, 26, tzinfo=UTC)
LIGHTS, BOATS = CollectionRef("loopring", "254"), CollectionRef("loopring", "261")
APES = CollectionRef("eip155:1", "0x" + "ab" * 20)
ROLES = {7: "Collector", 8: "Whale: the “big” one", 9: "#1 <@everyone>\n"}


def read_rule(text: str) -> Rule:
    """A rule, with one name that is known."""
    return parse_rule(text, NAMES, find_by_name=lambda _: [NamedCollection("Harbour Lights", LIGHTS)])


def read_collection(text: str) -> CollectionRef:
    """A collection."""
    return CollectionRef(*NAMES.parse_collection(text))


def read(text: str | bytes) -> GateFile:
    """What a file says."""
    return read_gates(text.encode() if isinstance(text, str) else text, read_rule, read_collection)


def refused(text: str | bytes) -> str:
    """The sentence by which a file is refused."""
    with pytest.raises(InputError) as found:
        read(text)
    return found.value.sentence


def gate(role_id: int, rule: Rule, **fields: object) -> Gate:
    """A gate that is stored."""
    return Gate(role_id, 1, GateDraft(role_id, rule, **fields), GateState.ACTIVE, NOW, NOW)  # type: ignore[arg-type]


GATES = [
    gate(8, AllOf((Holds(LIGHTS, least=10), Not(Holds(BOATS)))), ladder="tiers", rank=2, never_remove=True),
    gate(7, Holds(LIGHTS, least=3), ladder="tiers", rank=1, grace=timedelta(hours=48)),
    gate(9, Holds(APES), is_sensitive=True),
]
WRITTEN = f"""tessera: 1
gates:
- role: '#1 <@everyone>

    '
  role_id: '9'
  rule: {APES}
  sensitive: true
- role: 'Whale: the “big” one'
  role_id: '8'
  rule: 254 >= 10 and not 261
  never_remove: true
  ladder: tiers
  rank: 2
- role: Collector
  role_id: '7'
  rule: 254 >= 3
  grace_hours: 48.0
  ladder: tiers
  rank: 1
aliases:
- - {APES}
  - loopring:254
"""


def test_gates_are_written_in_the_same_order_whatever_the_one_they_are_stored_in() -> None:
    for order in (GATES, GATES[::-1]):
        assert write_gates(order, [(LIGHTS, APES)], ROLES.__getitem__, NAMES) == WRITTEN


def test_what_is_written_is_read_as_what_it_was() -> None:
    found = read(write_gates(GATES, [(APES, LIGHTS)], ROLES.__getitem__, NAMES))
    assert found.aliases == ((APES, LIGHTS),)
    by_role = {each.role_id: each for each in found.gates}
    for each in GATES:
        draft, written = each.draft, by_role[each.role_id]
        assert (written.role, written.rule, written.grace) == (ROLES[each.role_id], draft.rule, draft.grace)
        assert (written.never_remove, written.is_sensitive) == (draft.never_remove, draft.is_sensitive)
        assert (written.ladder, written.rank) == (draft.ladder, draft.rank)


def test_a_file_written_by_hand_needs_a_role_and_a_rule() -> None:
    found = read(
        'tessera: 1\ngates:\n  - {role: Collector, rule: 254}\n  - role: No\n    rule: "\\"harbour lights\\" >= 2"\n'
    )
    assert found == GateFile(
        (FileGate(3, "Collector", None, Holds(LIGHTS)), FileGate(4, "No", None, Holds(LIGHTS, least=2)))
    )


HEAD = "tessera: 1\ngates:\n"
GATE = HEAD + "- role: A\n  rule: 254\n"
BAD = [
    ("", "Line 1: `tessera: 1` and `gates:` are accepted at the beginning"),
    ("- 1\n", "Line 1: `tessera: 1` and `gates:` are accepted at the beginning"),
    ("tessera: 2\ngates: []\n", "Line 1: `tessera: 1` is accepted, the version of this form."),
    ("gates: []\n", "Line 1: `tessera: 1` is accepted"),
    ("tessera: 1\n", "Line 1: “gates” must be a list."),
    ("tessera: 1\ngates: all\n", "Line 2: “gates” must be a list."),
    (HEAD + "- 254\n", "Line 3: a gate is accepted, with `role`, `role_id` and `rule`."),
    (HEAD + "- role: A\n", "Line 3: “rule” is missing."),
    (HEAD + "- role: A\n  rule: 254 >=\n", "Line 4: "),
    (HEAD + "- role: A\n  rule: [254]\n", "Line 4: “rule” is wrong: a rule, such as `254 >= 3` is accepted."),
    (GATE + "  roll: 7\n", "Line 5: there is no field “roll”: `role`, `role_id`, `rule`"),
    (
        GATE + "  rank: one\n",
        "Line 5: “rank” is wrong: a whole number from 0 to 1000 is accepted.",
    ),
    (
        GATE + "  grace_hours: -1\n",
        "Line 5: “grace_hours” is wrong: hours from 0 to 720 is accepted.",
    ),
    (GATE + "  grace_hours: .nan\n", "Line 5: “grace_hours” is wrong"),
    (
        GATE + "  never_remove: maybe\n",
        "Line 5: “never_remove” is wrong: `true` or `false` is accepted.",
    ),
    (
        GATE + "  role_id: 99999999999999999999\n",
        "Line 5: “role_id” is wrong: a role's id is accepted.",
    ),
    (GATE + "  rule: 261\n", "Line 5: “rule” is here twice."),
    ("tessera: 1\ngates: []\nmore: 1\n", "Line 3: there is no field “more”"),
    ("tessera: 1\ngates: []\naliases:\n- [loopring:254]\n", "Line 4: a list of two collections or more is accepted"),
    ("tessera: 1\ngates: []\naliases:\n- [loopring:254, x:y]\n", "Line 4: No source here knows"),
    ("tessera: 1\ngates: [\n", "Line 3: this is no YAML"),
    ("tessera: 1\ngates: &a []\naliases: *a\n", "Line 2: anchors, aliases and tags of YAML"),
    ("tessera: 1\ngates: !!python/object/apply:os.system ['id']\n", "Line 2: anchors, aliases and tags of YAML"),
    ("tessera: 1\ngates: " + "[" * 9 + "]" * 9, "Line 2: this is nested too deeply"),
    (HEAD + "- {role: A, rule: 254}\n" * 251, "Line 2: this file has too many entries: 250 are accepted."),
    (b"\xff\xfe\x00", "This is no text in UTF-8. Nothing was saved."),
    (b"x" * (MAX_BYTES + 1), "A file of gates has at most 262,144 bytes. Nothing was saved."),
]


@pytest.mark.parametrize(("text", "sentence"), BAD)
def test_a_file_with_something_wrong_is_refused_with_its_line(text: str | bytes, sentence: str) -> None:
    said = refused(text)
    assert said.startswith(sentence)
    assert said.endswith("Nothing was saved.")


@pytest.mark.parametrize("language", TRANSLATED, ids=str)
def test_what_is_no_yaml_is_said_without_the_librarys_english(language: Language) -> None:
    text = "tessera: 1\ngates: [\n"
    in_english = refused(text)
    set_reader_language(language)
    said = refused(text)
    set_reader_language(ENGLISH)
    assert "expected" in in_english
    assert "expected" not in said
    assert "YAML" in said


def test_all_wrong_lines_are_named_in_their_order_and_the_rest_is_counted() -> None:
    said = refused(HEAD + "- role: A\n  rule: 254 >=\n" * 11)
    assert [line.split(":")[0] for line in said.splitlines()[:8]] == [f"Line {2 * place + 4}" for place in range(8)]
    assert said.splitlines()[8:] == ["And 3 more lines are wrong.", "Nothing was saved."]


def test_a_small_text_never_becomes_a_large_value() -> None:
    """A billion laughs: each list is ten times the one before."""
    levels = "\n".join(
        f"{name}: &{name} [{', '.join(['*' + before] * 10)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "anchors, aliases and tags" in refused(f"a: &a [x]\n{levels}\ntessera: 1\ngates: *i\n")
    assert "nested too deeply" in refused("[" * 100_000)
    assert "too many entries" in refused("tessera: 1\ngates:\n" + "- 1\n" * 30_000)


def test_a_file_has_a_limited_number_of_conditions() -> None:
    rule = f"any of ({', '.join(str(number) for number in range(300, 350))})"
    many = "\n".join(f"- {{role: r{number}, rule: '{rule}'}}" for number in range(150))
    words = refused(f"tessera: 1\ngates:\n{many}\n")
    assert words.startswith("Line 103: from here on these are too many conditions: a file has at most 5,000.")
    assert "more line" not in words
