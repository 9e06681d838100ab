"""An operator's command changes the store beside a running bot, which acts on the change at once."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import subprocess
import sys
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
from tests.process import free_port, running, start
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


async def registrations(sandbox: SandboxClient) -> int:
    """How often commands were sent to be registered."""
    counts = await sandbox.counts("discord")
    return sum(count for route, count in counts.items() if re.fullmatch("PUT .*/commands", route))


async def test_the_operator_sees_how_the_bot_is_what_is_recorded_and_where_its_ports_are(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    ada = await bare_sandbox.person("ada")
    port, other = free_port(), free_port()
    tables = {"web": f"port = {port}", "metrics": f"port = {other}"}
    async with running(bare_sandbox, tmp_path, **tables) as bot:
        config = tmp_path / "config.toml"

        async def operate(*words: str) -> tuple[int, list[str]]:
            async with start(words[0], "--config", config, *words[1:], folder=tmp_path) as command:
                return await command.exit_code(), command.output.splitlines()

        await shown_owner(ada)
        await change_store(settings_in(tmp_path), "owner-set", change_owner, subject=OTHER)
        code, lines = await operate("status")
        assert (code, lines[:4]) == (
            0,
            ["✓ Store: ok", "✓ Discord: ready", "✓ Background jobs: ok", "✓ Other process: none"],
        )
        code, lines = await operate("status", "--json")
        assert (code, json.loads(lines[0])["gateway"]) == (0, "ready")
        about = pseudonyms(SECRETS["DISCORD_TOKEN"])(OTHER).hex()
        code, lines = await operate("audit", "--of", OTHER, "--since", "1h", "--json")
        [read] = map(json.loads, lines)
        assert (code, read["verb"], read["actor"], read["subject"]) == (0, "owner-set", "operator", about)
        code, lines = await operate("audit", "--verb", "owner-set")
        assert (code, [line.partition("Z  ")[2] for line in lines]) == (
            0,
            [f"owner-set        by operator  about {about}"],
        )
        code, lines = await operate("check")
        assert f"✓ [web] 127.0.0.1:{port} is in use by a Tessera that runs" in lines
        assert f"✓ [metrics] 127.0.0.1:{other} is in use by a Tessera that runs" in lines
        assert code == 0
        health = [sys.executable, "-m", "bot.cli.health_check", str(config)]
        asked = await asyncio.to_thread(subprocess.run, health, capture_output=True, text=True, check=False)
        assert (asked.returncode, asked.stdout) == (0, "fit\n")
        assert re.search(r"INFO .*: commands: \d+ are registered$", bot.output, re.MULTILINE)
        assert "to invite it to a server: https://" in bot.output
        assert "&permissions=268454912" in bot.output
        await bot.stop()
        code, lines = await operate("status")
        assert (code, lines) == (1, [f"✗ Nothing answers at 127.0.0.1:{port}: Connection refused. Is the bot running?"])
        asked = await asyncio.to_thread(subprocess.run, health, capture_output=True, text=True, check=False)
        assert (asked.returncode, asked.stdout) == (1, "does not answer: ConnectionRefusedError\n")
    # Nothing has changed since, so nothing is sent; the ids are known all the same.
    assert await registrations(bare_sandbox) == 1
    async with running(bare_sandbox, tmp_path, **tables) as bot:
        assert re.search(r"INFO .*: commands: all \d+ are registered as they are$", bot.output, re.MULTILINE)
        assert "</collections:" in (await ada.run("help")).text
    assert await registrations(bare_sandbox) == 1
