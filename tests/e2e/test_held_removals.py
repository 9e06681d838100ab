"""A wave of removals waits for an admin, who discards or approves it, and undoes it; also after a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.holders import (
    FAST,
    HARBOUR_LIGHTS,
    HOLDERS,
    LOG_CHANNEL,
    WHALE,
    all_prove,
    holders_of,
    passes,
    posted,
    saved,
    until,
)
from tests.e2e.two_servers import labels, press, running
from tests.process import running as process
from tests.sandbox_client import Person, SandboxClient

BLANK = {"kind": "empty", "total": 0}
HELD = "Nobody loses a role before you decide"
EVERYBODY = set(HOLDERS)


@pytest.fixture
async def club(bare_sandbox: SandboxClient, tmp_path: Path) -> AsyncIterator[SandboxClient]:
    """Five members have the role, and the bot is quick in everything."""
    async with running(bare_sandbox, tmp_path, **FAST):
        await begin(bare_sandbox)
        yield bare_sandbox


@pytest.fixture
async def rosalind(club: SandboxClient) -> Person:
    """The owner of the server."""
    return await club.person("rosalind")


async def begin(sandbox: SandboxClient) -> None:
    """A log channel, a gate, and five members who earn its role."""
    rosalind = await sandbox.person("rosalind")
    await rosalind.run("settings log", channel=LOG_CHANNEL)
    await saved(rosalind, "gate add", role=WHALE, rule="254")
    await all_prove(sandbox)
    assert await holders_of(sandbox) == EVERYBODY


async def all_sell(sandbox: SandboxClient) -> None:
    """Everybody sells at once."""
    for account in HOLDERS.values():
        await sandbox.trade(account, None, HARBOUR_LIGHTS)


async def decided(admin: Person, words: str) -> dict[str, Any]:
    """The alert, once it says who decided what."""
    alert = await posted(admin, words)
    assert labels(alert) == []
    return alert


async def messages(admin: Person) -> list[dict[str, Any]]:
    """What is in the log channel."""
    seen: list[dict[str, Any]] = await admin.sandbox.get("/_client/messages", user=admin.user, channel=LOG_CHANNEL)
    return seen


async def test_a_source_that_is_blank_for_an_hour_costs_nobody_anything(club: SandboxClient, rosalind: Person) -> None:
    await club.fault(**BLANK)  # type: ignore[arg-type]
    alert = await posted(rosalind, HELD)
    assert labels(alert) == ["Approve", "Discard", "Fixed: look again"]
    await passes(club, 6, accounts=len(HOLDERS))
    assert await holders_of(club) == EVERYBODY
    status = await rosalind.run("sync status")
    assert "Removals wait" in status.text
    users = [(await club.person(name)).user for name in HOLDERS]

    async def all_are_staged() -> bool:
        staged = (await rosalind.run("sync staged")).text
        return all(f"<@{user}> loses <@&{WHALE}>: holds 0 of 1 of Harbour Lights" in staged for user in users)

    await until(all_are_staged)
    await club.clear_faults()
    over = await posted(rosalind, "Removals do not wait any more")
    assert over["id"] == alert["id"]  # the alert itself says so, and its buttons are gone
    assert labels(over) == []
    await passes(club, 6, accounts=len(HOLDERS))
    assert await holders_of(club) == EVERYBODY
    assert not [write for write in await club.role_writes() if not write["is_given"]]


async def test_a_wave_is_looked_at_and_discarded(club: SandboxClient, rosalind: Person) -> None:
    await all_sell(club)
    alert = await posted(rosalind, HELD)
    await press(rosalind, alert, "Discard")
    shown = await decided(rosalind, "discarded")
    assert f"<@{rosalind.user}> discarded 5 removals: these roles stay for a day." in str(shown["embeds"])
    await passes(club, 6, accounts=len(HOLDERS))
    assert await holders_of(club) == EVERYBODY
    assert "No removal waits for a decision" in (await rosalind.run("sync staged")).text


async def test_a_wave_is_approved_and_undone(club: SandboxClient, rosalind: Person) -> None:
    await all_sell(club)
    asked = await press(rosalind, await posted(rosalind, HELD), "Approve")
    assert asked.embeds[0]["title"] == "Take 5 roles?"
    assert await holders_of(club) == EVERYBODY
    approved = await rosalind.press(asked, "yes")
    assert approved.embeds[0]["title"] == "Approved"
    await decided(rosalind, "approved 5 removals")

    async def all_taken() -> bool:
        return not await holders_of(club)

    await until(all_taken)

    async def all_given_back() -> bool:  # a run that has not ended can be undone again
        for run in await rosalind.suggestions("sync undo", "run"):
            await rosalind.press(await rosalind.run("sync undo", run=run), "yes")
        return await holders_of(club) == EVERYBODY

    await until(all_given_back)
    await passes(club, 6, accounts=len(HOLDERS))
    assert await holders_of(club) == EVERYBODY


async def test_a_repaired_source_is_looked_at_again_by_a_press(club: SandboxClient, rosalind: Person) -> None:
    await club.fault(**BLANK)  # type: ignore[arg-type]
    alert = await posted(rosalind, HELD)
    await club.clear_faults()
    await press(rosalind, alert, "Fixed: look again")
    await passes(club, 6, accounts=len(HOLDERS))
    assert await holders_of(club) == EVERYBODY


async def test_nobody_without_rights_decides_anything(club: SandboxClient, rosalind: Person) -> None:
    await all_sell(club)
    alert = await posted(rosalind, HELD)
    hana, uma = await club.person("hana"), await club.person("uma")
    for person in (hana, uma):  # a moderator may manage roles, and does not configure
        for label in ("Approve", "Discard", "Fixed: look again"):
            assert "Only members who may manage this server" in (await press(person, alert, label)).text
    assert labels(await posted(rosalind, HELD)) == ["Approve", "Discard", "Fixed: look again"]
    ada = await club.person("ada")
    asked = await press(ada, alert, "Approve")
    curator = await club.role(str(ada.guild), "Curator")
    await club.control("roles", action="take", guild=ada.guild, user=ada.user, role=curator)
    await ada.press(asked, "yes")
    assert "Only members who may manage this server" in str([each["embeds"] for each in await messages(ada)])
    await passes(club, 3, accounts=len(HOLDERS))
    assert await holders_of(club) == EVERYBODY


async def test_the_buttons_of_the_alert_and_of_the_panel_work_after_a_restart(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    """The bot is a process, which is killed; another one answers what the first one posted."""
    rosalind, hana = await bare_sandbox.person("rosalind"), await bare_sandbox.person("hana")
    async with process(bare_sandbox, tmp_path, sync=FAST["sync"]) as bot:
        await begin(bare_sandbox)
        await rosalind.run("panel post")
        await all_sell(bare_sandbox)
        await posted(rosalind, HELD)
        bot.process.kill()
        await bot.exit_code()
    async with process(bare_sandbox, tmp_path, sync=FAST["sync"]):
        alerts = [each for each in await messages(rosalind) if HELD in str(each["embeds"])]
        await passes(bare_sandbox, 3, accounts=len(HOLDERS))
        assert await holders_of(bare_sandbox) == EVERYBODY
        await press(rosalind, alerts[-1], "Discard")
        await decided(rosalind, "discarded 5 removals")
        (panel,) = [each for each in await hana.messages() if labels(each) == ["Verify", "My roles", "Refresh"]]
        assert "You have not proven an account here yet" in (await press(hana, panel, "My roles")).text
        assert "Which account? Name it" in (await press(hana, panel, "Verify")).text
        assert (await press(hana, panel, "Refresh")).message["ephemeral"]
