"""Maintenance that runs periodically. Each function may be called at any time, any number of times.

All raise `StoreError` when the store fails; the next call does what is left.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.errors import StoreError, TesseraError
from bot.linking.contest_rules import HISTORY_RETAINED, LONGEST_ROUND, MESSAGE_SPAN, freezes
from bot.linking.vouching import ANSWERS_RETAINED, VOUCH_LIMITS
from bot.lookup.lookup import Lookup
from bot.sources.askers import Asker
from bot.store import Store
from bot.store.pseudonyms import Pseudonym

log = logging.getLogger(__name__)

SESSIONS_RETAINED = timedelta(hours=24)
AUDIT_RETAINED = timedelta(days=180)


async def settle(store: Store, pseudonym: Pseudonym, now: datetime) -> int:
    """End the contests that are due; how many those were. To be called twice a minute."""
    return await store.contests.settle(now, pseudonym, longest_round=LONGEST_ROUND, freezes=freezes)


async def purge(store: Store, now: datetime) -> None:
    """Delete what is older than its retention period."""
    await store.sessions.purge(now - SESSIONS_RETAINED)
    await store.members.purge(audit_before=now - AUDIT_RETAINED, now=now)
    await store.vouches.purge(answers_before=now - ANSWERS_RETAINED, asks_before=now - VOUCH_LIMITS.span)
    await store.contests.purge(events_before=now - HISTORY_RETAINED, messages_before=now - MESSAGE_SPAN)


async def confirm_owners(store: Store, lookup: Lookup, limit: int) -> None:
    """Ask again who owns some accounts that a proof or a vouch waits for, where that is not confirmed (any more).

    So these count again after another rule was set, or after the operator forgot an owner. To be called every
    few minutes.
    """
    for account in await store.owners.unconfirmed(limit):
        try:
            await lookup.owner_of(account, Asker.job("owners"), members=await store.readings.members_of(account))
        except StoreError:
            raise
        except TesseraError as error:
            log.info("owner of a linked account: %s", error.sentence)
