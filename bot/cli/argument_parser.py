"""The parser of the command line: what is wrong with it is said without repeating what may be a key."""

from __future__ import annotations

import argparse
import re
import sys
from typing import NoReturn

from bot.cli.print_line import print_error

# The key of an Ethereum node is in its URL; a blank in the place of a comma makes an argument of it that nobody knows.
_URL = re.compile(r"\S*://\S*")
_EXIT_USAGE = 2


class ArgumentParser(argparse.ArgumentParser):
    """Made of it are the parsers of all commands, too."""

    def error(self, message: str) -> NoReturn:
        """Print the usage and the sentence, without URLs, and end with the exit code 2."""
        self.print_usage(sys.stderr)
        print_error(f"{self.prog}: error: {_URL.sub('(a URL)', message)}")
        raise SystemExit(_EXIT_USAGE)
