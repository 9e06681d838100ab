"""How much waits in the store: what is due, and what is to be sent. For the metrics, in numbers alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from bot.store.rows import first, seconds
from bot.store.sync.reading_census import oldest_reading

# More than this is "a lot"; nothing is gained by counting on.
MOST = 100_000

_MEMBERS = "SELECT count(*) FROM (SELECT 1 FROM sync_members WHERE due <= ? LIMIT ?)"
_ACCOUNTS = "SELECT count(*) FROM (SELECT 1 FROM sync_accounts WHERE network = ? AND due <= ? LIMIT ?)"
_POSTS = "SELECT count(*) FROM (SELECT 1 FROM sync_posts INDEXED BY sync_posts_to_send WHERE sent_at IS NULL LIMIT ?)"
_HOLDS = "SELECT count(*) FROM (SELECT 1 FROM role_holds INDEXED BY open_role_holds WHERE ended_at IS NULL LIMIT ?)"


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits at a moment; each number is at most `MOST`.

    Attributes:
        members: Members of servers who are due to be judged.
        accounts: Network → accounts that are due to be read.
        oldest_at: Network → the oldest reading of an account; networks without one are left out.
        posts: Messages for log channels that are not sent.
        holds: Reasons why removals wait for a person.
    """

    members: int
    accounts: dict[str, int]
    oldest_at: dict[str, datetime]
    posts: int
    holds: int


def backlog(db: Database, networks: Sequence[str], now: datetime) -> Backlog:
    """What waits now, of these networks."""
    at = seconds(now)
    accounts = {each: _count(db, _ACCOUNTS, each, at, MOST) for each in networks}
    oldest = {each: oldest_reading(db, each) for each in networks}
    return Backlog(
        members=_count(db, _MEMBERS, at, MOST),
        accounts=accounts,
        oldest_at={network: read_at for network, read_at in oldest.items() if read_at},
        posts=_count(db, _POSTS, MOST),
        holds=_count(db, _HOLDS, MOST),
    )


def _count(db: Database, sql: str, *values: object) -> int:
    return int((first(db, sql, list(values)) or (0,))[0])
