"""What accounts hold, as it was read last: a row changes only where what is held changes.

`sync_accounts` is the set of accounts that count for anybody, kept equal to it by triggers: whatever changes a link, a
proof or a vouch, in whatever way, changes that set in the same transaction. With its row all that was read of an
account goes.
"""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.rows import COVERED
from bot.store.schema.first_tables import MIGRATIONS

# An account counts for a member who signed for its address, or confirmed a vouch for it. Whether its owner is confirmed
# at this moment is not asked here: it is read all the same, so that it is known what it holds once that is confirmed.
_COUNTS = f"""
    (EXISTS (
        SELECT 1 FROM links JOIN proofs ON proofs.owner = links.owner AND proofs.user_id = links.user_id AND {COVERED}
        WHERE links.account = {{0}}
    ) OR EXISTS (SELECT 1 FROM vouches WHERE vouches.account = {{0}} AND confirmed_at IS NOT NULL))
"""
# `network:account_id` without the id, which has no colon.
_NETWORK = "rtrim(rtrim({0}, replace({0}, ':', '')), ':')"

_THEIR_ACCOUNT = "INTEGER NOT NULL REFERENCES sync_accounts (id) ON DELETE CASCADE"

# Of each table: when, and which accounts may have changed.
_OF_OWNER = "(SELECT account FROM links WHERE links.owner IN ({0}))"
_WATCHED = (
    ("links", "INSERT", "(NEW.account)"),
    ("links", "UPDATE OF owner, account, user_id", "(OLD.account, NEW.account)"),
    ("links", "DELETE", "(OLD.account)"),
    ("proofs", "INSERT", _OF_OWNER.format("NEW.owner")),
    ("proofs", "UPDATE OF owner, user_id, method", _OF_OWNER.format("OLD.owner, NEW.owner")),
    ("proofs", "DELETE", _OF_OWNER.format("OLD.owner")),
    ("vouches", "INSERT", "(NEW.account)"),
    ("vouches", "UPDATE OF account, confirmed_at", "(OLD.account, NEW.account)"),
    ("vouches", "DELETE", "(OLD.account)"),
)


@MIGRATIONS()
def m010_readings(db: Database) -> None:
    """Accounts that are read for gates, and what they hold."""
    db.execute(
        """
        CREATE TABLE sync_accounts (     -- every account that counts for anybody
            id           INTEGER PRIMARY KEY,
            account      TEXT NOT NULL UNIQUE,
            network      TEXT NOT NULL,
            due          INTEGER NOT NULL,             -- when it is to be read again
            leased_until INTEGER NOT NULL DEFAULT 0,   -- until then the holder of the lease reads it
            lease        TEXT NOT NULL DEFAULT '',
            tries        INTEGER NOT NULL DEFAULT 0,   -- readings in a row that failed
            read_at      INTEGER,                      -- as of the latest complete reading; NULL: never
            part_at      INTEGER,                      -- as of a later one that was not complete
            readings     INTEGER NOT NULL DEFAULT 0,   -- how many complete ones there were
            holds        INTEGER NOT NULL DEFAULT 0,   -- how many collections, by the latest complete reading
            emptied_at   INTEGER,                      -- since when it holds nothing, after it held something
            failed_at    INTEGER,                      -- the latest failure, unless it was read since
            failure      TEXT NOT NULL DEFAULT ''
        ) STRICT
        """
    )
    db.execute("CREATE INDEX sync_accounts_due ON sync_accounts (network, due, leased_until)")
    db.execute("CREATE INDEX sync_accounts_read ON sync_accounts (network, read_at)")
    db.execute("CREATE INDEX sync_accounts_holding ON sync_accounts (network) WHERE holds > 0")
    db.execute("CREATE INDEX sync_accounts_emptied ON sync_accounts (network, emptied_at) WHERE emptied_at IS NOT NULL")
    db.execute(
        """
        CREATE TABLE sync_collections (  -- numbers for collections, so that the rows below are small; none is deleted
            id            INTEGER PRIMARY KEY,
            network       TEXT NOT NULL,
            collection_id TEXT NOT NULL,
            name          TEXT NOT NULL DEFAULT '',    -- upstream's
            UNIQUE (network, collection_id)
        ) STRICT
        """
    )
    db.execute(
        f"""
        CREATE TABLE sync_held (         -- what the latest complete reading says, and what was held before
            account_id    {_THEIR_ACCOUNT},
            collection_id INTEGER NOT NULL,          -- of sync_collections
            kinds         INTEGER NOT NULL CHECK (kinds >= 0),
            copies        INTEGER,                     -- as of tokens_at; NULL: not asked
            first_at      INTEGER NOT NULL,            -- first seen, without a break since
            last_at       INTEGER,                     -- last seen; NULL: as of the account's read_at
            gone_at       INTEGER,                     -- since when none is held
            tokens_at     INTEGER,                     -- as of when its NFTs were read; NULL: not asked
            tokens_whole  INTEGER NOT NULL DEFAULT 0 CHECK (tokens_whole IN (0, 1)),
            PRIMARY KEY (account_id, collection_id)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX sync_held_by_collection ON sync_held (collection_id, gone_at)")
    db.execute(
        f"""
        CREATE TABLE sync_parts (        -- what a reading saw that was not complete: at least so much
            account_id    {_THEIR_ACCOUNT},
            collection_id INTEGER NOT NULL,          -- of sync_collections
            kinds         INTEGER NOT NULL,
            PRIMARY KEY (account_id, collection_id)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute(
        f"""
        CREATE TABLE sync_levels (       -- how much was held over time; a row for each change
            account_id    {_THEIR_ACCOUNT},
            collection_id INTEGER NOT NULL,          -- of sync_collections
            at            INTEGER NOT NULL,
            kinds         INTEGER,                     -- NULL: from then on it could not be observed
            copies        INTEGER,
            reading       INTEGER NOT NULL DEFAULT 0,  -- which of the account's readings was the first to see it
            before_at     INTEGER,                     -- as of the reading before that one
            unread        INTEGER NOT NULL DEFAULT 0,  -- readings since in which its copies were missing
            PRIMARY KEY (account_id, collection_id, at)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute(
        f"""
        CREATE TABLE sync_tokens (       -- single NFTs, only where a rule asks for them
            account_id    {_THEIR_ACCOUNT},
            collection_id INTEGER NOT NULL,          -- of sync_collections
            token_id      TEXT NOT NULL,               -- a decimal number of up to 78 digits
            copies        INTEGER NOT NULL,
            traits        TEXT,                        -- JSON list of pairs; NULL: not reported
            PRIMARY KEY (account_id, collection_id, token_id)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute(
        """
        CREATE TABLE sync_networks (     -- how reading goes at each source
            network       TEXT PRIMARY KEY,
            failing_since INTEGER NOT NULL             -- no account was read since then, though it was tried
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX links_by_owner ON links (owner)")
    db.execute("CREATE INDEX vouches_by_account ON vouches (account)")
    _keep_equal(db)


def _keep_equal(db: Database) -> None:
    """Fill the set of accounts, and let it follow whatever changes it."""
    db.execute(
        f"""
        INSERT INTO sync_accounts (account, network, due) SELECT account, {_NETWORK.format("account")}, 0 FROM (
            SELECT links.account AS account FROM links
            JOIN proofs ON proofs.owner = links.owner AND proofs.user_id = links.user_id AND {COVERED}
            UNION SELECT account FROM vouches WHERE confirmed_at IS NOT NULL
        ) ORDER BY account
        """
    )
    for number, (table, event, accounts) in enumerate(_WATCHED, start=1):
        # Not `ON CONFLICT`: within a trigger, that of the statement which fired it would be in force instead.
        db.execute(
            f"""
            CREATE TRIGGER sync_accounts_{number} AFTER {event} ON {table} BEGIN
                DELETE FROM sync_accounts WHERE account IN {accounts} AND NOT {_COUNTS.format("sync_accounts.account")};
                INSERT INTO sync_accounts (account, network, due)
                SELECT DISTINCT account, {_NETWORK.format("account")}, 0 FROM {_table_of(accounts)}
                WHERE NOT EXISTS (SELECT 1 FROM sync_accounts AS known WHERE known.account = changed.account)
                AND {_COUNTS.format("changed.account")};
            END
            """
        )


def _table_of(accounts: str) -> str:
    """The accounts of `_WATCHED` as a table `changed`."""
    if accounts.startswith("(SELECT"):
        return f"{accounts} AS changed"
    each = accounts.strip("()").split(", ")
    return f"({' UNION '.join(f'SELECT {name} AS account' for name in each)}) AS changed"
