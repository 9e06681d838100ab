"""The file's schemas as a graph without references, and as strict for requests as Discord is.

The file forbids no unknown key (1 of its 444 object schemas does), writes snowflakes as strings where discord.py sends
numbers, and leaves out a few keys that Discord documents. `SchemaGraph` settles all three while it resolves references.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from urllib.parse import urlsplit

from jsonschema import FormatChecker

from tests.conformance.keywords import as_integer

_ZERO = {"type": "integer", "const": 0}
_NO = {"type": "boolean", "const": False}
_BOOL = {"type": ["boolean", "null"]}

ACCEPTED: dict[tuple[str, str], dict[str, Any]] = {
    # documented (embed flags); discord.py sends 0 with every embed
    ("RichEmbed", "flags"): _ZERO,
    # documented ("nsfw: whether the command is age-restricted"); discord.py sends it with every command
    ("ApplicationCommandCreateRequest", "nsfw"): _BOOL,
    ("ApplicationCommandUpdateRequest", "nsfw"): _BOOL,
    ("ApplicationCommandPatchRequestPartial", "nsfw"): _BOOL,
    # discord.py shares one builder among sends and edits, so each edit says tts: false, which Discord ignores
    ("IncomingWebhookUpdateRequestPartial", "tts"): _NO,
    ("IncomingWebhookUpdateForInteractionCallbackRequestPartial", "tts"): _NO,
    ("MessageEditRequestPartial", "tts"): _NO,
}
"""(schema, key) -> the schema of its value: what Discord accepts although its file does not say so."""


CORRECTED: dict[str, dict[str, Any]] = {
    # the codes of form errors are words such as BASE_TYPE_REQUIRED (documented with "Error Messages"), not numbers
    "InnerErrors": {
        "type": "object",
        "properties": {
            "_errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
                    "required": ["code", "message"],
                },
            }
        },
        "additionalProperties": False,
        "required": ["_errors"],
    },
    # documented with "Rate Limits": of a 429 only some have a code
    "RatelimitedResponse": {
        "type": "object",
        "properties": {
            "code": {"type": "integer"},
            "message": {"type": "string"},
            "retry_after": {"type": "number"},
            "global": {"type": "boolean"},
        },
        "required": ["message", "retry_after", "global"],
    },
}
"""Schemas that are wrong in the file, by name; the README of the file says that the documentation has precedence."""


class SchemaGraph:
    """The schemas of the file with every `$ref` replaced by the very schema it names; recursive ones become cycles.

    Args:
        schemas: `components.schemas` of the file, left untouched.
        strict: refuse unknown keys and take snowflakes as numbers, as befits a request.
    """

    def __init__(self, schemas: dict[str, Any], *, strict: bool) -> None:
        self._schemas = schemas
        self._strict = strict
        self._resolved: dict[str, dict[str, Any]] = {}

    def resolve(self, node: Any) -> Any:
        """A schema of the file (or part of one), resolved. The same name gives the same object."""
        if isinstance(node, list):
            return [self.resolve(each) for each in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return self._named(node["$ref"].removeprefix("#/components/schemas/"))
        return self._built(node)

    def _named(self, name: str) -> dict[str, Any]:
        if name not in self._resolved:
            schema = self._resolved[name] = {}  # before its content, so that a schema may mention itself
            schema.update(self._built(CORRECTED.get(name, self._schemas[name])), **{"x-name": name})
            if self._strict:
                for (owner, key), accepted in ACCEPTED.items():
                    if owner == name:
                        schema["properties"][key] = accepted
                if name == "SnowflakeType":
                    schema["type"] = ["string", "integer"]  # discord.py sends numbers
        return self._resolved[name]

    def _built(self, node: dict[str, Any]) -> dict[str, Any]:
        if node.get("format") == "snowflake":
            return {"type": "string", "format": "snowflake"}  # its pattern would say the same twice
        branches = node.get("oneOf")
        if branches and all("const" in each for each in branches):  # how the file writes an enumeration
            return {"type": node["type"], "enum": [each["const"] for each in branches]}
        schema: dict[str, Any] = {}
        for key, value in node.items():
            if key == "properties":
                schema[key] = {name: self.resolve(each) for name, each in value.items()}
            elif key in {"items", "additionalProperties", "oneOf", "anyOf", "allOf"}:
                schema[key] = self.resolve(value)
            elif key not in {"title", "description"}:
                schema[key] = value
        if schema.get("enum"):
            schema.pop("allOf", None)  # the enumeration of which `enum` already names the members
        else:
            schema.pop("enum", None)  # empty in two places: a slip of the file
        if self._strict and "properties" in schema:
            schema.setdefault("additionalProperties", False)
        return schema


def _is_url(value: object, schemes: set[str]) -> bool:
    if not isinstance(value, str):
        return True
    parts = urlsplit(value)
    return parts.scheme in schemes and bool(parts.netloc or (parts.scheme == "attachment" and parts.path))


def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or bool(dt.datetime.fromisoformat(value))


def _is_aware(value: object) -> bool:
    return not isinstance(value, str) or dt.datetime.fromisoformat(value).tzinfo is not None


def _is_snowflake(value: object) -> bool:
    if not isinstance(value, str | int):
        return True
    text = str(value)
    return bool(re.fullmatch(r"0|[1-9]\d*", text)) and int(text) < 2**64


def _within(bits: int) -> Any:
    def is_within(value: object) -> bool:
        number = as_integer(value)
        return not isinstance(number, int) or -(2 ** (bits - 1)) <= number < 2 ** (bits - 1)

    return is_within


def formats(*, schemes: set[str], aware: bool) -> FormatChecker:
    """The formats of the file; jsonschema's own `uri` is content with `ipfs://…`.

    Args:
        schemes: which URLs pass as `uri`.
        aware: whether a date must carry its offset, as all those from Discord do.
    """
    checker = FormatChecker(formats=())
    checker.checks("uri")(lambda value: _is_url(value, schemes))
    checker.checks("date-time", raises=ValueError)(_is_aware if aware else _is_moment)
    checker.checks("snowflake")(_is_snowflake)
    checker.checks("int32")(_within(32))
    checker.checks("int64")(_within(64))
    return checker


REQUEST_FORMATS = formats(schemes={"http", "https", "attachment"}, aware=False)
RESPONSE_FORMATS = formats(schemes={"http", "https", "ws", "wss"}, aware=True)  # ws: of the gateway
