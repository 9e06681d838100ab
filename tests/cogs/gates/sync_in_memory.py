"""What the commands see of sync, with what waits and what was done in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum, auto

from bot.gates.gate import Gate, GateDraft, GateState
from bot.gates.rule import AccountIn
from bot.messages import Message, Words
from bot.roles.safety import Cause, Hold, Scope
from bot.sync.results import Run, Staged, StagedState, SyncStatus, UndoneRun
from bot.sync.sync import Sync
from tests.cogs.gates.live_bot import BRUNO, CHIAMAKA, MOSAIC, WHALE

AT = datetime(2026, 11, 26, 17, tzinfo=UTC)
GATE = Gate(12, MOSAIC, GateDraft(WHALE, AccountIn(frozenset())), GateState.ACTIVE, AT, AT)
HOLD = Hold(Scope.GATE, "12", MOSAIC, Cause.TOO_MANY_AT_ONCE, AT, (("holders", 9), ("losing", 2)))
HELD = Message("Removals wait for a decision: too many at once.")


class Kind(StrEnum):
    """Of posts."""

    CHANGES = auto()
    HOLD = auto()
    HOLD_OVER = auto()
    WARNING = auto()
    PROOF_ENDS = auto()


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)  # before any alert of a test


def staged(user_id: int, sentence: str = "holds 0 of 3 of Harbour Lights", since: datetime = LONG_AGO) -> Staged:
    """A removal that waits."""
    return Staged(user_id, GATE, sentence, StagedState.WAITING, since)


class SyncInMemory(Sync):
    """Two removals wait, and two runs were made."""

    def __init__(self) -> None:
        self.waiting = [staged(BRUNO), staged(CHIAMAKA)]
        self.without_gate = 0
        self.done: list[tuple[object, ...]] = []
        self.is_held = True
        self.made = [
            Run(31, MOSAIC, AT, AT, added=1, removed=5, failed=0),
            Run(30, MOSAIC, AT, AT, added=7, removed=0, failed=0),
        ]
        self.current = SyncStatus(members=40, accounts=52, unread=3, oldest_at=AT, interval=timedelta(minutes=10))

    async def run_now(self, guild_id: int) -> None:
        """Record it."""
        self.done.append(("now", guild_id))

    async def status(self, guild_id: int) -> SyncStatus:
        """As it is set."""
        assert guild_id == MOSAIC
        return self.current

    async def hold(self, guild_id: int, *, by: int) -> Hold:
        """Record it."""
        self.done.append(("hold", by))
        return Hold(Scope.GUILD, "", guild_id, Cause.ADMIN, AT)

    async def release(self, guild_id: int, *, by: int) -> bool:
        """Record it."""
        self.done.append(("release", guild_id, by))
        return self.is_held

    async def staged(self, guild_id: int) -> Sequence[Staged]:
        """What waits."""
        assert guild_id == MOSAIC
        return self.waiting

    async def approve(self, guild_id: int, *, by: int, only: Collection[tuple[int, int]] | None = None) -> int:
        """Those that were shown."""
        return self._decide("approve", guild_id, by, only)

    async def discard(self, guild_id: int, *, by: int, only: Collection[tuple[int, int]] | None = None) -> int:
        """Those that were shown."""
        return self._decide("discard", guild_id, by, only)

    async def look_again(self, guild_id: int, *, by: int, only: Collection[tuple[int, int]] | None = None) -> int:
        """Those who were shown."""
        return self._decide("again", guild_id, by, only)

    def _decide(self, what: str, guild_id: int, by: int, only: Collection[tuple[int, int]] | None) -> int:
        others = [one for one in self.waiting if only is not None and (one.gate.gate_id, one.user_id) not in only]
        count = len(self.waiting) - len(others)
        self.waiting = others
        self.done.append((what, guild_id, by, count))
        return count

    async def runs(self, guild_id: int, limit: int = 10, *, to_undo: bool = False) -> Sequence[Run]:
        """The latest first."""
        its = [run for run in self.made if run.guild_id == guild_id]
        return [run for run in its if not to_undo or (run.removed and not run.undone_at)][:limit]

    async def run(self, guild_id: int, run_id: int) -> Run | None:
        """By its id."""
        return next((run for run in self.made if (run.guild_id, run.run_id) == (guild_id, run_id)), None)

    async def undo(self, guild_id: int, run_id: int, *, by: int) -> UndoneRun:
        """What it took."""
        run = next(run for run in self.made if (run.guild_id, run.run_id) == (guild_id, run_id))
        is_all = not self.without_gate
        self.made = [replace(each, undone_at=AT) if each is run and is_all else each for each in self.made]
        self.done.append(("undo", run_id, by))
        return UndoneRun(run.removed - self.without_gate, without_gate=self.without_gate)


@dataclass(frozen=True)
class InMemoryPost:
    """A message to be sent."""

    post_id: int
    kind: Kind
    lines: Sequence[Words]
    guild_id: int = MOSAIC
    at: datetime = AT
    user_id: int | None = None
    edits: tuple[int, int] | None = None

    @property
    def nonce(self) -> str:
        """Of its id."""
        return f"tessera-{self.post_id}"


NOWHERE = (None, None)


@dataclass
class OutboxInMemory:
    """What is to be sent, and what was."""

    waiting: list[InMemoryPost] = field(default_factory=list)
    sent_as: dict[int, tuple[int | None, int | None]] = field(default_factory=dict)
    before_sent: Callable[[], None] = lambda: None

    async def posts(self) -> Sequence[InMemoryPost]:
        """What was not sent yet."""
        return [post for post in self.waiting if post.post_id not in self.sent_as]

    async def unread_alerts(self) -> Sequence[InMemoryPost]:
        """What was dropped and is still to be read."""
        return [post for post in self.waiting if post.kind is Kind.HOLD and self.sent_as.get(post.post_id) == NOWHERE]

    async def sent(self, post_id: int, *, channel_id: int | None = None, message_id: int | None = None) -> None:
        """Remember it."""
        self.before_sent()
        self.sent_as[post_id] = channel_id, message_id
