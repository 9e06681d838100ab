"""What the admins of a server do with its endpoints. Each change is made in one server, and names an endpoint of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import InputError, LimitError
from bot.messages import Message
from bot.store.pseudonyms import Pseudonym
from bot.store.webhooks.webhook_store import Admin, WebhookStore
from bot.webhooks.delivery.posting import Attempt, Poster
from bot.webhooks.values.endpoint import Endpoint, EndpointState, Standing
from bot.webhooks.values.event import trial_body
from bot.webhooks.values.webhook_signature import SecretKey

_OFF = Message(
    "Webhooks are switched off: who runs Tessera has to set WEBHOOK_KEY (or WEBHOOK_KEY_FILE) to 32 or more random "
    "characters, such as `openssl rand -hex 32` prints, and start it again."
)
_UNKNOWN = Message("This server has no webhook {webhook}: `/webhooks list` shows those that it has.")
_HAS_IT = Message("This server has a webhook to that address already: {webhook}.")
_TOO_MANY = Message(
    "This server has one webhook, and may have no more: remove it with `/webhooks remove` first.",
    "This server has {count} webhooks, and may have no more: remove one with `/webhooks remove` first.",
)
_TOO_SOON = Message("A test was made a moment ago: wait ten seconds between two.")
_NOTHING_YET = Message("Nothing has happened yet that could be sent again: the log of this server is empty.")
_NOT_IN_LOG = Message("The log of this server has the events {first} to {last}: choose one of these.")
_BETWEEN_TESTS = timedelta(seconds=10)
_SALT = 16  # bytes


@dataclass(frozen=True, slots=True)
class WithSecret:
    """An endpoint and its secret, to be shown once; the secret is in no repr."""

    endpoint: Endpoint
    reveal: Callable[[], str]


class Webhooks:
    """Changes endpoints. Every method may raise `StoreError`.

    Args:
        store: Holds them.
        poster: Checks addresses, and sends tests.
        key: Makes secrets; None: the operator has set none, and webhooks are off.
        pseudonym: Of who changes something, for the audit table.
        clock: Returns the present as an aware datetime.
        most: How many endpoints a server may have.
        random: Returns so many random bytes.
    """

    def __init__(
        self,
        store: WebhookStore,
        poster: Poster,
        key: SecretKey | None,
        pseudonym: Pseudonym,
        clock: Callable[[], datetime],
        *,
        most: int,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._store = store
        self._poster = poster
        self._key = key
        self._pseudonym = pseudonym
        self._clock = clock
        self._most = most
        self._random = random
        self._tested: dict[int, datetime] = {}

    @property
    def are_on(self) -> bool:
        """Whether events are sent at all."""
        return self._key is not None

    def require_key(self) -> SecretKey:
        """The operator's key.

        Raises:
            InputError: there is none.
        """
        if self._key is None:
            raise InputError(_OFF)
        return self._key

    async def add(self, guild_id: int, url: str, by: int) -> WithSecret:
        """Add an endpoint, which gets what happens from now on.

        Raises:
            InputError: webhooks are off, nothing may be sent to that address, or the server has it.
            LimitError: it has as many as it may.
        """
        key = self.require_key()
        url = await self._poster.check(url)
        added = await self._store.add_endpoint(
            guild_id, url, self._random(_SALT), self._clock(), self._admin(by), most=self._most
        )
        if added is None:
            for standing in await self._store.standings(guild_id):
                if standing.endpoint.url == url:
                    raise InputError(_HAS_IT, webhook=standing.endpoint.endpoint_id)
            raise LimitError(_TOO_MANY, count=self._most)
        return WithSecret(added, lambda: key.secret_of(added))

    async def standings(self, guild_id: int) -> Sequence[Standing]:
        """The server's endpoints, and how delivery to each goes."""
        return await self._store.standings(guild_id)

    async def test(self, guild_id: int, endpoint_id: int) -> tuple[Endpoint, Attempt]:
        """Send a signed request that is no event; how that ended. It changes nothing.

        Raises:
            InputError: webhooks are off, or there is no such endpoint.
            LimitError: the last test of that server was less than ten seconds ago.
        """
        key, now = self.require_key(), self._clock()
        endpoint = _there(await self._store.endpoint(guild_id, endpoint_id), endpoint_id)
        self._tested = {each: at for each, at in self._tested.items() if timedelta() <= now - at < _BETWEEN_TESTS}
        if guild_id in self._tested:
            raise LimitError(_TOO_SOON, retry_after=_BETWEEN_TESTS.total_seconds())
        self._tested[guild_id] = now
        test_id = f"test_{self._random(_SALT).hex()}"
        body = trial_body(test_id, guild_id, now)
        return endpoint, await self._poster.post(endpoint.url, key.headers(endpoint, test_id, body, now), body)

    async def rotate(self, guild_id: int, endpoint_id: int, by: int) -> WithSecret:
        """Replace an endpoint's secret; for a day the one before signs as well.

        Raises:
            InputError: webhooks are off, or there is no such endpoint.
        """
        key = self.require_key()
        changed = await self._store.rotate(guild_id, endpoint_id, self._clock(), self._admin(by))
        endpoint = _there(changed, endpoint_id)
        return WithSecret(endpoint, lambda: key.secret_of(endpoint))

    async def pause(self, guild_id: int, endpoint_id: int) -> Endpoint:
        """Send nothing to an endpoint for now; what happens is retained.

        Raises:
            InputError: there is no such endpoint.
        """
        changed = await self._store.set_state(guild_id, endpoint_id, EndpointState.PAUSED, self._clock())
        return _there(changed, endpoint_id)

    async def resume(self, guild_id: int, endpoint_id: int) -> Endpoint:
        """Go on where an endpoint was paused, or had failed for too long.

        Raises:
            InputError: there is no such endpoint.
        """
        changed = await self._store.set_state(guild_id, endpoint_id, EndpointState.ACTIVE, self._clock())
        return _there(changed, endpoint_id)

    async def replay(self, guild_id: int, endpoint_id: int, first: int) -> tuple[Endpoint, int]:
        """Send everything again from a number on; the endpoint, and how many events that are.

        Raises:
            InputError: there is no such endpoint, or the log has no such number (any more).
        """
        _there(await self._store.endpoint(guild_id, endpoint_id), endpoint_id)
        earliest, latest = await self._store.bounds(guild_id)
        if latest < earliest:
            raise InputError(_NOTHING_YET)
        if not earliest <= first <= latest:
            raise InputError(_NOT_IN_LOG, first=earliest, last=latest)
        changed = await self._store.replay(guild_id, endpoint_id, first - 1, self._clock())
        return _there(changed, endpoint_id), latest - first + 1

    async def remove(self, guild_id: int, endpoint_id: int, by: int) -> Endpoint:
        """Delete an endpoint; its secret never comes again.

        Raises:
            InputError: there is no such endpoint.
        """
        removed = await self._store.remove(guild_id, endpoint_id, self._clock(), self._admin(by))
        return _there(removed, endpoint_id)

    def _admin(self, user_id: int) -> Admin:
        return Admin(user_id, self._pseudonym(user_id))


def _there(endpoint: Endpoint | None, endpoint_id: int) -> Endpoint:
    if endpoint is None:
        raise InputError(_UNKNOWN, webhook=endpoint_id)
    return endpoint
