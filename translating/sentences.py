"""The sentences in the code: the arguments of each `Message(...)`, which are literals."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from translating.limits import limits_in
from translating.texts import Text

PROJECT = Path(__file__).parents[1]
# What operators read in a terminal or in the log, in English. Of `bot.l2`, Discord shows why an account is incomplete.
NOT_TRANSLATED = (
    "bot/app/",
    "bot/archive/",
    "bot/archive_api/",
    "bot/cli/",
    "bot/config/",
    "bot/l2/block_check.py",
    "bot/l2/block_layout.py",
    "bot/l2/zero_runs.py",
    "bot/l2/submissions.py",
    "bot/store/file/",
)


def texts_in_code(folder: Path = PROJECT / "bot", excluded: tuple[str, ...] = NOT_TRANSLATED) -> Iterator[Text]:
    """All that people read in Discord or on the page.

    Raises:
        ValueError: one is put together when the program runs, so that nobody can translate it.
    """
    for path in sorted(folder.rglob("*.py")):
        place = path.relative_to(PROJECT).as_posix() if path.is_relative_to(PROJECT) else path.name
        if place.startswith(excluded):
            continue
        tree = ast.parse(path.read_bytes(), filename=str(path))
        limits: dict[str, int] = {}
        for name, limit in limits_in(tree):
            limits[name] = min(limit, limits.get(name, limit))
        named = {id(value): name for name, value in _assigned(tree)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _is_message(node.func):
                text, many = _arguments(node, place)
                if text:
                    yield Text(text, many, "", limits.get(named.get(id(node), ""), 0), frozenset({place}))


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """The constants of a module, and what they are."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value


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
