"""`make audit`: looks up each pinned package of the lock files it is given in an index of advisories, by pip-audit.

The exit code is 0 where nothing is known, or where no index can be reached, which is said; 1 where something was found,
which is listed; 2 where packages could not be looked up. Nothing is installed, and nothing is resolved: what is looked
up are the versions in the files, which all have hashes.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

_FOUND = 1
_NOT_AUDITED = 2

# `; sys_platform == "win32"`: pip-audit would leave out what this machine has no use for, and others have.
_MARKER = re.compile(r" ; [^\\\n]*")
# pip-audit ends with a traceback, or with its own sentence, where nobody answers.
_UNREACHABLE = re.compile(r"requests\.exceptions\.(?:\w*Connection\w*|\w*Timeout|ProxyError)|Could not connect to")


def main(arguments: Sequence[str] | None = None) -> int:
    """Look up, print what was found, and return the exit code."""
    options = _parser().parse_args(arguments)
    worst = 0
    for lock in options.locks:
        ended = _run_pip_audit(lock, options.index)
        try:
            packages = json.loads(ended.stdout)["dependencies"]
        except ValueError:
            if _UNREACHABLE.search(ended.stderr):
                print("No index of advisories can be reached from here, so not everything was looked up.")
                return worst
            print(f"{lock}: cannot be looked up: {_last_line(ended.stderr)}", file=sys.stderr)
            worst = max(worst, _NOT_AUDITED)
        else:
            worst = max(worst, _report(lock, packages))
    return worst


def _report(lock: Path, packages: Sequence[Mapping[str, Any]]) -> int:
    findings = [line for package in packages for line in _findings(package)]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    for line in findings:
        print(line)
    if skipped or not packages:
        print(f"{lock}: {len(skipped)} of {len(packages)} packages cannot be looked up: {', '.join(skipped)}.")
        return _NOT_AUDITED
    print(f"{lock}: {len(packages)} packages, {len(findings) or 'no'} known vulnerabilities.")
    return _FOUND if findings else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="look_up_advisories.py", description="Look up known vulnerabilities of packages."
    )
    parser.add_argument("locks", nargs="+", type=Path, metavar="LOCK", help="a requirements file with hashes")
    parser.add_argument("--index", metavar="URL", help="an index of advisories with the API of osv.dev, in its place")
    return parser


def _run_pip_audit(lock: Path, index: str | None) -> subprocess.CompletedProcess[str]:
    # One file at a time: two may pin different versions of a package, and pip-audit takes that for a mistake.
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--desc", "off"]
    command += ["--format", "json", "--progress-spinner", "off", "--vulnerability-service", "osv"]
    if index:
        command += ["--osv-url", index]
    with tempfile.TemporaryDirectory(prefix="tessera-audit-") as folder:
        copy = Path(folder) / lock.name
        copy.write_text(_MARKER.sub(" ", lock.read_text(encoding="utf-8")), encoding="utf-8")
        command += ["--requirement", str(copy)]
        return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - arguments of our own


def _findings(package: Mapping[str, Any]) -> Iterator[str]:
    for known in package.get("vulns", ()):
        also = f" ({', '.join(known['aliases'])})" if known["aliases"] else ""
        fixed = f"fixed in {', '.join(known['fix_versions'])}" if known["fix_versions"] else "not fixed yet"
        yield f"{package['name']} {package['version']}: {known['id']}{also}, {fixed}"


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["pip-audit said nothing."])[-1]


if __name__ == "__main__":
    sys.exit(main())
