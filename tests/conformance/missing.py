"""A test that lacks what it judges: a skip on a person's machine, a failure in CI."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def skip_unless_ci(reason: str) -> NoReturn:
    """Skip for a reason that is fine on a person's machine and hides a broken check in CI.

    Args:
        reason: the sentence that the report shows.
    """
    if os.environ.get("CI"):
        pytest.fail(f"{reason} (CI may not skip this)")
    pytest.skip(reason)
