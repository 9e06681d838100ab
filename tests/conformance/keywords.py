"""JSON Schema keywords for Discord's file: unions explained inside the intended branch, integers sent as strings.

The file writes nearly every nested object as a union, and plain JSON Schema answers a mistake deep inside one
with "is not valid under any of the given schemas". Here the branch is chosen first: by the kind of value, by the
tag (`type`) that tells the branches apart, else by the fewest mistakes. What is reported is what is wrong inside
that branch. This is also what makes it quick: a message has hundreds of branches that are never entered.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jsonschema
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend as untyped_extend

if TYPE_CHECKING:
    from collections.abc import Iterator

_extend: Any = untyped_extend
type_checker = jsonschema.Draft202012Validator.TYPE_CHECKER
_INTEGER = re.compile(r"-?\d+")
_WRONG_BRANCH = {"type", "additionalProperties", "required", "enum"}


def as_integer(value: object) -> object:
    """The integer a string spells, else `value`: Discord "accepts strings for int fields" (README of the file)."""
    return int(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else value


def _types(branch: dict[str, Any]) -> list[str]:
    types = branch.get("type", [])
    return [types] if isinstance(types, str) else list(types)


def _fits(validator: Any, branch: dict[str, Any], instance: object) -> bool:
    types = _types(branch)
    return not types or any(validator.is_type(instance, each) for each in types)


def _name(branch: dict[str, Any]) -> str:
    return str(branch.get("x-name") or " or ".join(_types(branch)) or "a value")


def tag_of(branches: list[dict[str, Any]]) -> str | None:
    """The property whose values tell all branches apart, such as `type` among components; None without one."""
    enums = [
        {key: value["enum"] for key, value in branch.get("properties", {}).items() if "enum" in value}
        for branch in branches
    ]
    for key in map(str, enums[0] if enums else ()):
        if all(key in each for each in enums):
            values = [value for each in enums for value in each[key]]
            if len(values) == len(set(values)):
                return key
    return None


def _by_tag(tag: str, branches: list[dict[str, Any]], instance: dict[str, Any]) -> dict[str, Any] | ValidationError:
    if tag not in instance:
        return ValidationError(f"{tag!r} is missing, so it is none of {', '.join(map(_name, branches))}")
    for branch in branches:
        if as_integer(instance[tag]) in branch["properties"][tag]["enum"]:
            return branch
    known = ", ".join(f"{_name(each)} ({each['properties'][tag]['enum']})" for each in branches)
    return ValidationError(f"{tag} {instance[tag]!r} is none of {known}", path=[tag])


def _cost(errors: list[Any]) -> int:
    """How unlikely a branch was intended: another type or an unknown key counts more than an exceeded limit."""
    return sum(10 if error.validator in _WRONG_BRANCH else 1 for error in errors)


def union(validator: Any, branches: list[dict[str, Any]], instance: object, schema: dict[str, Any]) -> Iterator[Any]:
    """`oneOf` and `anyOf`: the mistakes inside the intended branch."""
    del schema
    fitting = [branch for branch in branches if _fits(validator, branch, instance)]
    if instance is None and fitting:
        return
    if not fitting:
        expected = ", ".join(_name(branch) for branch in branches)
        yield ValidationError(f"{instance!r} is none of {expected}", validator="type")
        return
    if len(fitting) > 1 and isinstance(instance, dict) and (tag := tag_of(fitting)):
        chosen = _by_tag(tag, fitting, instance)
        if isinstance(chosen, ValidationError):
            yield chosen
            return
        fitting = [chosen]
    fewest: list[Any] | None = None
    for branch in fitting:
        errors = list(validator.descend(instance, branch))
        if not errors:
            return
        if fewest is None or _cost(errors) < _cost(fewest):
            fewest = errors
    yield from fewest or ()


def _enum(validator: Any, enum: list[Any], instance: object, schema: dict[str, Any]) -> Iterator[Any]:
    del validator, schema
    if isinstance(instance, bool) or as_integer(instance) not in enum:
        yield ValidationError(f"{instance!r} is not one of {enum}")


def _minimum(validator: Any, minimum: int, instance: object, schema: dict[str, Any]) -> Iterator[Any]:
    del schema
    number = as_integer(instance)
    if validator.is_type(number, "number") and number < minimum:  # type: ignore[operator]  # is_type has looked
        yield ValidationError(f"{instance!r} is less than the minimum of {minimum}")


def _maximum(validator: Any, maximum: int, instance: object, schema: dict[str, Any]) -> Iterator[Any]:
    del schema
    number = as_integer(instance)
    if validator.is_type(number, "number") and number > maximum:  # type: ignore[operator]  # is_type has looked
        yield ValidationError(f"{instance!r} is greater than the maximum of {maximum}")


def _unique(validator: Any, wanted: bool, instance: object, schema: dict[str, Any]) -> Iterator[Any]:  # noqa: FBT001 - the shape of a keyword is jsonschema's
    """Snowflakes are compared as text: 1 and "1" are the same role."""
    del validator, schema
    if wanted and isinstance(instance, list):
        seen = [str(each) for each in instance]
        if len(seen) != len(set(seen)):
            yield ValidationError(f"{instance!r} has non-unique elements")


def _integer(checker: Any, instance: object) -> bool:
    del checker
    return bool(type_checker.is_type(as_integer(instance), "integer"))


ResponseValidator: Any = _extend(jsonschema.Draft202012Validator, {"oneOf": union, "anyOf": union})
"""What Discord sends: integers are numbers, snowflakes strings."""

RequestValidator: Any = _extend(
    ResponseValidator,
    {"enum": _enum, "minimum": _minimum, "maximum": _maximum, "uniqueItems": _unique},
    type_checker=type_checker.redefine("integer", _integer),
)
"""What Discord takes: an integer may be spelled as a string."""
