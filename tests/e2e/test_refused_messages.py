"""Discord refuses one part of a message: the same message is shown without that part, and nothing else is lost."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import open_bot
from tests.e2e.two_servers import labels, press, question_to
from tests.sandbox_client import Answer, SandboxClient

REFUSED = "Discord refused parts of a message"


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[SandboxClient]:
    """A bot that has met no refusal yet."""
    async with open_bot(tmp_path, loopring="requests_per_second = 1000") as sandbox:
        yield sandbox


def thumbnails(answer: Answer) -> list[str]:
    """The pictures of the cards, which are icons."""
    return [embed["footer"]["icon_url"] for embed in answer.embeds[1:] if "icon_url" in embed["footer"]]


async def refused_requests(sandbox: SandboxClient) -> int:
    traffic = await sandbox.get("/_sandbox/traffic", service="discord")
    return sum(exchange["status"] == 400 for exchange in traffic["exchanges"])


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param("nested", id="roxbot#64, ZorakBot#162, SolanaNFTBot#34: by path"),
        pytest.param("first", id="one at a time"),
    ],
)
async def test_a_page_is_shown_without_the_one_picture_that_is_refused(
    own: SandboxClient, shape: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    ada = await own.person("ada")
    whole = await own.settled(await ada.run("collections", account="10001"))
    first, bad, *others = thumbnails(whole)  # the banner's address begins as the first picture's
    await own.control("refusals", urls=[bad], shape=shape)
    answer = await own.settled(await ada.run("collections", account="10001"))
    assert thumbnails(answer) == [first, *others]
    assert answer.titles() == whole.titles()
    assert [item.get("emoji") for item in answer.components()] == [item.get("emoji") for item in whole.components()]
    lines = [record.getMessage() for record in caplog.records if REFUSED in record.getMessage()]
    what = "embeds.2.footer.icon_url of 127.0.0.1 (URL_TYPE_INVALID_URL)"
    assert lines == [f"{REFUSED}, shown without them: {what}"]


async def test_a_picture_that_was_refused_is_not_sent_again_for_a_while(own: SandboxClient) -> None:
    ada = await own.person("ada")
    whole = await own.settled(await ada.run("collections", account="10001"))
    await own.control("refusals", urls=[thumbnails(whole)[0]])
    await own.settled(await ada.run("collections", account="10001"))
    refused = await refused_requests(own)
    assert refused == 1
    again = await own.settled(await ada.run("collections", account="10001"))
    assert thumbnails(again) == thumbnails(whole)[1:]
    assert await refused_requests(own) == refused


async def test_pages_are_turned_to_and_opened_without_their_pictures(own: SandboxClient) -> None:
    ada = await own.person("ada")
    answer = await own.settled(await ada.run("collections", account="10001"))
    second = await ada.press(answer, "next")
    back = await ada.press(second, "previous")
    await own.control("refusals", urls=["/ipfs/"])
    turned = await ada.press(back, "next")
    assert (turned.titles(), thumbnails(turned)) == (second.titles(), [])
    choice = turned.component("open")["options"][0]
    opened = await ada.press(turned, "open", choice["value"])
    assert opened.embeds[0]["title"] == choice["label"]
    assert "image" not in opened.embeds[0]


@pytest.mark.parametrize(
    ("emoji", "labels"),
    [
        pytest.param(["◀"], ["◀", "1 / 6", None], id="Ayako-v2#91, discord.py-components#39"),
        pytest.param(["*"], ["◀", "1 / 6", "▶"], id="discord-api-docs#7128: all of them, for a while"),
    ],
)
async def test_a_button_whose_emoji_is_refused_stays_and_can_be_pressed(
    own: SandboxClient, emoji: list[str], labels: list[str | None]
) -> None:
    await own.control("refusals", emoji=emoji)
    ada = await own.person("ada")
    answer = await own.settled(await ada.run("collections", account="10001"))
    assert [item.get("label") for item in answer.components()[:3]] == labels
    assert len(thumbnails(answer)) == 5
    assert (await ada.press(answer, "next")).component("jump")["label"] == "2 / 6"


async def test_labels_that_are_too_long_are_cut(own: SandboxClient) -> None:
    ada = await own.person("ada")
    before = await own.settled(await ada.run("collections", account="10001"))
    await own.control("refusals", longest_label=10)
    answer = await own.settled(await ada.run("collections", account="10001"))
    labels = [option["label"] for option in answer.component("open")["options"]]
    assert labels[0] == "Harbour …"
    assert [option["value"] for option in answer.component("open")["options"]] == [
        option["value"] for option in before.component("open")["options"]
    ]


async def test_a_page_is_shown_without_pictures_where_discord_does_not_say_what_it_refuses(own: SandboxClient) -> None:
    ada = await own.person("ada")  # as in Ranknir#6
    whole = await own.settled(await ada.run("collections", account="10001"))
    await own.control("refusals", urls=["/ipfs/"], shape="bare")
    answer = await own.settled(await ada.run("collections", account="10001"))
    assert (answer.titles(), thumbnails(answer)) == (whole.titles(), [])


async def test_an_embed_of_which_discord_says_only_the_number_loses_its_picture_alone(own: SandboxClient) -> None:
    ada = await own.person("ada")  # as in bugsink#280, python-discord-webhook#83
    whole = await own.settled(await ada.run("collections", account="10001"))
    await own.control("refusals", urls=[thumbnails(whole)[0]], shape="listed")
    answer = await own.settled(await ada.run("collections", account="10001"))
    assert (answer.titles(), thumbnails(answer)) == (whole.titles(), thumbnails(whole)[1:])
    assert all("emoji" in answer.component(action) for action in ("previous", "next"))


async def test_a_name_that_is_refused_costs_that_name_and_not_the_page(
    own: SandboxClient, caplog: pytest.LogCaptureFixture
) -> None:
    ada = await own.person("ada")
    whole = await own.settled(await ada.run("collections", account="10001"))
    await own.control("refusals", words=["Harbour Lights"])
    answer = await own.settled(await ada.run("collections", account="10001"))
    remark = "(Discord does not accept these words.)"
    assert "Harbour Lights" in whole.titles()
    cards = [embed["description"] for embed in whole.embeds[1:]]
    assert [embed["description"] for embed in answer.embeds[1:]] == [
        remark if "**Harbour Lights**" in card else card for card in cards
    ]
    assert thumbnails(answer) == thumbnails(whole)
    assert "embeds.1.description (BASE_TYPE_BAD_WORDS)" in caplog.text


async def test_the_panel_is_posted_with_a_label_cut_and_can_be_pressed(own: SandboxClient) -> None:
    await own.control("refusals", longest_label=7)
    rosalind = await own.person("rosalind")
    assert "Its buttons work until you delete it" in (await rosalind.run("panel post")).text
    [panel] = [each for each in await rosalind.messages() if not each["ephemeral"]]
    assert labels(panel) == ["Verify", "My ro…", "Refresh"]
    await own.control("refusals")
    assert (await press(rosalind, panel, "My ro…")).message["ephemeral"]


async def test_a_panel_that_discord_accepts_in_no_form_is_not_posted_and_its_admin_reads_why(
    own: SandboxClient,
) -> None:
    await own.control("refusals", words=["Show what you hold"])
    rosalind = await own.person("rosalind")
    assert "Discord does not accept this answer" in (await rosalind.run("panel post")).text
    assert [each for each in await rosalind.messages() if not each["ephemeral"]] == []


async def test_a_member_is_asked_in_a_direct_message_and_can_answer(tmp_path: Path) -> None:
    async with open_bot(tmp_path, linking="manual = true") as sandbox:
        await sandbox.control("refusals", longest_label=6)
        ada, hana = await sandbox.person("ada"), await sandbox.person("hana")
        await ada.run("vouch", member=hana.user, account="10002")
        question = await question_to(hana)
        assert labels(question) == ["Conf…", "Decl…"]
        await press(hana, question, "Conf…")
        assert labels(await question_to(hana)) == []
