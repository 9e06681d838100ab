"""`[snapshots]` of the settings: how many are retained, and the key that signs them, from the environment alone."""

from __future__ import annotations

import re

from pydantic import Field, SecretStr, model_validator

from bot.config.source_tables import Table

_KEY = re.compile(r"[0-9a-fA-F]{64}")


class SnapshotSettings(Table):
    """How many snapshots are retained, and how exported ones are signed; without a key they are not."""

    retain: int = Field(default=50, ge=1, le=1000)
    signing_key: SecretStr | None = Field(default=None, exclude=True)

    @property
    def key(self) -> str:
        """The key; "": there is none."""
        return self.signing_key.get_secret_value() if self.signing_key else ""

    @model_validator(mode="after")
    def _is_a_key(self) -> SnapshotSettings:
        # Not a validator of the field: its message could appear in a log together with the input.
        if self.signing_key and not _KEY.fullmatch(self.key):
            raise ValueError(
                "the key in SNAPSHOT_SIGNING_KEY must be 64 hex digits, as `tessera snapshot keygen` writes them"
            )
        return self
