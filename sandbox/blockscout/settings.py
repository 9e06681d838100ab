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
        hides_scams: contracts with the scam badge are left out of what an address holds, and nothing says so, unless
            the request has the header `show-scam-tokens: true`.
    """

    version: str = "12"
    per_second: int = PER_SECOND
    headers: str = "normal"
    hides_scams: bool = True

    def change(self, fields: Mapping[str, Any]) -> None:
        """Set the given fields; the others stay as they are.

        Raises:
            ValueError: with a sentence that says what is wrong; then nothing has changed.
        """
        version, headers = fields.get("version", self.version), fields.get("headers", self.headers)
        per_second, hides_scams = fields.get("per_second", self.per_second), fields.get("hides_scams", self.hides_scams)
        if unknown := fields.keys() - {"version", "per_second", "headers", "hides_scams"}:
            raise ValueError(f"there is no {' and no '.join(sorted(unknown))} to set")
        if version not in VERSIONS:
            raise ValueError(f"version must be one of {', '.join(VERSIONS)}")
        if headers not in HEADERS:
            raise ValueError(f"headers must be one of {', '.join(HEADERS)}")
        if isinstance(per_second, bool) or not isinstance(per_second, int) or per_second < 1:
            raise ValueError("per_second is a whole number, at least 1")
        if not isinstance(hides_scams, bool):
            raise ValueError("hides_scams is true or false")  # noqa: TRY004 - one kind of error for the caller
        self.version, self.headers, self.per_second, self.hides_scams = version, headers, per_second, hides_scams

    def limit(self, key: str | None) -> int:
        """Requests a second; without a key three for every five."""
        if key is not None:
            return self.per_second
        return max(1, self.per_second * PER_SECOND_WITHOUT_KEY // PER_SECOND)
