"""The lasting message: posted where that works, recognisable, and pressed by anybody, also after a restart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.cogs.servers.panel_embeds import PRESSED, Entry, panel_embed, panel_view
from bot.store import Store
from tests.cogs.servers.admin_bot import open_admin_bot
from tests.e2e.two_servers import labels, press
from tests.sandbox_client import Person, open_sandbox


async def panel_seen_by(person: Person) -> dict[str, Any]:
    """The message in the channel."""
    (message,) = [each for each in await person.messages() if labels(each) == ["Verify", "My roles", "Refresh"]]
    return message


async def test_anybody_presses_and_only_they_see_the_answer_also_after_a_restart(tmp_path: Path) -> None:
    store = await Store.open(None)
    async with open_sandbox() as sandbox:
        rosalind, hana = await sandbox.person("rosalind"), await sandbox.person("hana")
        async with open_admin_bot(sandbox, tmp_path, store):
            posted = await rosalind.run("panel post")
            assert posted.message["ephemeral"]
            assert "Its buttons work until you delete it" in posted.text
        async with open_admin_bot(sandbox, tmp_path, store):
            message = await panel_seen_by(hana)
            for label, what in (("Verify", "verify"), ("My roles", "roles"), ("Refresh", "refresh")):
                answer = await press(hana, message, label)
                assert answer.message["content"] == what
                assert answer.message["ephemeral"]
    await store.close()


async def test_a_channel_in_which_the_bot_cannot_post_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    store = await Store.open(None)
    async with open_sandbox() as sandbox, open_admin_bot(sandbox, tmp_path, store):
        rosalind = await sandbox.person("rosalind")
        for name in ("Tessera", "@everyone"):
            role = await sandbox.role(rosalind.guild or "", name)
            await sandbox.control("roles", action="change", guild=rosalind.guild, role=role, permissions=1 << 10)
        refused = await rosalind.run("panel post")
        assert "it lacks Send Messages, Embed Links in this channel" in refused.text
        assert [each for each in await rosalind.messages() if not each["ephemeral"]] == []
    await store.close()


async def test_who_may_not_configure_cannot_post_it(tmp_path: Path) -> None:
    store = await Store.open(None)
    async with open_sandbox() as sandbox, open_admin_bot(sandbox, tmp_path, store):
        hana = await sandbox.person("hana")
        data = {"id": "1", "type": 1, "name": "panel", "options": [{"name": "post", "type": 1, "options": []}]}
        assert "may manage this server" in (await hana.send_handmade(2, data)).text
    await store.close()


def test_the_only_site_is_named_and_nothing_is_asked_for() -> None:
    safe = str(panel_embed("The Mosaic Society", "https://verify.example:8443").fields[0].value)
    assert "The only valid site is `verify.example:8443`" in safe
    for never in ("no transaction", "no gas", "seed phrase", "never writes to you first"):
        assert never in safe.replace("There is ", "")
    assert "There is no website" in str(panel_embed("The Mosaic Society", "").fields[0].value)


async def test_every_button_has_an_id_that_is_known_after_a_restart() -> None:
    ids = [str(getattr(item, "custom_id", "")) for item in panel_view().children]
    assert [Entry.of(each) for each in ids] == list(Entry)


@pytest.mark.parametrize(
    "other", ["tessera-start:", "tessera-start:unlink", "x tessera-start:roles", "tessera:1:roles"]
)
def test_no_other_id_is_taken_for_one_of_them(other: str) -> None:
    assert Entry.of(other) is None
    assert PRESSED.fullmatch(other) is None
