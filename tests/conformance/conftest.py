"""The public files for the tests that need them."""

from __future__ import annotations

import pytest

from tests.conformance import blockscout_openapi
from tests.conformance.blockscout_openapi import BlockscoutSpec
from tests.conformance.missing import shared
from tests.conformance.openapi import SPEC, DiscordSpec


@pytest.fixture(scope="session")
def discord_spec() -> DiscordSpec:
    """Discord's OpenAPI file, which lies beside the repository."""
    return DiscordSpec(shared(f"specs/{SPEC.name}"))


@pytest.fixture(scope="session")
def blockscout_spec() -> BlockscoutSpec:
    """Blockscout's OpenAPI file, likewise."""
    return BlockscoutSpec(shared(f"specs/{blockscout_openapi.SPEC.name}"))
