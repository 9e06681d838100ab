"""The tables, as a list of steps that are applied once, in order, each in a transaction of its own.

Moments of owners are ISO 8601 text; all later tables count seconds since 1970, UTC, so that SQL can compare them.
Ids of Discord are integers, accounts are `network:account_id`, addresses are 0x and 40 lower-case hex digits.
"""

# In the order of their steps: each module adds its own when it is imported.
from bot.store.schema import first_tables, server_tables  # isort: skip
from bot.store.schema import (
    claim_tables,
    gate_tables,
    reading_tables,
    settings_tables,
    sync_tables,
    triggers,
    waiting_tables,
)

from bot.store.schema import kept_names  # isort: skip
from bot.store.schema import gateway_tables  # isort: skip
from bot.store.schema import browser_tables  # isort: skip
from bot.store.schema import greeting_tables  # isort: skip
from bot.store.schema import holder_tables  # isort: skip
from bot.store.schema import snapshot_tables  # isort: skip
from bot.store.schema import webhook_tables  # isort: skip
from bot.store.schema import counting_tables  # isort: skip
from bot.store.schema import language_tables  # isort: skip
from bot.store.schema import past_tables  # isort: skip
from bot.store.schema import ledger_steps  # isort: skip
from bot.store.schema import doubt_columns  # isort: skip
from bot.store.schema.first_tables import MIGRATIONS

__all__ = [
    "MIGRATIONS",
    "browser_tables",
    "claim_tables",
    "counting_tables",
    "doubt_columns",
    "first_tables",
    "gate_tables",
    "gateway_tables",
    "greeting_tables",
    "holder_tables",
    "kept_names",
    "language_tables",
    "ledger_steps",
    "past_tables",
    "reading_tables",
    "server_tables",
    "settings_tables",
    "snapshot_tables",
    "sync_tables",
    "triggers",
    "waiting_tables",
    "webhook_tables",
]
