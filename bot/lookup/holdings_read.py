"""One read of what an account holds, shared by all who ask while it is under way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from bot.errors import SourceError, TesseraError
from bot.holdings import Account, Holdings
from bot.messages import Message
from bot.sources.askers import Askers
from bot.sources.reading import read_holdings
from bot.sources.source import Source

log = logging.getLogger(__name__)

_RESTARTING = Message("Tessera is being restarted. Try again in a minute.")
_INTERNAL_ERROR = Message(
    "Something went wrong inside Tessera. Try again later, and tell its operator if it happens again."
)


class HoldingsRead:
    """A read of an account that is under way. It continues when a subscriber leaves; new ones join the same read.

    Attributes:
        askers: All who wait for it: its requests go at the turns of any of them.
        latest: What is known so far.
    """

    def __init__(
        self,
        source: Source,
        account: Account,
        askers: Askers,
        *,
        contract: str | None,
        clock: Callable[[], datetime],
        ended: Callable[[HoldingsRead], None],
    ) -> None:
        self.askers = askers
        self.latest: Holdings | None = None
        self._error: TesseraError | None = None
        self._changed = asyncio.Event()
        self._ended = ended
        self.task = asyncio.create_task(self._read(source, account, contract, clock), name=f"read {account}")
        self.task.add_done_callback(lambda _: self._changed.set())

    async def follow(self) -> AsyncIterator[Holdings]:
        """Yield the latest state, then each new one; raises if there is none because the source failed."""
        seen = None
        while True:
            done = self.task.done()
            if self.latest is not None and self.latest is not seen:
                seen = self.latest
                yield seen
            elif done:
                break
            else:
                await self._changed.wait()
        if seen is None:
            raise self._error or SourceError(_RESTARTING)

    async def cancel(self) -> None:
        """Stop the read; its subscribers get an error that says so."""
        self.task.cancel()
        await asyncio.wait([self.task])

    async def _read(
        self, source: Source, account: Account, contract: str | None, clock: Callable[[], datetime]
    ) -> None:
        try:
            async for holdings in read_holdings(source, account, self.askers, contract=contract, clock=clock):
                self._publish(holdings)
        except TesseraError as error:
            self._break_off(error)
        except asyncio.CancelledError:
            self._break_off(SourceError(_RESTARTING))
            raise
        except Exception:  # on any error the subscribers must be notified of the end
            log.exception("reading %s failed", account)
            self._break_off(TesseraError(_INTERNAL_ERROR))
        finally:
            self._ended(self)

    def _break_off(self, error: TesseraError) -> None:
        self._error = error
        if self.latest:
            self._publish(self.latest.broken_off(error.words))

    def _publish(self, holdings: Holdings) -> None:
        self.latest = holdings
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
