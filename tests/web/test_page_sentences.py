"""The sentences that the page may show fit a page: nobody pastes there, and commands are typed in Discord."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.messages import Message, Words
from bot.web.page_sentences import ON_PAGE, page_sentence
from bot.web.static import static_files

# Where the errors of the page's requests come from: linking a session, asking for a text, sending its signature.
MODULES = [
    "bot.signing.pasted",
    "bot.signing.signature",
    "bot.signing.challenge",
    "bot.linking.claims",
    "bot.linking.contract_signatures",
    "bot.linking.ethereum",
    "bot.linking.issuing",
    "bot.linking.refusal_errors",
    "bot.linking.signature_verifier",
    "bot.linking.verification",
    "bot.lookup.lookup",
    "bot.web.verify_page",
    "bot.web.guard",
]
# Only what is typed in Discord leads to these.
IN_DISCORD = {"_WRONG_CODE", "_LAST_WRONG_CODE", "_NOT_LINKED", "_NO_CODE_EXPECTED"}
# What somebody does with a message in Discord, and with no wallet in a browser.
OF_DISCORD = re.compile(
    r"\b(?:paste|copy|copied|press|button|below|modal|reply|as JSON|send (?:the|0x))\b", re.IGNORECASE
)


def messages() -> Iterator[tuple[str, Message]]:
    """Every message of those modules, with where it stands."""
    for name in MODULES:
        for key, value in vars(importlib.import_module(name)).items():
            found = value.values() if isinstance(value, dict) else [value]
            yield from (
                (f"{name}.{key}", each) for each in found if isinstance(each, Message) and key not in IN_DISCORD
            )


@pytest.mark.parametrize("message", [pytest.param(message, id=where) for where, message in messages()])
@pytest.mark.parametrize("count", [1, 2])
def test_a_refusal_reads_as_a_page_says_it(message: Message, count: int) -> None:
    filled = {"count": count, "until": datetime(2026, 11, 26, tzinfo=UTC)}
    values = {place: filled.get(place, "0xdf23") for place in message.places}
    sentence = page_sentence(Words(message, values))
    assert not OF_DISCORD.search(sentence)
    for command in re.finditer(r"`/\w+`", sentence):
        assert "in Discord" in sentence, command[0]


def test_every_sentence_of_the_pages_own_fills_its_places_from_the_one_it_replaces() -> None:
    assert all(own.places <= made_for_discord.places for made_for_discord, own in ON_PAGE.items())


def test_the_script_says_nothing_of_pasting() -> None:
    scripts = {path: content.decode() for path, content, media in static_files() if media == "text/javascript"}
    assert len(scripts) > 5
    assert [
        path for path, script in scripts.items() if re.search(r"\bpast(?:e|ed|ing)\b(?! into this tab)", script)
    ] == []
