"""Gates from the settings of another bot, as a table."""

from __future__ import annotations

import pytest

from bot.errors import InputError
from bot.gates.conditions import NamedCollection
from bot.gates.gate_csv import is_table, read_table
from bot.gates.gate_file import FileGate, read_gates, write_gates
from bot.gates.parser import parse_rule
from bot.gates.rule import AnyOf, Holds, HoldsIds, Rule
from tests.gates.test_gate_file import APES, LIGHTS, NAMES, ROLES, gate, read_collection, read_rule


def gates(text: str) -> tuple[FileGate, ...]:
    """The gates of a table."""
    return read_table(text.encode(), read_rule, NAMES).gates


def test_lines_of_the_same_role_are_joined_as_other_bots_join_them() -> None:
    found = gates(f'role,collection,min,max,ids\nCollector,254,3,,\nCollector,{APES},,,\nFounder,254,2,4,"1, 5-9"\n')
    assert found == (
        FileGate(2, "Collector", None, AnyOf((Holds(LIGHTS, least=3), Holds(APES)))),
        FileGate(4, "Founder", None, HoldsIds(LIGHTS, ((1, 1), (5, 9)), least=2, most=4)),
    )


def test_columns_are_in_any_order_and_blank_lines_are_nothing() -> None:
    found = gates("\ufeffMin , Contract,ROLE\r\n2,loopring:254,910000000000000007\r\n,,\r\n")
    assert found == (FileGate(2, "910000000000000007", 910_000_000_000_000_007, Holds(LIGHTS, least=2)),)


def test_a_collection_is_named_too() -> None:
    assert gates("role,collection\nA,Harbour Lights\n")[0].rule == Holds(LIGHTS)


@pytest.mark.parametrize("name", ["Doodles2", "Azuki-Elementals", "Mfers!", "Mutant's Club", "0xPunks", "“Doodles2”"])
def test_a_name_of_any_signs_is_a_name(name: str) -> None:
    def read(text: str) -> Rule:
        known = [NamedCollection(name.strip("“”"), LIGHTS)]
        return parse_rule(text, NAMES, find_by_name=lambda _: known)

    [found] = read_table(f"role,collection\nA,{name}\n".encode(), read, NAMES).gates
    assert found.rule == Holds(LIGHTS)


HEAD = "role,collection,min,max,ids\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("role;collection\nA;254\n", "Line 1: commas are accepted between columns, and not `;`"),
        (
            HEAD + "A," + "2" * 200_000 + ",,,\n",
            "Line 1: this is no CSV: a field is too long, as where a quotation mark",
        ),
        ("", "Line 1: the names of the columns are accepted here"),
        ("role,min\nA,1\n", "Line 1: the names of the columns are accepted here"),
        ("role,collection,contract\nA,254,\n", "Line 1: the names of the columns are accepted here"),
        ("role,collection,colour\nA,254,red\n", "Line 1: the names of the columns are accepted here"),
        (HEAD, "Line 2: no line with a role follows."),
        (HEAD + ",254,,,\n", "Line 2: the role's name or id is missing."),
        (HEAD + "A,,,,\n", "Line 2: “” is not accepted: one collection is"),
        (HEAD + "A,254 >= 3,,,\n", "Line 2: "),
        (HEAD + "A,loopring:*,,,\n", "Line 2: “loopring:*” is not accepted: one collection is"),
        (HEAD + "A,254,x,,\n", "Line 2: “x” is not accepted for `min`: a whole number from 0 on is."),
        (HEAD + "A,254,-1,,\n", "Line 2: “-1” is not accepted for `min`"),
        (HEAD + "A,254,5,2,\n", "Line 2: `max` must not be below `min`."),
        (HEAD + "A,254,0,,\n", "Line 2: `min` is accepted from 1 on: everybody has at least 0."),
        (HEAD + "A,254,1,,seven\n", "Line 2: "),
        (HEAD + "A,254,1,,,,,\n", "Line 2: this line has more columns than the first one."),
        (HEAD + f"A,254,{10**17},,\n", "Line 2: At "),
        (HEAD + "A,254,1,,\n" + "".join(f"B,{number},1,,\n" for number in range(1, 61)), "Line 3: At "),
        (HEAD + "A,254,5,,1-3\n", "Line 2: Nobody can ever fulfil"),
        (HEAD + 'A,254,1,,"1) or 261 ids (2"\n', "Line 2: “254” is not accepted: one collection is"),
    ],
)
def test_a_table_with_something_wrong_is_refused_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(InputError) as found:
        gates(text)
    assert found.value.sentence.startswith(sentence)
    assert found.value.sentence.endswith("Nothing was saved.")


def test_a_good_line_is_not_read_without_the_bad_one() -> None:
    with pytest.raises(InputError, match=r"Line 3: .*\nNothing was saved\."):
        gates(HEAD + "A,254,,,\nB,254,x,,\nC,261,,,\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("role,collection\nGold,eip155:1:0xabc\n", True),
        ("\ufeffrole;collection\r\n", True),
        ("role,collection\rGold,loopring:254", True),
        ("tessera: 1\ngates: [{role: a, rule: b}]\n", False),
        ("{tessera: 1, gates: []}", False),
        ("# gates, as they were in spring\ntessera: 1\n", False),
        ("---\n", False),
    ],
)
def test_the_first_line_alone_says_whether_a_file_is_a_table(text: str, expected: bool) -> None:  # noqa: FBT001
    assert is_table(text.encode()) is expected


def test_what_a_table_makes_is_read_back_from_an_export() -> None:
    found = gates(HEAD + 'A,254,3,,\nA,Harbour Lights,,9,\nB,261,2,4,"1, 5-9"\n')
    stored = [gate(number, each.rule) for number, each in enumerate(found, start=7)]
    read = read_gates(write_gates(stored, [], ROLES.__getitem__, NAMES).encode(), read_rule, read_collection)
    assert {each.rule for each in read.gates} == {each.rule for each in found}
