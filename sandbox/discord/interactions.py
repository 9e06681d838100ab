"""Interactions from dispatch to answer: tokens, the three seconds, the fifteen minutes, and waiting for an outcome."""

from __future__ import annotations

import asyncio
import base64
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.discord.answers import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.discord.answers import Json
    from sandbox.discord.events import Events
    from sandbox.discord.messages import Message

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
PENDING, DEFERRED, ANSWERED, MODAL, FAILED = "pending", "deferred", "answered", "modal", "failed"
NO_RESPONSE = "The application did not respond"
MOST_INTERACTIONS = 20_000  # interactions; older ones are dropped once their tokens have long expired


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds that a bot has: for the first response, and for edits and follow-ups by the token."""

    first_response: float = 3.0
    token: float = 900.0


@dataclass(slots=True, eq=False)
class Interaction:
    """One interaction. Moments are seconds of the clock.

    `guild_id` is None in direct messages. `response` is what `@original` means, `shown` the message that first had
    content.
    """

    id: int
    token: str
    kind: int
    user_id: int
    guild_id: int | None
    channel_id: int
    created_at: float
    metadata: Json
    name: str | None = None
    command_text: str | None = None
    source: Message | None = None
    in_group: bool = False  # a direct message between several people, to which one of them brought the application
    state: str = PENDING
    error: str | None = None
    response: Message | None = None
    shown: Message | None = None
    modal: Json | None = None
    choices: list[Json] | None = None
    sent_at: float | None = None
    acknowledged_at: float | None = None
    answered_at: float | None = None
    timer: asyncio.TimerHandle | None = None
    waiters: list[asyncio.Future[None]] = field(default_factory=list)

    def reached(self, wanted: str) -> bool:
        """Whether `acknowledged` or `answered` has been reached, or never will be."""
        if self.state == FAILED:
            return True
        moment = self.acknowledged_at if wanted == "acknowledged" else self.answered_at
        return moment is not None

    def for_client(self) -> Json:
        """As the people's clients get it; times in milliseconds since the dispatch."""
        message = self.response or self.shown
        return {
            "id": str(self.id),
            "state": self.state,
            "error": self.error,
            "message": message.for_client() if message else None,
            "modal": self.modal,
            "sent_ms": 0,
            "acknowledged_ms": self._since_sent(self.acknowledged_at),
            "answered_ms": self._since_sent(self.answered_at),
        }

    def _since_sent(self, moment: float | None) -> float | None:
        start = self.created_at if self.sent_at is None else self.sent_at
        return None if moment is None else round((moment - start) * 1000, 3)


class Interactions:
    """All interactions, and the clock they run against."""

    def __init__(self, events: Events, clock: Callable[[], float], deadlines: Deadlines) -> None:
        self.deadlines = deadlines
        self.clock = clock
        self._events = events
        self._by_id: dict[int, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}

    def open(self, interaction: Interaction) -> None:
        """Start the three seconds."""
        self._by_id[interaction.id] = interaction
        self._by_token[interaction.token] = interaction
        if len(self._by_id) > MOST_INTERACTIONS:
            self._drop_oldest()
        loop = asyncio.get_running_loop()
        interaction.timer = loop.call_later(self.deadlines.first_response, self._fail, interaction)

    def find(self, interaction_id: int) -> Interaction | None:
        """An interaction by id, for the client that made it."""
        return self._by_id.get(interaction_id)

    def mark_sent(self, interaction: Interaction) -> None:
        """It is being sent now; a replay does not count."""
        if interaction.sent_at is None:
            interaction.sent_at = self.clock()

    def to_respond(self, interaction_id: int, token: str) -> Interaction:
        """The interaction that a callback is for.

        Raises:
            ApiError: 404 with 10062 when it is unknown or too late, 400 with 40060 when it was answered before.
        """
        interaction = self._by_id.get(interaction_id)
        if interaction is None or interaction.token != token or interaction.state == FAILED:
            raise ApiError(404, 10062, "Unknown interaction")
        if self._is_void(interaction):
            raise ApiError(404, 10062, "Unknown interaction")
        if interaction.acknowledged_at is not None:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        return interaction

    def by_token(self, token: str) -> Interaction:
        """The interaction whose token serves as a webhook.

        Raises:
            ApiError: 404 with 10015 before the first response or after a failure, 401 with 50027 when it has expired.
        """
        interaction = self._by_token.get(token)
        if interaction is None or self._is_void(interaction):
            raise ApiError(401, 50027, "Invalid Webhook Token")
        if interaction.acknowledged_at is None:
            raise ApiError(404, 10015, "Unknown Webhook")
        return interaction

    def acknowledge(self, interaction: Interaction, state: str, at: float) -> None:
        """The first response has arrived."""
        if interaction.timer is not None:
            interaction.timer.cancel()
            interaction.timer = None
        interaction.acknowledged_at = at
        interaction.state = state
        if state != DEFERRED:
            interaction.answered_at = at
        _wake(interaction)

    def answer(self, interaction: Interaction, at: float, message: Message) -> None:
        """Content has arrived after a deferral; later content changes nothing."""
        if interaction.answered_at is None:
            interaction.answered_at = at
            interaction.state = ANSWERED
            interaction.shown = message
        _wake(interaction)

    async def wait(self, interaction: Interaction, wanted: str, seconds: float) -> None:
        """Wait until a state is reached, or the interaction failed, or the time is over."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not interaction.reached(wanted) and loop.time() < until:
            waiter: asyncio.Future[None] = loop.create_future()
            interaction.waiters.append(waiter)
            await asyncio.wait([waiter], timeout=until - loop.time())

    def clear(self) -> None:
        """Forget everything: tokens expire, and requests that wait get an answer."""
        for interaction in self._by_id.values():
            if interaction.timer is not None:
                interaction.timer.cancel()
            if interaction.state == PENDING:
                interaction.state, interaction.error = FAILED, NO_RESPONSE
            _wake(interaction)
        self._by_id.clear()
        self._by_token.clear()

    def _is_void(self, interaction: Interaction) -> bool:
        return self.clock() - interaction.created_at > self.deadlines.token

    def _fail(self, interaction: Interaction) -> None:
        interaction.timer = None
        interaction.state, interaction.error = FAILED, NO_RESPONSE
        self._events.publish(
            {
                "type": "interaction_failed",
                "interaction": str(interaction.id),
                "error": NO_RESPONSE,
                "channel_id": str(interaction.channel_id),
                "command_text": interaction.command_text,
            },
            lambda user: user == interaction.user_id,
        )
        _wake(interaction)

    def _drop_oldest(self) -> None:
        oldest = next(iter(self._by_id.values()))
        if self._is_void(oldest):
            del self._by_id[oldest.id], self._by_token[oldest.token]


def new_token(interaction_id: int) -> str:
    """A token in Discord's form: base64 of a prefix, the id and a random part."""
    plain = f"interaction:{interaction_id}:{secrets.token_hex(32)}"
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _wake(interaction: Interaction) -> None:
    for waiter in interaction.waiters:
        if not waiter.done():
            waiter.set_result(None)
    interaction.waiters.clear()
