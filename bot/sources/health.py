"""Whether a source answered lately, and how it failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Health:
    """The latest success and failure of a source; None: none yet."""

    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_failure: str = ""
