"""SIGHUP: reads the settings again, and applies those that a running bot can change; it never ends the bot.

What cannot be applied is named, and stays as it was until a restart. A file that is wrong changes nothing. What failed
is tried again: who asks for a reload may have repaired what was wrong.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, SecretStr

from bot.config.settings import Settings
from bot.config.start_requirements import unmet_requirements
from bot.errors import TesseraError

log = logging.getLogger(__name__)

Load = Callable[[], Settings]


class Reload:
    """Compares settings with those that run, and applies what it knows how to.

    Args:
        settings: Those that run.
        load: Reads them again.
        asked: Set each time that is wanted.
    """

    def __init__(self, settings: Settings, load: Load, asked: asyncio.Event) -> None:
        self._load = load
        self._asked = asked
        self._running = dict(_keys(settings))
        self._appliers: dict[str, Callable[[Settings], object]] = {}
        self._each_time: list[Callable[[], Awaitable[None]]] = []

    def on_change(self, key: str, apply: Callable[[Settings], object]) -> None:
        """Let a key such as "log.level" be applied by a function, which must not fail."""
        self._appliers[key] = apply

    def each_time(self, act: Callable[[], Awaitable[None]]) -> None:
        """Call a function after each reload of a file that is not wrong, whether it changed or not."""
        self._each_time.append(act)

    async def follow(self) -> None:
        """Reload each time that is wanted, until this is cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                await self.reload()
            except Exception:
                log.exception("reload: failed unexpectedly; the settings may be applied in part")

    async def reload(self) -> None:
        """Read, compare, apply, and say what was done."""
        try:
            settings = self._load()
            problems = list(unmet_requirements(settings))
        except TesseraError as error:
            log.error("reload: everything stays as it was: %s", error.sentence)  # noqa: TRY400 - it says it all
            return
        if problems:
            log.error("reload: everything stays as it was: %s", problems[0])
            return
        found = dict(_keys(settings))
        changed = [key for key in found if found[key] != self._running.get(key)]
        changed += [key for key in self._running if key not in found]
        applied = [key for key in changed if key in self._appliers]
        for key in applied:
            applying = self._appliers[key](settings)
            if isinstance(applying, Awaitable):
                await applying
            self._running[key] = found[key]
        if applied:
            log.info("reload: applied: %s", ", ".join(f"{key} = {_shown(found[key])}" for key in applied))
        if waiting := [key for key in changed if key not in self._appliers]:
            log.warning("reload: these need a restart, and stay as they were until then: %s", ", ".join(waiting))
        if not changed:
            log.info("reload: nothing has changed")
        for act in self._each_time:
            await act()


def _keys(settings: BaseModel, place: str = "") -> Iterator[tuple[str, Any]]:
    """Each key with its value, those that are secrets included; a source is a table of its own name."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            yield from _keys(value, f"{place}{name}.")
        elif isinstance(value, tuple) and value and all(isinstance(each, BaseModel) for each in value):
            for each in value:
                yield from _keys(each, f"{place}{name} {each.name}: ")
            # A change of their order is one, too.
            yield f"{place}{name}", tuple(each.name for each in value)
        else:
            yield f"{place}{name}", value


def _shown(value: Any) -> str:
    if isinstance(value, SecretStr | Mapping):
        return "…"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
