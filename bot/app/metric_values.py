"""What is so at the moment, as metrics: of the gateway, the sources, the roles, the queues and the store."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from bot.cogs.gates.discord_roles import DiscordRoles
from bot.config.settings import StoreSettings
from bot.errors import ConfigError, StoreError
from bot.lookup.lookup import Lookup
from bot.sources.capabilities import each_of
from bot.store import Store
from bot.store.file.backup_files import find
from bot.store.sync.backlog import Backlog, backlog
from bot.ui.client import Bot


@dataclass(frozen=True, slots=True)
class MetricValues:
    """Where the values are read.

    Attributes:
        bot: Connected to Discord, or about to be.
        lookup: Has the sources.
        store: Is asked what waits; a store that fails leaves these numbers out, and is down by `tessera_store_up`.
        roles: Counts the roles that were given and taken.
        files: Where the store and its backups are.
        sessions: How often a connection to the gateway was made since the start, by what came of it.
        lag: How late the event loop is, in milliseconds.
        now: The present.
    """

    bot: Bot
    lookup: Lookup
    store: Store
    roles: DiscordRoles
    files: StoreSettings
    sessions: Mapping[str, int]
    lag: Callable[[], Mapping[str, float]]
    now: Callable[[], datetime]

    async def read(self) -> Iterable[Metric]:
        """All of them, now."""
        return [*self._gateway(), *self._sources(), *self._queues(), *await self._stored(), *self._files()]

    def _gateway(self) -> Iterator[Metric]:
        bot = self.bot
        yield _gauge("tessera_gateway_up", "1 while the bot is connected to Discord.", bot.gateway_state == "ready")
        latency = bot.latency if math.isfinite(bot.latency) else 0.0
        yield _gauge("tessera_gateway_latency_seconds", "Of the latest heartbeat; 0: none yet.", latency)
        yield _gauge("tessera_servers", "Servers that the bot is in.", len(bot.guilds))
        yield _gauge(
            "tessera_other_process", "1 while another process answers with this token.", bot.other_process.is_there
        )
        sessions = CounterMetricFamily(
            "tessera_gateway_sessions", "Connections to the gateway: started, or resumed.", labels=["how"]
        )
        for how, count in self.sessions.items():
            sessions.add_metric([how], count)
        yield sessions
        yield _gauge(
            "tessera_loop_lag_seconds",
            "How late the event loop was, at the 99th percentile of the last ten seconds.",
            self.lag()["p99"] / 1000,
        )

    def _sources(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("tessera_source_up", "1: answered last time, or was not asked yet.", labels=["source"])
        waiting = GaugeMetricFamily(
            "tessera_source_queue", "Requests that wait for their turn at a source.", labels=["source"]
        )
        pause = GaugeMetricFamily(
            "tessera_source_pause_seconds",
            "For how long a source is left alone, as it failed or asked for that.",
            labels=["source"],
        )
        for source in self.lookup.sources:
            for each in each_of(source):
                failed, succeeded = each.health.last_failure_at, each.health.last_success_at
                is_up = failed is None or (succeeded is not None and succeeded > failed)
                up.add_metric([each.name], is_up)
                waiting.add_metric([each.name], each.health.waiting())
                pause.add_metric([each.name], each.health.pause_seconds())
        yield from (up, waiting, pause)

    def _queues(self) -> Iterator[Metric]:
        yield _gauge("tessera_interactions_running", "Interactions that are worked on now.", self.bot.runs.running)
        yield _gauge(
            "tessera_acknowledgements_pending",
            "Interactions whose first response is on its way.",
            self.bot.acknowledgements.pending,
        )
        queue = GaugeMetricFamily(
            "tessera_store_queue", "Work that waits for a thread of the store or is done there.", labels=["connection"]
        )
        queue.add_metric(["writer"], self.store.writer.waiting)
        queue.add_metric(["reader"], self.store.reader.waiting)
        yield queue
        changes = CounterMetricFamily(
            "tessera_role_changes", "Roles given and taken, and what Discord said.", labels=["act", "outcome"]
        )
        for (act, outcome), count in self.roles.changes.items():
            changes.add_metric([act, outcome], count)
        yield changes

    async def _stored(self) -> Iterable[Metric]:
        now, networks = self.now(), [source.network for source in self.lookup.sources]
        try:
            waiting = await self.store.reader.run(lambda db: backlog(db, networks, now))
        except StoreError:
            return [_gauge("tessera_store_up", _STORE_UP, value=False)]
        return [_gauge("tessera_store_up", _STORE_UP, value=True), *_backlog_metrics(waiting, networks, now)]

    def _files(self) -> Iterator[Metric]:
        size = GaugeMetricFamily("tessera_store_bytes", "Size of the store's files.", labels=["file"])
        for file, path in (("store", self.files.path), ("log", Path(f"{self.files.path}-wal"))):
            size.add_metric([file], _size(path))
        yield size
        try:
            backups = [each.stat().st_mtime for each in find(self.files.path, self.files.backups)[:1]]
        except (ConfigError, OSError):
            backups = []
        for made_at in backups:
            yield _gauge("tessera_backup_timestamp_seconds", "When the latest backup in its folder was made.", made_at)


_STORE_UP = "1 while the store answers."


def _backlog_metrics(waiting: Backlog, networks: Sequence[str], now: datetime) -> Iterator[Metric]:
    yield _gauge("tessera_sync_members_due", "Members who are due to be judged.", waiting.members)
    accounts = GaugeMetricFamily(
        "tessera_sync_accounts_due", "Accounts that are due to be read for roles.", labels=["network"]
    )
    age = GaugeMetricFamily(
        "tessera_sync_oldest_reading_seconds",
        "Age of the oldest reading of an account that is read for roles.",
        labels=["network"],
    )
    for network in networks:
        accounts.add_metric([network], waiting.accounts[network])
        if oldest_at := waiting.oldest_at.get(network):
            age.add_metric([network], max(0.0, (now - oldest_at).total_seconds()))
    yield from (accounts, age)
    yield _gauge("tessera_sync_holds", "Reasons for which removals wait for a person.", waiting.holds)
    yield _gauge("tessera_log_posts_due", "Messages for log channels that are not sent yet.", waiting.posts)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=float(value))


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - of a file that may not be there
    except OSError:
        return 0
