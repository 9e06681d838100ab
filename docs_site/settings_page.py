"""The reference of settings: a page made from their models, and explained by the comments of the example."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from bot.config.settings import Settings
from bot.config.source_tables import KINDS

_HEAD = """# Settings

<!-- Written by `make reference` from the settings' models and the comments of config.example.toml: change it there. -->

`config.toml` holds the settings, and every key may be left out. `tessera check` says what is wrong with the file, and
where an account is looked up. A key that is not known is refused, with the nearest one that is.
"""
_SECRETS_HEAD = """## Secrets

They are never in the file. They come from the environment, or from a file that is named there and that no other user
can read. A variable that is set, but empty, is an error.

| variable | or the path of a file in | what |
|---|---|---|"""
_KEY_OF_A_SOURCE = (
    "| `…_API_KEY` | `…_API_KEY_FILE` | the key of a source, by its name: `BASE_API_KEY` for one named base |"
)
_TABLE = "| key | default | accepted | what |\n|---|---|---|---|"

_HEADING = re.compile(r"^(?:# ?)?\[+(\w+)\]+$")
_KEY = re.compile(r"^(?:# ?)?(\w+) = ")
_KIND = re.compile(r'^(?:# ?)?kind = "(\w+)"')
_SECRET = re.compile(r"^#   ([A-Z_]+)\s+or (\S+)\s+(.*)")
_MORE = re.compile(r"^#    +(.*)")
_TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
_BOUNDS = (
    ("minimum", "from {}"),
    ("exclusiveMinimum", "above {}"),
    ("maximum", "to {}"),
    ("exclusiveMaximum", "below {}"),
)
_SHARED = "~"  # behind a key whose comment is above a neighbour
Schema = Mapping[str, Any]


def settings_page(example: str) -> str:
    """The page.

    Args:
        example: The text of config.example.toml.
    """
    explained = _explanations(example)
    lines = [_HEAD, _SECRETS_HEAD]
    lines += [f"| `{name}` | `{file}` | {what} |" for name, file, what in _secrets(example)]
    lines += [_KEY_OF_A_SOURCE, ""]
    for name, field in Settings.model_fields.items():
        if name == "source":
            for kind, model in KINDS.items():
                lines += _section(f"[[source]] of kind {kind}", model, explained, f"source.{kind}")
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            lines += _section(f"[{name}]", field.annotation, explained, name)
    return "\n".join(lines)


def _section(title: str, model: type[BaseModel], explained: Mapping[str, str], table: str) -> Iterator[str]:
    yield f"## {title}\n"
    if introduction := explained.get(table):
        yield f"{introduction}\n"
    schema = model.model_json_schema()
    hidden = {name for name, field in model.model_fields.items() if field.exclude}  # secrets
    yield _TABLE
    for key, one in schema["properties"].items():
        if key not in hidden:
            what = _best(explained, table, key)
            yield f"| `{key}` | {_default(key, one, schema)} | {_accepted(one)} | {_cell(what)} |"
    yield ""


def _best(explained: Mapping[str, str], table: str, key: str) -> str:
    """The comment right above the key, or above that of another kind of source, or that of its neighbours."""
    places = (f"{table}.{key}", f"source.loopring.{key}", f"{table}.{key}{_SHARED}", table)
    return next((explained[place] for place in places if explained.get(place)), "")


def _default(key: str, one: Schema, schema: Schema) -> str:
    if key in schema.get("required", ()):
        return "none: must be set"
    value = one.get("default")
    return "none" if value is None else f"`{json.dumps(value, ensure_ascii=False)}`"


def _accepted(one: Schema) -> str:
    if "const" in one:
        return f"`{json.dumps(one['const'])}`"
    if "enum" in one:
        return ", ".join(f"`{json.dumps(each)}`" for each in one["enum"])
    if "anyOf" in one:
        return " or ".join(dict.fromkeys(_accepted(each) for each in one["anyOf"] if each.get("type") != "null"))
    if one.get("type") == "array":
        inner = _accepted(one.get("items", {}))
        return f"list of: {inner}"
    return _TYPES.get(str(one.get("type")), "text") + _limits(one)


def _limits(one: Schema) -> str:
    words = [phrase.format(f"{one[name]:,}") for name, phrase in _BOUNDS if name in one]
    if one.get("maxLength"):
        words.append(f"at most {one['maxLength']} letters")
    return f", {' '.join(words)}" if words else ""


def _explanations(example: str) -> dict[str, str]:
    """Table, or table and key → its comment. Neighbours without a blank line or a comment between them share one."""
    found: dict[str, str] = {}
    table, comment, is_open = "", [""], False
    for line in example.splitlines():
        if heading := _HEADING.match(line):
            table = heading[1] if heading[1] != "source" else "source."
            if line.startswith("#"):  # an example in a comment: the sentence above is about the table
                found[f"{table}archive"] = _joined(comment)
            comment, is_open = [], True
        elif kind := _KIND.match(line):
            table = f"source.{kind[1]}"
            found.setdefault(table, _joined(comment))
            found[f"{table}.kind"] = "what the source is"
            comment, is_open = [], True
        elif key := _KEY.match(line):
            found[f"{table}.{key[1]}{'' if is_open else _SHARED}"] = _joined(comment)
            is_open = False
        elif line.startswith("#"):
            comment = [*comment, line] if is_open else [line]
            is_open = True
        else:
            comment, is_open = [], True
    return found


def _joined(comment: list[str]) -> str:
    return " ".join(line.lstrip("# ").strip() for line in comment).strip()


def _secrets(example: str) -> Iterator[list[str]]:
    """Name, name with _FILE, and what it is, which may go on in the next lines."""
    found: list[list[str]] = []
    for line in example.splitlines():
        if secret := _SECRET.match(line):
            name, file, what = secret.groups()
            found.append([name, f"{name}_FILE" if file.startswith("…") else file, what])
        elif found and (more := _MORE.match(line)):
            found[-1][-1] += f" {more[1]}"
        elif found:
            break
    return iter(found)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
