"""What is left of the embeds of a message where Discord refuses a part of them: all but that part."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.ui.draft import Draft
from bot.ui.embed_parts import REFUSED_WORDS
from bot.ui.refused_parts import RefusedPart
from tests.ui.drafts import URL, Path, embed, left, view

REMARK = str(REFUSED_WORDS())


def without(*path: str | int) -> dict[str, Any]:
    """`embed()` as JSON, without what is there."""
    body: Any = embed().to_dict()
    place = body
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    return dict(body)


@pytest.mark.parametrize(
    ("path", "gone"),
    [
        (("image", "url"), ("image",)),
        (("image",), ("image",)),
        (("thumbnail", "url"), ("thumbnail",)),
        (("author", "icon_url"), ("author", "icon_url")),
        (("footer", "icon_url"), ("footer", "icon_url")),
        (("url",), ("url",)),
        (("author", "url"), ("author", "url")),
        (("color",), ("color",)),
    ],
)
def test_only_what_is_refused_is_left_out_of_an_embed(path: Path, gone: Path) -> None:
    made = embed()
    draft = Draft({"embed": made})
    assert draft.leave_out([RefusedPart(("embeds", 0, *path), "CODE")])
    assert left(draft) == without(*gone)
    assert made == embed()  # another message may be made of it


@pytest.mark.parametrize(
    ("path", "at_most", "words"),
    [
        (("description",), 12, "One line\n…"),
        (("author", "name"), 5, "Aut…"),
        (("fields", 1, "value"), 6, "Valu…"),
    ],
)
def test_words_that_are_too_long_are_cut(path: Path, at_most: int, words: str) -> None:
    draft = Draft({"embed": embed()})
    assert draft.leave_out([RefusedPart(("embeds", 0, *path), "CODE", at_most)])
    assert at(left(draft), path) == words


def at(body: Any, path: Path) -> Any:
    """What is there, or None."""
    for key in path:
        body = body[key] if isinstance(key, int) else (body or {}).get(key)
    return body


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (("title",), REMARK),
        (("description",), REMARK),  # its fields say something
        (("fields", 0, "name"), REMARK),
        (("fields", 1, "value"), REMARK),
        (("author", "name"), None),
        (("footer", "text"), None),
    ],
)
def test_a_remark_takes_the_place_of_words_that_are_refused_for_what_they_say(path: Path, shown: str | None) -> None:
    draft = Draft({"embed": embed()})
    refused = [RefusedPart(("embeds", 0, *path), "BASE_TYPE_BAD_WORDS")]
    assert draft.leave_out(refused)
    body = left(draft)
    assert at(body, path) == shown
    others = body.keys() - {path[0]}
    assert {key: body[key] for key in others} == {key: dict(embed().to_dict())[key] for key in others}
    assert not draft.leave_out(refused)
    assert Draft({"embed": embed()}, may_lose_words=False).leave_out(refused) is (shown is None)


def test_the_words_that_are_the_message_stay_so_that_a_sentence_is_shown_instead() -> None:
    only = discord.Embed(title="Title", description="It is about you.")
    for path, is_replaced in ((("description",), False), ((), False), (("title",), True)):
        draft = Draft({"embed": only})
        assert draft.leave_out([RefusedPart(("embeds", 0, *path), "CODE")]) is is_replaced
    titles = [RefusedPart(("embeds", number, "title"), "CODE") for number in range(3)]
    draft = Draft({"embeds": [discord.Embed(title=f"Title {number}") for number in range(3)]})
    assert draft.leave_out(titles)
    shown = [each.title for each in draft.arguments()["embeds"]]
    assert shown == [REMARK, REMARK, "Title 2"]
    assert not draft.leave_out(titles)


def test_one_of_several_embeds_that_is_refused_as_a_whole_becomes_a_remark() -> None:
    draft = Draft({"embeds": [embed(), embed()]})
    refused = [RefusedPart(("embeds", 1), "CODE")]
    assert draft.leave_out(refused)  # its pictures first
    assert draft.leave_out(refused)
    first, second = (dict(each.to_dict()) for each in draft.arguments()["embeds"])
    assert first == dict(embed().to_dict())
    assert (second["description"], second.keys() & {"title", "fields"}) == (REMARK, set())
    assert not draft.leave_out(refused)


@pytest.mark.parametrize(
    ("answers", "left_over"),
    [
        pytest.param([[0, 1]], ["a/2", "a/3", "b/4"], id="two in one answer are those two"),
        pytest.param([[0], [1]], ["b/4"], id="a second one in another answer is all of its host"),
        pytest.param([[0], [4]], ["a/1", "a/2", "a/3"], id="of another host"),
    ],
)
def test_pictures_of_a_host_of_which_one_after_another_is_refused_all_go(
    answers: list[list[int]], left_over: list[str]
) -> None:
    urls = [f"https://{name}" for name in ("a/0", "a/1", "a/2", "a/3", "b/4")]
    draft = Draft({"embeds": [discord.Embed(title="Title").set_image(url=url) for url in urls]})
    for answer in answers:
        assert draft.leave_out([RefusedPart(("embeds", number, "image", "url"), "CODE") for number in answer])
    shown = [each.image.url for each in draft.arguments()["embeds"] if each.image.url]
    assert shown == [f"https://{name}" for name in left_over]
    assert draft.pictures == [urls[number] for answer in answers for number in answer]


@pytest.mark.parametrize("path", [("title",), ("description",), ("fields", 0, "value"), ("footer", "text")])
def test_words_that_are_missing_are_filled_in(path: Path) -> None:
    made = discord.Embed(title=" ", description="").set_footer(text=" ").add_field(name="a", value=" ")
    draft = Draft({"embed": made})
    assert draft.leave_out([RefusedPart(("embeds", 0, *path), "BASE_TYPE_REQUIRED")])
    shown: Any = left(draft)
    for key in path:
        shown = shown[key]
    assert shown == "…"


@pytest.mark.parametrize(
    "path",
    [
        (),
        ("content",),
        ("embeds",),
        ("embeds", 7, "image", "url"),
        ("embeds", 0, "provider", "url"),
        ("embeds", 0, "fields", 9, "value"),
        ("components",),
        ("components", 0),
        ("components", 0, "components", 9, "label"),
        ("components", 9, "components", 0, "label"),
        ("flags",),
    ],
)
def test_what_cannot_be_left_out_stays(path: Path) -> None:
    draft = Draft({"content": "Words", "embed": embed(), "view": view()})
    assert not draft.leave_out([RefusedPart(path, "CODE", 3)])
    assert (left(draft), draft.left_out, draft.pictures) == (dict(embed().to_dict()), [], [])


def test_an_embed_of_which_only_the_number_is_said_loses_its_pictures_and_links() -> None:
    draft = Draft({"embeds": [embed(), embed()]})
    assert draft.leave_out([RefusedPart(("embeds", 1))])
    kept, changed = (dict(each.to_dict()) for each in draft.arguments()["embeds"])
    assert kept == dict(embed().to_dict())
    assert (changed["title"], changed["author"], changed["footer"]) == ("Title", {"name": "Author"}, {"text": "Footer"})
    assert changed.keys() & {"image", "thumbnail", "url"} == set()
    assert draft.pictures == []  # it may be any of them


def test_what_was_left_out_is_named_by_its_place_and_host_alone() -> None:
    draft = Draft({"embed": embed()})
    draft.leave_out([RefusedPart(("embeds", 0, "image", "url"), "URL_TYPE_INVALID_URL")])
    assert draft.left_out == ["embeds.0.image.url of a.example (URL_TYPE_INVALID_URL)"]
    assert draft.pictures == [URL]


@pytest.mark.parametrize("name", ["author", "footer"])
def test_of_an_author_or_a_footer_of_which_nothing_is_said_all_goes(name: str) -> None:
    draft = Draft({"embed": embed()})
    assert draft.leave_out([RefusedPart(("embeds", 0, name))])
    assert left(draft) == without(name)


def test_a_picture_that_is_no_url_is_left_out_and_noted_without_its_host() -> None:
    made = discord.Embed(title="Title")
    made.set_image(url="https://[::1")
    draft = Draft({"embed": made})
    assert draft.leave_out([RefusedPart(("embeds", 0, "image", "url"), "URL_TYPE_INVALID_URL")])
    assert draft.left_out == ["embeds.0.image.url of ? (URL_TYPE_INVALID_URL)"]
