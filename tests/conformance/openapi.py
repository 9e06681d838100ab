"""Discord's OpenAPI file: which operation an HTTP exchange is, and what is wrong with its request or its answer.

An exchange is one entry of `/_sandbox/traffic`: `method, path, query, headers, request, status, response`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from cachetools import LRUCache

from tests.conformance.keywords import RequestValidator, ResponseValidator
from tests.conformance.rules import extra
from tests.conformance.strictness import REQUEST_FORMATS, RESPONSE_FORMATS, SchemaGraph
from tests.conformance.wording import placed, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SPEC = Path(__file__).parents[3] / "shared" / "specs" / "discord_openapi.json"
"""Next to the repository, never in it: the file is Discord's."""

# The login's own, documented with "OAuth2" and in RFC 6749 and 7009: the file has none of it. Its tests are those of
# the stand-in (tests/sandbox/test_discord_oauth.py), which refuses what is not of that form.
NOT_IN_THE_FILE = frozenset({("POST", "/oauth2/token"), ("POST", "/oauth2/token/revoke")})

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_API = "/api/v10"


@dataclass(frozen=True)
class Operation:
    """One method of one path of the file."""

    method: str
    template: str
    node: dict[str, Any]
    parameters: tuple[dict[str, Any], ...]

    def __str__(self) -> str:
        """The name each problem begins with."""
        return f"{self.method} {self.template}"

    @property
    def segments(self) -> list[str]:
        """The parts of the path, templates such as `{guild_id}` included."""
        return self.template.strip("/").split("/")


def _is_template(segment: str) -> bool:
    return segment.startswith("{")


def _segments(path: str) -> list[str]:
    """The parts of a real path: split before unquoting, as a token may hold a quoted slash."""
    bare = path.split("?", maxsplit=1)[0].removeprefix(_API)
    return [unquote(each) for each in bare.strip("/").split("/")]


def _is_listed_refusal(exchange: Mapping[str, Any]) -> bool:
    """Webhooks were seen to answer a refused embed by `{"embeds": ["0"]}` alone, which the file does not have."""
    body = exchange.get("response")
    return exchange["status"] == 400 and isinstance(body, dict) and body.keys() == {"embeds"}


def _is_of_the_login(exchange: Mapping[str, Any]) -> bool:
    return (exchange["method"], exchange["path"].removeprefix(_API)) in NOT_IN_THE_FILE


class DiscordSpec:
    """The file, loaded once; schemas are resolved and validators made when an exchange first needs them.

    Args:
        path: the file.

    Raises:
        FileNotFoundError: it is not there.
    """

    def __init__(self, path: Path = SPEC) -> None:
        file = json.loads(path.read_text(encoding="utf-8"))
        schemas = file["components"]["schemas"]
        self._responses = file["components"]["responses"]
        self._graphs = {way: SchemaGraph(schemas, strict=way == "request") for way in ("request", "response")}
        self._validators: dict[tuple[str, str], Any] = {}
        # Each bot says the same when it starts; the bodies of all that follows would fill memory.
        self._known: LRUCache[tuple[str, ...], list[str]] = LRUCache(maxsize=200)
        self.operations: list[Operation] = [
            Operation(method.upper(), template, node, (*item.get("parameters", ()), *node.get("parameters", ())))
            for template, item in file["paths"].items()
            for method, node in item.items()
            if method != "parameters"
        ]
        # literals before templates, else {message_id} would take @original
        self.operations.sort(key=lambda each: [_is_template(segment) for segment in each.segments])

    def match(self, method: str, path: str) -> Operation | None:
        """The operation of a real path, given with `/api/v10` or without; None if the file has none."""
        segments = _segments(path)
        for operation in self.operations:
            if operation.method == method.upper() and len(operation.segments) == len(segments):
                pairs = zip(operation.segments, segments, strict=True)
                if all(_is_template(wanted) or wanted == given for wanted, given in pairs):
                    return operation
        return None

    def check_request(self, exchange: Mapping[str, Any]) -> list[str]:
        """What Discord would refuse about a request, one sentence each; empty for a good one."""
        if _is_of_the_login(exchange):
            return []
        operation = self.match(exchange["method"], exchange["path"])
        if operation is None:
            return [f"{exchange['method']} {exchange['path']}: Discord has no such operation"]
        headers = exchange.get("headers") or {}
        parts = (exchange["path"], exchange.get("query"), exchange.get("request"), sorted(headers.items()))
        key = ("request", str(operation), json.dumps(parts, sort_keys=True))
        if key not in self._known:
            self._known[key] = [
                *self._path_problems(operation, exchange["path"]),
                *self._query_problems(operation, exchange.get("query") or {}),
                *_header_problems(operation, headers),
                *self._body_problems(operation, exchange.get("request")),
            ]
        return [f"{operation}: {problem}" for problem in self._known[key]]

    def check_response(self, exchange: Mapping[str, Any]) -> list[str]:
        """Where an answer is not what Discord would have sent; empty for a good one.

        Unknown keys pass, and so does what the file says nothing about: any 5xx, a line cut without an answer
        (status 0), and an answer that the sandbox spoiled on purpose (`"fault"` in the exchange).
        """
        operation = self.match(exchange["method"], exchange["path"])
        status = int(exchange["status"] or 0)  # None: the line was cut
        if status == 0 or status >= 500 or exchange.get("fault") or _is_of_the_login(exchange):
            return []
        if _is_listed_refusal(exchange):
            return []
        if operation is None:
            return [] if status == 404 else [f"{exchange['method']} {exchange['path']}: {status}, not 404"]
        body = exchange.get("response")
        key = ("response", str(operation), str(status), json.dumps(body, sort_keys=True))
        if key not in self._known:
            self._known[key] = list(self._answer_problems(operation, status, body))
        return [f"{operation} {status}: {problem}" for problem in self._known[key]]

    def _errors(self, way: str, place: str, schema: dict[str, Any], body: object) -> Iterator[str]:
        validator = self._validators.get((way, place))
        if validator is None:
            kind, checker = (
                (RequestValidator, REQUEST_FORMATS) if way == "request" else (ResponseValidator, RESPONSE_FORMATS)
            )
            validator = kind(self._graphs[way].resolve(schema), format_checker=checker)
            self._validators[way, place] = validator
        yield from sorted({sentence(error) for error in validator.iter_errors(body)})

    def _path_problems(self, operation: Operation, path: str) -> Iterator[str]:
        given = dict(zip(operation.segments, _segments(path), strict=True))
        for parameter in operation.parameters:
            name = parameter["name"]
            if parameter["in"] == "path":
                for problem in self._errors(
                    "request", f"{operation} {name}", parameter["schema"], given[f"{{{name}}}"]
                ):
                    yield placed(name, problem)

    def _query_problems(self, operation: Operation, query: Mapping[str, Any] | str) -> Iterator[str]:
        given: dict[str, Any] = dict(parse_qs(query, keep_blank_values=True)) if isinstance(query, str) else dict(query)
        for parameter in operation.parameters:
            name = parameter["name"]
            if parameter["in"] != "query":
                continue
            if name not in given:
                if parameter.get("required"):
                    yield f"query {name!r} is missing"
                continue
            value = _as_declared(parameter["schema"], given.pop(name))
            for problem in self._errors("request", f"{operation} ?{name}", parameter["schema"], value):
                yield placed(f"?{name}", problem)
        if given:
            yield f"unknown query {', '.join(map(repr, sorted(given)))}"

    def _body_problems(self, operation: Operation, body: object) -> Iterator[str]:
        declared = operation.node.get("requestBody")
        if declared is None:
            if body not in (None, {}):
                yield "a body where Discord reads none"
            return
        # the payload_json of a multipart request answers to the same schema as a plain one
        content = declared["content"].get("application/json")
        if content is None:
            return
        if body is None:
            yield "no JSON body"
            return
        problems = list(self._errors("request", f"{operation} body", content["schema"], body))
        # what is of the wrong shape is not asked finer questions
        yield from problems or extra(operation.method, operation.template, body)

    def _answer_problems(self, operation: Operation, status: int, body: object) -> Iterator[str]:
        declared = operation.node["responses"]
        answer = declared.get(str(status)) or declared.get(f"{status // 100}XX")
        if answer is None:
            yield f"Discord answers {', '.join(declared)} here"
            return
        if status == 404 and isinstance(body, dict) and body.get("code") == 0:
            yield "Discord has this operation"  # code 0 is for paths it does not have
        if "$ref" in answer:
            answer = self._responses[answer["$ref"].rsplit("/", 1)[1]]
        content = answer.get("content", {}).get("application/json")
        if content is None:
            if body is not None:
                yield "a body where Discord sends none"
        elif body is None:
            yield "no JSON body"
        else:
            yield from self._errors("response", f"{operation} {status}", content["schema"], body)


def _header_problems(operation: Operation, headers: Mapping[str, str]) -> Iterator[str]:
    """A token, unless the path carries one, and a reason of 512 characters at most for the audit log."""
    security = operation.node.get("security", [{}])
    if headers and {} not in security and "authorization" not in headers:
        yield "no Authorization header"
    reason = unquote(headers.get("x-audit-log-reason", ""))
    if len(reason) > 512:
        yield f"X-Audit-Log-Reason has {len(reason)} characters, 512 allowed"


def _as_declared(schema: dict[str, Any], value: Any) -> Any:
    """The text of a query as the type its schema declares; what does not convert stays text and is then refused."""
    if schema.get("type") == "array":
        return value if isinstance(value, list) else [value]
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if schema.get("type") == "boolean":
        return _BOOLEANS.get(str(value).lower(), value)
    return value
