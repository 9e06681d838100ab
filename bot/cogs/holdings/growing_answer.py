"""An answer that is shown before it is whole: more of it each time, but not more often than Discord allows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from bot.cogs.holdings.pages import HoldingsPages
from bot.errors import TesseraError, WithdrawnError
from bot.holdings import Holdings, Owner
from bot.lookup.lookup import Lookup
from bot.reasons import Reason, ReasonCode
from bot.sources.askers import Asker
from bot.ui.paginator import Paginator

# While a long list arrives, the message is edited at most this often: Discord allows five edits in five seconds.
_PROGRESS_SECONDS = 2.0
# The token that edits the message is valid for fifteen minutes. A later command finds more of the list read.
_MAX_READ_SECONDS = 12 * 60.0
# So long an answer waits for its owner's address, which was asked for at the same time.
_OWNER_SECONDS = 0.5
_STOPPED = Reason.of(ReasonCode.STILL_READING)
_TOO_LONG = Reason.of(ReasonCode.READING_TOO_LONG)


async def show_growing(  # noqa: C901 - one loop, and what ends it
    paginator: Paginator,
    pages: HoldingsPages,
    updates: AsyncIterator[Holdings],
    lookup: Lookup,
    ahead: set[Asker],
) -> None:
    """Show the first page as soon as it is known, progress in between, and the whole list at the end.

    Args:
        paginator: Where.
        pages: How to show it.
        updates: What is read, more each time.
        lookup: Knows the owner.
        ahead: Who has such a question under way: of the questions that a member may ask at once, it takes one at most.

    Where that fails, what is shown says so, and that it is still being read no longer.

    Raises:
        WithdrawnError: it may not be shown any more.
    """
    clock = asyncio.get_running_loop().time
    is_shown = False
    # With the first page: other answers of the same owner are tabs, which should not come after it.
    asking: asyncio.Future[Owner] | None = None
    asker = pages.asker
    if asker not in ahead:
        ahead.add(asker)
        asking = asyncio.ensure_future(lookup.fetch_owner_address(pages.holdings.account, asker))
        asking.add_done_callback(lambda _: ahead.discard(asker))
    shown_at = started_at = clock()
    try:
        async for holdings in updates:
            reading = not holdings.finished
            if reading and clock() - started_at > _MAX_READ_SECONDS:
                holdings, reading = replace(holdings, incomplete_reason=_TOO_LONG), False  # noqa: PLW2901 - the last that is shown
            if not paginator.shows(pages):
                break  # the person went on to another tab
            pages = await pages.with_holdings(holdings, reading=reading).read_again()
            if not is_shown:
                asking = asking or asyncio.ensure_future(lookup.fetch_owner_address(holdings.account, pages.asker))
                pages = await _with_owner(pages, asking)
                await paginator.start(pages)
                is_shown = True
            elif not reading or clock() - shown_at >= _PROGRESS_SECONDS:
                await paginator.replace(pages)
            else:
                continue
            shown_at = clock()
            if paginator.gone or holdings.incomplete_reason:
                break
    except Exception as error:
        await _show_interrupted(paginator, pages, error, is_shown=is_shown)
        raise
    if is_shown and asking and not paginator.gone:
        owner = await asking
        if owner != pages.owner and paginator.shows(pages):
            pages = await replace(pages, owner=owner).read_again()
            await paginator.replace(pages)
        # Fetched last: it is only shown in the header, from the next press on, and must not delay any page.
        owner = await lookup.fetch_owner(pages.holdings.account, pages.asker)
        if owner != pages.owner and paginator.shows(pages):
            paginator.renew(await replace(pages, owner=owner).read_again())


async def _show_interrupted(paginator: Paginator, pages: HoldingsPages, error: Exception, *, is_shown: bool) -> None:
    """Say of what is shown that it is being read no longer, and why."""
    if isinstance(error, WithdrawnError) or not (is_shown and pages.reading and paginator.shows(pages)):
        return
    if isinstance(error, TesseraError):
        holdings = pages.holdings.broken_off(error.words)
    else:
        holdings = replace(pages.holdings, incomplete_reason=_STOPPED)
    await paginator.replace(pages.with_holdings(holdings, reading=False))


async def _with_owner(pages: HoldingsPages, asking: asyncio.Future[Owner]) -> HoldingsPages:
    """The same with the owner, if that is known soon: an answer should not change right after it was shown."""
    done, _ = await asyncio.wait({asking}, timeout=_OWNER_SECONDS)
    return await replace(pages, owner=asking.result()).read_again() if done else pages
