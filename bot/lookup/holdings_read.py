"""One reading of what an account holds: it goes on whoever leaves, and whoever asks meanwhile watches the same."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

from bot.errors import SourceError, TesseraError
from bot.holdings import Account, Holding, Holdings
from bot.sources.pace import Priority
from bot.sources.paging import Scan
from bot.sources.source import Source

log = logging.getLogger(__name__)

_CUT_SHORT = "Tessera is being restarted. Try again in a minute."
_OUR_FAULT = "Something went wrong inside Tessera. Try again later, and tell its operator if it stays so."


class HoldingsRead:
    """One reading of an account that is under way. Whoever asks meanwhile watches the same one."""

    def __init__(self, source: Source, account: Account, contract: str | None, ended: Callable[[], None]) -> None:
        self.latest: Holdings | None = None
        self._error: TesseraError | None = None
        self._changed = asyncio.Event()
        self._ended = ended
        self.task = asyncio.create_task(self._read(source, account, contract), name=f"read {account}")
        self.task.add_done_callback(lambda _: self._changed.set())

    async def watch(self) -> AsyncIterator[Holdings]:
        """Each state from now on, the latest first; raises if there is none because the source failed."""
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
            raise self._error or SourceError(_CUT_SHORT)

    async def cancel(self) -> None:
        """End it; whoever watches is told that it was cut short."""
        self.task.cancel()
        await asyncio.wait([self.task])

    async def _read(self, source: Source, account: Account, contract: str | None) -> None:
        as_of = datetime.now(UTC)  # the start of the reading: the data may be newer than it says, never older
        try:
            async for scan in source.iter_holdings(account, contract, Priority.INTERACTIVE):
                self._publish(
                    _to_holdings(account, contract, scan.as_of or as_of, scan.source_label or source.label, scan)
                )
        except TesseraError as error:
            self._break_off(error)
        except asyncio.CancelledError:
            self._break_off(SourceError(_CUT_SHORT))
            raise
        except Exception:  # whatever it is, whoever watches must hear of an end
            log.exception("reading %s failed", account)
            self._break_off(TesseraError(_OUR_FAULT))
        finally:
            self._ended()

    def _break_off(self, error: TesseraError) -> None:
        self._error = error
        if self.latest:
            self._publish(replace(self.latest, complete=False, incomplete_reason=error.sentence))

    def _publish(self, holdings: Holdings) -> None:
        self.latest = holdings
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


def _to_holdings(
    account: Account, contract: str | None, as_of: datetime, source_label: str, scan: Scan[Holding]
) -> Holdings:
    # Asked for by nonZero and tokenAddress already; a server that ignores them must not put wrong rows on a card.
    rows = [row for row in scan.rows.values() if row.kinds > 0]
    incomplete_reason = scan.incomplete_reason
    if contract:
        unnamed = sum(not row.collection.contract_address for row in rows)
        if unnamed and scan.finished:
            incomplete_reason = incomplete_reason or f"{unnamed} of its collections came without a contract"
        rows = [row for row in rows if row.collection.contract_address == contract]
    return Holdings(
        account,
        as_of,
        tuple(rows),
        complete=scan.complete and not incomplete_reason,
        total=scan.total,
        incomplete_reason=incomplete_reason,
        contract=contract,
        source_label=source_label,
        fallback_reason=scan.fallback_reason,
    )
