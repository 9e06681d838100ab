"""Builds what sends events to servers' own tools, with its command and its jobs, if the operator set a key."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random

from bot.app.background import Background
from bot.app.moved_clock import MovedClock
from bot.cogs.webhooks.webhooks_cog import WebhooksCog
from bot.config.webhooks_table import WebhookSettings
from bot.linking import Linking
from bot.sources.public_address import Reachable
from bot.store import Store
from bot.ui.client import Bot
from bot.webhooks.delivery.delivering import Deliveries
from bot.webhooks.delivery.posting import open_poster
from bot.webhooks.delivery.webhooks import Webhooks
from bot.webhooks.values.webhook_signature import SecretKey

log = logging.getLogger(__name__)

# What is due is looked for this often; what was delivered hands its place over at once.
_LOOKS = timedelta(seconds=1)
_PURGES = timedelta(hours=1)


@asynccontextmanager
async def open_webhooks(
    settings: WebhookSettings, store: Store, bot: Bot, background: Background, linking: Linking, clock: MovedClock
) -> AsyncIterator[None]:
    """Webhooks over a session of their own; events are delivered also while Discord is away.

    Args:
        settings: The key, and what is retained.
        store: Holds endpoints and events.
        bot: Gets the command.
        background: Gets the jobs; not started yet.
        linking: Knows the pseudonyms of the audit table.
        clock: The time.
    """
    for danger in settings.dangers():
        log.warning("webhooks: %s", danger)
    key = SecretKey(settings.key.get_secret_value()) if settings.key else None
    hooks, most = store.webhooks, settings.endpoints_per_server

    async def purge() -> None:
        await hooks.purge(clock.now() - settings.retention, settings.retention_events)

    background.every(_PURGES, purge, name="purges of webhooks")
    async with open_poster(Reachable(settings.allowed_networks), clock.now) as poster:
        await bot.add_cog(WebhooksCog(bot, Webhooks(hooks, poster, key, linking.pseudonym, clock.now, most=most)))
        if key is None:
            yield
            return
        spread = Random().random  # noqa: S311 - spreads retries
        deliveries = Deliveries(hooks, poster, key, clock.now, clock.monotonic, spread)
        background.every(_LOOKS, deliveries.run, name="webhooks")
        try:
            yield
        finally:
            await deliveries.close()
