"""The sentences in the code: the arguments of each `Message(...)`, which are literals."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from translating.texts import Text

PROJECT = Path(__file__).parents[1]


def texts_in_code(folder: Path = PROJECT / "bot") -> Iterator[Text]:
    """All of them.

    Raises:
        ValueError: one is put together when the program runs, so that nobody can translate it.
    """
    for path in sorted(folder.rglob("*.py")):
        place = path.relative_to(PROJECT).as_posix() if path.is_relative_to(PROJECT) else path.name
        for node in ast.walk(ast.parse(path.read_bytes(), filename=str(path))):
            if isinstance(node, ast.Call) and _is_message(node.func):
                text, many = _arguments(node, place)
                if text:
                    yield Text(text, many, places=frozenset({place}))


def _is_message(function: ast.expr) -> bool:
    return (isinstance(function, ast.Name) and function.id == "Message") or (
        isinstance(function, ast.Attribute) and function.attr == "Message" and _is_messages(function.value)
    )


def _is_messages(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id == "messages"


def _arguments(call: ast.Call, place: str) -> tuple[str, str]:
    given: dict[str, ast.expr] = dict(zip(("text", "many"), call.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    literals = {name: _literal(value, place) for name, value in given.items()}
    return literals.get("text", ""), literals.get("many", "")


def _literal(value: ast.expr, place: str) -> str:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    raise ValueError(f"{place}:{value.lineno}: the text of a Message is one literal, not {ast.unparse(value)}")
