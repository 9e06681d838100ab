"""Counts and serves metrics, if the settings name a port for them; else nothing is counted."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from prometheus_client import disable_created_metrics

from bot.app.background import Background
from bot.app.metric_values import MetricValues
from bot.app.metrics import Metrics
from bot.cogs.gates.discord_roles import DiscordRoles
from bot.config.settings import Settings
from bot.lookup.lookup import Lookup
from bot.store import Store
from bot.ui.client import Bot
from bot.web.metrics_listener import serve_metrics

log = logging.getLogger(__name__)


@asynccontextmanager
async def open_metrics(
    settings: Settings,
    bot: Bot,
    lookup: Lookup,
    store: Store,
    roles: DiscordRoles,
    background: Background,
    *,
    lag: Callable[[], Mapping[str, float]],
    now: Callable[[], datetime],
) -> AsyncIterator[None]:
    """Count, and answer `GET /metrics`, until the context ends.

    Raises:
        ConfigError: the address is in use or not ours.
    """
    if settings.metrics.port is None:
        yield
        return
    sessions = Counter(started=0, resumed=0)

    async def on_connect() -> None:
        sessions["started"] += 1

    async def on_resumed() -> None:
        sessions["resumed"] += 1

    bot.add_listener(on_connect)
    bot.add_listener(on_resumed)
    # When each counter was made: as many lines again, which nobody reads.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    values = MetricValues(bot, lookup, store, roles, settings.store, sessions, lag, now)
    metrics = Metrics(values.read)
    metrics.watch(bot.runs, lookup.sources, store, background)
    async with serve_metrics(settings.metrics, metrics.render) as port:
        log.info("metrics: http://%s:%d/metrics", settings.metrics.host, port)
        yield
