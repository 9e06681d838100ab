"""Loads sqlite-utils without NumPy, which it takes where it is installed: 11 MB of the bot that nothing here uses.

The extra `pictures` brings NumPy, for the drawing process alone. To be imported before anything of the bot.
"""

from __future__ import annotations

import importlib
import sys

_NUMPY = "numpy"

if _NUMPY not in sys.modules:
    sys.modules[_NUMPY] = None  # type: ignore[assignment] # the documented way to have an import of it fail
    try:
        importlib.import_module("sqlite_utils")
    finally:
        del sys.modules[_NUMPY]
