"""The tables of the first steps: owners, links and proofs, proofs in progress, the audit log."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

MIGRATIONS = Migrations("tessera")

# Of a column: an address in lower case.
ADDRESS = "CHECK ({0} GLOB '0x*' AND length({0}) = 42 AND {0} = lower({0}))"


@MIGRATIONS()
def m001_owners(db: Database) -> None:
    """Who owns an account. On Loopring that never changes, so it is fetched once and stored."""
    db.execute(
        """
        CREATE TABLE owners (
            account TEXT PRIMARY KEY,   -- 'loopring:10001'
            owner   TEXT NOT NULL CHECK (owner GLOB '0x*' AND length(owner) = 42 AND owner = lower(owner)),
            seen_at TEXT NOT NULL       -- ISO 8601, UTC
        ) STRICT, WITHOUT ROWID
        """
    )


@MIGRATIONS()
def m002_links(db: Database) -> None:
    """The accounts that members linked, the addresses they proved, and contests about them."""
    db.execute(
        f"""
        CREATE TABLE links (
            user_id   INTEGER NOT NULL,
            account   TEXT NOT NULL,
            owner     TEXT {ADDRESS.format("owner")},   -- NULL: not known yet
            label     TEXT NOT NULL DEFAULT '' CHECK (length(label) <= 32),
            is_main   INTEGER NOT NULL DEFAULT 0 CHECK (is_main IN (0, 1)),
            linked_at INTEGER NOT NULL,
            PRIMARY KEY (user_id, account)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE UNIQUE INDEX one_main_link ON links (user_id) WHERE is_main")
    db.execute(
        f"""
        CREATE TABLE proofs (
            owner     TEXT PRIMARY KEY {ADDRESS.format("owner")},
            user_id   INTEGER NOT NULL,
            method    TEXT NOT NULL CHECK (method IN ('eoa', '1271', 'counterfactual', 'manual')),
            text_hash BLOB,                            -- SHA-256 of the text that was signed; NULL: manual
            guild_id  INTEGER,                         -- where a moderator's proof counts; NULL: signed, everywhere
            proven_at INTEGER NOT NULL,
            CHECK ((method = 'manual') = (guild_id IS NOT NULL))
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX proofs_of_user ON proofs (user_id)")
    db.execute(
        """
        CREATE TABLE contests (
            owner         TEXT PRIMARY KEY REFERENCES proofs (owner) ON DELETE CASCADE,
            holder_id     INTEGER NOT NULL,
            challenger_id INTEGER NOT NULL CHECK (challenger_id <> holder_id),
            method        TEXT NOT NULL,
            text_hash     BLOB NOT NULL,
            opened_at     INTEGER NOT NULL,
            ends_at       INTEGER NOT NULL,
            objected_at   INTEGER
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute(
        """
        CREATE TABLE refusals (          -- who may not contest an address again for a while
            owner_hash BLOB NOT NULL,    -- both keyed, so that they identify nobody after the member's data was deleted
            user_hash  BLOB NOT NULL,
            until      INTEGER NOT NULL,
            PRIMARY KEY (owner_hash, user_hash)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute(
        """
        CREATE TABLE notices (
            id      INTEGER PRIMARY KEY,
            user_id INTEGER NOT NULL,
            news    TEXT NOT NULL,
            owner   TEXT NOT NULL DEFAULT '',
            at      INTEGER NOT NULL,
            until   INTEGER,
            tried   INTEGER NOT NULL DEFAULT 0 CHECK (tried IN (0, 1))   -- they take no direct messages
        ) STRICT
        """
    )
    db.execute("CREATE INDEX notices_of_user ON notices (user_id)")
    db.execute(
        """
        CREATE TABLE rounds (            -- when contests were last checked: no time runs out while the bot is away
            id INTEGER PRIMARY KEY CHECK (id = 1),
            at INTEGER NOT NULL
        ) STRICT
        """
    )
    db.execute(
        """
        CREATE TABLE shares (            -- in which servers a member lets others see their main account
            user_id  INTEGER NOT NULL,
            guild_id INTEGER NOT NULL,
            PRIMARY KEY (user_id, guild_id)
        ) STRICT, WITHOUT ROWID
        """
    )


@MIGRATIONS()
def m003_verifications(db: Database) -> None:
    """Proofs in progress. Tokens, cookies and codes are stored only as hashes; signatures are not stored at all."""
    db.execute(
        """
        CREATE TABLE sessions (
            id          TEXT PRIMARY KEY,
            token_hash  BLOB NOT NULL UNIQUE,
            cookie_hash BLOB UNIQUE,
            way         TEXT NOT NULL CHECK (way IN ('oauth', 'code', 'paste')),
            status      TEXT NOT NULL CHECK (status IN ('open', 'bound', 'ready', 'signed', 'done', 'dead')),
            reason      TEXT NOT NULL DEFAULT '',
            user_id     INTEGER NOT NULL,
            username    TEXT NOT NULL,
            avatar_url  TEXT NOT NULL,
            guild_id    INTEGER,
            guild_name  TEXT NOT NULL,
            account     TEXT NOT NULL,                 -- '': of the address that is connected
            owner       TEXT NOT NULL DEFAULT '' CHECK (owner = '' OR owner = lower(owner)),
            logins      INTEGER NOT NULL DEFAULT 0,    -- how many login callbacks were handled
            challenges  INTEGER NOT NULL DEFAULT 0,
            created_at  INTEGER NOT NULL,
            expires_at  INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX sessions_of_user ON sessions (user_id, created_at)")
    db.execute(
        f"""
        CREATE TABLE challenges (
            id         TEXT PRIMARY KEY,
            session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
            signer     TEXT NOT NULL {ADDRESS.format("signer")},
            owner      TEXT NOT NULL {ADDRESS.format("owner")},
            accounts   TEXT NOT NULL,                  -- JSON list
            nonce      TEXT NOT NULL UNIQUE,
            text       TEXT NOT NULL,
            expires_at INTEGER NOT NULL,
            used_at    INTEGER
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX challenges_of_session ON challenges (session_id)")
    db.execute(
        """
        CREATE TABLE codes (             -- signed, waiting for the member to type the code of the page
            session_id TEXT PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
            code_hash  BLOB NOT NULL,
            tries      INTEGER NOT NULL DEFAULT 0,
            owner      TEXT NOT NULL,
            accounts   TEXT NOT NULL,
            method     TEXT NOT NULL,
            text_hash  BLOB NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute(
        f"""
        CREATE TABLE wallets (           -- how the addresses of undeployed wallets are computed
            wallet  TEXT PRIMARY KEY {ADDRESS.format("wallet")},
            factory TEXT NOT NULL,
            salt    TEXT NOT NULL,       -- a decimal number of up to 78 digits
            owner   TEXT NOT NULL,
            seen_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """
    )


@MIGRATIONS()
def m004_audit(db: Database) -> None:
    """Who did what, under keyed hashes: it can be counted and searched, and identifies nobody without the key."""
    db.execute(
        """
        CREATE TABLE audit (
            id      INTEGER PRIMARY KEY,
            at      INTEGER NOT NULL,
            actor   BLOB NOT NULL,
            verb    TEXT NOT NULL,
            subject BLOB
        ) STRICT
        """
    )
    db.execute("CREATE INDEX audit_by_actor ON audit (actor, verb, at)")
