"""Where the process begins: before anything else is loaded, a SIGHUP stops ending it.

Loading takes a second. A reload that is asked for in that time, as by `systemctl reload` after a start, would end the
bot, and systemd takes SIGHUP for an end that was wanted: it would not start it again.
"""

from __future__ import annotations

import sys

from bot.cli.early_reload import remember_reloads


def main() -> int:
    """Run the command line; see `bot.cli.main`."""
    if sys.argv[1:2] == ["run"]:
        remember_reloads()
    from bot.cli.main import main as run  # noqa: PLC0415 - see above

    return run()
