"""Deliveries over a real store to the sandbox's receiver, by HTTP; with a clock that only the test moves."""

from __future__ import annotations

import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.sources.public_address import LookUp, Reachable
from bot.store import Store
from bot.webhooks.delivery.delivering import Deliveries, Posts
from bot.webhooks.delivery.posting import DEADLINE, Poster, open_poster
from bot.webhooks.delivery.webhooks import Webhooks
from bot.webhooks.values.event import EventType, NewEvent
from bot.webhooks.values.webhook_signature import SecretKey
from tests.new_store import open_new
from tests.sandbox_client import SandboxClient, open_sandbox

GUILD, OTHER_GUILD = 910_000_000_000_000_000, 910_000_000_000_000_001
ADMIN = 810_000_000_000_000_009
LOOPBACK = Reachable((ipaddress.ip_network("127.0.0.1/32"),))
KEY = SecretKey("a key of the operator, for tests only")


@dataclass
class WebhookHarness:
    """All of it."""

    sandbox: SandboxClient
    store: Store
    poster: Poster
    webhooks: Webhooks
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    ran: float = 0.0
    deliveries: Deliveries = field(init=False)

    def start(self, poster: Posts | None = None) -> Deliveries:
        """Start delivering (again): a process of its own over the same store."""
        poster = poster or self.poster
        self.deliveries = Deliveries(
            self.store.webhooks, poster, KEY, lambda: self.now, lambda: self.ran, spread=lambda: 0.0
        )
        return self.deliveries

    async def add(self, name: str = "tool", guild_id: int = GUILD) -> tuple[int, str]:
        """A server adds a receiver; the endpoint's id, and its secret."""
        added = await self.webhooks.add(guild_id, f"{self.sandbox.url}/receiver/{name}", by=ADMIN)
        return added.endpoint.endpoint_id, added.reveal()

    async def happen(self, count: int = 1, guild_id: int = GUILD) -> None:
        """Something happens in a server, so many times."""
        for number in range(count):
            event = NewEvent(EventType.SNAPSHOT_MADE, self.now, {"snapshot_id": str(number)})
            await self.store.webhooks.add_event(guild_id, event)

    async def received(self, name: str = "tool", *, count: int = 0, secret: str = "") -> list[dict[str, Any]]:
        """What a receiver got, once it got so much."""
        query = {"count": count, "secret": secret}
        deliveries: list[dict[str, Any]] = await self.sandbox.get(f"/_sandbox/receiver/{name}", **query)
        return deliveries

    async def numbers(self, name: str = "tool") -> list[int]:
        """The numbers of what a receiver got, in order."""
        return [each["body"]["sequence"] for each in await self.received(name)]

    async def order(self, name: str = "tool", **orders: Any) -> None:
        """Tell a receiver how to answer."""
        await self.sandbox.control(f"receiver/{name}", **orders)

    def advance(self, span: timedelta) -> None:
        """Let both clocks go on."""
        self.now += span
        self.ran += span.total_seconds()


@asynccontextmanager
async def open_webhooks(
    path: Path | None = None,
    *,
    reachable: Reachable = LOOPBACK,
    look_up: LookUp | None = None,
    deadline: timedelta = DEADLINE,
    most: int = 5,
) -> AsyncIterator[WebhookHarness]:
    """Webhooks that may reach this machine alone, so that the sandbox can receive them."""
    store = await open_new(path)
    async with open_sandbox() as sandbox:
        harness: WebhookHarness

        def now() -> datetime:
            return harness.now

        async with open_poster(reachable, now, look_up, deadline) as poster:
            webhooks = Webhooks(store.webhooks, poster, KEY, lambda name: str(name).encode(), now, most=most)
            harness = WebhookHarness(sandbox, store, poster, webhooks)
            harness.start()
            try:
                yield harness
            finally:
                await harness.deliveries.close()
                await store.close()
