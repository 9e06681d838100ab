"""A test whose files are missing: skipped on a person's machine, a failure in CI."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"
NOT_SHARED = "no ../shared beside this clone: OpenAPI files and recorded bodies, which are not ours to publish"


def skip_unless_ci(reason: str) -> NoReturn:
    """Skip for a reason that is fine on a person's machine and hides a broken check in CI.

    Args:
        reason: the sentence that the report shows, once for all tests that are skipped for it.
    """
    if os.environ.get("CI"):
        pytest.fail(f"{reason} (CI may not skip this)")
    pytest.skip(reason)


def shared(path: str) -> Path:
    """A file or a folder that is beside the repository; the test is skipped where it is not, but not in CI."""
    if not (SHARED / path).exists():
        skip_unless_ci(NOT_SHARED)
    return SHARED / path
