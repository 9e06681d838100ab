"""Members and servers that have Discord in other languages, over the running bot; the log stays in English."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from bot.messages import language_of, text_in
from sandbox.world import APPLICATION_ID, BOT_TOKEN
from tests.e2e.test_gates_live import CHANNEL, WHALE, until
from tests.e2e.two_servers import labels, press, question_to, running
from tests.sandbox_client import Person, SandboxClient

NOT_AN_ACCOUNT = "“{typed}” is not an account. {accepted}"
ACCEPTED = "Use an account id such as `10001`, an address `0x…` with 40 hex digits, or a name such as `vitalik.eth`."


def german(text: str) -> str:
    """A text as the catalogue has it; it must be there."""
    found = text_in(language_of("de"), text)
    assert found, f"not translated: {text}"
    return found


async def _reads(person: Person, locale: str) -> None:
    await person.sandbox.control("locales", user=person.user, locale=locale)


async def test_an_error_is_in_the_language_of_the_member_who_caused_it(sandbox: SandboxClient, ada: Person) -> None:
    await _reads(ada, "de")
    told = await ada.run("collections", account="not one")
    english = await (await sandbox.person("chiamaka")).run("collections", account="not one")
    assert german(NOT_AN_ACCOUNT).format(typed="not one", accepted=german(ACCEPTED)) in told.text
    assert "“not one” is not an account. Use an account id such as `10001`, " in english.text


async def test_who_changes_the_language_gets_the_next_answer_in_it(ada: Person) -> None:
    said = {}
    for locale in ("de", "en-GB", "nl"):
        await _reads(ada, locale)
        said[locale] = (await ada.run("collections", account="not one")).text
    assert [locale for locale, text in said.items() if german(ACCEPTED) in text] == ["de"]
    assert [locale for locale, text in said.items() if "is not an account" in text] == ["en-GB", "nl"]


async def test_discord_has_the_descriptions_in_each_language(ada: Person) -> None:
    commands: list[dict[str, Any]] = await ada.sandbox.get("/_client/commands", user=ada.user, guild=ada.guild)
    about = next(command for command in commands if command["name"] == "about")
    assert about["description_localizations"]["de"] == german("Version, data sources and their state")
    assert about["description"] == "Version, data sources and their state"


async def test_a_channel_is_in_its_servers_language_and_a_direct_message_in_the_members_own(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    async with running(bare_sandbox, tmp_path, linking="manual = true", sync="interval_minutes = 0.01"):
        ada, hana = await bare_sandbox.person("ada"), await bare_sandbox.person("hana")
        chiamaka = await bare_sandbox.person("chiamaka")
        await bare_sandbox.control("locales", guild=ada.guild, locale="de")
        await ada.run("settings log", channel=CHANNEL)
        await chiamaka.run("help")  # so that it is known in which language she reads
        assert (await ada.run("panel post")).embeds[0]["title"] == "Posted"
        assert any(german("Show what you hold, get your roles") in str(each["embeds"]) for each in await ada.messages())
        for member, account in ((hana, "10001"), (chiamaka, "10003")):
            await ada.run("vouch", member=member.user, account=account)
        english = "Is this account yours?"
        assert (await question_to(chiamaka))["embeds"][0]["title"] == english
        question = await question_to(hana)
        assert question["embeds"][0]["title"] == german(english)
        await press(hana, question, labels(question)[0])
        preview = await ada.run("gate add", role=WHALE, rule="254")
        await ada.press(preview, "save")
        gave = german("Gave {role} to {member} by {reason}").format(role=f"<@&{WHALE}>", member="X", reason="X")
        until_the_member = gave.partition("X")[0]

        async def is_posted() -> bool:
            seen = await bare_sandbox.get("/_client/messages", user=ada.user, channel=CHANNEL)
            return any(until_the_member in str(message["embeds"]) for message in seen)

        await until(is_posted)


async def test_a_member_is_written_to_in_their_language_after_a_restart_too(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    ada, hana = await bare_sandbox.person("ada"), await bare_sandbox.person("hana")
    await _reads(hana, "de")
    async with running(bare_sandbox, tmp_path, linking="manual = true"):
        await hana.run("link", account="10001")
        await hana.run("accounts")  # only of who has linked something it is remembered
    async with running(bare_sandbox, tmp_path, linking="manual = true"):
        await ada.run("vouch", member=hana.user, account="10003")
        question = await question_to(hana)
    assert question["embeds"][0]["title"] == german("Is this account yours?")


async def test_discord_leaves_translations_out_unless_they_are_asked_for(sandbox: SandboxClient) -> None:
    path = f"{sandbox.url}/api/v10/applications/{APPLICATION_ID}/commands"
    async with ClientSession(headers={"Authorization": f"Bot {BOT_TOKEN}"}) as session:
        answers = []
        for query in ({}, {"with_localizations": "true"}):
            async with session.get(path, params=query) as response:
                answers.append(await response.text())
    assert ["description_localizations" in answer for answer in answers] == [False, True]


async def test_a_client_shows_the_words_of_commands_in_its_own_language(ada: Person) -> None:
    await _reads(ada, "de")
    commands: list[dict[str, Any]] = await ada.sandbox.get("/_client/commands", user=ada.user, guild=ada.guild)
    about = next(command for command in commands if command["name"] == "about")
    assert about["description_localized"] == german("Version, data sources and their state")
