"""`/card`: drawn for the member alone, of what they share; public only by their own press."""

from __future__ import annotations

import asyncio
import io
from typing import Any

from PIL import Image

from sandbox.app_keys import PICTURES
from tests.e2e.clocked import until
from tests.e2e.test_links import linked
from tests.sandbox_client import Person, SandboxClient

# The colour of Tessera's own role in the first server.
ACCENT = (0x7C, 0x6F, 0xF0)
WIDTH = 960


async def drawn(sandbox: SandboxClient, message: dict[str, Any]) -> Image.Image:
    """The picture of a message."""
    (attachment,) = message["attachments"]
    assert attachment["content_type"] == "image/png"
    return Image.open(io.BytesIO(await sandbox.content(attachment))).convert("RGB")


async def shared(sandbox: SandboxClient, username: str, account: str) -> Person:
    """Somebody who linked an account, and shares it."""
    person = await linked(sandbox, username, account)
    panel = await person.press(await person.run("accounts"), "share")
    assert panel.component("share")["label"].endswith("on")
    return person


async def posted(person: Person, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What appeared in the channel since then."""
    known = {message["id"] for message in before}
    return [message for message in await person.messages() if message["id"] not in known]


async def test_a_card_shows_the_collections_with_their_avatars_and_says_the_same_to_who_cannot_see_it(
    sandbox: SandboxClient,
) -> None:
    ines = await shared(sandbox, "ines.m", "10001")
    answer = await ines.run("card")
    assert answer.message["ephemeral"]
    assert "30 collections · 94 different NFTs" in answer.text
    assert "As of 20" in answer.text
    (attachment,) = answer.message["attachments"]
    alt_text = attachment["description"]
    assert alt_text.startswith("A card of ")
    assert "30 collections · 94 different NFTs. Harbour Lights: 12 different NFTs. " in alt_text
    assert "and 18 more collections" in alt_text
    assert len(alt_text) <= 1024
    card = await drawn(sandbox, answer.message)
    assert card.width == WIDTH
    assert card.getpixel((WIDTH // 2, 4)) == ACCENT

    async def has_avatars() -> bool:  # a busy machine has them for a later card: none is waited for
        shown = await drawn(sandbox, (await ines.run("card")).message)
        # The first tile is a picture of many colours, and not letters on a ground.
        return len(shown.crop((44, 196, 244, 396)).getcolors(100_000) or ()) > 100

    await until(has_avatars)
    asked = sandbox.app[PICTURES].asked

    async def are_all_asked() -> bool:
        return len(asked) >= 10  # one for each of the first collections that has one, and no more

    await until(are_all_asked)
    fetched = asked.copy()
    assert set(fetched.values()) == {1}
    again = await ines.run("card")
    assert again.message["attachments"][0]["size"] > 10_000
    assert asked == fetched  # they are cached


async def test_a_card_is_posted_by_its_members_press_alone_and_once(sandbox: SandboxClient) -> None:
    kestrel, jokull = await shared(sandbox, "kestrel", "10001"), await sandbox.person("jokull")
    before = await jokull.messages()
    answer = await kestrel.run("card")
    assert await posted(jokull, before) == []
    await kestrel.press(answer, "post-card")
    (message,) = await posted(jokull, before)
    assert message["attachments"][0]["description"].startswith("A card of ")
    assert message["embeds"][0]["title"].endswith("'s collections")
    assert (await drawn(sandbox, message)).width == WIDTH
    async with asyncio.timeout(10):
        while (after := await sandbox.current(answer)).components():  # noqa: ASYNC110 - each turn asks another program
            await asyncio.sleep(0)
    assert "Posted." in after.text


async def test_what_is_shared_no_longer_is_not_posted(sandbox: SandboxClient) -> None:
    person = await shared(sandbox, "hana", "10001")
    answer = await person.run("card")
    await person.press(await person.run("accounts"), "share")
    before = await person.messages()
    await person.press(answer, "post-card")
    (refused,) = await posted(person, before)
    assert refused["ephemeral"]
    assert "What you share here has changed since this card was made." in refused["embeds"][0]["description"]


async def test_of_somebody_who_shares_nothing_there_is_a_card_for_themselves_alone(sandbox: SandboxClient) -> None:
    person = await linked(sandbox, "lotte", "10007")
    answer = await person.run("card")
    assert answer.message["attachments"]
    assert answer.components() == []
    assert "which you do not share in this server, so it cannot be posted" in answer.text


async def test_when_the_source_is_down_no_card_says_that_nothing_is_held(sandbox: SandboxClient) -> None:
    account = await sandbox.new_account(collections=3)
    person = await linked(sandbox, "mateo", account)
    await sandbox.fault("status", status=500)
    answer = await person.run("card")
    assert answer.message["attachments"] == []
    assert "What you hold is not known right now" in answer.text
