"""Conversions between rows and values: moments, links, contests, notifications. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from bot.holdings import Account
from bot.links import Contest, Link, Notification, NotificationKind

# Whether a proof covers the account of `links`, as `bot.links.covers` says.
COVERED = """
    (method = 'eoa' OR links.account GLOB 'loopring:*' OR links.account GLOB 'eip155:1:*')
"""
# The address in this very link is that of its account, as far as a proof may rest on it: on a chain the account says
# so itself, and elsewhere a fact that is confirmed (`bot.store.linking.owner_table`).
OWNED = """
    ((links.account GLOB 'eip155:*' AND substr(links.account, -42) = links.owner) OR EXISTS (
        SELECT 1 FROM owners WHERE owners.account = links.account AND owners.owner = links.owner AND is_confirmed
    ))
"""
LINKS = "SELECT account, owner, label, is_main, linked_at, name FROM links"
CONTESTS = "SELECT owner, holder_id, challenger_id, opened_at, ends_at, objected_at FROM contests"


def seconds(moment: datetime) -> int:
    """A moment as the tables store it."""
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
    account, owner, label, is_main, linked_at, name = row
    return Link(
        account=to_account(account),
        owner=owner or "",
        label=label,
        is_main=bool(is_main),
        linked_at=moment(linked_at),
        name=name,
    )


def to_contest(row: Sequence[Any]) -> Contest:
    """A row of `CONTESTS`."""
    owner, holder_id, challenger_id, opened_at, ends_at, objected_at = row
    return Contest(
        owner=owner,
        holder_id=holder_id,
        challenger_id=challenger_id,
        opened_at=moment(opened_at),
        ends_at=moment(ends_at),
        objected_at=moment(objected_at) if objected_at else None,
    )


def to_notification(row: Sequence[Any]) -> Notification:
    """A row of `notices`."""
    notification_id, user_id, kind, owner, at, until, tried = row
    return Notification(
        notification_id=notification_id,
        user_id=user_id,
        kind=NotificationKind(kind),
        owner=owner,
        created_at=moment(at),
        until=moment(until) if until else None,
        tried=bool(tried),
    )


def first(db: Database, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> tuple[Any, ...] | None:
    """The first row, read to its end, or None."""
    rows: list[tuple[Any, ...]] = db.execute(sql, dict(values) if isinstance(values, Mapping) else values).fetchall()
    return rows[0] if rows else None
