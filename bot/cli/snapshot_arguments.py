"""What can be typed after `tessera snapshot`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bot.cli.typed_arguments import STORED_ID, WholeNumber
from bot.holders.export_view import Layout
from bot.holders.snapshot import MOST_MINIMUM, Weight

_MINIMUM = WholeNumber(0, MOST_MINIMUM)


def add_arguments(subparsers: Any, config: argparse.ArgumentParser) -> None:
    """Add `snapshot` with its commands.

    Args:
        subparsers: What `ArgumentParser.add_subparsers` returned.
        config: The parent parser with `--config`.
    """
    snapshot = subparsers.add_parser("snapshot", help="make, compare, export and verify snapshots of holders")
    commands = snapshot.add_subparsers(dest="snapshot_command", required=True, metavar="COMMAND")

    def command(name: str, words: str, description: str = "") -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = commands.add_parser(
            name, parents=[config], help=words, description=description or f"{words[:1].upper()}{words[1:]}."
        )
        return made

    make = command(
        "make",
        "make a snapshot of who fits a rule in a server",
        "Make and store a snapshot, also while the bot runs; nothing is asked upstream. The exit code is 1 where "
        "something in it is not known.",
    )
    make.add_argument("server", type=STORED_ID, metavar="SERVER", help="the id of the Discord server")
    make.add_argument("rule", metavar="RULE", help="as for a gate, with ids of collections: 254, '254 and not 261'")
    make.add_argument("--minimum", type=_MINIMUM, default=0, metavar="N", help="leave out who certainly holds fewer")
    weights = [weight.value for weight in Weight]
    make.add_argument("--weight", choices=weights, default=Weight.KINDS.value, help="default: %(default)s")
    listing = command("list", "print the snapshots that there are")
    listing.add_argument("server", type=STORED_ID, nargs="?", metavar="SERVER", help="only of this server")
    show = command("show", "print what a snapshot is of, and what is not known in it")
    show.add_argument("number", type=STORED_ID, metavar="NUMBER", help="as `list` prints it")
    diff = command("diff", "print what changed between two snapshots of a server")
    diff.add_argument("first", type=STORED_ID, metavar="NUMBER")
    diff.add_argument("second", type=STORED_ID, metavar="NUMBER")
    export = command(
        "export",
        "write a snapshot to a file, and its seal beside it",
        "Write a snapshot to a file, and its seal (SHA-256, and a signature if there is a key) beside it. Addresses "
        "are in it as far as the server (`/settings visibility`) or their members let them be seen. It is recorded in "
        "the audit, and posted in the server's log channel.",
    )
    export.add_argument("number", type=STORED_ID, metavar="NUMBER", help="as `list` prints it")
    layouts = [layout.value for layout in Layout]
    export.add_argument("--format", choices=layouts, default=Layout.CSV.value, help="default: %(default)s")
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help="must not exist yet; default: a name here")
    export.add_argument("--by-member", action="store_true", help="one row for each member")
    export.add_argument("--members-only", action="store_true", help="without those who left the server since")
    export.add_argument("--yes", action="store_true", help="write it without asking, also where it is not complete")
    verify = command(
        "verify",
        "check a file against its seal",
        "Check that a file is as it was exported, and by whom it is signed. The exit code is 1 where it is not as it "
        "was, or not signed by that key.",
    )
    verify.add_argument("file", type=Path, metavar="FILE")
    verify.add_argument("--seal", type=Path, metavar="FILE", help="default: FILE.seal.json")
    verify.add_argument("--key", metavar="KEY", help="the public key that has to have signed it; default: your own")
    keygen = command("keygen", "write a new key for signing to a file, and print its public key")
    keygen.add_argument("file", type=Path, metavar="FILE", help="must not exist yet; for the bot's user alone")
