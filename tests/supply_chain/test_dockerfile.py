"""The image: what it starts from, who runs in it, and what is installed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from bot import __version__
from bot.pictures.fonts import FOLDERS
from tests.supply_chain.locks import PROJECT

Instruction = tuple[str, str]


def instructions() -> list[Instruction]:
    """Name and text of each instruction, with continued lines joined."""
    text = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines if line)]


def stages() -> list[list[Instruction]]:
    """The instructions of each stage."""
    found: list[list[Instruction]] = []
    for name, rest in instructions():
        if name == "FROM":
            found.append([])
        found[-1].append((name, rest))
    return found


def texts(stage: list[Instruction], name: str) -> list[str]:
    """The texts of all instructions with a name."""
    return [rest for each, rest in stage if each == name]


BASE, BUILD, LAST = range(3)


def test_the_base_is_named_once_by_tag_and_digest_and_everything_starts_from_it() -> None:
    starts = [rest for name, rest in instructions() if name == "FROM"]
    assert re.fullmatch(r"python:3\.13-slim@sha256:[0-9a-f]{64} AS base", starts[BASE])
    assert starts[1:] == ["base AS build", "base"]


def test_only_pinned_wheels_are_installed() -> None:
    installs = [text for text in texts(stages()[BUILD], "RUN") if "pip install " in text]
    assert len(installs) == 1
    options = installs[0].split()
    assert {"--require-hashes", "--only-binary", ":all:", "--no-cache-dir"} <= set(options)
    assert options[options.index("-r") + 1] == "requirements-pictures.txt"


def test_of_the_system_only_a_font_is_added_and_it_is_found_where_it_is_put() -> None:
    (added,) = [text for text in texts(stages()[BUILD], "RUN") if "apt-get" in text]
    assert "apt-get install --yes --no-install-recommends fonts-wqy-microhei &&" in added
    target = "/venv/share/fonts"  # `sys.prefix` of the image is /venv
    assert f"--target-directory {target}/" in added
    assert Path(sys.prefix, "share", "fonts") in FOLDERS


def test_what_runs_can_install_nothing() -> None:
    names = [text for text in texts(stages()[BUILD], "RUN") if "pip" in text]
    assert names[-1] == "/venv/bin/pip uninstall --quiet --yes pip"


def test_what_runs_is_the_environment_and_the_bot_alone() -> None:
    last = stages()[LAST]
    assert texts(last, "COPY") == ["--from=build /venv /venv"]
    packages = "/venv/lib/python3.13/site-packages"
    assert texts(stages()[BUILD], "COPY") == ["requirements-pictures.txt .", f"bot {packages}/bot"]
    assert [text for text in texts(last, "RUN") if re.search(r"\b(?:pip|apt-get|apt|curl|wget)\b", text)] == []
    assert texts(last, "ADD") == []
    # All else of the checkout, secrets and settings included, is not even sent to the build.
    assert (PROJECT / ".dockerignore").read_text(encoding="utf-8").split() == [
        "*",
        "!bot",
        "!requirements-pictures.txt",
        "**/__pycache__",
    ]


def test_it_runs_as_a_user_of_its_own_whose_folder_is_private() -> None:
    last = stages()[LAST]
    assert texts(last, "USER") == ["10001:10001"]
    (run,) = texts(last, "RUN")
    assert "useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin" in run
    assert "install --directory --owner 10001 --group 10001 --mode 0700 /data" in run
    assert texts(last, "VOLUME") == ["/data"]
    names = [name for name, _ in last]
    assert names.index("USER") < names.index("CMD")
    assert "RUN" not in names[names.index("USER") :]


def test_it_stops_in_time_and_says_whether_it_is_healthy() -> None:
    last = stages()[LAST]
    assert texts(last, "STOPSIGNAL") == ["SIGTERM"]
    (check,) = texts(last, "HEALTHCHECK")
    assert "--timeout=5s" in check
    assert json.loads(check.partition("CMD ")[2]) == ["python", "-I", "-m", "bot.cli.health_check"]
    # Both look for config.toml in the folder that they start in.
    assert texts(last, "WORKDIR") == ["/data"]
    assert "TESSERA_WEB_HOST=0.0.0.0" in texts(last, "ENV")[0]


def test_nothing_needs_a_shell() -> None:
    (command,) = texts(stages()[LAST], "CMD")
    assert json.loads(command) == ["tessera", "run"]
    assert texts(stages()[LAST], "ENTRYPOINT") == []


def test_the_command_that_the_image_has_is_the_bots(tmp_path: Path) -> None:
    (making,) = [text for text in texts(stages()[BUILD], "RUN") if "printf" in text]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    packages = tmp_path / "lib" / "python3.13" / "site-packages"
    shutil.copytree(PROJECT / "bot", packages / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    script = making.replace("/venv", str(tmp_path))
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{packages}:{sysconfig.get_path('purelib')}"}
    made = subprocess.run(["sh", "-c", script], env=environ, capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert (made.returncode, made.stdout + made.stderr) == (0, "")
    assert list((packages / "bot").rglob("*.pyc"))
    asked = [str(tmp_path / "bin" / "tessera"), "--version"]
    said = subprocess.run(asked, env=environ, cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603
    assert said.stdout == f"tessera {__version__}\n"


@pytest.mark.parametrize("stage", [BASE, BUILD, LAST], ids=["base", "build", "last"])
def test_no_secret_is_built_in(stage: int) -> None:
    assert texts(stages()[stage], "ARG") == []
    assert [text for text in texts(stages()[stage], "ENV") if re.search("TOKEN|SECRET|KEY", text)] == []


def test_the_base_is_renewed_by_pull_requests() -> None:
    lines = (PROJECT / ".github" / "dependabot.yml").read_text(encoding="utf-8").splitlines()
    assert "  - package-ecosystem: docker" in lines
    assert "      default-days: 7" in lines
