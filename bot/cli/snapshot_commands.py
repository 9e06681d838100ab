"""`tessera snapshot …`: snapshots of holders for the operator, beside the running bot."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from bot.cli.interruptible import interruptible
from bot.cli.operator import change_store, read_store
from bot.cli.sealed_files import make_key, verify_file, write_export
from bot.config.settings import Settings
from bot.counts import Count
from bot.errors import InputError
from bot.gates.gate import GuildSettings
from bot.gates.parser import parse_rule
from bot.gates.rule_needs import collections_of
from bot.gates.rule_text import rule_text
from bot.holders.change_kind import ChangeKind
from bot.holders.export_files import incompleteness
from bot.holders.export_head import facts_of, how_known, remarks
from bot.holders.export_view import ExportView, Layout, export_view
from bot.holders.sealed_export import sealed_export
from bot.holders.snapshot import Snapshot, SnapshotRequest, Weight
from bot.holders.snapshot_changes import KINDS, compare_snapshots
from bot.lookup.lookup import Lookup
from bot.messages import Message
from bot.store.gates.alias_table import aliases
from bot.store.gates.settings_table import read
from bot.store.holders import snapshot_search, snapshot_table
from bot.store.holders.shared_rows import shared_pairs
from bot.store.pseudonyms import Pseudonym
from bot.store.sync.post_table import enqueue
from bot.store.sync.reading_census import names_of
from bot.store.sync.server_table import is_known
from bot.sync.rule_holders import Knowledge, RuleQuestion, fitting, read_members, to_snapshot
from bot.sync.snapshots import post_of

_NO_SNAPSHOT = Message("There is no snapshot {number}. `tessera snapshot list` prints those that there are.")
_OTHER_SERVER = Message("Snapshots {first} and {second} are of different servers, and are never compared.")
_NOT_CONFIRMED = Message("Nothing was written: type `yes`, or say --yes.")
_CHANGED = Message(
    "Snapshot {number}, or what of it may be shown, has changed since this was asked: nothing was written. Run the "
    "command again."
)
_NO_SERVER = Message(
    "No server {server} is known: the bot has seen nobody in it. With Discord's developer mode on, its id is in the "
    "menu of the server."
)
_MOST_LISTED = 1000

PrintLine = Callable[[str], object]
# Opens the answers over the configured sources, whose networks a rule may name.
OpenLookup = Callable[[Settings], AbstractAsyncContextManager[Lookup]]


async def run(settings: Settings, arguments: argparse.Namespace, print_line: PrintLine, open_lookup: OpenLookup) -> int:
    """Run the command that was chosen; the exit code is 0, or 1 where something is not known, or not as it should be.

    Raises:
        TesseraError: its sentence is to be printed.
    """
    commands: dict[str, Callable[[], Awaitable[int]]] = {
        "make": lambda: _make(settings, arguments, print_line, open_lookup),
        "list": lambda: _list(settings, arguments, print_line),
        "show": lambda: _show(settings, arguments, print_line),
        "diff": lambda: _diff(settings, arguments, print_line),
        "export": lambda: _export(settings, arguments, print_line),
        "verify": lambda: _verify(settings, arguments, print_line),
        "keygen": lambda: _keygen(arguments, print_line),
    }
    return await commands[arguments.snapshot_command]()


async def _keygen(arguments: argparse.Namespace, print_line: PrintLine) -> int:
    return interruptible(make_key, arguments.file, print_line)


async def _verify(settings: Settings, arguments: argparse.Namespace, print_line: PrintLine) -> int:
    its = arguments.file, arguments.seal, arguments.key
    return interruptible(verify_file, settings, *its, print_line)


async def _make(
    settings: Settings, arguments: argparse.Namespace, print_line: PrintLine, open_lookup: OpenLookup
) -> int:
    async with open_lookup(settings) as lookup:
        rule = parse_rule(arguments.rule, lookup.names, find_by_name=lambda _: ())
        text, knowledge = rule_text(rule, lookup.names), Knowledge.of(settings, lookup.sources)
    request = SnapshotRequest(text, Weight(arguments.weight), arguments.minimum)
    now, guild_id = datetime.now(UTC), arguments.server

    def take(db: Database) -> Snapshot:
        if not is_known(db, guild_id):
            raise InputError(_NO_SERVER, server=guild_id)
        default = GuildSettings(grace=settings.sync.grace)
        question = RuleQuestion(guild_id, request, rule, read(db, guild_id, default), aliases(db, guild_id))
        stored = read_members(db, question, now, knowledge)
        names = names_of(db, collections_of(rule))
        return to_snapshot(question, fitting(question, stored, now, knowledge.patience), now, names)

    snapshot = await read_store(settings, take)

    def save(db: Database, _: Pseudonym, __: datetime) -> Snapshot:
        return snapshot_table.add(db, snapshot, settings.snapshots.retain)

    made = await change_store(settings, "snapshot-make", save)
    return _print_snapshot(_whole(made), Layout.CSV, print_line)


async def _list(settings: Settings, arguments: argparse.Namespace, print_line: PrintLine) -> int:
    found = await read_store(settings, lambda db: snapshot_search.listed(db, arguments.server, _MOST_LISTED))
    for each in reversed(found):
        snapshot = each.snapshot
        state = "complete" if each.is_complete else "INCOMPLETE"
        by = f"schedule {snapshot.schedule_id}" if snapshot.schedule_id else "by hand"
        print_line(
            f"{snapshot.snapshot_id}  {snapshot.made_at:%Y-%m-%d %H:%M}Z  server {snapshot.guild_id}  "
            f"{each.members:,} members  {state}  {by}  {snapshot.request.rule}"
        )
    if not found:
        print_line("There is no snapshot.")
    return 0


async def _show(settings: Settings, arguments: argparse.Namespace, print_line: PrintLine) -> int:
    snapshot = await read_store(settings, lambda db: _find(db, arguments.number))
    return _print_snapshot(_whole(snapshot), Layout.CSV, print_line)


async def _diff(settings: Settings, arguments: argparse.Namespace, print_line: PrintLine) -> int:
    first, second = arguments.first, arguments.second

    def read_both(db: Database) -> tuple[Snapshot, Snapshot, frozenset[int]]:
        one, other = _find(db, first), _find(db, second)
        if one.guild_id != other.guild_id:
            raise InputError(_OTHER_SERVER, first=first, second=second)
        return one, other, snapshot_table.linked_before(db, one.guild_id, min(one.made_at, other.made_at))

    diff = compare_snapshots(*await read_store(settings, read_both))
    print_line(f"From {diff.before.made_at:%Y-%m-%d %H:%M}Z to {diff.after.made_at:%Y-%m-%d %H:%M}Z:")
    print_line(", ".join(f"{len(diff.of(kind)):,} {kind.value}" for kind in KINDS))
    for words in diff.remarks:
        print_line(f"⚠ {words}")
    for change in diff.changes:
        if change.kind is not ChangeKind.SAME:
            before, after = _number(change.before), _number(change.after)
            print_line(f"{change.kind.value:<8} {change.user_id}  {before} → {after}")
    return 0


async def _export(settings: Settings, arguments: argparse.Namespace, print_line: PrintLine) -> int:
    layout = Layout(arguments.format)
    view = await read_store(settings, lambda db: _view(db, settings, arguments))
    export = sealed_export(view, layout, settings.snapshots.key)
    for words in incompleteness(view, layout):
        print_line(f"⚠ {words}")
    if not arguments.yes and incompleteness(view, layout):
        print_line("Type `yes` to write it as it is:")
        if sys.stdin.readline().strip().casefold() != "yes":
            raise InputError(_NOT_CONFIRMED)

    def recorded(db: Database, _: Pseudonym, now: datetime) -> None:
        # Somebody may have taken an hour to confirm, and members may have deleted their data meanwhile.
        if _view(db, settings, arguments) != view:
            raise InputError(_CHANGED, number=arguments.number)
        enqueue(db, post_of(view.snapshot, now, layout=layout.value))

    # Written only once it is recorded, and recorded only where it can be written.
    with write_export(export, arguments.output or Path(export.name)) as paths:
        await change_store(settings, "snapshot-export", recorded)
    for words in remarks(view):
        print_line(str(words))
    print_line(f"Wrote {' and '.join(map(str, paths))}")
    print_line(f"SHA-256: {export.seal.sha256}")
    if export.seal.is_signed:
        print_line(f"Signed with the key {export.seal.public_key}")
    return 0


def _view(db: Database, settings: Settings, arguments: argparse.Namespace) -> ExportView:
    snapshot = _find(db, arguments.number)
    its = read(db, snapshot.guild_id, GuildSettings(grace=settings.sync.grace))
    return export_view(
        snapshot,
        shows_addresses=its.shows_addresses,
        shared=shared_pairs(db, snapshot.guild_id),
        by_member=arguments.by_member,
        present=snapshot_table.present(db, snapshot.guild_id) if arguments.members_only else None,
    )


def _find(db: Database, number: int) -> Snapshot:
    guild_id = snapshot_table.guild_of(db, number)
    found = None if guild_id is None else snapshot_table.get(db, guild_id, number)
    if found is None:
        raise InputError(_NO_SNAPSHOT, number=number)
    return found


def _whole(snapshot: Snapshot) -> ExportView:
    return export_view(snapshot, shows_addresses=True)


def _print_snapshot(view: ExportView, layout: Layout, print_line: PrintLine) -> int:
    missing = incompleteness(view, layout)
    for words in (*missing, *remarks(view)):
        print_line(f"⚠ {words}")
    for name, value in facts_of(view.snapshot).items():
        if value is not None:
            print_line(f"{name + ':':<16}{value}")
    return 1 if missing else 0


def _number(count: Count | None) -> str:
    if count is None:
        return "-"
    known = how_known(count)
    return known if known == "unknown" else f"{'' if known == 'exactly' else 'at least '}{count.low:,}"
