"""Which version of Blockscout this is, and with which limits, as `POST /_sandbox/blockscout` sets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PER_SECOND = 5  # the free plan of the hosted API
PER_SECOND_WITHOUT_KEY = 3
VERSIONS = ("11", "12")
HEADERS = ("normal", "broken")


@dataclass
class Settings:
    """What can be set.

    Attributes:
        version: decides the form of paging.
        per_second: requests a second with a key.
        headers: `broken` makes all rate limit headers -1.
    """

    version: str = "12"
    per_second: int = PER_SECOND
    headers: str = "normal"

    def change(self, fields: Mapping[str, Any]) -> None:
        """Set the given fields; the others stay as they are.

        Raises:
            ValueError: with a sentence that says what is wrong; then nothing has changed.
        """
        version, headers = fields.get("version", self.version), fields.get("headers", self.headers)
        per_second = fields.get("per_second", self.per_second)
        if unknown := fields.keys() - {"version", "per_second", "headers"}:
            raise ValueError(f"there is no {' and no '.join(sorted(unknown))} to set")
        if version not in VERSIONS:
            raise ValueError(f"version must be one of {', '.join(VERSIONS)}")
        if headers not in HEADERS:
            raise ValueError(f"headers must be one of {', '.join(HEADERS)}")
        if isinstance(per_second, bool) or not isinstance(per_second, int) or per_second < 1:
            raise ValueError("per_second is a whole number, at least 1")
        self.version, self.headers, self.per_second = version, headers, per_second

    def limit(self, key: str | None) -> int:
        """Requests a second; without a key three for every five."""
        if key is not None:
            return self.per_second
        return max(1, self.per_second * PER_SECOND_WITHOUT_KEY // PER_SECOND)
