"""What became of what a member holds, between two moments or two snapshots."""

from __future__ import annotations

from enum import StrEnum, auto


class ChangeKind(StrEnum):
    """In which way it changed; in the order in which changes are listed."""

    JOINED = auto()  # they held none here, and hold some
    LEFT = auto()  # they held some, and hold none
    UP = auto()
    DOWN = auto()
    SAME = auto()
    SEEN_FIRST = auto()  # they hold some; what they held then nobody looked at. Between snapshots there is no such one
    UNKNOWN = auto()  # one of the two is not known
