"""Who owns an account, by which sources, and what is counted of an address that several members claim."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import ADDRESS, MIGRATIONS


@MIGRATIONS()
def m007_owners_word(db: Database) -> None:
    """From which sources an owner is known. Until now that was the first source alone."""
    db.execute("ALTER TABLE owners ADD COLUMN sources TEXT NOT NULL DEFAULT ''")  # names; '': not recorded
    db.execute("ALTER TABLE owners ADD COLUMN basis TEXT NOT NULL DEFAULT 'first'")  # the rule that it was found under
    db.execute(
        """
        ALTER TABLE owners ADD COLUMN is_confirmed INTEGER NOT NULL DEFAULT 0   -- a proof may rest on it
            CHECK (is_confirmed IN (0, 1))
        """
    )


@MIGRATIONS()
def m008_contests(db: Database) -> None:
    """What is counted of an address, which addresses are frozen for the operator, and since when a proof is whose."""
    # Since when the address has been this member's without a break: `proven_at` is their latest signature.
    db.execute("ALTER TABLE proofs ADD COLUMN first_proven_at INTEGER NOT NULL DEFAULT 0")
    db.execute("UPDATE proofs SET first_proven_at = proven_at")
    # When the challenger signed, who may not be the one who opened the contest.
    db.execute("ALTER TABLE contests ADD COLUMN signed_at INTEGER NOT NULL DEFAULT 0")
    db.execute("UPDATE contests SET signed_at = opened_at")
    db.execute(
        """
        CREATE TABLE address_events (    -- under a keyed hash, so that a count outlives a member's deleted data
            id         INTEGER PRIMARY KEY,
            owner_hash BLOB NOT NULL,
            event      TEXT NOT NULL CHECK (event IN ('claim', 'move')),
            at         INTEGER NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX events_of_address ON address_events (owner_hash, event, at)")
    db.execute(
        f"""
        CREATE TABLE frozen (            -- addresses that move no more until the operator has decided
            owner_hash BLOB PRIMARY KEY,
            owner      TEXT UNIQUE {ADDRESS.format("owner")},   -- NULL: it concerns no member any more
            reason     TEXT NOT NULL CHECK (reason IN ('moves', 'claims')),
            at         INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute(
        """
        CREATE TABLE frozen_claims (     -- the members whom they concern, and their latest signatures
            owner     TEXT NOT NULL,
            user_id   INTEGER NOT NULL,
            method    TEXT NOT NULL,
            text_hash BLOB,
            signed_at INTEGER NOT NULL,
            PRIMARY KEY (owner, user_id)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX frozen_claims_of_user ON frozen_claims (user_id)")
    db.execute(
        """
        CREATE TABLE messaged (          -- direct messages of the last day: one about an address to a member
            user_id INTEGER NOT NULL,
            owner   TEXT NOT NULL,
            at      INTEGER NOT NULL,
            PRIMARY KEY (user_id, owner)
        ) STRICT, WITHOUT ROWID
        """
    )
