"""Work that Ctrl-C ends at once: reading, replaying or writing a file for minutes, and no waiting for anybody.

On a thread nothing could end it, and the command would wait for it to finish. A command does nothing else meanwhile, so
it is done where Python raises `KeyboardInterrupt`: in the main thread, though the event loop stands still.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
T = TypeVar("T")


def interruptible(work: Callable[Parameters, T], *args: Parameters.args, **kwargs: Parameters.kwargs) -> T:
    """What `work` returns for these arguments; to be called from a coroutine.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed.
        Exception: what `work` raises.
    """
    is_main = threading.current_thread() is threading.main_thread()
    # Ignored where a shell has started the command in the background: then it stays so.
    if not is_main or signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, None):
        return work(*args, **kwargs)
    of_the_loop = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return work(*args, **kwargs)
    finally:
        signal.signal(signal.SIGINT, of_the_loop)
