"""Whatever is installed is pinned to one version and to the hashes of its files."""

import re
import tomllib

import pytest

from tests.supply_chain.locks import LOCKS, PROJECT, pins


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_one_version_and_hashes_and_no_place_to_come_from(lock: str) -> None:
    pinned = pins(lock)
    assert len(pinned) > 10
    assert len({name for name, _ in pinned}) == len(pinned)
    assert [name for (name, _), hashes in pinned.items() if not hashes] == []


def test_what_is_tested_is_what_runs() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-pictures.txt").items()
    assert pins("requirements-pictures.txt").items() <= pins("requirements-dev.txt").items()


@pytest.mark.parametrize(
    ("group", "expected"), [("audit", {"cyclonedx-bom", "pip-audit"}), ("docs", {"pymdown-extensions", "zensical"})]
)
def test_the_tools_of_audits_and_of_the_site_are_in_no_other_environment(group: str, expected: set[str]) -> None:
    groups = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    tools = {re.split("[<>]", requirement)[0] for requirement in groups[group]}
    assert tools == expected
    assert tools <= {name for name, _ in pins(f"requirements-{group}.txt")}
    assert not tools & {name for name, _ in pins("requirements-dev.txt")}
