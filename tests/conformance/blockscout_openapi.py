"""Blockscout's OpenAPI file: what is wrong with a request to it, or with an answer.

An exchange is one entry of `/_sandbox/traffic`: `method, path, query, status, response` and `fault`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
from jsonschema import FormatChecker

from tests.conformance.wording import placed, shortened

SPEC = Path(__file__).parents[3] / "shared" / "specs" / "blockscout_openapi_subset.json"
"""Next to the repository, never in it: the file is Blockscout's."""

_API = re.compile(r"/blockscout/[0-9]+/api(?P<path>/v2/.*)")
_NOT_IN_THE_FILE = "/api/v2/config/backend-version"
"""The subset that is next to the repository has it not, and Blockscout's whole file has."""
_BEFORE_THE_API = {401, 429}
"""Statuses of the gateway before the hosted API, which are not in the file."""

CORRECTED: dict[str, dict[str, Any]] = {"items_count": {"type": "integer", "minimum": 1, "maximum": 100}}
"""Parameters for which the file is too old: version 12 takes pages of up to a hundred rows."""


class BlockscoutSpec:
    """The file, loaded once.

    Args:
        path: the file.

    Raises:
        FileNotFoundError: it is not there.
    """

    def __init__(self, path: Path = SPEC) -> None:
        file = json.loads(path.read_text(encoding="utf-8"))
        self._schemas: dict[str, Any] = file["components"]["schemas"]
        self._paths: dict[str, Any] = file["paths"]
        self._validators: dict[str, Any] = {}

    @property
    def templates(self) -> set[str]:
        """Every path of the file."""
        return set(self._paths)

    def match(self, path: str) -> str | None:
        """The path of the file that a real one is, given with the chain before it; None if the file has none."""
        found = _API.fullmatch(path)
        if found is None:
            return None
        given = found["path"].split("/")
        for template in self._paths:
            wanted = template.split("/")
            if len(wanted) == len(given) and all(
                each.startswith("{") or each == part for each, part in zip(wanted, given, strict=True)
            ):
                return template
        return None

    def check_request(self, exchange: Mapping[str, Any]) -> list[str]:
        """What Blockscout would refuse about a request, one sentence each; empty for a good one."""
        template = self.match(exchange["path"])
        if template is None or exchange["method"] != "GET":
            return [f"{exchange['method']} {exchange['path']}: Blockscout has no such operation"]
        parts = zip(template.split("/"), exchange["path"].split("/")[-template.count("/") - 1 :], strict=True)
        given = {name[1:-1]: part for name, part in parts if name.startswith("{")} | dict(exchange["query"])
        return [f"{template}: {problem}" for problem in self._parameter_problems(template, given)]

    def check_response(self, exchange: Mapping[str, Any]) -> list[str]:
        """Where an answer is not what Blockscout would have sent; empty for a good one.

        What the file says nothing about passes: 401 and 429, any 5xx, a line cut without an answer, a path that it
        has not, and an answer that the sandbox spoiled on purpose.
        """
        template, status = self.match(exchange["path"]), exchange["status"] or 0
        if status == 0 or status >= 500 or status in _BEFORE_THE_API or exchange.get("fault") or template is None:
            return []
        declared = self._paths[template]["get"]["responses"]
        if str(status) not in declared:
            return [f"{template}: {status}, where Blockscout answers {', '.join(declared)}"]
        schema = declared[str(status)]["content"]["application/json"]["schema"]
        problems = self._errors(f"{template} {status}", schema, exchange["response"])
        return [f"{template} {status}: {problem}" for problem in problems]

    def _parameter_problems(self, template: str, given: dict[str, Any]) -> Iterator[str]:
        for parameter in self._paths[template]["get"]["parameters"]:
            name = parameter["name"]
            if name not in given:
                if parameter["required"]:
                    yield f"{name} is missing"
                continue
            value = given.pop(name)
            schema = CORRECTED.get(name, parameter["schema"])
            if schema.get("type") == "integer" and re.fullmatch(r"-?[0-9]+", value):
                value = int(value)
            for problem in self._errors(f"{template} ?{name}", schema, value):
                yield placed(name, problem)
        if given:
            yield f"unknown query {', '.join(map(repr, sorted(given)))}"

    def _errors(self, place: str, schema: dict[str, Any], value: object) -> list[str]:
        validator = self._validators.get(place)
        if validator is None:
            validator = jsonschema.Draft202012Validator(self._plain(schema), format_checker=_FORMATS)
            self._validators[place] = validator
        return sorted({_sentence(error) for error in validator.iter_errors(value)})

    def _plain(self, node: Any) -> Any:
        """A schema of the file as JSON Schema: references replaced, `nullable` said with types. None is recursive."""
        if isinstance(node, list):
            return [self._plain(each) for each in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return self._plain(self._schemas[node["$ref"].removeprefix("#/components/schemas/")])
        schema = {key: self._plain(value) for key, value in node.items() if key not in _SAYS_NOTHING}
        if not node.get("nullable"):
            return schema
        if "type" not in schema:
            return {"anyOf": [schema, {"type": "null"}]}
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
        return schema


_SAYS_NOTHING = {"nullable", "example", "title", "description", "x-struct", "x-validate"}
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("uri")
def _is_address_of_the_web(value: object) -> bool:
    """Blockscout's picture URLs can be fetched: ipfs:// was replaced by the address of a gateway."""
    return not isinstance(value, str) or (urlsplit(value).scheme in {"http", "https"} and bool(urlsplit(value).netloc))


@cache
def _spec() -> BlockscoutSpec:
    return BlockscoutSpec()


def check_blockscout_exchange(exchange: Mapping[str, Any]) -> list[str]:
    """What is wrong with one exchange, request and answer, one sentence each; empty for a good one.

    Raises:
        FileNotFoundError: Blockscout's file is not there.
    """
    if exchange["method"] == "GET" and exchange["path"].endswith(_NOT_IN_THE_FILE):
        return []
    return _spec().check_request(exchange) + _spec().check_response(exchange)


def _sentence(error: Any) -> str:
    message = str(error.message).replace(repr(error.instance), shortened(error.instance))
    return placed("/".join(map(str, error.absolute_path)), message)
