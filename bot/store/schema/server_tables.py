"""What belongs to one server alone: what its moderators vouch for, and which accounts its members share there."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import ADDRESS, MIGRATIONS


@MIGRATIONS()
def m005_vouches(db: Database) -> None:
    """What a server's moderators vouch for gets a table of its own: until here it was a proof like any other.

    Those confirmations were in force, so they are vouches that count as confirmed, one for each account that they
    covered. An account that only such a confirmation had linked (in the same second, never labelled) is unlinked: it
    took one of its member's places, and perhaps that of the main account, which was nobody else's to take. A member who
    had shared such a main account shares nothing any more: the one that is chosen in its place was never shared.
    """
    db.execute(
        f"""
        CREATE TABLE vouches (
            guild_id     INTEGER NOT NULL,   -- the only server in which it counts
            owner        TEXT NOT NULL {ADDRESS.format("owner")},
            user_id      INTEGER NOT NULL,
            account      TEXT NOT NULL,
            moderator    BLOB,               -- keyed; NULL: not known, from before this table
            asked_at     INTEGER NOT NULL,
            confirmed_at INTEGER,
            declined_at  INTEGER,            -- remembered, so that the member is not asked again and again
            withdrawn    INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),   -- only what was declined before
            notified     INTEGER NOT NULL DEFAULT 0 CHECK (notified IN (0, 1)),
            tried        INTEGER NOT NULL DEFAULT 0 CHECK (tried IN (0, 1)),   -- they take no direct messages
            PRIMARY KEY (guild_id, owner, user_id, account),
            CHECK (confirmed_at IS NULL OR declined_at IS NULL),
            CHECK (declined_at IS NOT NULL OR NOT withdrawn)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX vouches_of_user ON vouches (user_id, guild_id)")
    db.execute("CREATE INDEX vouches_by_moderator ON vouches (moderator)")
    db.execute("CREATE INDEX links_by_account ON links (account)")
    db.execute("CREATE INDEX vouches_to_notify ON vouches (asked_at) WHERE NOT notified")
    db.execute(
        """
        CREATE TABLE vouch_asks (            -- how many a server's moderators asked within a day
            id        INTEGER PRIMARY KEY,
            guild_id  INTEGER NOT NULL,
            moderator BLOB NOT NULL,         -- keyed, of server and moderator: it names neither elsewhere
            at        INTEGER NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX vouch_asks_of_guild ON vouch_asks (guild_id, at)")
    db.execute(
        """
        INSERT INTO vouches (guild_id, owner, user_id, account, asked_at, confirmed_at, notified)
        SELECT guild_id, proofs.owner, proofs.user_id, account, proven_at, proven_at, 1
        FROM proofs JOIN links ON links.owner = proofs.owner AND links.user_id = proofs.user_id
        WHERE method = 'manual'
        """
    )
    db.execute(
        """
        DELETE FROM links WHERE label = '' AND EXISTS (
            SELECT 1 FROM proofs WHERE method = 'manual' AND proofs.owner = links.owner
            AND proofs.user_id = links.user_id AND proven_at = linked_at
        )
        """
    )
    # Before another main account is chosen: in this step's stores a share is one of whichever account is the main one.
    db.execute("DELETE FROM shares WHERE user_id NOT IN (SELECT user_id FROM links WHERE is_main)")
    db.execute(
        """
        UPDATE links SET is_main = 1
        WHERE NOT EXISTS (SELECT 1 FROM links AS main WHERE main.user_id = links.user_id AND main.is_main)
        AND account = (
            SELECT account FROM links AS oldest WHERE oldest.user_id = links.user_id ORDER BY linked_at, account LIMIT 1
        )
        """
    )
    db.execute("DELETE FROM proofs WHERE method = 'manual'")


@MIGRATIONS()
def m006_share_accounts(db: Database) -> None:
    """A share names one account, and ends when its member leaves the server.

    An old share becomes one of the account that was the main one. When its member had joined is not known, only that
    it was before now; so anyone who left before now and joins again later shares nothing any more.
    """
    db.execute("ALTER TABLE shares RENAME TO shares_of_main")
    db.execute(
        """
        CREATE TABLE shares (            -- which accounts a member lets others in a server see
            user_id   INTEGER NOT NULL,
            guild_id  INTEGER NOT NULL,
            account   TEXT NOT NULL,
            joined_at INTEGER NOT NULL,  -- when the member had joined that server; a later moment: they left meanwhile
            PRIMARY KEY (user_id, guild_id, account),
            FOREIGN KEY (user_id, account) REFERENCES links (user_id, account) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute(
        """
        INSERT INTO shares (user_id, guild_id, account, joined_at)
        SELECT user_id, guild_id, account, CAST(strftime('%s', 'now') AS INTEGER)
        FROM shares_of_main JOIN links USING (user_id) WHERE is_main
        """
    )
    db.execute("DROP TABLE shares_of_main")
