"""Discord's file for the tests that need it, and the traffic tests after everything that makes traffic."""

from __future__ import annotations

import pytest

from tests.conformance.missing import skip_unless_ci
from tests.conformance.openapi import SPEC, DiscordSpec


@pytest.fixture(scope="session")
def discord_spec() -> DiscordSpec:
    """Discord's OpenAPI file, which lies beside the repository."""
    if not SPEC.exists():
        skip_unless_ci(f"Discord's OpenAPI file is not at {SPEC}")
    return DiscordSpec()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move the traffic tests behind all others: they read what the others left."""
    items.sort(key=lambda item: item.path.name == "test_discord_traffic.py")
