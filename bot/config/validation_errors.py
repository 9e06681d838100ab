"""What is wrong with settings, in one sentence: where, what, and what is accepted instead."""

from __future__ import annotations

import difflib

from pydantic import BaseModel, ValidationError

from bot.config.source_tables import KINDS


def sentence_of(error: ValidationError, settings: type[BaseModel]) -> str:
    """The sentence about the first mistake; what was written is never quoted, as it may be a secret."""
    errors = error.errors(include_url=False, include_input=False)
    # A misspelt key also leaves the right one missing: the misspelling is the mistake.
    first = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
    where = _where(first["loc"])
    if first["type"] == "extra_forbidden":
        known = _known_keys(settings, first["loc"][:-1])
        near = difflib.get_close_matches(str(first["loc"][-1]), known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(known))}."
        return f"unknown key {where}: {hint}"
    if first["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return f"{where}.kind: must be one of {', '.join(KINDS)}."
    words = first["msg"].removeprefix("Value error, ")
    sentence = f"{words[:1].lower()}{words[1:]}."
    return f"{where}: {sentence}" if where else sentence


def _where(location: tuple[int | str, ...]) -> str:
    """`source.1.path` for the first `[[source]]`: counted from 1, and without the tag that pydantic adds."""
    if location[:1] == ("source",) and len(location) > 1:
        location = ("source", int(location[1]) + 1, *location[3:])
    return ".".join(
        str(part) for part in location if not str(part).startswith(("function-", "literal[", "constrained-"))
    )


def _known_keys(settings: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    fields = settings.model_fields
    if location[:1] == ("source",):
        fields, location = KINDS[str(location[-1])].model_fields, ()
    for part in location:
        table = fields[str(part)].annotation
        if not (isinstance(table, type) and issubclass(table, BaseModel)):
            return []
        fields = table.model_fields
    return [name for name, field in fields.items() if not field.exclude]
