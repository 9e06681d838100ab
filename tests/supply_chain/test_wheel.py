"""`pipx install .` gives a working command: the wheel has everything that the bot reads, and its entry point."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.supply_chain.locks import PROJECT

pytestmark = pytest.mark.slow


def test_the_wheel_has_all_files_of_the_bot_and_its_command(tmp_path: Path) -> None:
    # A copy: a build leaves folders behind.
    kept = ["pyproject.toml", "README.md", "LICENSE", "bot"]
    listed = ["git", "ls-files", *kept]
    files = subprocess.run(listed, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.splitlines()  # noqa: S603 - our own
    for name in files:
        copy = tmp_path / "checkout" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((PROJECT / name).read_bytes())
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    made = subprocess.run(  # noqa: S603 - our own
        [*build, "--wheel-dir", str(tmp_path), str(tmp_path / "checkout")], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    (path,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())
        (points,) = [wheel.read(name).decode() for name in names if name.endswith("entry_points.txt")]
    assert "tessera = bot.cli.entry:main" in points
    assert {name for name in files if name.startswith("bot/")} - names == set()
