"""The public files for the tests that need them."""

from __future__ import annotations

import pytest

from tests.conformance import blockscout_openapi
from tests.conformance.blockscout_openapi import BlockscoutSpec
from tests.conformance.missing import skip_unless_ci
from tests.conformance.openapi import SPEC, DiscordSpec


@pytest.fixture(scope="session")
def discord_spec() -> DiscordSpec:
    """Discord's OpenAPI file, which lies beside the repository."""
    if not SPEC.exists():
        skip_unless_ci(f"Discord's OpenAPI file is not at {SPEC}")
    return DiscordSpec()


@pytest.fixture(scope="session")
def blockscout_spec() -> BlockscoutSpec:
    """Blockscout's OpenAPI file, likewise."""
    if not blockscout_openapi.SPEC.exists():
        skip_unless_ci(f"Blockscout's OpenAPI file is not at {blockscout_openapi.SPEC}")
    return BlockscoutSpec()
