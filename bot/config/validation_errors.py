"""What is wrong with settings, key by key: where, what, and what is accepted instead."""

from __future__ import annotations

import difflib

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.config.source_tables import KINDS


def sentence_of(error: ValidationError, settings: type[BaseModel]) -> str:
    """What is wrong, each key in a line of its own where there are several.

    What was written is never quoted, as it may be a secret.
    """
    errors = error.errors(include_url=False, include_input=False)
    # A misspelt key also leaves the right one missing: the misspelling is the mistake.
    unknown = [each for each in errors if each["type"] == "extra_forbidden"]
    wrong = [each for each in errors if each["type"] not in ("extra_forbidden", *(("missing",) if unknown else ()))]
    # One key may break each form that it can have: the first says enough.
    said = {_where(each["loc"]): _about(each, settings) for each in reversed([*unknown, *wrong])}
    lines = list(reversed(said.values()))
    return lines[0] if len(lines) == 1 else "\n  ".join([f"{len(lines)} things are wrong:", *lines])


def _about(mistake: ErrorDetails, settings: type[BaseModel]) -> str:
    """The sentence about one key."""
    where = _where(mistake["loc"])
    if mistake["type"] == "extra_forbidden":
        return f"unknown key {where}: {_instead(mistake['loc'], settings)}"
    if mistake["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return f"{where}.kind: must be one of {', '.join(KINDS)}."
    words = mistake["msg"].removeprefix("Value error, ")
    sentence = f"{words[:1].lower()}{words[1:]}."
    return f"{where}: {sentence}" if where else sentence


def _instead(location: tuple[int | str, ...], settings: type[BaseModel]) -> str:
    """What to write in place of an unknown key: the same one of another table, or the nearest of this one."""
    key, known = str(location[-1]), _known_keys(settings, location[:-1])
    if near := difflib.get_close_matches(key, known, n=1):
        return f"did you mean {near[0]}?"
    tables = [table for table in settings.model_fields if key in _known_keys(settings, (table,))]
    if tables and len(location) > 1:
        return f"it belongs in [{tables[0]}]."
    return f"known here: {', '.join(sorted(known))}."


def _where(location: tuple[int | str, ...]) -> str:
    """`source.1.path` for the first `[[source]]`: counted from 1, and without the tag that pydantic adds."""
    if location[:1] == ("source",) and len(location) > 1:
        location = ("source", int(location[1]) + 1, *location[3:])
    return ".".join(
        str(part) for part in location if not str(part).startswith(("function-", "literal[", "constrained-"))
    )


def _known_keys(settings: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    fields = settings.model_fields
    if location == ("source",):
        return []
    if location[:1] == ("source",):
        fields, location = KINDS[str(location[-1])].model_fields, ()
    for part in location:
        table = fields[str(part)].annotation
        if not (isinstance(table, type) and issubclass(table, BaseModel)):
            return []
        fields = table.model_fields
    return [name for name, field in fields.items() if not field.exclude]
