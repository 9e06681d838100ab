"""Gates of a server as a file that admins read, compare and edit: YAML, written and read as a whole.

    tessera: 1
    gates:
    - role: Collector
      role_id: '910000000000000007'
      rule: 254 >= 3
      grace_hours: 48
    aliases:
    - [loopring:254, eip155:1:0xbc4c…]

It is written by the same rules each time, so that two files differ where the gates do. Read is only what has a meaning
here: scalars as text, whose meaning the fields decide; no tags, no anchors, nothing that refers to anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.errors import InputError
from bot.gates.file_lines import LineProblems, text_of
from bot.gates.gate import Gate
from bot.gates.plain_yaml import fields_of, parsed, plain
from bot.gates.rule import AllOf, AnyOf, CollectionRef, During, HeldFor, Not, Rule, SomeOf
from bot.gates.rule_needs import each_rule
from bot.gates.rule_text import rule_text
from bot.messages import Message, Words
from bot.names import Names

_TOO_MANY = Message("this file has too many entries: {most:,} are accepted.")
_TOO_MANY_CONDITIONS = Message("from here on these are too many conditions: a file has at most {most:,}.")
_NOT_A_MAPPING = Message("`tessera: 1` and `gates:` are accepted at the beginning, as `/gate export` writes them.")
_NOT_THIS_VERSION = Message("`tessera: 1` is accepted, the version of this form.")
_NOT_A_LIST = Message("“{key}” must be a list.")
_NOT_A_GATE = Message("a gate is accepted, with `role`, `role_id` and `rule`.")
_FIELD = Message("“{field}” is wrong: {accepted} is accepted.")
_UNKNOWN_FIELD = Message("there is no field “{field}”: {known} are accepted.")
_MISSING = Message("“{field}” is missing.")
_NOT_A_SET = Message("a list of two collections or more is accepted, such as `[loopring:254, loopring:261]`.")

_MOST_GATES = 250  # the roles that a server can have
_MOST_CONDITIONS = 5_000
_LONGEST_RULE = 200_000
_JOINED = (SomeOf, AllOf, AnyOf, Not, During, HeldFor)
_ECHO = 60
_NO_CHAINS = ("eip155:0", "eip155:00")

ReadRule = Callable[[str], Rule]


@dataclass(frozen=True, slots=True)
class FileGate:
    """A gate as a file says it: its role may not exist.

    Attributes:
        line: Where it begins.
        role: The role's name.
        role_id: Its id; None: the name decides.
        rule: What earns it.
        grace: See `GateDraft`; the rest likewise.
    """

    line: int
    role: str
    role_id: int | None
    rule: Rule
    grace: timedelta | None = None
    never_remove: bool = False
    is_sensitive: bool = False
    ladder: str = ""
    rank: int = 0


@dataclass(frozen=True, slots=True)
class GateFile:
    """What a file says.

    Attributes:
        gates: In its order.
        aliases: Sets of collections that count as the same; None: it says nothing about them.
    """

    gates: tuple[FileGate, ...]
    aliases: tuple[tuple[CollectionRef, ...], ...] | None = None


class _GateFields(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Annotated[str, Field(min_length=1, max_length=100)]
    role_id: Annotated[int, Field(gt=0, lt=2**63)] | None = None
    rule: Annotated[str, Field(min_length=1, max_length=_LONGEST_RULE)]
    grace_hours: Annotated[float, Field(ge=0, le=720, allow_inf_nan=False)] | None = None
    never_remove: bool = False
    sensitive: bool = False
    ladder: Annotated[str, BeforeValidator(lambda text: text or ""), Field(max_length=32)] = ""
    rank: Annotated[int, Field(ge=0, le=1000)] = 0


_KNOWN_FIELDS = Message("`tessera`, `gates` and `aliases`")
_ACCEPTED = {
    "role": Message("a role's name"),
    "role_id": Message("a role's id"),
    "rule": Message("a rule, such as `254 >= 3`"),
    "grace_hours": Message("hours from 0 to 720"),
    "never_remove": Message("`true` or `false`"),
    "sensitive": Message("`true` or `false`"),
    "ladder": Message("a name of at most 32 letters"),
    "rank": Message("a whole number from 0 to 1000"),
}


def write_gates(
    gates: Sequence[Gate],
    aliases: Iterable[Sequence[CollectionRef]],
    role_name: Callable[[int], str],
    names: Names,
) -> str:
    """A server's gates as the text of a file, always in the same order."""
    # A chain is always named: the file may be read where another one is the only one.
    explicit = Names((*names.networks, *_NO_CHAINS), names.aliases)
    entries = [_entry(gate, role_name(gate.role_id), explicit) for gate in gates]
    entries.sort(key=lambda each: (str(each.get("ladder", "")), -each.get("rank", 0), each["role"], each["role_id"]))
    document = {
        "tessera": 1,
        "gates": entries,
        "aliases": sorted([str(collection) for collection in sorted(each)] for each in aliases),
    }
    # The C writer and the one in Python differ in nothing that is written here; the width keeps a rule on one line.
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=10**6)


def _entry(gate: Gate, role: str, names: Names) -> dict[str, Any]:
    draft = gate.draft
    entry: dict[str, Any] = {"role": role, "role_id": str(draft.role_id), "rule": rule_text(draft.rule, names)}
    if draft.grace is not None:
        entry["grace_hours"] = draft.grace.total_seconds() / 3600
    if draft.never_remove:
        entry["never_remove"] = True
    if draft.is_sensitive:
        entry["sensitive"] = True
    if draft.ladder:
        entry |= {"ladder": draft.ladder, "rank": draft.rank}
    return entry


def read_gates(content: bytes, read_rule: ReadRule, read_collection: Callable[[str], CollectionRef]) -> GateFile:
    """What a file says.

    Args:
        content: The file.
        read_rule: Parses a rule, and raises `InputError`.
        read_collection: Parses the name of one collection, likewise.

    Raises:
        InputError: with the lines that are wrong, and what is accepted there.
    """
    document = parsed(text_of(content))
    problems = LineProblems()
    fields = fields_of(document, problems, _NOT_A_MAPPING())
    problems.refuse()
    for key, (line, _) in fields.items():
        if key not in ("tessera", "gates", "aliases"):
            problems.add(line, _UNKNOWN_FIELD(field=key[:_ECHO], known=_KNOWN_FIELDS()))
    version = fields.get("tessera")
    if version is None or plain(version[1]) != "1":
        problems.add(version[0] if version else 1, _NOT_THIS_VERSION())
    gates, conditions = list[FileGate](), 0
    for node in _items(fields, "gates", problems):
        gate = _read_gate(node, read_rule, problems)
        if gate is None:
            continue
        gates.append(gate)
        conditions += sum(not isinstance(part, _JOINED) for part in each_rule(gate.rule))
        if conditions > _MOST_CONDITIONS:
            problems.add(gate.line, _TOO_MANY_CONDITIONS(most=_MOST_CONDITIONS))
            break
    aliases = None
    if "aliases" in fields:
        nodes = _items(fields, "aliases", problems)
        aliases = tuple(found for node in nodes if (found := _read_set(node, read_collection, problems)))
    problems.refuse()
    return GateFile(tuple(gates), aliases)


def _items(fields: Mapping[str, tuple[int, yaml.Node]], key: str, problems: LineProblems) -> Sequence[yaml.Node]:
    line, node = fields.get(key, (1, None))
    if isinstance(node, yaml.SequenceNode) and len(node.value) <= _MOST_GATES:
        return list(node.value)
    if isinstance(node, yaml.SequenceNode):
        problems.add(line, _TOO_MANY(most=_MOST_GATES))
    elif node is None or plain(node) is not None:
        problems.add(line, _NOT_A_LIST(key=key))
    return ()


def _read_gate(node: yaml.Node, read_rule: ReadRule, problems: LineProblems) -> FileGate | None:
    before = len(problems)
    fields = fields_of(node, problems, _NOT_A_GATE())
    if len(problems) > before:
        return None
    lines = {name: line for name, (line, _) in fields.items()}
    start = node.start_mark.line + 1
    # A list in place of a value is nothing that any field accepts.
    values: dict[str, Any] = {
        name: plain(value) if isinstance(value, yaml.ScalarNode) else [] for name, (_, value) in fields.items()
    }
    try:
        found = _GateFields.model_validate(values)
    except ValidationError as error:
        for each in error.errors():
            field = str(each["loc"][0])
            problems.add(lines.get(field, start), _problem(each["type"], field))
        return None
    try:
        rule = read_rule(found.rule)
    except InputError as error:
        problems.add(lines["rule"], error.words)
        return None
    return FileGate(
        line=start,
        role=found.role,
        role_id=found.role_id,
        rule=rule,
        grace=None if found.grace_hours is None else timedelta(hours=found.grace_hours),
        never_remove=found.never_remove,
        is_sensitive=found.sensitive,
        ladder=found.ladder,
        rank=found.rank,
    )


def _problem(kind: str, field: str) -> Words:
    if kind == "missing":
        return _MISSING(field=field)
    if kind == "extra_forbidden":
        return _UNKNOWN_FIELD(field=field[:_ECHO], known=", ".join(f"`{name}`" for name in _ACCEPTED))
    return _FIELD(field=field, accepted=_ACCEPTED[field]())


def _read_set(
    node: yaml.Node, read_collection: Callable[[str], CollectionRef], problems: LineProblems
) -> tuple[CollectionRef, ...]:
    line = node.start_mark.line + 1
    texts = [plain(each) for each in node.value] if isinstance(node, yaml.SequenceNode) else []
    if len(texts) < 2 or None in texts:  # noqa: PLR2004 - one counts as itself anyway
        problems.add(line, _NOT_A_SET())
        return ()
    try:
        return tuple(read_collection(text) for text in texts if text is not None)
    except InputError as error:
        problems.add(line, error.words)
        return ()
