"""The Python that is shipped is the one that is tested, and the oldest that is accepted is tried, too."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def _of_gate(name: str) -> str:
    found = re.search(rf"^{name}=(\d+\.\d+)$", (ROOT / ".ci/run").read_text(), re.MULTILINE)
    assert found
    return found[1]


def test_the_image_ships_the_version_that_all_tests_run_on() -> None:
    assert re.findall(r"^FROM python:([\d.]+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE) == [
        _of_gate("SHIPPED")
    ]


def test_the_oldest_version_that_is_accepted_has_a_smoke_test() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    oldest = _of_gate("OLDEST")
    assert project["project"]["requires-python"] == f">={oldest}"
    assert project["tool"]["mypy"]["python_version"] == oldest
    assert project["tool"]["ruff"]["target-version"] == f"py{oldest.replace('.', '')}"


def test_the_smoke_test_names_files_that_there_are() -> None:
    makefile = (ROOT / "Makefile").read_text().replace("\\\n", "")
    named = re.findall(r"^SMOKE := (.*)$", makefile, re.MULTILINE)[0].split()
    assert len(named) > 3
    assert all((ROOT / name).is_file() for name in named)
