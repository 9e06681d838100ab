"""How long a sentence may be where it is a button's label, a modal's title or the like.

Only where it is rendered right there: `Button(label=_LABEL().render())`. All else Discord takes in any length that a
sentence has, or `bot.ui.sending` cuts it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

# Of each call by its name: the keyword or the place of an argument, and what Discord allows.
_TITLE_OF_MODAL, _LABEL, _OPTION, _FIELD, _EMBED = 45, 80, 100, 45, 256
LIMITS: Mapping[str, Mapping[str | int, int]] = {
    "Button": {"label": _LABEL},
    "ActionButton": {1: _LABEL, "label": _LABEL},
    "LastingButton": {1: _LABEL, "label": _LABEL},
    "RefreshButton": {1: _LABEL, "label": _LABEL},
    "SelectOption": {"label": _OPTION, "description": _OPTION},
    "TextInput": {"label": _FIELD, "placeholder": 100},
    "Label": {"text": _FIELD, "description": 100},
    "Select": {"placeholder": 150},
    "Modal": {2: _TITLE_OF_MODAL, "title": _TITLE_OF_MODAL},
    "PromptModal": {2: _TITLE_OF_MODAL, "title": _TITLE_OF_MODAL},
    "Embed": {"title": _EMBED},
    "add_field": {"name": _EMBED},
    "open_buttons": {1: _LABEL},
    "again_view": {1: _LABEL},
}


def limits_in(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The names of messages of a module that are shown where Discord has a limit, and the limit."""
    for owner in ast.walk(tree):
        bases = [_name(base) for base in owner.bases] if isinstance(owner, ast.ClassDef) else []
        base = next((each for each in bases if each in LIMITS), "")
        for node in ast.walk(owner) if base or isinstance(owner, ast.Module) else ():
            if isinstance(node, ast.Call):
                own = base if _is_super(node.func) else ""
                yield from _limits_of(node, LIMITS.get(own or _name(node.func), {}))


def _limits_of(call: ast.Call, limits: Mapping[str | int, int]) -> Iterator[tuple[str, int]]:
    arguments: dict[str | int, ast.expr] = dict(enumerate(call.args))
    arguments |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    for place, limit in limits.items():
        if place in arguments and (name := _rendered(arguments[place])):
            yield name, limit


def _rendered(value: ast.expr) -> str:
    """The `_LABEL` of `_LABEL(...).render()`, or ""."""
    is_render = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "render"
    if not is_render:
        return ""
    filled = value.func.value  # type: ignore[attr-defined] # it was just looked at
    return _name(filled.func) if isinstance(filled, ast.Call) else ""


def _is_super(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "__init__"
        and isinstance(function.value, ast.Call)
        and _name(function.value.func) == "super"
    )


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
