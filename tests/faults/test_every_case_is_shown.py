"""Each case of the fault table has a test here by its number, or tests elsewhere; and these exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.faults.cases import ELSEWHERE, LAST_CASE

_ROOT = Path(__file__).parents[2]
_NUMBERED = re.compile(r"test_case_([0-9]{2})_\w+")


@cache
def _tests_of(path: str) -> frozenset[str]:
    """The names of a module's tests."""
    tree = ast.parse((_ROOT / path).read_text(encoding="utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(function.name for function in functions if function.name.startswith("test_"))


def _here() -> dict[int, list[str]]:
    """Case → the tests of this folder that name it."""
    found: dict[int, list[str]] = {}
    for module in sorted(Path(__file__).parent.glob("test_*.py")):
        for name in sorted(_tests_of(str(module.relative_to(_ROOT)))):
            if numbered := _NUMBERED.fullmatch(name):
                found.setdefault(int(numbered[1]), []).append(name)
    return found


@pytest.mark.parametrize("case", range(1, LAST_CASE + 1))
def test_every_case_is_shown_by_tests_that_exist(case: int) -> None:
    elsewhere = ELSEWHERE.get(case, ())
    assert _here().get(case) or elsewhere
    for test in elsewhere:
        path, _, name = test.partition("::")
        assert name in _tests_of(path) if name else _tests_of(path), test


def test_no_test_and_no_line_is_of_a_case_that_there_is_not() -> None:
    assert set(ELSEWHERE) | set(_here()) <= set(range(1, LAST_CASE + 1))
