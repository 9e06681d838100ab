"""The commands of an operator that need no bot at work, or stand beside one: found by name, with their arguments."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from bot.cli import (
    archive_commands,
    audit_command,
    contest_commands,
    owners_commands,
    snapshot_arguments,
    snapshot_commands,
    status_command,
)
from bot.config.settings import Settings
from bot.lookup.lookup import Lookup

Report = Callable[[str], None]
OpenLookup = Callable[[Settings], AbstractAsyncContextManager[Lookup]]


def add_arguments(commands: Any, config: argparse.ArgumentParser) -> None:
    """Add all of them.

    Args:
        commands: What `ArgumentParser.add_subparsers` returned.
        config: The parent parser with `--config`.
    """
    for each in (
        archive_commands,
        owners_commands,
        contest_commands,
        snapshot_arguments,
        audit_command,
        status_command,
    ):
        each.add_arguments(commands, config)


async def run(
    settings: Settings,
    arguments: argparse.Namespace,
    report: Report,
    open_source: archive_commands.OpenSource,
    open_lookup: OpenLookup,
) -> int:
    """Run the one that was typed; returns its exit code.

    Args:
        settings: Of the bot.
        arguments: As parsed; `command` is one of those of `add_arguments`.
        report: Prints a line.
        open_source: Opens one configured source by its name.
        open_lookup: Opens all of them.

    Raises:
        TesseraError: its sentence is to be printed.
    """
    commands: dict[str, Callable[[], Awaitable[int]]] = {
        "archive": lambda: archive_commands.run(settings, arguments, open_source),
        "owners": lambda: owners_commands.run(settings, arguments, report),
        "contest": lambda: contest_commands.run(settings, arguments, report),
        "snapshot": lambda: snapshot_commands.run(settings, arguments, report, open_lookup),
        "audit": lambda: audit_command.run(settings, arguments, report),
        "status": lambda: status_command.run(settings, arguments, report),
    }
    return await commands[arguments.command]()
