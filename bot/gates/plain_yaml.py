"""YAML of which nothing is used but mappings, lists and texts, with their lines.

Its events are looked through before anything is built: no anchors and aliases, with which a small text becomes a huge
value, no tags, a limited depth and number of entries. Scalars stay texts, whatever YAML would take them for.
"""

from __future__ import annotations

import yaml

from bot.gates.file_lines import LineProblems
from bot.messages import ENGLISH, Message, Words, reader_language

_UNREADABLE = Message("it cannot be read")
_NOT_YAML = Message("this is no YAML: {problem}.")
_NO_REFERENCES = Message("anchors, aliases and tags of YAML (`&`, `*`, `!`) are not accepted: write it out.")
_TOO_DEEP = Message("this is nested too deeply: {most} levels are accepted.")
_TWICE = Message("“{key}” is here twice.")
_TOO_MANY = Message("this file has too many entries: {most:,} are accepted.")

_MAX_DEPTH = 6
_MAX_ENTRIES = 20_000
_ECHO = 60


def parsed(text: str) -> yaml.Node | None:
    """The tree of a YAML text. Its events are looked through first: nothing that could grow is ever built."""
    problems = LineProblems()
    try:
        depth = 0
        for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
            line = _line(event)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or _is_tagged(event):
                problems.add(line, _NO_REFERENCES())
                problems.refuse()
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _MAX_DEPTH:
                problems.add(line, _TOO_DEEP(most=_MAX_DEPTH))
                problems.refuse()
            if count > _MAX_ENTRIES:
                problems.add(line, _TOO_MANY(most=_MAX_ENTRIES))
                problems.refuse()
        root: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        what = str(getattr(error, "problem", None) or "")[:_ECHO].replace("`", "'")
        if reader_language() != ENGLISH:  # the library's words are English; the line is named all the same
            what = ""
        problems.add(mark.line + 1 if mark else 1, _NOT_YAML(problem=what or _UNREADABLE()))
        problems.refuse()
        raise
    return root


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _is_tagged(event: yaml.Event) -> bool:
    tag = getattr(event, "tag", None)
    return tag is not None and not (isinstance(event, yaml.ScalarEvent) and tag == "!")


def fields_of(node: yaml.Node | None, problems: LineProblems, expected: Words) -> dict[str, tuple[int, yaml.Node]]:
    """Key → its line and its value."""
    if not isinstance(node, yaml.MappingNode):
        problems.add(node.start_mark.line + 1 if node else 1, expected)
        return {}
    fields: dict[str, tuple[int, yaml.Node]] = {}
    for key, value in node.value:
        name, line = str(plain(key) or ""), key.start_mark.line + 1
        if name in fields:
            problems.add(line, _TWICE(key=name[:_ECHO]))
        fields[name] = (line, value)
    return fields


def plain(node: yaml.Node) -> str | None:
    """The text of a scalar, whatever YAML would take it for; None: there is none."""
    if not isinstance(node, yaml.ScalarNode):
        return None
    text = str(node.value)
    return None if node.style is None and text in ("", "~", "null") else text
