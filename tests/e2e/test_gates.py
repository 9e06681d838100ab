"""Admins decide which roles follow which holdings: each save comes after a preview, and can be taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.clocked import until as until_true
from tests.e2e.holders import has, until
from tests.e2e.two_servers import at_the_harbour, labels, press, question_to, running
from tests.sandbox_client import Answer, Person, SandboxClient

MOSAICIST, WHALE, BOOSTER, MODERATOR = (f"91000000000000000{number}" for number in (7, 5, 3, 2))


@pytest.fixture
async def both(bare_sandbox: SandboxClient, tmp_path: Path) -> AsyncIterator[SandboxClient]:
    """A bot in two servers."""
    async with running(bare_sandbox, tmp_path, linking="manual = true", loopring="requests_per_second = 1000"):
        yield bare_sandbox


async def prove(sandbox: SandboxClient, username: str, account: str) -> Person:
    """Somebody whose account a moderator vouched for and who confirmed it."""
    ada, member = await sandbox.person("ada"), await sandbox.person(username)
    await ada.run("vouch", member=member.user, account=account)
    await press(member, await question_to(member), "Confirm")
    return member


async def saved(admin: Person, name: str, **options: Any) -> Answer:
    """Propose something, and press Save."""
    answer = await admin.press(await admin.run(name, **options), "save")
    assert answer.embeds[0]["title"] == "Saved", answer.text
    return answer


async def test_a_gate_is_previewed_and_saved(both: SandboxClient) -> None:
    ada = await both.person("ada")
    preview = await ada.run("gate add", role=WHALE, rule="254 >= 3 and not 261", grace_hours=48, ladder="tiers", rank=2)
    assert preview.message["ephemeral"]
    assert labels(preview.message) == ["Save", "Who?", "Cancel"]
    assert f"<@&{WHALE}>: `254 >= 3 and not 261`\nladder “tiers”, rank 2 · grace 2 days" in preview.text
    assert "Given to each member who holds at least 3 different NFTs of Harbour Lights" in preview.text
    assert "**0** gain it · **0** lose it · **0** unknown · **0** keep it" in preview.text
    assert "Nothing is saved yet." in preview.text
    assert "No gates yet" in (await ada.run("gate list")).text
    answer = await ada.press(preview, "save")
    assert answer.text.startswith(f"Saved\n**#1** <@&{WHALE}>")
    assert f"**#1** <@&{WHALE}>: `254 >= 3 and not 261`" in (await ada.run("gate list")).text


async def test_a_cancelled_preview_saves_nothing(both: SandboxClient) -> None:
    ada = await both.person("ada")
    cancelled = await ada.press(await ada.run("gate add", role=WHALE, rule="254"), "cancel")
    assert cancelled.text == "Cancelled\nNothing was changed."
    assert "No gates yet" in (await ada.run("gate list")).text


async def test_who_would_gain_a_role_is_shown_by_name(both: SandboxClient) -> None:
    hana = await prove(both, "hana", "10001")
    ada = await both.person("ada")
    await hana.run("accounts")
    preview = await ada.run("gate add", role=WHALE, rule="254")
    names = await ada.press(preview, "names")
    assert names.message["ephemeral"]
    assert [label.split(" (")[0] for label in labels(names.message)] == ["Gain it", "Lose it", "Unknown", "Keep it"]


async def test_the_first_preview_has_accounts_read_and_is_made_again_by_a_press(both: SandboxClient) -> None:
    ada, hana = await both.person("ada"), await both.person("hana")
    await ada.run("vouch", member=hana.user, account="10001")
    await both.fault("error", code=102003, message="none")  # what she holds is not known when she confirms
    await press(hana, await question_to(hana), "Confirm")

    async def is_due() -> Answer | None:
        proposed = await ada.run("gate add", role=WHALE, rule="254")
        return proposed if "1 account is being read: press **Refresh**" in proposed.text else None

    shown = await until(is_due)
    assert labels(shown.message) == ["Save", "Who?", "Refresh", "Cancel"]
    await both.clear_faults()

    async def is_read() -> Answer | None:
        nonlocal shown
        may_refresh = "Refresh" in labels(shown.message)
        shown = await (ada.press(shown, "refresh") if may_refresh else ada.run("gate add", role=WHALE, rule="254"))
        return shown if "**1** gain it" in shown.text else None

    await until(is_read)
    assert labels(shown.message) == ["Save", "Who?", "Cancel"]
    assert (await ada.press(shown, "save")).embeds[0]["title"] == "Saved"


async def test_without_a_rule_a_modal_asks_for_everything(both: SandboxClient) -> None:
    ada = await both.person("ada")
    opened = await ada.run("gate add")
    preview = await ada.submit(opened, role=WHALE, collection="254", count="3", what="copies")
    assert f"<@&{WHALE}>: `copies 254 >= 3`" in preview.text
    assert "Saved" in (await ada.press(preview, "save")).text


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"role": WHALE, "rule": "254 >="}, "is accepted"),
        ({"rule": "254"}, "Name the role too"),
        ({"role": WHALE, "rule": "999999"}, "There is no collection `loopring:999999`, says its source."),
        ({"role": WHALE, "rule": "254", "rank": 3}, "A rank needs the ladder that it is on"),
        ({"role": BOOSTER, "rule": "254"}, "Booster"),
        ({"role": MODERATOR, "rule": "254"}, "Moderator"),
        ({"role": "910000000000000000", "rule": "254"}, "everyone"),
    ],
)
async def test_what_cannot_be_a_gate_is_refused_with_one_sentence(
    both: SandboxClient, options: dict[str, Any], sentence: str
) -> None:
    ada = await both.person("ada")
    refused = await ada.run("gate add", **options)
    assert sentence in refused.text
    assert len(refused.embeds) == 1
    assert "No gates yet" in (await ada.run("gate list")).text


async def test_a_role_with_a_gate_gets_no_second_one(both: SandboxClient) -> None:
    ada = await both.person("ada")
    await saved(ada, "gate add", role=WHALE, rule="254")
    assert (
        "Whale has a gate already: change it by `/gate edit`"
        in (await ada.run("gate add", role=WHALE, rule="261")).text
    )


async def test_a_preview_that_is_out_of_date_saves_nothing_and_is_made_again(both: SandboxClient) -> None:
    ada, rosalind = await both.person("ada"), await both.person("rosalind")
    preview = await ada.run("gate add", role=WHALE, rule="254")
    await saved(rosalind, "gate add", role=MOSAICIST, rule="261")
    again = await ada.press(preview, "save")
    assert "Something was changed in this server meanwhile" in again.text
    assert WHALE not in (await ada.run("gate list")).text
    assert (await ada.press(again, "save")).embeds[0]["title"] == "Saved"


async def test_an_edit_is_previewed_again_with_what_another_admin_changed_meanwhile(
    both: SandboxClient,
) -> None:
    ada, rosalind = await both.person("ada"), await both.person("rosalind")
    await saved(ada, "gate add", role=WHALE, rule="254")
    preview = await ada.run("gate edit", gate="1", grace_hours=5)
    await saved(rosalind, "gate edit", gate="1", rule="261")
    outdated = await ada.press(preview, "save")
    assert "nothing was saved. This is the preview as of now" in outdated.text
    assert f"<@&{WHALE}>: `261`\ngrace 5 hours" in outdated.text
    listed = (await ada.run("gate list")).text
    assert "261" in listed
    assert "grace" not in listed


async def test_only_admins_use_it_also_when_they_stop_being_one_before_they_press(both: SandboxClient) -> None:
    ada, hana = await both.person("ada"), await both.person("hana")
    commands = await both.get("/_client/commands", user=ada.user, guild=ada.guild)
    gate = next(command["id"] for command in commands if command["name"] == "gate")
    for name in ("list", "export", "history", "import"):
        # Discord does not offer it to her: a program sends it all the same.
        data = {"id": gate, "name": "gate", "type": 1, "options": [{"name": name, "type": 1, "options": []}]}
        assert "Only members who may manage this server" in (await hana.send_handmade(2, data)).text
    preview = await ada.run("gate add", role=WHALE, rule="254")
    curator = await both.role(str(ada.guild), "Curator")
    await both.control("roles", action="take", guild=ada.guild, user=ada.user, role=curator)
    for button in ("save", "names"):
        await ada.press(preview, button)
        refusals = [each for each in await ada.messages() if "Only members who may manage" in str(each["embeds"])]
        assert len(refusals) == (1 if button == "save" else 2)
    assert "No gates yet" in (await (await both.person("rosalind")).run("gate list")).text


async def test_an_admin_edits_pauses_resumes_and_removes(both: SandboxClient) -> None:
    ada = await both.person("ada")
    await saved(ada, "gate add", role=WHALE, rule="254")
    assert await ada.suggestions("gate edit", "gate", "wha") == ["1"]
    await saved(ada, "gate edit", gate="1", rule="254 >= 2", never_remove=True)
    assert "`254 >= 2`\nnever taken" in (await ada.run("gate show", gate="whale")).text
    assert "Name what to change" in (await ada.run("gate edit", gate="1")).text
    assert "There is no gate “nothing” here" in (await ada.run("gate edit", gate="nothing", rule="1")).text
    await ada.run("gate pause", gate="1")
    assert "paused" in (await ada.run("gate list")).text
    await saved(ada, "gate resume", gate="1")
    assert "paused" not in (await ada.run("gate list")).text
    removing = await ada.run("gate remove", gate="1")
    assert "keep them: Tessera no longer gives or takes them" in removing.text
    await ada.press(removing, "save")
    assert "No gates yet" in (await ada.run("gate list")).text


async def test_what_was_changed_is_listed_and_taken_back(both: SandboxClient) -> None:
    ada = await both.person("ada")
    await saved(ada, "gate add", role=WHALE, rule="254")
    await saved(ada, "gate edit", gate="1", rule="254 >= 2")
    history = (await ada.run("gate history")).text
    assert f"**#2** · edit · <@{ada.user}> (`{ada.user}`)" in history
    assert f"before: <@&{WHALE}>: `254`\nafter: <@&{WHALE}>: `254 >= 2`" in history
    await saved(ada, "gate history", take_back=2)
    assert f"<@&{WHALE}>: `254`" in (await ada.run("gate list")).text
    assert "Something of change #2 was changed since" in (
        await ada.press(await ada.run("gate history", take_back=2), "save")
    ).text or any("Something of change #2" in str(each["embeds"]) for each in await ada.messages())
    assert "There is no change #99 in this server" in (await ada.run("gate history", take_back=99)).text


async def test_two_collections_count_as_the_same(both: SandboxClient) -> None:
    ada = await both.person("ada")
    await saved(ada, "gate alias", collection="254", same_as="261")
    await saved(ada, "gate add", role=WHALE, rule="254")
    assert "Count as the same: `loopring:254` = `loopring:261`" in (await ada.run("gate list")).text
    await saved(ada, "gate alias", collection="254")
    assert "Count as the same" not in (await ada.run("gate list")).text
    assert "counts as no other collection here" in (await ada.run("gate alias", collection="254")).text


async def test_an_alias_a_removal_and_taking_back_are_previewed_in_numbers(both: SandboxClient) -> None:
    hana = await prove(both, "hana", "10002")
    await hana.run("accounts")
    ada = await both.person("ada")
    await saved(ada, "gate add", role=WHALE, rule="412")
    numbers = "{} gain it · {} lose it · **0** unknown · {} keep it"
    gains, loses, keeps = (
        f"<@&{WHALE}>:\n" + numbers.format(*(f"**{int(each == one)}**" for each in range(3))) for one in range(3)
    )
    nothing = await ada.run("gate alias", collection="305", same_as="306")
    assert "No linked member gains or loses a role by this." in nothing.text
    joining = await ada.run("gate alias", collection="32", same_as="412")
    assert gains in joining.text
    await ada.press(joining, "save")
    await has(hana, "Whale")
    assert loses in (await ada.run("gate alias", collection="32")).text
    assert loses in (await ada.run("gate history", take_back=2)).text
    assert keeps in (await ada.run("gate remove", gate="1")).text


async def test_help_shows_admins_their_commands_and_nobody_else(both: SandboxClient) -> None:
    ada = await both.person("ada")
    await ada.run("help")

    async def are_all_there() -> bool:  # in a second message, as they are more than one holds
        return "</gate add:" in str([message["embeds"] for message in await ada.messages()])

    await until_true(are_all_there)
    assert "gate" not in (await (await both.person("hana")).run("help")).text


# ---------------------------------------------------------------- files


async def exported(admin: Person) -> str:
    """The file of `/gate export`."""
    answer = await admin.run("gate export")
    [file] = answer.message["attachments"]
    async with admin.sandbox._session.get(file["url"]) as response:  # noqa: SLF001 - the client of these very tests
        return await response.text()


async def pasted(admin: Person, text: str, **options: Any) -> Answer:
    """Import what is pasted into the modal."""
    return await admin.submit(await admin.run("gate import", **options), gates=text)


async def test_what_is_exported_is_imported_elsewhere_as_it_was(both: SandboxClient) -> None:
    ada = await both.person("ada")
    await saved(ada, "gate add", role=WHALE, rule="254 >= 3", ladder="tiers", rank=2)
    await saved(ada, "gate alias", collection="254", same_as="261")
    text = await exported(ada)
    await ada.press(await ada.run("gate remove", gate="1"), "save")
    preview = await pasted(ada, text)
    assert preview.embeds[0]["title"] == "Import 1 gate"
    await ada.press(preview, "save")
    assert await exported(ada) == text


async def test_nothing_is_saved_when_one_line_is_bad(both: SandboxClient) -> None:
    ada = await both.person("ada")
    table = "role,collection,min,max,ids\nWhale,254,3,,\nNobody,254,,,\nBooster,254,,,\n"
    refused = await pasted(ada, table)
    assert "Line 3: there is no role “Nobody” in this server." in refused.text
    assert "Nothing was saved." in refused.text
    refused = await pasted(ada, table.replace("Nobody", "Mosaicist"))
    assert "Line 4: " in refused.text
    assert "No gates yet" in (await ada.run("gate list")).text


async def test_a_collection_that_there_is_not_is_refused_in_a_file_and_in_an_alias(both: SandboxClient) -> None:
    ada = await both.person("ada")
    refused = await pasted(ada, "role,collection\nWhale,254\nMosaicist,99999\n")
    assert "Line 3: there is no collection `loopring:99999`, says its source." in refused.text
    assert refused.text.count("Nothing was saved.") == 1
    alias = await ada.run("gate alias", collection="254", same_as="99999")
    assert "There is no collection `loopring:99999`" in alias.text


async def test_an_admin_moves_in_from_another_bot_in_one_step(both: SandboxClient) -> None:
    """Nadia has the role of the other bot, and linked her account: she comes under the gate."""
    await prove(both, "nadia_", "10001")
    ada = await both.person("ada")
    preview = await pasted(ada, "role,collection,min,max,ids\nMosaicist,254,1,,\n", adopt=True)
    assert "**1** linked member who has such a role already comes under its gate" in preview.text
    assert (await ada.press(preview, "save")).embeds[0]["title"] == "Saved"


async def test_a_server_sees_nothing_of_another(both: SandboxClient) -> None:
    ada = await both.person("ada")
    await saved(ada, "gate add", role=WHALE, rule="254")
    soren = await at_the_harbour(both, "soren")
    assert "No gates yet" in (await soren.run("gate list")).text
    assert "There is no gate “1” here" in (await soren.run("gate pause", gate="1")).text
    assert "There is no change #1 in this server" in (await soren.run("gate history", take_back=1)).text
