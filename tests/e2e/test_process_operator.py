"""An operator's command changes the store beside a running bot, which acts on the change at once."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from bot.cli.operator import change_store, read_store
from bot.config.settings import Settings, load
from bot.holdings import LOOPRING, Account
from bot.store import Store
from bot.store.linking.owner_table import OPERATOR as OPERATOR_WORD
from bot.store.linking.owner_table import OwnerFact, get_fact, set_fact
from bot.store.pseudonyms import OPERATOR, Pseudonym, pseudonyms
from tests.e2e.clocked import text_of, until
from tests.owner_sources import ADA_OWNER
from tests.process import running, start
from tests.sandbox_client import SECRETS, Person, SandboxClient

ADA = Account(LOOPRING, "10001")
OTHER = "0x" + "ab" * 20


def settings_in(folder: Path) -> Settings:
    """Those of the bot that runs there."""
    return load(folder / "config.toml", SECRETS)


def change_owner(db: Database, pseudonym: Pseudonym, now: datetime) -> None:
    """Let another address own ada's account."""
    del pseudonym
    assert get_fact(db, ADA)
    set_fact(db, OwnerFact(ADA, OTHER, (), OPERATOR_WORD, is_confirmed=True, seen_at=now))


async def shown_owner(person: Person) -> str:
    """The card of ada's account, as the bot shows it now."""
    return (await person.sandbox.settled(await person.run("collections", account="10001"))).text


async def test_the_next_command_sees_what_an_operators_command_changed(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    ada = await bare_sandbox.person("ada")
    async with running(bare_sandbox, tmp_path) as bot:
        settings = settings_in(tmp_path)
        assert "0xabab…" not in await shown_owner(ada)
        await change_store(settings, "owner-set", change_owner, subject=OTHER)
        assert "0xabab…" in await shown_owner(ada)
        of = pseudonyms(SECRETS["DISCORD_TOKEN"])
        audit = await read_store(settings, lambda db: db.execute("SELECT actor, verb, subject FROM audit").fetchall())
        assert audit == [(of(OPERATOR), "owner-set", of(OTHER))]
        await ada.run("link", account="10001")  # the bot can still write
        code, _ = await bot.stop()
    assert code == 0
    assert bot.output_lines == []


async def test_a_member_waits_for_an_operators_command_and_is_answered(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    ada = await bare_sandbox.person("ada")
    changing, release = threading.Event(), threading.Event()

    def change(db: Database, pseudonym: Pseudonym, now: datetime) -> None:
        change_owner(db, pseudonym, now)
        changing.set()
        release.wait()

    async with running(bare_sandbox, tmp_path):
        await shown_owner(ada)
        changed = asyncio.create_task(change_store(settings_in(tmp_path), "owner-set", change))
        await asyncio.to_thread(changing.wait)
        linking = asyncio.create_task(ada.run("link", account="10001"))
        threading.Timer(0.5, release.set).start()
        await changed
        assert "Linked" in (await linking).text


async def test_an_operators_command_waits_for_a_write_that_is_under_way(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    ada = await bare_sandbox.person("ada")
    async with running(bare_sandbox, tmp_path):
        await shown_owner(ada)
        with closing(
            sqlite3.connect(tmp_path / "tessera.db", isolation_level=None, check_same_thread=False)
        ) as writing:
            writing.execute("BEGIN IMMEDIATE")
            threading.Timer(0.5, lambda: writing.execute("COMMIT")).start()
            await change_store(settings_in(tmp_path), "owner-set", change_owner)
        assert "0xabab…" in await shown_owner(ada)


async def test_an_operators_correction_ends_at_once_what_a_proof_covered(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    ada = await bare_sandbox.person("ada")
    async with running(bare_sandbox, tmp_path) as bot:
        asked = await ada.run("verify", account="10001")
        signature = await bare_sandbox.signature(text_of(asked), "10001")
        await ada.submit(await ada.press(asked, "paste"), signature=signature)
        assert "proven by signature" in (await ada.run("accounts")).text
        config = str(tmp_path / "config.toml")
        for command in (("set", "10001", OTHER), ("forget", "10001")):
            async with start("owners", *command, "--config", config, folder=tmp_path) as operator:
                assert await operator.exit_code() == 0
            assert "proven by signature" not in (await ada.run("accounts")).text
        # It is asked again by the next proof, and the one that is there covers it again.
        await ada.run("verify", account="10001")
        assert "proven by signature" in (await ada.run("accounts")).text
        code, _ = await bot.stop()
    assert code == 0
    assert bot.output_lines == []


async def test_a_bot_asks_by_itself_about_owners_that_its_rule_does_not_confirm(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    """It was started with an archive before, which has been taken out of the settings since."""
    ada = await bare_sandbox.person("ada")
    store = await Store.open(tmp_path / "tessera.db")

    def work(db: Database) -> None:
        set_fact(db, OwnerFact(ADA, ADA_OWNER, (), "agree:loopring,then", is_confirmed=True, seen_at=datetime.now(UTC)))
        sql = "INSERT INTO links (user_id, account, owner, label, is_main, linked_at)"
        db.execute(f"{sql} VALUES (?, 'loopring:10001', ?, '', 1, 0)", [int(ada.user), ADA_OWNER])
        db.execute("INSERT INTO proofs VALUES (?, ?, 'eoa', ?, NULL, 0, 0)", [ADA_OWNER, int(ada.user), b"hash"])

    await store.writer.transaction(work)
    await store.close()
    async with running(bare_sandbox, tmp_path):

        async def is_proven() -> bool:
            return "proven by signature" in (await ada.run("accounts")).text

        await until(is_proven)
