"""What is known of a member: all of it handed out, all of it deleted, and nothing got rid of that others rely on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.counts import exact
from bot.errors import InputError, LimitError
from bot.gates.gate import Gate, GateDraft, GuildSettings
from bot.gates.rule import CollectionRef, Holds
from bot.holders.snapshot import Every, Snapshot, SnapshotRequest
from bot.linking.contest_rules import REFUSAL_PERIOD
from bot.linking.outcome import Result
from bot.linking.upkeep import AUDIT_RETAINED, SESSIONS_RETAINED
from bot.links import MAX_LINKS, Link, Person
from bot.messages import words_text
from bot.roles.grants import Misses
from bot.roles.plan import Act
from bot.roles.safety import Cause, Hold, Scope
from bot.store.pseudonyms import pseudonyms
from bot.store.rows import to_account
from bot.store.sync.ledger_table import Intent
from bot.store.sync.miss_table import JudgedMisses
from bot.store.sync.warned_proofs import ProofEnds
from bot.store.webhooks.webhook_store import Admin
from bot.sync.change_reason import undo_reason
from tests.holders.snapshots import held
from tests.holders.snapshots import row as snapshot_row
from tests.linking.harness import ANN, BEN, CLEO, CONTEST, DAN, GUILD, JOINED, LinkingHarness, open_linking, owner_of

HERS, LOST, WANTED, LINKED, COLD, VOUCHED = (f"loopring:{number}" for number in range(10001, 10007))
LABEL = "behind the clock"
NAME = "ann_with_a_name"
# What was found out about the networks, for anyone: an account's owner, how a wallet's address is computed.
FOUND_OUT = {"owners", "wallets"}
# What accounts hold, as it was read: it names accounts, and goes with the last member who has one.
READINGS = {f"sync_{name}" for name in ("accounts", "networks", "collections", "held", "parts", "levels", "tokens")}
FACTS = FOUND_OUT | READINGS
# What is the bot's own: when it last looked at contests; how often a server's moderators asked today, and what a
# server has set, without names.
OWN = {"rounds", "vouch_asks", "guild_settings", "sync_guilds", "sync_instance", "gateway_streak"}
# Where a server's events are sent; who added it is in the log channel and the audit table.
OWN |= {"webhook_endpoints", "webhook_logs"}
# What is counted of an address, under keyed hashes that name no member; see `test_what_is_counted_names_nobody…`.
ADDRESSES = {"address_events", "frozen"}
# In which part of the export the rows of a table are, where that is not called like the table.
PARTS = {
    "contests": ("contested_by_others", "contested_by_you"),
    "vouches": ("vouches", "vouched_by_you"),
    "gate_changes": ("decided_by_you",),
    "role_holds": ("holds_by_you",),
    "sync_runs": ("runs_by_you",),
}
# What a server's admins decided is theirs together; who did it is in `gate_changes`.
DECIDED = {"configured_guilds", "gates", "collection_aliases", "accepted_losses", "snapshots", "snapshot_schedules"}


async def live(harness: LinkingHarness) -> None:
    """Ann leaves a trace in every table."""
    await harness.prove(ANN, HERS, "hers")
    await harness.prove(BEN, HERS, "hers")  # he claims what she has
    await harness.prove(DAN, LOST, "his")
    await harness.prove(ANN, LOST, "his")  # she claims what Dan has, who signs again
    await harness.prove(DAN, LOST, "his")
    await harness.prove(CLEO, WANTED, "wanted")
    await harness.prove(ANN, WANTED, "wanted")  # and what Cleo has
    # Its owner is not confirmed, and so is nothing but hers.
    link = Link(to_account(LINKED), owner_of("unproven"), "", is_main=False, linked_at=harness.now)
    await harness.store.links.add(ANN, link, limit=MAX_LINKS)
    await harness.prove(DAN, COLD, "cold")
    await harness.freeze(owner_of("cold"))
    await harness.prove(ANN, COLD, "cold")  # and the operator must decide about it
    _, lost = await harness.notifications.pending(ANN)
    await harness.notifications.mark_notified(lost, by_message=True)
    await harness.accounts.set_label(ANN, to_account(LINKED), LABEL)
    await harness.share(ANN, LINKED)
    await harness.store.keep_outs.start(ANN, GUILD, to_account(LINKED))
    protecting = GuildSettings(protected_members=frozenset({ANN}))
    await harness.store.guild_settings.save(GUILD, protecting, BEN, harness.now)
    await harness.vouch(ANN, VOUCHED, owner_of("vouched"))
    await harness.ask(CLEO, VOUCHED, owner_of("vouched"), moderator=ANN, guild_id=GUILD + 1)
    gate = await harness.store.gates.add(GUILD, GateDraft(7, Holds(CollectionRef("loopring", "254"))), ANN, harness.now)
    assert gate
    await harness.store.gates.edit(gate.gate_id, replace(gate.draft, rank=1), BEN, harness.now)
    await leave_roles(harness, gate)
    await harness.recorded(harness.now, harness.pseudonym(BEN), "relay", harness.pseudonym(ANN))
    await harness.sign_on_page(Person(ANN, NAME), HERS, "hers")
    await harness.store.languages.save({ANN: "de", CLEO: "fr"})
    # Another browser of hers had the link.
    its = "INSERT INTO other_browsers SELECT x'00', id, 0, 0, 0 FROM sessions WHERE user_id = ? LIMIT 1"
    await harness.rows(its, ANN)


async def leave_roles(harness: LinkingHarness, gate: Gate) -> None:
    """A role was given, another one is about to be; a reading denied the first; and Ann, an admin, held removals."""
    now, sync = harness.now, harness.store.sync
    await harness.store.webhooks.add_endpoint(
        GUILD, "https://example.org/", b"salt", now, Admin(ANN, harness.pseudonym(ANN)), most=1
    )
    for member in (ANN, CLEO):
        await sync.members.seen(GUILD, member, JOINED, now, now)
    run_id = await sync.runs.begin(GUILD, now, by=ANN)
    intent = Intent(GUILD, ANN, 7, gate.gate_id, run_id, Act.ADD, f"gives it to {ANN}", is_counted=False, at=now)
    await sync.ledger.begin(intent)
    await sync.ledger.done(intent)
    undone = replace(intent, role_id=9, reason=words_text(undo_reason(1, 9)))
    await sync.ledger.begin(undone)
    await sync.ledger.done(undone)
    await sync.ledger.begin(replace(intent, role_id=8))
    missed = JudgedMisses(7, Misses(1, now, now), "rule", "why", warns_until=now)
    await sync.misses.replace(GUILD, ANN, {gate.gate_id: missed}, (), now)
    await sync.warned_proofs.warn(GUILD, ANN, now, ProofEnds(HERS, [(gate.gate_id, now)]), now)
    await sync.holds.begin(Hold(Scope.GUILD, "admin", GUILD, Cause.ADMIN, now), by=ANN)
    await sync.servers.begin_epoch("this one", now)
    await sync.servers.entered(GUILD)
    theirs = [
        snapshot_row(user_id, held(user_id, number, exact(1))) for user_id, number in ((ANN, 10001), (CLEO, 10003))
    ]
    request = SnapshotRequest("254")
    await harness.store.snapshots.add(Snapshot(GUILD, now, request, tuple(theirs)), retain=9)
    await harness.store.snapshot_schedules.add(GUILD, request, Every.WEEK, 3, now)
    await harness.rows("INSERT INTO owed_roles VALUES (?, ?, 9, 1)", GUILD + 1, ANN)  # of when she was here before


@pytest.fixture
async def lived(tmp_path: Path) -> AsyncIterator[LinkingHarness]:
    """A store in a file, in which Ann has left a trace in every table."""
    async with open_linking(path=tmp_path / "t.db") as harness:
        await live(harness)
        yield harness


async def tables(harness: LinkingHarness) -> list[str]:
    """All tables but the list of migrations and SQLite's own."""
    found = await harness.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [name for (name,) in found if not name.startswith(("_", "sqlite_"))]


async def rows_about(harness: LinkingHarness, user_id: int) -> Counter[str]:
    """How many rows of each table name a member: by id, by pseudonym, or by their session."""
    sessions = {row[0] for row in await harness.rows("SELECT id FROM sessions WHERE user_id = ?", user_id)}
    names = {user_id, harness.pseudonym(user_id)} | sessions
    found = {table: await harness.rows(f"SELECT * FROM {table}") for table in await tables(harness)}  # noqa: S608 - the store's own names
    return Counter({table: sum(bool(names & set(row)) for row in rows) for table, rows in found.items()})


# ---------------------------------------------------------------- export


async def test_the_export_has_every_row_of_every_table(lived: LinkingHarness) -> None:
    about = await rows_about(lived, ANN)
    assert {
        table for table, count in about.items() if not count
    } == FACTS | OWN | ADDRESSES | DECIDED  # or this test would pass over a table
    export = await lived.export(ANN)
    exported = {
        table: sum(len(export[part]) for part in PARTS.get(table, (table,)))
        for table in about.keys() - FACTS - OWN - ADDRESSES - DECIDED
    }
    assert exported == {
        table: count for table, count in about.items() if table not in FACTS | OWN | ADDRESSES | DECIDED
    }


async def test_the_export_can_be_read(lived: LinkingHarness) -> None:
    export: dict[str, Any] = json.loads(json.dumps(await lived.export(ANN)))
    assert export["discord_user_id"] == str(ANN)
    assert export["exported_at"] == "2026-11-25T10:00:00+00:00"
    assert (LINKED, LABEL) in [(row["account"], row["label"]) for row in export["links"]]
    [proof] = export["proofs"]
    when = "2026-11-25T10:00:00+00:00"
    assert proof == {"owner": owner_of("hers"), "method": "eoa", "proven_at": when, "first_proven_at": when}
    assert export["messaged"] == [{"owner": owner_of("his"), "at": when}]
    assert export["frozen_claims"] == [{"owner": owner_of("cold"), "method": "eoa", "signed_at": when}]
    assert export["shares"] == [{"guild_id": GUILD, "account": LINKED, "joined_at": "2026-01-01T00:00:00+00:00"}]
    assert export["decided_by_you"] == [{"guild_id": GUILD, "at": when, "verb": "add"}]
    assert [row["account"] for row in export["vouches"]] == [VOUCHED]
    assert export["vouched_by_you"] == [{"guild_id": GUILD + 1, "asked_at": when}]  # of another member: no account
    assert export["contested_by_others"][0]["owner"] == owner_of("hers")
    assert export["contested_by_you"][0]["owner"] == owner_of("wanted")
    # Stored to be read in any language; the file is in English.
    assert [row["reason"] for row in export["sync_changes"]] == [
        f"gives it to {ANN}",
        "gate #1: given back: run 9 was undone",
    ]
    assert export["refusals"] == [{"until": "2026-12-25T10:00:00+00:00"}]
    assert {row["verb"] for row in export["audit"]} >= {"verify", "link", "contest", "relay", "signed"}


async def test_the_export_names_nobody_else_and_gives_no_secret_away(lived: LinkingHarness) -> None:
    text = json.dumps(await lived.export(ANN))
    for other in (BEN, CLEO, DAN):
        assert str(other) not in text
        assert lived.pseudonym(other).hex() not in text
    assert "hash" not in text
    assert "somebody" in text  # her own name of then


async def test_the_export_of_a_stranger_is_empty(lived: LinkingHarness) -> None:
    export = await lived.export(ANN + 77)
    assert {part for part, rows in export.items() if rows} == {"discord_user_id", "exported_at"}


# ---------------------------------------------------------------- deletion


async def test_nothing_about_a_deleted_member_remains_except_under_a_pseudonym(lived: LinkingHarness) -> None:
    assert await lived.delete(ANN) == 5
    left = await rows_about(lived, ANN)
    assert {table for table, count in left.items() if count} == {
        "audit",
        "refusals",
        "gate_changes",
        "sync_changes",
        "owed_roles",
    }
    [snapshot] = [each.snapshot for each in await lived.store.snapshots.of_guild(GUILD, 9)]
    found = await lived.store.snapshots.get(GUILD, snapshot.snapshot_id)
    assert found
    assert ([member.user_id for member in found.members], found.forgotten) == ([CLEO], 1)
    await lived.rows("DELETE FROM owed_roles")  # as soon as Discord has taken the role
    decided = await lived.rows("SELECT user_id, actor FROM gate_changes ORDER BY id")
    assert decided == [(BEN, None), (None, lived.pseudonym(ANN)), (BEN, None)]
    # What she vouched for as a moderator stays its member's, and no longer says by whom.
    [(_, moderator)] = await lived.rows("SELECT user_id, moderator FROM vouches")
    assert moderator is None
    hers = {LINKED, owner_of("unproven"), LABEL, NAME, str(ANN)}
    for table in await tables(lived):
        for row in await lived.rows(f"SELECT * FROM {table}"):  # noqa: S608 - the store's own names
            assert not any(each in str(value) for value in row for each in hers), (table, row)


async def test_no_address_is_stored_beside_a_pseudonym(lived: LinkingHarness) -> None:
    """An account names its owner as surely as an id does, to anyone who may read the store."""
    addresses = {owner_of(key) for key in ("hers", "his", "wanted", "unproven")}
    for table in ("audit", "refusals"):
        for row in await lived.rows(f"SELECT * FROM {table}"):  # noqa: S608 - names from the line above
            words = " ".join(str(value) for value in row)
            assert "loopring" not in words
            assert not any(address in words or address[2:] in words for address in addresses)
    [(owner_hash, user_hash)] = await lived.rows("SELECT owner_hash, user_hash FROM refusals")
    assert (owner_hash, user_hash) == (lived.pseudonym(owner_of("his")), lived.pseudonym(ANN))
    assert lived.pseudonym(owner_of("his")) != pseudonyms("another token")(owner_of("his"))


async def test_what_was_deleted_is_not_in_the_files_either(lived: LinkingHarness, tmp_path: Path) -> None:
    """Free space of the store, and its log, keep rows that no question finds any more."""
    traces = [LABEL.encode(), NAME.encode(), owner_of("unproven").encode(), str(ANN).encode(), ANN.to_bytes(8)]
    files = [tmp_path / "t.db", tmp_path / "t.db-wal"]
    before = b"".join(file.read_bytes() for file in files)
    assert [trace for trace in traces if trace not in before] == []
    await lived.rows("DELETE FROM owed_roles")
    await lived.delete(ANN)
    after = b"".join(file.read_bytes() for file in files)
    assert [trace for trace in traces if trace in after] == []
    assert BEN.to_bytes(8) in after


async def test_others_keep_what_is_theirs(lived: LinkingHarness) -> None:
    before = [await lived.export(other) for other in (CLEO, DAN)]
    await lived.delete(ANN)
    after = [await lived.export(other) for other in (CLEO, DAN)]
    for then, now in zip(before, after, strict=True):
        assert (now["links"], now["proofs"]) == (then["links"], then["proofs"])
        # What Cleo was not notified of yet, a claim that is withdrawn, is dropped.
        assert now["notices"] == [
            notification for notification in then["notices"] if notification["owner"] != owner_of("wanted")
        ]
    assert await lived.listed(BEN) == {HERS: True}


async def test_a_deleted_member_may_link_again(lived: LinkingHarness) -> None:
    await lived.delete(ANN)
    assert await lived.delete(ANN) == 0
    lived.pass_time(timedelta(hours=1))
    assert (await lived.prove(ANN, LINKED, "unproven")).result is Result.LINKED
    assert await lived.listed(ANN) == {LINKED: True}


async def test_deletion_does_not_lift_a_refusal(lived: LinkingHarness) -> None:
    wallet = owner_of("a contract")
    for user in (DAN, CLEO, DAN):
        await lived.prove_by_contract(user, LINKED, wallet)
    await lived.delete(CLEO)
    lived.pass_time(timedelta(hours=1))
    with pytest.raises(InputError, match="You claimed that account recently, and it stayed with its holder"):
        await lived.prove_by_contract(CLEO, LINKED, wallet)


async def test_deletion_lifts_neither_a_lock_for_relayed_links_nor_the_limits(harness: LinkingHarness) -> None:
    for _ in range(5):
        await harness.prove(ANN, HERS, "hers")
    await harness.delete(ANN)
    with pytest.raises(LimitError, match="within an hour"):
        await harness.prove(ANN, HERS, "hers")
    harness.pass_time(timedelta(hours=1))
    for _ in range(3):
        await harness.recorded(harness.now, harness.pseudonym(ANN), "relay", harness.pseudonym(BEN))
    await harness.delete(ANN)
    with pytest.raises(LimitError, match="cannot verify for a day"):
        await harness.prove(ANN, HERS, "hers")
    harness.pass_time(timedelta(hours=24))
    await harness.prove(ANN, HERS, "hers")


# ---------------------------------------------------------------- what time takes


async def test_verifications_then_refusals_then_records_are_purged_with_time(lived: LinkingHarness) -> None:
    await lived.run_for(CONTEST)
    stored = {table: await lived.rows(f"SELECT * FROM {table}") for table in ("links", "proofs", "shares", "notices")}  # noqa: S608 - names from this line

    async def left() -> set[str]:
        await lived.purge()
        ages = ("sessions", "challenges", "codes", "refusals", "audit")
        return {table for table in ages if await lived.rows(f"SELECT 1 FROM {table}")}  # noqa: S608 - names from the line above

    assert await left() == {"sessions", "challenges", "codes", "refusals", "audit"}
    lived.pass_time(timedelta(minutes=11))  # ten of the sessions themselves
    assert timedelta(hours=24) == SESSIONS_RETAINED
    assert await left() == {"refusals", "audit"}
    lived.pass_time(REFUSAL_PERIOD - timedelta(hours=25))
    assert await left() == {"refusals", "audit"}
    lived.pass_time(timedelta(hours=1))
    assert await left() == {"audit"}
    lived.pass_time(AUDIT_RETAINED - REFUSAL_PERIOD - timedelta(hours=2))
    assert await left() == {"audit"}
    lived.pass_time(timedelta(hours=2))
    assert await left() == set()
    assert {table: await lived.rows(f"SELECT * FROM {table}") for table in stored} == stored  # noqa: S608 - the store's own names
