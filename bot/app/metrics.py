"""The bot's numbers, in the words of Prometheus: what happens is counted here, what is so is read when it is asked for.

A registry of our own: nothing that a library registers by itself is shown. No label names a person, an account or a
server. docs/operating.md says what each one means, and which is worth an alert.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, Info, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from bot import __version__
from bot.app.background import Background
from bot.sources.capabilities import each_of
from bot.sources.source import Source
from bot.store import Store
from bot.ui.interaction_runs import FinishedRun, InteractionRuns

# Discord gives three seconds for the first response and fifteen minutes for the answer.
_RESPONSE_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)
_ANSWER_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 900)
_REQUEST_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_STORE_SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5)
# There are some hundred commands and buttons; a name beyond that is none of ours.
_MOST_NAMES = 300


class Metrics:
    """The registry, and what is counted.

    Args:
        read: Reads what is so at the moment, before each answer.
    """

    def __init__(self, read: Callable[[], Awaitable[Iterable[Metric]]]) -> None:
        self._read = read
        self._readings = _Readings()
        self._names: set[str] = set()
        self.registry = registry = CollectorRegistry()
        registry.register(self._readings)
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        Info("tessera_build", "The version that runs.", registry=registry).info({"version": __version__})
        self._interactions = Counter(
            "tessera_interactions",
            "Interactions that are over: commands, buttons, modals and suggestions, with how they ended.",
            ("kind", "name", "outcome"),
            registry=registry,
        )
        self._first_responses = Histogram(
            "tessera_first_response_seconds",
            "From an interaction to the first response that Discord took; its limit is 3 seconds.",
            ("kind",),
            buckets=_RESPONSE_SECONDS,
            registry=registry,
        )
        self._answers = Histogram(
            "tessera_interaction_seconds",
            "From an interaction to the end of all work on it.",
            ("kind",),
            buckets=_ANSWER_SECONDS,
            registry=registry,
        )
        self._requests = Counter(
            "tessera_source_requests",
            "Requests to sources, each attempt, by HTTP status or by what was wrong.",
            ("source", "outcome"),
            registry=registry,
        )
        self._request_seconds = Histogram(
            "tessera_source_request_seconds",
            "How long a request to a source took.",
            ("source",),
            buckets=_REQUEST_SECONDS,
            registry=registry,
        )
        self._store_seconds = Histogram(
            "tessera_store_seconds",
            "How long work on the store took, with its wait for the thread.",
            ("connection",),
            buckets=_STORE_SECONDS,
            registry=registry,
        )
        self._jobs = Counter(
            "tessera_background_runs",
            "Runs of what the bot does by itself, by whether they succeeded.",
            ("job", "outcome"),
            registry=registry,
        )
        self._job_seconds = Counter(
            "tessera_background_seconds",
            "Seconds that these runs took.",
            ("job",),
            registry=registry,
        )

    def watch(self, runs: InteractionRuns, sources: Iterable[Source], store: Store, background: Background) -> None:
        """Count what these do from now on."""
        runs.observe(self._on_interaction)
        for source in sources:
            for each in each_of(source):
                each.health.on_request = partial(self._on_request, each.name)
        store.writer.on_work = self._store_seconds.labels("writer").observe
        store.reader.on_work = self._store_seconds.labels("reader").observe
        background.on_run = self._on_job

    async def render(self, accept: str) -> tuple[bytes, str]:
        """All numbers in the form that the header `Accept` asks for, and its content type."""
        self._readings.latest = tuple(await self._read())
        encode, content_type = choose_encoder(accept)
        return encode(self.registry), content_type

    def _on_interaction(self, run: FinishedRun) -> None:
        name = run.name if run.name in self._names or len(self._names) < _MOST_NAMES else "other"
        self._names.add(name)
        self._interactions.labels(run.kind, name, run.outcome.value).inc()
        self._answers.labels(run.kind).observe(run.seconds)
        if run.acknowledged_after is not None:
            self._first_responses.labels(run.kind).observe(run.acknowledged_after)

    def _on_request(self, source: str, outcome: str, seconds: float) -> None:
        self._requests.labels(source, outcome).inc()
        self._request_seconds.labels(source).observe(seconds)

    def _on_job(self, name: str, is_well: bool, seconds: float) -> None:  # noqa: FBT001 - as Background calls it
        self._jobs.labels(name, "done" if is_well else "failed").inc()
        self._job_seconds.labels(name).inc(seconds)


class _Readings(Collector):
    """What was read last."""

    latest: tuple[Metric, ...] = ()

    def collect(self) -> Iterable[Metric]:
        """For the registry."""
        return self.latest
