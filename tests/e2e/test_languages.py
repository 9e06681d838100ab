"""Members and servers that have Discord in other languages, over the running bot; the log stays in English."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox_client import Person, SandboxClient


async def _reads(person: Person, locale: str) -> None:
    await person.sandbox.control("locales", user=person.user, locale=locale)


async def test_an_error_is_in_the_language_of_the_member_who_caused_it(sandbox: SandboxClient, ada: Person) -> None:
    await _reads(ada, "de")
    german = await ada.run("collections", account="not one")
    english = await (await sandbox.person("chiamaka")).run("collections", account="not one")
    assert "„not one“ ist kein Konto. Nimm eine Kontonummer wie `10001`, " in german.text
    assert "“not one” is not an account. Use an account id such as `10001`, " in english.text


async def test_who_changes_the_language_gets_the_next_answer_in_it(ada: Person) -> None:
    said = {}
    for locale in ("de", "en-GB", "nl"):
        await _reads(ada, locale)
        said[locale] = (await ada.run("collections", account="not one")).text
    assert [locale for locale, text in said.items() if "ist kein Konto" in text] == ["de"]
    assert [locale for locale, text in said.items() if "is not an account" in text] == ["en-GB", "nl"]


@pytest.mark.parametrize("name", ["about"])
async def test_discord_has_the_descriptions_in_each_language(ada: Person, name: str) -> None:
    commands: list[dict[str, Any]] = await ada.sandbox.get("/_client/commands", user=ada.user, guild=ada.guild)
    about = next(command for command in commands if command["name"] == name)
    assert about["description_localizations"]["de"] == "Version, Datenquellen und ihr Zustand"
    assert about["description"] == "Version, data sources and their state"
