"""`tessera contest …`: addresses that two members claim, for the operator to see and to decide about."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.cli.operator import change_store, read_store
from bot.cli.print_line import print_text
from bot.cli.typed_arguments import STORED_ID
from bot.config.settings import Settings
from bot.errors import ConfigError, InputError
from bot.messages import Message
from bot.signing.signature import checksummed, parse_address
from bot.store.linking.dispute_table import (
    Claimant,
    Dispute,
    count_events,
    decide_for,
    decide_for_nobody,
    find_disputes,
)
from bot.store.pseudonyms import Pseudonym, pseudonyms
from bot.store.thread import Rollback
from bot.ui.embeds import short_address

_NO_TOKEN = Message(
    "No Discord token: set DISCORD_TOKEN or DISCORD_TOKEN_FILE as for the bot. It keys what is counted."
)
_NO_DISPUTE = Message("{address} is neither contested nor frozen. `tessera contest list --full` lists those that are.")
_NO_CLAIMANT = Message("{user_id} has not signed for {address}. These members have: {known}.")
_CHANGED = Message("Meanwhile somebody signed or withdrew: nothing was changed. Look at `tessera contest list` again.")
_NOT_CONFIRMED = Message("Nothing was changed: type `yes`, or say --yes.")

_COLUMNS = ("ADDRESS", "STATE", "SINCE (UTC)", "UNTIL (UTC)", "HOLDER", "ALSO SIGNED", "CLAIMS", "MOVES")


def add_arguments(subparsers: Any, config: argparse.ArgumentParser) -> None:
    """Add `contest` with its two commands.

    Args:
        subparsers: What `ArgumentParser.add_subparsers` returned.
        config: The parent parser with `--config`.
    """
    contest = subparsers.add_parser("contest", help="list addresses that members contest, or decide whose one is")
    commands = contest.add_subparsers(dest="contest_command", required=True, metavar="COMMAND")
    listing = commands.add_parser(
        "list",
        parents=[config],
        help="print which addresses are contested or frozen, and who signed for them",
        description="Print the addresses that two members signed for, also while the bot runs. A contested one moves "
        "by itself at the time shown; a frozen one moves no more until you decide.",
    )
    listing.add_argument("--full", action="store_true", help="print addresses in full, as `decide` takes them")
    decide = commands.add_parser(
        "decide",
        parents=[config],
        help="decide whose a contested or frozen address is",
        description="Decide whose a contested or frozen address is, also while the bot runs, which then notifies the "
        "members. The decision is recorded in the audit log.",
    )
    decide.add_argument("address", metavar="ADDRESS", help="in full, as `list --full` prints it")
    whom = decide.add_mutually_exclusive_group(required=True)
    whom.add_argument("--for", dest="winner", type=STORED_ID, metavar="USER_ID", help="the member whose it is")
    whom.add_argument("--nobody", action="store_true", help="nobody's: who has its key must sign for it again")
    decide.add_argument("--yes", action="store_true", help="do it without asking")


async def run(settings: Settings, arguments: argparse.Namespace, print_line: Callable[[str], object]) -> int:
    """Run the command that was chosen; the exit code is 0.

    Raises:
        TesseraError: its sentence is to be printed.
    """
    if arguments.contest_command == "list":
        return await _list(settings, print_line, full=arguments.full)
    return await _decide(settings, arguments, print_line)


async def _list(settings: Settings, print_line: Callable[[str], object], *, full: bool) -> int:
    if not settings.discord.token:
        raise ConfigError(_NO_TOKEN)
    pseudonym = pseudonyms(settings.discord.token.get_secret_value())
    found = await read_store(
        settings, lambda db: [(each, count_events(db, each.owner, pseudonym)) for each in find_disputes(db)]
    )
    if found:
        print_text(_table([_COLUMNS, *(_row(dispute, counts, full=full) for dispute, counts in found)]))
    else:
        print_line("No address is contested or frozen.")
    return 0


async def _decide(settings: Settings, arguments: argparse.Namespace, print_line: Callable[[str], object]) -> int:
    owner = parse_address(arguments.address)
    dispute = await read_store(settings, lambda db: _find(db, owner))
    winner = None if arguments.nobody else _find_claimant(dispute, arguments.winner)
    for line in _plan(dispute, winner):
        print_line(line)
    if not arguments.yes:
        print_line("Type `yes` to do it:")
        _require_yes()

    def work(db: Database, pseudonym: Pseudonym, now: datetime) -> InputError | None:
        if find_disputes(db, owner) != [dispute]:
            raise Rollback(InputError(_CHANGED))
        if winner:
            decide_for(db, dispute, winner, pseudonym, now)
        else:
            decide_for_nobody(db, dispute, pseudonym, now)
        return None

    if refused := await change_store(settings, "contest-decide", work, subject=winner.user_id if winner else owner):
        raise refused
    print_line("Done. The bot notifies them within a minute, or when it is started.")
    return 0


def _find(db: Database, owner: str) -> Dispute:
    for dispute in find_disputes(db, owner):
        return dispute
    raise InputError(_NO_DISPUTE, address=checksummed(owner))


def _find_claimant(dispute: Dispute, user_id: int) -> Claimant:
    for claimant in dispute.claimants:
        if claimant.user_id == user_id:
            return claimant
    known = ", ".join(str(each.user_id) for each in dispute.claimants)
    raise InputError(_NO_CLAIMANT, user_id=user_id, address=checksummed(dispute.owner), known=known)


def _plan(dispute: Dispute, winner: Claimant | None) -> list[str]:
    """What a decision will do, line by line."""
    state = f"contested until {_moment(dispute.ends_at)} UTC" if dispute.ends_at else "frozen"
    lines = [f"{checksummed(dispute.owner)}, {state}"]
    for each in dispute.claimants:
        did = "has it now, proven at" if each.user_id == dispute.holder_id else "signed at"
        lines.append(f"  {each.user_id} {did} {_moment(each.signed_at)} UTC ({each.kind.description})")
    others = [str(each.user_id) for each in dispute.claimants if each != winner]
    if winner is None:
        lines.append("It will be proven by nobody: who has its key must sign for it again.")
    elif winner.user_id == dispute.holder_id:
        lines.append(f"It will stay proven by {winner.user_id}.")
    else:
        lines.append(f"It will be proven by {winner.user_id}.")
    if others and winner:
        lines.append(f"It will be unproven for {', '.join(others)}.")
    lines.append("All of them are notified, and the next contest about it takes a week or longer.")
    return lines


def _require_yes() -> None:
    """Read whether to do it.

    Raises:
        InputError: the answer is not yes.
    """
    if sys.stdin.readline().strip().casefold() != "yes":
        raise InputError(_NOT_CONFIRMED)


def _row(dispute: Dispute, counts: tuple[int, int], *, full: bool) -> tuple[str, ...]:
    address = checksummed(dispute.owner)
    others = [str(each.user_id) for each in dispute.claimants if each.user_id != dispute.holder_id]
    return (
        address if full else short_address(address),
        "contested" if dispute.ends_at else "frozen",
        _moment(dispute.since),
        _moment(dispute.ends_at) if dispute.ends_at else "you decide",
        str(dispute.holder_id or "nobody"),
        " ".join(others) or "nobody",
        *map(str, counts),
    )


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
