"""`tessera audit`: who did what and when, of those records that hold no names."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.cli.operator import read_store
from bot.cli.typed_arguments import WholeNumber
from bot.config.settings import Settings
from bot.errors import ConfigError, InputError
from bot.messages import Message
from bot.store.audit import AuditFilter, AuditRow, read_audit
from bot.store.pseudonyms import OPERATOR, Pseudonym, pseudonyms
from bot.text.typed_values import typed_age, typed_moment

_NO_TOKEN = Message(
    "The audit names nobody: --of needs the token that its names were made with. Set DISCORD_TOKEN or "
    "DISCORD_TOKEN_FILE as for the bot."
)
_BAD_TIME = Message(
    "{option} takes a day (2026-11-27), a time in UTC (2026-11-27T03:00) or an age (36h, 7d), from the year 2000 on."
)
_BAD_PERSON = Message("--of takes the id of a Discord user (17 to 20 digits), an address (0x…), or the word operator.")
_AGE = re.compile(r"(\d+)([hd])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)
_PERSON = re.compile(r"[0-9]{17,20}|0x[0-9a-fA-F]{40}|operator")
_MOST = 10_000
_LIMIT = WholeNumber(1, _MOST)


def add_arguments(subparsers: Any, config: argparse.ArgumentParser) -> None:
    """Add `audit` with its filters."""
    audit = subparsers.add_parser("audit", parents=[config], help="print the audit table, also while the bot runs")
    audit.add_argument("--verb", metavar="VERB", help="only this: link, unlink, verify, contest, owner-set, …")
    audit.add_argument("--of", metavar="WHO", help="only by or about a user id, an address, or `operator`")
    audit.add_argument("--since", metavar="WHEN", help="a day, a time in UTC, or an age: 2026-11-27, 36h, 7d")
    audit.add_argument("--until", metavar="WHEN", help="likewise")
    audit.add_argument(
        "--limit", metavar="N", type=_LIMIT, default=50, help=f"the newest N, at most {_MOST}; default: 50"
    )
    audit.add_argument("--json", action="store_true", help="one JSON object a line")


async def run(settings: Settings, arguments: argparse.Namespace, print_line: Callable[[str], object]) -> int:
    """Print what is recorded, the oldest first; the exit code is 0.

    Raises:
        TesseraError: its sentence is to be printed.
    """
    now = datetime.now(UTC)
    token = settings.discord.token
    pseudonym = pseudonyms(token.get_secret_value()) if token else None
    wanted = AuditFilter(
        verb=arguments.verb,
        of=_person(arguments.of, pseudonym),
        since=_moment("--since", arguments.since, now),
        until=_moment("--until", arguments.until, now),
        limit=arguments.limit,
    )
    rows = await read_store(settings, lambda db: read_audit(db, wanted))
    operator = pseudonym(OPERATOR) if pseudonym else None
    for row in reversed(rows):
        print_line(_as_json(row, operator) if arguments.json else _as_text(row, operator))
    if not rows and not arguments.json:
        print_line("Nothing of that is recorded.")
    return 0


def _person(typed: str | None, pseudonym: Pseudonym | None) -> bytes | None:
    if typed is None:
        return None
    if not _PERSON.fullmatch(typed):
        raise InputError(_BAD_PERSON)
    if pseudonym is None:
        raise ConfigError(_NO_TOKEN)
    return pseudonym(typed.lower())


def _moment(option: str, typed: str | None, now: datetime) -> datetime | None:
    if typed is None:
        return None
    if age := _AGE.fullmatch(typed):
        moment = typed_age(age[1], _UNITS[age[2]], now, _EARLIEST)
    else:
        moment = typed_moment(typed, _EARLIEST, _LATEST)
    if moment is None:
        raise InputError(_BAD_TIME, option=option)
    return moment


def _as_text(row: AuditRow, operator: bytes | None) -> str:
    about = "" if row.subject is None or row.subject == row.actor else f"  about {_name(row.subject, operator)}"
    return f"{row.at:%Y-%m-%d %H:%M:%S}Z  {row.verb:<16} by {_name(row.actor, operator)}{about}"


def _as_json(row: AuditRow, operator: bytes | None) -> str:
    subject = None if row.subject is None else _name(row.subject, operator)
    values = {"at": f"{row.at:%Y-%m-%dT%H:%M:%SZ}", "verb": row.verb, "actor": _name(row.actor, operator)}
    return json.dumps({**values, "subject": subject})


def _name(pseudonym: bytes, operator: bytes | None) -> str:
    return OPERATOR if pseudonym == operator else pseudonym.hex()
