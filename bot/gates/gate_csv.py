"""Gates from the settings of another bot, as a table that an admin writes down: CSV, a line for each requirement.

    role,collection,min,max,ids
    Collector,254,3,,
    Collector,eip155:1:0xbc4c…,1,,
    Whale,254,10,,
    Founder,254,1,,"1, 5-9"

Several lines with the same role: any of them earns it, as in Collab.Land and Guild. The columns may be in any order;
`contract` is accepted for `collection`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import replace

from bot.errors import InputError
from bot.gates.file_lines import LineProblems, text_of
from bot.gates.gate_file import FileGate, GateFile, ReadRule
from bot.gates.rule import AnyOf, CollectionRef, Holds, HoldsIds, Rule
from bot.gates.rule_text import rule_text
from bot.gates.typed_collection import written
from bot.messages import Message
from bot.names import Names

_NO_HEADER = Message("the names of the columns are accepted here: `role,collection,min,max,ids`.")
_SEMICOLONS = Message("commas are accepted between columns, and not `;`: save the table as CSV with commas.")
_NO_ROLE = Message("the role's name or id is missing.")
_NOT_ONE_COLLECTION = Message("“{typed}” is not accepted: one collection is, such as `254` or `eip155:1:0x…`.")
_NOT_A_NUMBER = Message("“{typed}” is not accepted for `{column}`: a whole number from 0 on is.")
_TURNED = Message("`max` must not be below `min`.")
_NOTHING_ASKED = Message("`min` is accepted from 1 on: everybody has at least 0.")
_WRONG_COLUMNS = Message("this line has more columns than the first one.")
_NOT_CSV = Message(
    "this is no CSV: a field is too long, as where a quotation mark is not closed, or a line ends in an unusual way."
)
_TOO_MANY = Message("a table has at most {most:,} lines.")
_EMPTY = Message("no line with a role follows.")

_ROLE, _COLLECTION, _CONTRACT, _MIN, _MAX, _IDS = "role", "collection", "contract", "min", "max", "ids"
_COLUMNS = {_ROLE, _COLLECTION, _CONTRACT, _MIN, _MAX, _IDS}
_MOST_LINES = 2_000
_MOST_DIGITS = 18
_ECHO = 60


def is_table(content: bytes) -> bool:
    """Whether a file is a table, by its first line alone: it names columns, and YAML would have a `:` there."""
    first = content.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].partition(b"\r")[0]
    return (b"," in first or b";" in first) and b":" not in first and not first.startswith(b"#")


def read_table(content: bytes, read_rule: ReadRule, names: Names) -> GateFile:
    """What a table says: one gate for each role, in the order in which they are first named.

    Args:
        content: The file.
        read_rule: Parses a rule, and raises `InputError`.
        names: The networks that it knows.

    Raises:
        InputError: with the lines that are wrong, and what is accepted there.
    """
    problems = LineProblems()
    reader = csv.DictReader(io.StringIO(text_of(content), newline=""), restkey="", restval="")
    if any(";" in name for name in reader.fieldnames or ()):
        problems.add(1, _SEMICOLONS())
        problems.refuse()
    columns = [str(name).strip().lower() for name in reader.fieldnames or ()]
    has_what = len({_COLLECTION, _CONTRACT} & set(columns)) == 1
    if not has_what or _ROLE not in columns or not _COLUMNS.issuperset(columns) or len(set(columns)) < len(columns):
        problems.add(1, _NO_HEADER())
        problems.refuse()
    reader.fieldnames = columns
    rules: dict[str, list[Rule]] = {}
    lines: dict[str, int] = {}
    try:
        for row in reader:
            _read_line(row, reader.line_num, read_rule, problems, rules, lines)
            if reader.line_num > _MOST_LINES:
                problems.add(reader.line_num, _TOO_MANY(most=_MOST_LINES))
                break
    except csv.Error:
        problems.add(reader.line_num, _NOT_CSV())
    if not rules and not len(problems):
        problems.add(2, _EMPTY())
    problems.refuse()
    gates = tuple(_gate(role, lines[role], found) for role, found in rules.items())
    for gate in gates:
        # What a whole rule must not be, its lines one by one do not show; and `/gate export` is read back as text.
        try:
            read_rule(rule_text(gate.rule, names))
        except InputError as error:
            problems.add(gate.line, error.words)
    problems.refuse()
    return GateFile(gates)


def _read_line(
    row: Mapping[str, str | list[str]],
    line: int,
    read_rule: ReadRule,
    problems: LineProblems,
    rules: dict[str, list[Rule]],
    lines: dict[str, int],
) -> None:
    if row.get(""):
        problems.add(line, _WRONG_COLUMNS())
        return
    cells = {name: str(value).strip() for name, value in row.items() if name}
    if not any(cells.values()):
        return
    role = cells[_ROLE]
    if not role:
        problems.add(line, _NO_ROLE())
        return
    try:
        rule = _rule(cells, read_rule)
    except InputError as error:
        problems.add(line, error.words)
        return
    lines.setdefault(role, line)
    rules.setdefault(role, []).append(rule)


def _rule(cells: Mapping[str, str], read_rule: ReadRule) -> Rule:
    typed = cells.get(_COLLECTION) or cells.get(_CONTRACT) or ""
    named = written(typed)
    held = read_rule(named) if typed else None
    if not isinstance(held, Holds) or not isinstance(held.target, CollectionRef) or held != Holds(held.target):
        raise InputError(_NOT_ONE_COLLECTION, typed=typed[:_ECHO])
    least, most = _number(cells, _MIN), _number(cells, _MAX)
    least = 1 if least is None else least
    if most is not None and most < least:
        raise InputError(_TURNED)
    if least == 0:
        raise InputError(_NOTHING_ASKED)
    ids = cells.get(_IDS, "")
    if not ids:
        return replace(held, least=least, most=most)
    of_ids = read_rule(f"{named} ids ({ids})")
    if not isinstance(of_ids, HoldsIds):
        raise InputError(_NOT_ONE_COLLECTION, typed=typed[:_ECHO])
    return replace(of_ids, least=least, most=most)


def _number(cells: Mapping[str, str], column: str) -> int | None:
    text = cells.get(column, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise InputError(_NOT_A_NUMBER, typed=text[:_ECHO], column=column)
    return int(text)


def _gate(role: str, line: int, rules: list[Rule]) -> FileGate:
    different = tuple(dict.fromkeys(rules))
    rule = different[0] if len(different) == 1 else AnyOf(different)
    # Ids of Discord have 17 to 19 digits.
    role_id = int(role) if re.fullmatch("[0-9]{17,19}", role) and int(role) < 2**63 else None
    return FileGate(line=line, role=role, role_id=role_id, rule=rule)
