"""`python -m bot`: the command line, as the `tessera` script runs it."""

from __future__ import annotations

import sys

from bot.cli.entry import main

sys.exit(main())
