"""Between rows and values: moments, links, contests, notices. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from bot.holdings import Account
from bot.links import Contest, Link, Method, Notification, NotificationKind

# The member's own proof of the address of this very link, if it covers that account: as `bot.links.covers` says.
COVERED = """
    (method IN ('eoa', 'manual') OR links.account GLOB 'loopring:*' OR links.account GLOB 'eip155:1:*')
"""
LINKS = f"""
    SELECT links.account, links.owner, label, is_main, linked_at, method, proven_at, guild_id
    FROM links LEFT JOIN proofs ON proofs.owner = links.owner AND proofs.user_id = links.user_id AND {COVERED}
"""
CONTESTS = "SELECT owner, holder_id, challenger_id, opened_at, ends_at, objected_at FROM contests"


def seconds(moment: datetime) -> int:
    """A moment as the tables keep it."""
    return int(moment.timestamp())


def moment(value: int) -> datetime:
    """What `seconds()` made of a moment."""
    return datetime.fromtimestamp(value, UTC)


def to_account(text: str) -> Account:
    """An account from `network:account_id`."""
    network, _, account_id = text.rpartition(":")
    return Account(network, account_id)


def to_link(row: Sequence[Any]) -> Link:
    """A row of `LINKS`."""
    account, owner, label, is_main, linked_at, method, proven_at, guild_id = row
    return Link(
        to_account(account),
        owner or "",
        label,
        bool(is_main),
        moment(linked_at),
        Method(method) if method else None,
        moment(proven_at) if method else None,
        guild_id,
    )


def to_contest(row: Sequence[Any]) -> Contest:
    """A row of `CONTESTS`."""
    owner, holder, challenger, opened_at, ends_at, objected_at = row
    objected = moment(objected_at) if objected_at else None
    return Contest(owner, holder, challenger, moment(opened_at), moment(ends_at), objected)


def to_notification(row: Sequence[Any]) -> Notification:
    """A row of `notices`."""
    notification_id, user_id, news, owner, at, until, tried = row
    return Notification(
        notification_id,
        user_id,
        NotificationKind(news),
        owner,
        moment(at),
        moment(until) if until else None,
        bool(tried),
    )


def first(db: Database, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    """The first row, read to its end, or None."""
    rows: list[tuple[Any, ...]] = db.execute(sql, list(values)).fetchall()
    return rows[0] if rows else None
