"""Whatever is installed is pinned to one version and to the hashes of its files."""

import tomllib

import pytest

from tests.supply_chain.locks import LOCKS, PROJECT, pins


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_one_version_and_hashes_and_no_place_to_come_from(lock: str) -> None:
    pinned = pins(lock)
    assert len(pinned) > 20
    assert len({name for name, _ in pinned}) == len(pinned)
    assert [name for (name, _), hashes in pinned.items() if not hashes] == []


def test_what_is_tested_is_what_runs() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


def test_the_tools_of_audits_are_in_no_other_environment() -> None:
    groups = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    tools = {requirement.partition(">")[0] for requirement in groups["audit"]}
    assert tools == {"cyclonedx-bom", "pip-audit"}
    assert tools <= {name for name, _ in pins("requirements-audit.txt")}
    assert not tools & {name for name, _ in pins("requirements-dev.txt")}
