"""`tessera owners …`: who owns an account, and which sources say so; what the operator sets wins over all."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.app.build_sources import open_sources
from bot.cli.operator import change_store, read_store
from bot.config.settings import Settings
from bot.errors import InputError
from bot.holdings import Account
from bot.lookup.owner_rule import OwnerRule, Statement, contradicts
from bot.lookup.owners import ask_each
from bot.messages import Message
from bot.names import Names, RefKind, is_numbered
from bot.signing.signature import checksummed, parse_address
from bot.sources.archive import ArchiveSource
from bot.sources.askers import Asker, Askers
from bot.sources.capabilities import each_of
from bot.sources.session import open_session
from bot.sources.source import Source
from bot.store.linking.owner_table import OPERATOR, OwnerFact, forget_fact, get_fact, links_of, set_fact
from bot.store.pseudonyms import Pseudonym
from bot.text.plural import plural

_NOT_A_NUMBER = Message(
    "Name an account by its number, such as `10001` or `loopring:10001`: on a chain an account is its own owner."
)

PrintLine = Callable[[str], object]

# The lines of `show`: of what is stored, and of what a source says.
_CONFIRMED, _FOR_SHOWING = "a proof may rest on it", "for showing alone: asked again when a proof needs it"
_NOTHING_STORED = "nothing is stored: it is asked when it is needed"


@dataclass(frozen=True, slots=True)
class _Change:
    """What a change did: what was stored, who had proven the account, how many linked it, and who has proven it now."""

    earlier: OwnerFact | None
    before: frozenset[int]
    linked: int
    after: frozenset[int]


def add_arguments(subparsers: Any, config: argparse.ArgumentParser) -> None:
    """Add `owners` with its three commands.

    Args:
        subparsers: What `ArgumentParser.add_subparsers` returned.
        config: The parent parser with `--config`.
    """
    owners = subparsers.add_parser(
        "owners", help="who owns an account: show, correct or forget, also while the bot runs"
    )
    commands = owners.add_subparsers(dest="owners_command", required=True, metavar="COMMAND")
    show = commands.add_parser("show", parents=[config], help="print what is stored, and what each source says now")
    set_ = commands.add_parser("set", parents=[config], help="say who owns an account: wins over every source")
    forget = commands.add_parser("forget", parents=[config], help="forget it, so that the sources are asked again")
    for parser in (show, set_, forget):
        parser.add_argument("account", metavar="ACCOUNT", help="an account's number: 10001, loopring:10001")
    set_.add_argument("address", metavar="ADDRESS", help="the address that owns it, 0x and 40 hex digits")


async def run(settings: Settings, arguments: argparse.Namespace, print_line: PrintLine) -> int:
    """Run the command that was chosen; the exit code is 0, or 1 where the sources give no one answer.

    Raises:
        TesseraError: its sentence is to be printed.
    """
    async with open_session() as session:
        sources = await open_sources(settings, session)
        try:
            account = _parse(arguments.account, sources)
            if arguments.owners_command == "show":
                source = next(each for each in sources if each.network == account.network)
                return await _show(settings, account, source, print_line)
        finally:
            for source in sources:
                await source.close()
    if arguments.owners_command == "set":
        return await _set(settings, account, parse_address(arguments.address), print_line)
    return await _forget(settings, account, print_line)


def _parse(text: str, sources: Sequence[Source]) -> Account:
    names = Names(tuple(source.network for source in sources), {source.name: source.network for source in sources})
    ref = names.parse_account(text)
    if ref.kind is not RefKind.ID or not is_numbered(ref.network):
        raise InputError(_NOT_A_NUMBER)
    return Account(ref.network, ref.value)


async def _show(settings: Settings, account: Account, source: Source, print_line: PrintLine) -> int:
    stored, (linked, proven) = await read_store(settings, lambda db: (get_fact(db, account), links_of(db, account)))
    rule = OwnerRule(settings.linking.owners)
    rule.require_archive([source])
    print_line(f"{account}")
    print_line(f"  stored: {_describe(stored)}")
    print_line(f"  linked by {linked:,}, proven by {len(proven):,}")
    print_line(f"  rule: {rule.describe(source)}")
    statements = await ask_each(account, each_of(source), Askers(Asker.job("tessera owners")))
    for statement in statements:
        print_line(f"  {_line(statement)}{await _since(account, statement, source)}")
    speakers = {each.name for each in rule.speakers(source)}
    counted = [each for each in statements if each.source in speakers]
    if contradicts(counted):
        print_line("  They contradict each other: `tessera owners set` decides.")
    return int(contradicts(counted) or any(each.is_silent for each in counted))


def _describe(fact: OwnerFact | None) -> str:
    if fact is None:
        return _NOTHING_STORED
    by = "the operator" if fact.basis == OPERATOR else ", ".join(fact.sources) or "a source whose name was not recorded"
    state = _CONFIRMED if fact.is_confirmed else _FOR_SHOWING
    return f"{checksummed(fact.owner)}, by {by} ({fact.basis}), on {fact.seen_at:%Y-%m-%d %H:%M} UTC; {state}"


def _line(statement: Statement) -> str:
    if statement.owner:
        return f"{statement.source}: {checksummed(statement.owner)}"
    return f"{statement.source}: {statement.error.sentence if statement.error else ''}"


async def _since(account: Account, statement: Statement, source: Source) -> str:
    """Where anybody can look up what a rebuilt archive says; "" for any other source."""
    speaker = next((each for each in each_of(source) if each.name == statement.source), None)
    if not statement.owner or not isinstance(speaker, ArchiveSource):
        return ""
    since = await speaker.fetch_owner_since(account)
    return f", since block {since[0]:,} of layer 2, transaction {since[1]}" if since else ""


async def _set(settings: Settings, account: Account, owner: str, print_line: PrintLine) -> int:
    def work(db: Database, _pseudonym: Pseudonym, now: datetime) -> _Change:
        earlier, (_, before) = get_fact(db, account), links_of(db, account)
        set_fact(db, OwnerFact(account, owner, (), OPERATOR, is_confirmed=True, seen_at=now))
        return _Change(earlier, before, *links_of(db, account))

    change = await change_store(settings, "owner-set", work)
    print_line(f"{account}: owned by {checksummed(owner)}, by the operator's word.")
    _print_change(change, print_line)
    return 0


async def _forget(settings: Settings, account: Account, print_line: PrintLine) -> int:
    def work(db: Database, _pseudonym: Pseudonym, _now: datetime) -> _Change:
        _, before = links_of(db, account)
        return _Change(forget_fact(db, account), before, *links_of(db, account))

    change = await change_store(settings, "owner-forget", work)
    print_line(f"{account}: forgotten; the sources are asked again when it is needed.")
    _print_change(change, print_line)
    return 0


def _print_change(change: _Change, print_line: PrintLine) -> None:
    print_line(f"Before: {_describe(change.earlier)}.")
    print_line(f"Linked by {plural(change.linked, 'member')}.")
    if lost := len(change.before - change.after):
        print_line(f"Proven before by {lost:,} of them, whose proof does not cover it any more.")
    if gained := len(change.after - change.before):
        print_line(f"Proven now by {gained:,} of them, by a proof that was there already.")
