"""Roles that follow holdings, as people live through it: earned, sold, an outage, a wave, another bot's community."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.holders import (
    FAST,
    HARBOUR_LIGHTS,
    LOG_CHANNEL,
    WHALE,
    has,
    lost,
    passes,
    posted,
    prove,
    saved,
    until,
)
from tests.e2e.two_servers import running
from tests.sandbox_client import Person, SandboxClient

DOWN = {"kind": "status", "status": 503}


@pytest.fixture
async def club(bare_sandbox: SandboxClient, tmp_path: Path) -> AsyncIterator[SandboxClient]:
    """A bot that is quick in everything, and whose log channel is set."""
    async with running(bare_sandbox, tmp_path, **FAST):
        await (await bare_sandbox.person("rosalind")).run("settings log", channel=LOG_CHANNEL)
        yield bare_sandbox


@pytest.fixture
async def rosalind(club: SandboxClient) -> Person:
    """The owner of the server."""
    return await club.person("rosalind")


async def test_a_member_proves_an_account_and_has_the_role_at_once(club: SandboxClient, rosalind: Person) -> None:
    await saved(rosalind, "gate add", role=WHALE, rule="254 >= 3")
    hana = await club.person("hana")
    ended = await prove(hana, "10007")
    assert ended.embeds[0]["title"] == "Linked"
    assert f"You now have <@&{WHALE}>." in ended.text
    assert "Whale" in await hana.roles()
    (write,) = await club.role_writes()
    assert write["reason"] == "Tessera gate #1: holds 3 of Harbour Lights, 3 needed"
    assert f"Gave <@&{WHALE}> to <@{hana.user}> by gate #1: holds 3" in str((await posted(rosalind, "Gave"))["embeds"])


async def test_who_sells_is_notified_once_and_loses_the_role_after_the_grace(
    club: SandboxClient, rosalind: Person
) -> None:
    await saved(rosalind, "gate add", role=WHALE, rule="254 >= 3", grace_hours=1)
    hana = await club.person("hana")
    await prove(hana, "10007")
    await club.trade("10007", None, HARBOUR_LIGHTS)
    (warning,) = await until(hana.direct_messages)
    assert "You no longer qualify for **Whale**" in str(warning["embeds"])
    assert "unless you qualify again before" in str(warning["embeds"])
    await passes(club, 4)
    assert "Whale" in await hana.roles()
    await saved(rosalind, "gate edit", gate="1", grace_hours=0)  # as if the hour had passed
    await lost(hana, "Whale")
    assert len(await hana.direct_messages()) == 1
    given, taken = await club.role_writes()
    assert (given["role_id"], taken["role_id"]) == (WHALE, WHALE)
    assert taken["reason"] == "Tessera gate #1: holds 0 of 3 of Harbour Lights"
    assert "✘ " in (await hana.run("roles")).text


async def test_who_buys_again_within_the_grace_loses_nothing(club: SandboxClient, rosalind: Person) -> None:
    await saved(rosalind, "gate add", role=WHALE, rule="254", grace_hours=1)
    hana = await club.person("hana")
    await prove(hana, "10007")
    await club.trade("10007", None, HARBOUR_LIGHTS)

    async def in_grace() -> bool:
        return "You keep it until" in (await hana.run("roles")).text

    await until(in_grace)
    await club.trade(None, "10007", HARBOUR_LIGHTS)
    await passes(club, 4)
    shown = await hana.run("roles")
    assert "You keep it until" not in shown.text
    assert f"✔ <@&{WHALE}> · you have it" in shown.text
    assert len(await club.role_writes()) == 1


@pytest.mark.parametrize(
    "fault", [DOWN, {"kind": "html"}, {"kind": "torn"}, {"kind": "garbage"}], ids=lambda fault: fault["kind"]
)
async def test_nobody_loses_anything_while_the_source_is_away(
    club: SandboxClient, rosalind: Person, fault: dict[str, object]
) -> None:
    await saved(rosalind, "gate add", role=WHALE, rule="254")
    hana = await club.person("hana")
    await prove(hana, "10007")
    await club.trade("10007", None, HARBOUR_LIGHTS)  # nobody can see it now
    await club.fault(**fault)  # type: ignore[arg-type]
    await passes(club, 3)
    assert "Whale" in await hana.roles()
    shown = await hana.run("roles")
    assert "Reading failed" in shown.text
    assert "Nobody loses a role by this." in shown.text


async def test_a_member_keeps_an_account_out_of_the_server_and_lets_it_in_again(
    club: SandboxClient, rosalind: Person
) -> None:
    await saved(rosalind, "gate add", role=WHALE, rule="254 >= 3")
    hana = await club.person("hana")
    await prove(hana, "10007")
    asked = await hana.press(await hana.run("accounts"), "keep-out")
    assert "**Whale** in **The Mosaic Society**" in asked.text
    assert "Whale" in await hana.roles()
    done = await hana.press(asked, "yes-out")
    assert "**kept out of this server**" in done.text
    assert "Whale" not in await hana.roles()
    await passes(club, 3)
    assert "Whale" not in await hana.roles()
    back = await hana.press(done, "keep-out")
    assert f"You now have <@&{WHALE}>." in back.text
    assert "Whale" in await hana.roles()


async def test_a_moderator_checks_a_member_and_fixes_what_is_behind(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    """Where nothing is read for an hour, Fix reads now."""
    async with running(bare_sandbox, tmp_path, sync="interval_minutes = 60"):
        rosalind, uma, hana = [await bare_sandbox.person(name) for name in ("rosalind", "uma", "hana")]
        await saved(rosalind, "gate add", role=WHALE, rule="254 >= 3")
        await prove(hana, "10002")
        await bare_sandbox.trade("10001", "10002", HARBOUR_LIGHTS)
        shown = await uma.run("holders check", member=hana.user)
        assert shown.embeds[0]["title"] == "Roles of Hana"
        assert "10002" not in shown.text
        assert f"✘ <@&{WHALE}>" in shown.text
        assert "Whale" not in await hana.roles()
        fixed = await uma.press(shown, "fix")
        assert f"They now have <@&{WHALE}>." in fixed.text
        assert "Whale" in await hana.roles()


async def test_an_admin_moves_in_from_another_bot_in_one_step(club: SandboxClient, rosalind: Person) -> None:
    """Nadia has the other bot's role and holds nothing, Bruno has it and holds; Zelda has it and linked nothing."""
    nadia, bruno, zelda, hana = [await club.person(name) for name in ("nadia_", "brunowaves", "zelda", "hana")]
    await prove(nadia, "10003")
    await prove(bruno, "10007")
    await prove(hana, "10010")
    opened = await rosalind.run("gate import", adopt=True)
    preview = await rosalind.submit(opened, gates="role,collection,min,max,ids\nMosaicist,254,1,,\n")
    assert "linked members who have such a role already come under its gate" in preview.text
    assert (await rosalind.press(preview, "save")).embeds[0]["title"] == "Saved"
    await has(hana, "Mosaicist")
    await lost(nadia, "Mosaicist")
    await passes(club, 3, accounts=3)
    assert "Mosaicist" in await bruno.roles()
    assert "Mosaicist" in await zelda.roles()
    assert {write["user_id"] for write in await club.role_writes()} == {hana.user, nadia.user}


async def test_what_is_exported_is_edited_and_imported(club: SandboxClient, rosalind: Person) -> None:
    await saved(rosalind, "gate add", role=WHALE, rule="254 >= 3")
    hana = await club.person("hana")
    await prove(hana, "10010")
    assert "Whale" not in await hana.roles()
    [file] = (await rosalind.run("gate export")).message["attachments"]
    text = await club.file(file)
    assert "rule: 254 >= 3" in text
    opened = await rosalind.run("gate import")
    preview = await rosalind.submit(opened, gates=text.replace("254 >= 3", "254 >= 2"))
    assert "**1** gain it" in preview.text
    await rosalind.press(preview, "save")
    await has(hana, "Whale")
    [file] = (await rosalind.run("gate export")).message["attachments"]
    assert await club.file(file) == text.replace("254 >= 3", "254 >= 2")


def as_if_proven_earlier(folder: Path, days: int) -> None:
    """Let so many days have passed since everything that was proven."""
    with closing(sqlite3.connect(folder / "tessera.db")) as store, store:
        store.execute("UPDATE proofs SET proven_at = proven_at - ?", [days * 86_400])


async def test_a_member_is_notified_before_a_proof_runs_out_and_renews_it(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    hana = await bare_sandbox.person("hana")
    async with running(bare_sandbox, tmp_path, **FAST):
        rosalind = await bare_sandbox.person("rosalind")
        await saved(rosalind, "gate add", role=WHALE, rule="254 >= 3 and proof within 180 days")
        await prove(hana, "10007")
        await passes(bare_sandbox, 2)
        assert await hana.direct_messages() == []
    as_if_proven_earlier(tmp_path, 175)
    async with running(bare_sandbox, tmp_path, **FAST):
        (word,) = await until(hana.direct_messages)
        (embed,) = word["embeds"]
        assert embed["title"] == "Your proof runs out soon"
        ends = re.search(r"until <t:(\d+):D> \(<t:\1:R>\)", embed["description"])
        assert ends
        for part in (
            "**Whale**",
            "**The Mosaic Society**",
            "`loopring:10007`",
            "Nothing is lost until then",
            "/verify",
        ):
            assert part in embed["description"]
        assert f"until <t:{ends[1]}:D>" in (await hana.run("roles")).text
        await prove(hana, "10007")
        assert f"until <t:{ends[1]}:D>" not in (await hana.run("roles")).text
        await passes(bare_sandbox, 3)
        assert "Whale" in await hana.roles()
        assert len(await hana.direct_messages()) == 1
        assert len(await bare_sandbox.role_writes()) == 1
