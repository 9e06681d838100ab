"""Why a role was given is read in the log channel in the server's language, over the running bot and its store."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.e2e.test_gates_live import CHANNEL, FAST, MOSAIC, WHALE, has, posted, saved, until
from tests.e2e.two_servers import labels, press, question_to, running
from tests.sandbox_client import SandboxClient

# As version 0.1.0 wrote them down.
EARLIER = (
    ("add", "Tessera gate #1: holds 3 of Harbour Lights, 3 needed"),
    ("remove", "Tessera gate #1: holds 0 of 3 of Harbour Lights"),
)


async def test_a_german_server_reads_the_reason_in_german_and_those_of_before_as_they_were(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    ada, hana = await bare_sandbox.person("ada"), await bare_sandbox.person("hana")
    await bare_sandbox.control("locales", guild=ada.guild, locale="de")
    tables = {"linking": "manual = true", "loopring": "requests_per_second = 1000", "sync": FAST}
    async with running(bare_sandbox, tmp_path, **tables):
        await ada.run("settings log", channel=CHANNEL)
        await ada.run("vouch", member=hana.user, account="10001")
        question = await question_to(hana)
        await press(hana, question, labels(question)[0])
        await hana.run("refresh")
        await saved(ada, await ada.run("gate add", role=WHALE, rule="254"))
        await until(has(hana, "Whale"))
        german = f"<@&{WHALE}> an <@{hana.user}> vergeben: Gate #1: hält 12 von Harbour Lights, nötig: 1"

        async def is_posted() -> bool:
            return german in await posted(ada)

        await until(is_posted)
    (write,) = await bare_sandbox.role_writes()
    assert write["reason"] == "Tessera gate #1: holds 12 of Harbour Lights, 1 needed"
    with closing(sqlite3.connect(tmp_path / "tessera.db")) as db, db:
        for act, reason in EARLIER:
            sql = """
                INSERT INTO sync_changes (run_id, guild_id, user_id, role_id, gate_id, act, at, reason, is_counted)
                VALUES (1, ?, ?, ?, 1, ?, 1, ?, 0)
            """
            db.execute(sql, [MOSAIC, int(hana.user), int(WHALE), act, reason])
    async with running(bare_sandbox, tmp_path, **tables):

        async def are_posted() -> bool:
            text = await posted(ada)
            return (
                f"<@&{WHALE}> an <@{hana.user}> vergeben: gate #1: holds 3 of Harbour Lights, 3 needed" in text
                and f"<@&{WHALE}> wurde <@{hana.user}> entzogen: gate #1: holds 0 of 3 of Harbour Lights" in text
            )

        await until(are_posted)
