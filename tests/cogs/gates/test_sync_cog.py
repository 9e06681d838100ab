"""`/sync` for those who may, and for nobody else: asked again at every press."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cogs.gates.sync_cog import SyncCog
from bot.cogs.gates.sync_embeds import span_words
from bot.gates.gate import GuildSettings
from bot.gates.rule import CollectionRef
from bot.roles.safety import Cause, Hold, Scope
from bot.store import Store
from bot.sync.results import StagedState
from tests.cogs.gates.live_bot import ADA, CHIAMAKA, LIGHTKEEPER, MOSAIC, WHALE, LiveBot, live_bot
from tests.cogs.gates.sync_in_memory import AT, HOLD, SyncInMemory, staged
from tests.sandbox_client import Answer, Person

REFUSED = "Only members who may manage this server"


async def names(_: int) -> Mapping[CollectionRef, str]:
    """Of one collection."""
    return {CollectionRef("loopring", "254"): "Harbour Lights"}


@asynccontextmanager
async def commanded(folder: Path, sync: SyncInMemory) -> AsyncIterator[tuple[LiveBot, Store, Person]]:
    """A bot with `/sync`, and an admin."""
    store = await Store.open(folder / "tessera.db", backups=folder / "backups")
    try:
        async with live_bot(lambda bot: SyncCog(bot, sync, store.guild_settings, names, expires=600)) as live:
            yield live, store, await live.sandbox.person("ada")
    finally:
        await store.close()


def fields(answer: Answer) -> dict[str, str]:
    """The fields of the first embed."""
    return {field["name"]: field["value"] for field in answer.embeds[0].get("fields", [])}


async def test_the_status_says_what_interval_is_possible_and_why(tmp_path: Path) -> None:
    sync = SyncInMemory()
    async with commanded(tmp_path, sync) as (_, _, ada):
        answer = await ada.run("sync status")
        assert "40 linked members with 52 accounts." in answer.text
        assert "3 accounts never read yet." in answer.text
        assert "Possible" not in answer.text
        assert answer.message["ephemeral"]
        sync.current = replace(
            sync.current,
            possible=timedelta(minutes=25),
            slow_source="Loop@everyone",
            holds=[HOLD, Hold(Scope.COLLECTION, "loopring:254", 0, Cause.COLLECTION_HALVED, AT)],
            gate_roles={12: WHALE},
            staged=2,
            last_run=sync.made[0],
            failing={"Blockscout": AT},
        )
        answer = await ada.press(answer, "refresh")
        assert "every 10 minutes" in answer.text
        assert "**Possible is every 25 minutes**" in answer.text
        assert "@everyone" not in answer.text
        assert "Every gate that asks about Harbour Lights" in fields(answer)["Removals wait"]
        assert f"Gate #12 (<@&{WHALE}>)" in fields(answer)["Removals wait"]
        assert "holders 9, losing 2" in fields(answer)["Removals wait"]
        assert "Blockscout since <t:" in fields(answer)["Sources that do not answer"]
        assert "1 given, 5 taken" in fields(answer)["Last changes"]


async def test_everybody_is_read_again_on_demand_and_a_hold_is_set_and_released(tmp_path: Path) -> None:
    sync = SyncInMemory()
    async with commanded(tmp_path, sync) as (_, _, ada):
        await ada.run("sync now")
        assert "since <t:" in (await ada.run("sync hold")).text
        await ada.run("sync release")
        assert sync.done == [("now", MOSAIC), ("hold", ADA), ("release", MOSAIC, ADA)]


async def test_what_waits_is_listed_with_its_reasons_page_by_page(tmp_path: Path) -> None:
    sync = SyncInMemory()
    sync.waiting = [staged(CHIAMAKA + place, f"holds {place} of 30 <@1>") for place in range(23)]
    async with commanded(tmp_path, sync) as (_, _, ada):
        answer = await ada.run("sync staged")
        assert answer.embeds[0]["title"] == "23 removals to decide about"
        assert "holds 9 of 30" in answer.text
        assert "holds 10 of 30" not in answer.text
        assert "<@1>" not in answer.text
        assert "holds 22 of 30" in (await ada.press(answer, "last")).text


async def test_an_approval_is_confirmed_first(tmp_path: Path) -> None:
    sync = SyncInMemory()
    async with commanded(tmp_path, sync) as (_, _, ada):
        asked = await ada.run("sync approve")
        assert sync.done == []
        await ada.press(await ada.run("sync approve"), "no")
        assert sync.done == []
        await ada.press(asked, "yes")
        assert sync.done == [("approve", MOSAIC, ADA, 2)]
        assert "No removal waits" in (await ada.run("sync approve")).text


async def test_under_the_hold_of_an_admin_an_approval_says_what_it_waits_for(tmp_path: Path) -> None:
    sync = SyncInMemory()
    waits = "An admin holds all removals: what is approved is taken after `/sync release`, and not before."
    async with commanded(tmp_path, sync) as (_, _, ada):
        assert waits not in (await ada.run("sync approve")).text
        sync.current = replace(sync.current, holds=[Hold(Scope.GUILD, "admin", MOSAIC, Cause.ADMIN, AT)])
        asked = await ada.run("sync approve")
        assert waits in asked.text
        assert waits in (await ada.press(asked, "yes")).text


async def test_a_release_says_how_many_approved_removals_it_lets_be_made(tmp_path: Path) -> None:
    sync = SyncInMemory()
    sync.waiting = [replace(one, state=StagedState.APPROVED) for one in sync.waiting]
    async with commanded(tmp_path, sync) as (_, _, ada):
        answer = await ada.run("sync release")
        assert answer.embeds[0]["title"] == "Released"
        assert "2 removals that an admin approved are made now, if still due." in answer.text
        sync.waiting = []
        assert "approved" not in (await ada.run("sync release")).text
        sync.is_held = False
        assert (await ada.run("sync release")).text == "Nothing to release\nThere was no hold of an admin."


async def test_what_is_discarded_of_nothing_is_not_called_discarded(tmp_path: Path) -> None:
    sync = SyncInMemory()
    async with commanded(tmp_path, sync) as (_, _, ada):
        assert (await ada.run("sync discard")).embeds[0]["title"] == "Discarded"
        assert (await ada.run("sync discard")).embeds[0]["title"] == "Nothing waits"


class SlowSync(SyncInMemory):
    """An approval takes as long as the test wants."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = asyncio.Event()
        self.goes_on = asyncio.Event()

    async def approve(self, guild_id: int, *, by: int, only: Collection[tuple[int, int]] | None = None) -> int:
        self.entered.set()
        await self.goes_on.wait()
        return await super().approve(guild_id, by=by, only=only)


async def test_a_decision_that_is_pressed_twice_is_made_once_and_says_so(tmp_path: Path) -> None:
    sync = SlowSync()
    async with commanded(tmp_path, sync) as (_, _, ada):
        asked = await ada.run("sync approve")
        first = asyncio.create_task(ada.press(asked, "yes"))
        await sync.entered.wait()
        await ada.press(asked, "yes", wait="acknowledged")
        await ada.press(asked, "no", wait="acknowledged")
        sync.goes_on.set()
        answer = await first
        assert sync.done == [("approve", MOSAIC, ADA, 2)]
        assert answer.embeds[0]["title"] == "Approved"
        assert len(await ada.messages()) == 1


async def test_who_may_no_longer_decide_confirms_nothing(tmp_path: Path) -> None:
    sync = SyncInMemory()
    async with commanded(tmp_path, sync) as (live, _, ada):
        asked = await ada.run("sync approve")
        live.guild.members[ADA].roles.clear()
        await ada.press(asked, "yes")
        assert REFUSED in (await ada.messages())[-1]["embeds"][0]["description"]
        assert sync.done == []


async def test_a_run_is_undone_after_a_confirmation_and_once(tmp_path: Path) -> None:
    sync = SyncInMemory()
    async with commanded(tmp_path, sync) as (_, _, ada):
        suggested: list[object] = [*await ada.suggestions("sync undo", "run")]
        assert suggested == [31]  # the other took nothing
        asked = await ada.run("sync undo", run=31)
        assert sync.done == []
        done = await ada.press(asked, "yes")
        assert sync.done == [("undo", 31, ADA)]
        assert "5 roles given back" in done.text
        assert "was undone already" in (await ada.run("sync undo", run=31)).text
        for run_id in (30, 99):
            assert (
                f"There is no run #{run_id} in this server that took roles"
                in (await ada.run("sync undo", run=run_id)).text
            )


async def test_an_undo_says_how_many_roles_no_gate_gives_any_more(tmp_path: Path) -> None:
    sync = SyncInMemory()
    sync.without_gate = 2
    async with commanded(tmp_path, sync) as (_, _, ada):
        done = await ada.press(await ada.run("sync undo", run=31), "yes")
        assert done.text.endswith(
            "3 roles given back of run #31. 2 roles stay taken, as no gate gives them now: once one does, undo the run "
            "once more."
        )
        assert "Undo run #31?" in (await ada.run("sync undo", run=31)).text


async def test_a_run_can_be_undone_however_many_gave_roles_after_it(tmp_path: Path) -> None:
    sync = SyncInMemory()
    sync.made = [replace(sync.made[1], run_id=run_id) for run_id in range(90, 60, -1)] + sync.made
    async with commanded(tmp_path, sync) as (_, _, ada):
        suggested: list[object] = [*await ada.suggestions("sync undo", "run")]
        assert suggested == [31]
        asked = await ada.run("sync undo", run=31)
        done = await ada.press(asked, "yes")
        assert "That is not all" not in done.text
        assert sync.done == [("undo", 31, ADA)]


COMMANDS: dict[str, dict[str, int]] = {
    **{name: {} for name in ("now", "status", "hold", "release", "staged", "approve", "discard")},
    "undo": {"run": 31},
}


async def without_a_client(person: Person, ada: Person, name: str, **options: int) -> Answer:
    """A command as a server can give it to anybody, whatever the permissions that it was registered with."""
    commands = await person.sandbox.get("/_client/commands", user=ada.user, guild=ada.guild)
    command_id = next(command["id"] for command in commands if command["name"] == "sync")
    given = [{"name": key, "type": 4, "value": value} for key, value in options.items()]
    chosen = {"name": name, "type": 1, "options": given}
    return await person.send_handmade(2, {"id": command_id, "name": "sync", "type": 1, "options": [chosen]})


async def test_others_are_refused_and_learn_nothing(tmp_path: Path) -> None:
    sync = SyncInMemory()
    async with commanded(tmp_path, sync) as (live, store, ada):
        bruno = await live.sandbox.person("brunowaves")
        for name, options in COMMANDS.items():
            answer = await without_a_client(bruno, ada, name, **options)
            assert REFUSED in answer.text, name
            assert answer.message["ephemeral"]
        assert sync.done == []
        assert len(sync.waiting) == 2
        # the server's own role for it is enough
        await store.guild_settings.save(MOSAIC, GuildSettings(admin_role_id=LIGHTKEEPER), ADA, AT)
        dmitri = await live.sandbox.person("dmitri.k")
        assert "40 linked members" in (await without_a_client(dmitri, ada, "status")).text


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=20), "20 seconds"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=10), "10 minutes"),
        (timedelta(hours=5, seconds=1), "6 hours"),
    ],
)
def test_spans_are_never_said_to_be_shorter_than_they_are(span: timedelta, words: str) -> None:
    assert span_words(span) == words
