"""`make sbom`: the bill of materials names each package that runs, with the hashes of its files."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.supply_chain.locks import PROJECT, audit_tools, pins

pytestmark = pytest.mark.slow

BILL = PROJECT / "build" / "tessera.cdx.json"
# Prints what is wrong with the file by the strict schema of its version, with all formats checked.
VALIDATE = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
print(JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read()))
"""


def make_bill() -> str:
    """The file, as `make sbom` writes it."""
    audit_tools()
    BILL.unlink(missing_ok=True)
    # The environment is used as it is: making it needs the network.
    command = ["make", "--silent", "--old-file=.venv-audit/.ready", "sbom"]
    made = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert (made.returncode, made.stdout + made.stderr) == (0, "")
    return BILL.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def text() -> str:
    """The bill of materials."""
    return make_bill()


@pytest.fixture(scope="module")
def bill(text: str) -> dict[str, Any]:
    """The same, read."""
    read: dict[str, Any] = json.loads(text)
    return read


def hashes_of(component: dict[str, Any]) -> set[str]:
    """The SHA-256 of all files of a component."""
    references = component["externalReferences"]
    return {each["content"] for place in references for each in place.get("hashes", ()) if each["alg"] == "SHA-256"}


def test_each_package_that_runs_is_in_it_with_its_hashes_and_no_other(bill: dict[str, Any]) -> None:
    found = {(each["name"], each["version"]): hashes_of(each) for each in bill["components"]}
    assert found == pins("requirements-pictures.txt")
    assert [each["purl"] for each in bill["components"]] == [
        f"pkg:pypi/{each['name']}@{each['version']}" for each in bill["components"]
    ]


def test_it_is_about_the_bot(bill: dict[str, Any]) -> None:
    about = bill["metadata"]["component"]
    assert (about["name"], about["type"]) == ("tessera-bot", "application")


def test_it_is_valid_by_the_schema_of_cyclonedx(text: str, bill: dict[str, Any]) -> None:
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    command = [str(audit_tools() / "python"), "-c", VALIDATE]
    assert subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout == "None\n"  # noqa: S603 - our own


def test_it_is_the_same_each_time(text: str) -> None:
    assert make_bill() == text
