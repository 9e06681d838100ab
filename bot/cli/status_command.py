"""`tessera status`: asks the running bot how it is, over `GET /healthz`."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

from bot.cli.health_check import ask_health
from bot.config.settings import Settings
from bot.errors import ConfigError
from bot.messages import Message

_NO_PORT = Message("[web] port is 0, so the bot's port is another at each start: set one, and restart it.")
# What is as it should be, and what to do where it is not.
_WELL = {"store": "ok", "gateway": "ready", "background": "ok", "other_process": "none"}
_LABELS = {"store": "Store", "gateway": "Discord", "background": "Background jobs", "other_process": "Other process"}
_ADVICE = {
    "store": "look at the log, and at the disk",
    "gateway": "the log says when it tries again",
    "background": "the log says which job fails; after `ended`, restart the bot",
    "other_process": "stop the other one, or reset the token",
}


def add_arguments(subparsers: Any, config: argparse.ArgumentParser) -> None:
    """Add `status`."""
    status = subparsers.add_parser("status", parents=[config], help="ask the running bot how it is")
    status.add_argument("--json", action="store_true", help="print its answer as it is")


async def run(settings: Settings, arguments: argparse.Namespace, print_line: Callable[[str], object]) -> int:
    """Ask and print; the exit code is 0 where all is well, else 1.

    Raises:
        ConfigError: the settings do not say where it is to be asked.
    """
    web = settings.web
    if not web.port:
        raise ConfigError(_NO_PORT)
    try:
        _, health = await asyncio.to_thread(ask_health, web.host, web.port)
    except ValueError:
        print_line(f"✗ {web.host}:{web.port} is answered by something else than Tessera.")
        return 1
    except OSError as error:
        print_line(f"✗ Nothing answers at {web.host}:{web.port}: {error.strerror or error}. Is the bot running?")
        return 1
    if arguments.json:
        print_line(json.dumps(health))
    else:
        for line in _lines(health):
            print_line(line)
    return 0 if all(health.get(key) == word for key, word in _WELL.items()) else 1


def _lines(health: Mapping[str, Any]) -> list[str]:
    lines = []
    for key, label in _LABELS.items():
        state = str(health.get(key, "unknown"))
        is_well = state == _WELL[key]
        lines.append(f"{'✓' if is_well else '✗'} {label}: {state}{'' if is_well else f' ({_ADVICE[key]})'}")
    lag = health.get("loop_lag_ms", {})
    lines.append(f"· Event loop: at most {lag.get('max', '?')} ms late in the last ten seconds")
    return lines
