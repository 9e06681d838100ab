"""The structure holds: no circle of imports, no module that grew too long, no file name for two ideas."""

import ast
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
MOST_LINES = 300
MOST_ENTRIES = 26  # what a newcomer takes in at one look


def modules(root: str) -> dict[str, Path]:
    """Dotted name → file."""
    files = (PROJECT / root).rglob("*.py")
    names = {".".join(path.relative_to(PROJECT).with_suffix("").parts): path for path in files}
    return {name.removesuffix(".__init__"): path for name, path in names.items()}


def imports(known: Mapping[str, Path], path: Path) -> Iterator[str]:
    """What a file imports of the known modules, inside functions and for types alone included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in known else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """The modules that are left when those that lead to no circle are taken away, again and again."""
    left = {name: set(targets) for name, targets in graph.items()}
    while done := {name for name, targets in left.items() if not targets & left.keys() - {name}}:
        left = {name: targets - done for name, targets in left.items() if name not in done}
    return sorted(left)


@pytest.mark.parametrize("root", ["bot", "sandbox", "bench", "tests"])
def test_there_are_no_import_cycles(root: str) -> None:
    known = modules(root)
    assert circle({name: set(imports(known, path)) & known.keys() for name, path in known.items()}) == []


def test_a_circle_would_be_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["a", "b", "c"]


@pytest.mark.parametrize("root", ["bot", "sandbox", "bench"])
def test_no_module_is_longer_than_300_lines(root: str) -> None:
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in modules(root).items()}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}
    assert statistics.median(lengths.values()) <= MOST_LINES / 2


def test_the_top_of_the_bot_has_few_entries() -> None:
    # Python's own file names say nothing about the bot, and cost no look.
    own = (path.name for path in (PROJECT / "bot").iterdir())
    entries = [name for name in own if not name.startswith("__") and name != "py.typed"]
    assert len(entries) <= MOST_ENTRIES


def test_no_file_name_is_used_for_two_ideas() -> None:
    names = Counter(path.name for path in modules("bot").values())
    assert [name for name, count in names.items() if count > 1 and name != "__init__.py"] == []
