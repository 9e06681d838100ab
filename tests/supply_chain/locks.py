"""The lock files, read without a tool of their own."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conformance.missing import skip_unless_ci

PROJECT = Path(__file__).parents[2]
LOCKS = (
    "requirements.txt",
    "requirements-pictures.txt",
    "requirements-dev.txt",
    "requirements-audit.txt",
    "requirements-docs.txt",
)
AUDIT = PROJECT / ".venv-audit"

_PIN = re.compile(r"^(?P<name>[a-z0-9-]+)(?:\[[a-z,-]+\])?==(?P<version>[0-9][\w.]*)(?: ; [^\\]*)? \\$")
_HASH = re.compile(r"^    --hash=sha256:(?P<hash>[0-9a-f]{64})(?: \\)?$")


def pins(lock: str) -> dict[tuple[str, str], set[str]]:
    """Name and version of each pinned package, and the hashes of its files; nothing else may be in the file."""
    found: dict[tuple[str, str], set[str]] = {}
    hashes: set[str] = set()
    for line in (PROJECT / lock).read_text(encoding="utf-8").splitlines():
        if pin := _PIN.match(line):
            hashes = found.setdefault((pin["name"], pin["version"]), set())
        elif each := _HASH.match(line):
            hashes.add(each["hash"])
        else:
            raise AssertionError(f"{lock}: neither a pin nor a hash: {line}")
    return found


def audit_tools() -> Path:
    """The programs of the environment for audits; where it was not made, the test is skipped, but not in CI."""
    if not (AUDIT / ".ready").exists():
        skip_unless_ci("no .venv-audit: `make sbom` makes it")
    return AUDIT / "bin"
