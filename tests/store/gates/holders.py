"""Members who hold something in two servers, as rows."""

from __future__ import annotations

from sqlite_utils import Database

HERE, ELSEWHERE = 9, 10
DAY = 86_400
# When everybody joined, proved and was vouched for; and as of when the latest reading of everything is.
BEGAN, READ_AT = 100, 100 + 30 * DAY


def fill(db: Database) -> None:
    """Members 1 and 2 are here, 3 has left, 4 is elsewhere; 1 and 2 hold 254, and each one has another one alone."""
    names = {1: "Harbour Lights", 2: "Tiny Boats", 3: "Gone with them", 4: "Far away", 5: "Sold"}
    for number, name in names.items():
        add_collection(db, number, name)
    for user_id, guild_id, absent in [(1, HERE, None), (2, HERE, None), (3, HERE, 500), (4, ELSEWHERE, None)]:
        prove(db, user_id)
        add_member(db, user_id, guild_id, absent)
    held = [(1, 1, None), (2, 1, None), (2, 2, None), (3, 3, None), (4, 4, None), (1, 5, READ_AT - DAY)]
    for user_id, collection, gone_at in held:
        hold(db, user_id, collection, gone_at)


def add_collection(db: Database, number: int, name: str) -> None:
    """There is a collection: the first one is 254."""
    db.execute("INSERT INTO sync_collections VALUES (?, 'loopring', ?, ?)", [number, str(253 + number), name])


def add_member(db: Database, user_id: int, guild_id: int, absent: int | None = None) -> None:
    """Somebody is a member of a server."""
    member = "INSERT INTO sync_members (guild_id, user_id, joined_at, seen_at, absent_since, drift_due)"
    db.execute(f"{member} VALUES (?, ?, ?, 1, ?, 1)", [guild_id, user_id, BEGAN, absent])


def link(db: Database, user_id: int, number: int | None = None) -> None:
    """A member links an account, their own where no other is named."""
    account, owner = f"loopring:{number or user_id}", _owner(number or user_id)
    db.execute(
        "INSERT INTO links (user_id, account, owner, label, is_main, linked_at) VALUES (?, ?, ?, '', 1, ?)",
        [user_id, account, owner, BEGAN],
    )


def prove(db: Database, user_id: int) -> None:
    """A member links and proves an account of their own."""
    link(db, user_id)
    proof = "INSERT INTO proofs (owner, user_id, method, text_hash, proven_at) VALUES (?, ?, 'eoa', X'00', ?)"
    db.execute(proof, [_owner(user_id), user_id, BEGAN])


def vouch(db: Database, user_id: int, guild_id: int, *, asked_at: int = BEGAN, is_confirmed: bool = True) -> None:
    """A moderator of a server vouches for the account of a member."""
    sql = "INSERT INTO vouches (guild_id, owner, user_id, account, asked_at, confirmed_at) VALUES (?, ?, ?, ?, ?, ?)"
    confirmed_at = asked_at if is_confirmed else None
    db.execute(sql, [guild_id, _owner(user_id), user_id, f"loopring:{user_id}", asked_at, confirmed_at])


def hold(db: Database, number: int, collection: int, gone_at: int | None = None) -> None:
    """An account that counts for somebody was read, and holds one of a collection, or held it until then."""
    sql = """
        INSERT INTO sync_held (account_id, collection_id, kinds, first_at, gone_at)
        SELECT id, ?, 1, ?, ? FROM sync_accounts WHERE account = ?
    """
    account = f"loopring:{number}"
    db.execute(sql, [collection, BEGAN, gone_at, account])
    db.execute("UPDATE sync_accounts SET read_at = ? WHERE account = ?", [READ_AT, account])


def _owner(number: int) -> str:
    return f"0x{number:040x}"
