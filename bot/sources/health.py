"""How a source is doing, as far as it was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Health:
    """What is known about a source's service; None: not yet."""

    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_failure: str = ""
