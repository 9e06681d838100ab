"""All that people type passes one door: this holds the code to it, `tests/attacks` tries the door."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

BOT = Path(__file__).parents[2] / "bot"
PANEL = BOT / "ui" / "panel.py"
# What gets what people send, in discord.py; each is subclassed once, by a class that checks what was typed.
BASES = {"discord.ui.View", "discord.ui.Modal", "discord.ui.LayoutView", "app_commands.CommandTree"}
DOORS = {
    ("ui/panel.py", "discord.ui.View"),
    ("ui/panel.py", "discord.ui.Modal"),
    ("ui/command_tree.py", "app_commands.CommandTree"),
}
# These would receive what people send without passing it.
FORBIDDEN = {"DynamicItem", "wait_for", "on_message", "hybrid_command"}


def bases(path: Path) -> Iterator[str]:
    """What the classes of a module are derived from."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            yield from (ast.unparse(base.value if isinstance(base, ast.Subscript) else base) for base in node.bases)


def test_views_modals_and_the_tree_are_derived_once_by_those_who_check() -> None:
    found = {(str(path.relative_to(BOT)), base) for path in BOT.rglob("*.py") for base in bases(path) if base in BASES}
    assert found == DOORS


@pytest.mark.parametrize("path", sorted(BOT.rglob("*.py")), ids=lambda path: str(path.relative_to(BOT)))
def test_nothing_receives_input_beside_the_door(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    # What kinds of events arrive is nothing that anybody typed.
    kinds = {node.func for node in nodes if isinstance(node, ast.Call) and "'socket_event_type'" in ast.unparse(node)}
    names = {
        node.attr if isinstance(node, ast.Attribute) else node.name
        for node in nodes
        if isinstance(node, ast.Attribute | ast.FunctionDef | ast.AsyncFunctionDef)
        and not (node in kinds and ast.unparse(node).endswith("client.wait_for"))
    }
    wait_for_of_asyncio = {"wait_for"} if "asyncio.wait_for" in path.read_text(encoding="utf-8") else set()
    assert names & FORBIDDEN - wait_for_of_asyncio == set()


def refuses_all(function: ast.AsyncFunctionDef) -> bool:
    """Whether a check does nothing but say no."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return [ast.unparse(each) for each in body] == ["del interaction", "return False"]


def test_a_panel_that_overrides_the_check_also_calls_it() -> None:
    looked_at = set()
    for path in BOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.AsyncFunctionDef) and refuses_all(node):
                continue  # a listener answers the presses
            if isinstance(node, ast.AsyncFunctionDef) and node.name == "interaction_check":
                calls = {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
                looked_at.add(path)
                assert calls & {"check_input", "super().interaction_check", "self._panel.interaction_check"}, path
    assert PANEL in looked_at
