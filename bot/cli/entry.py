"""Where the process begins: before anything else is loaded, a SIGHUP stops ending it.

Loading takes a second. A reload that is asked for in that time, as by `systemctl reload` after a start, would end the
bot, and systemd takes SIGHUP for an end that was wanted: it would not start it again.
"""

from __future__ import annotations

import signal
import sys

_early: list[int] = []


def main() -> int:
    """Run the command line; see `bot.cli.main`."""
    if sys.argv[1:2] == ["run"]:
        signal.signal(signal.SIGHUP, lambda number, _frame: _early.append(number))
    from bot.cli.main import main as run  # noqa: PLC0415 - see above

    return run()


def was_asked_early() -> bool:
    """Whether a SIGHUP came before the bot could handle one."""
    return bool(_early)
