"""What is left of a message where Discord refuses a part of it: all but that part."""

from __future__ import annotations

import io
from typing import Any

import discord
import pytest

from bot.ui.draft import Draft
from bot.ui.embed_parts import REFUSED_WORDS
from bot.ui.refused_parts import RefusedPart

URL = "https://a.example/secret/x.png?key=secret"
Path = tuple[str | int, ...]


def embed() -> discord.Embed:
    """One with everything."""
    made = discord.Embed(title="Title", url=URL, description="One line\nAnother line", colour=1)
    made.set_image(url=URL).set_thumbnail(url="https://b.example/y.png")
    made.set_author(name="Author", url=URL, icon_url=URL).set_footer(text="Footer", icon_url=URL)
    return made.add_field(name="Name", value="Value").add_field(name="Name 2", value="Value 2")


def left(draft: Draft) -> dict[str, Any]:
    """The first embed as it would be sent."""
    arguments = draft.arguments()
    first: discord.Embed = arguments.get("embed") or arguments["embeds"][0]
    return dict(first.to_dict())


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
        (("title",), REFUSED_WORDS),
        (("description",), REFUSED_WORDS),  # its fields say something
        (("fields", 0, "name"), REFUSED_WORDS),
        (("fields", 1, "value"), REFUSED_WORDS),
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
    assert shown == [REFUSED_WORDS, REFUSED_WORDS, "Title 2"]
    assert not draft.leave_out(titles)


def test_one_of_several_embeds_that_is_refused_as_a_whole_becomes_a_remark() -> None:
    draft = Draft({"embeds": [embed(), embed()]})
    refused = [RefusedPart(("embeds", 1), "CODE")]
    assert draft.leave_out(refused)  # its pictures first
    assert draft.leave_out(refused)
    first, second = (dict(each.to_dict()) for each in draft.arguments()["embeds"])
    assert first == dict(embed().to_dict())
    assert (second["description"], second.keys() & {"title", "fields"}) == (REFUSED_WORDS, set())
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


def view(*items: discord.ui.Item[Any]) -> discord.ui.View:
    """Two buttons and a menu, in the order in which Discord gets them."""
    made = discord.ui.View(timeout=None)
    made.add_item(discord.ui.Select(custom_id="menu", placeholder="Choose", options=options(), row=1))
    made.add_item(discord.ui.Button(emoji="⏮", custom_id="first", row=0))
    made.add_item(discord.ui.Button(label="Words", emoji="▶", custom_id="next", row=0))
    made.add_item(discord.ui.Button(label="Here", url="https://a.example/", row=0))
    for item in items:
        made.add_item(item)
    made.stop()
    return made


def options() -> list[discord.SelectOption]:
    """Three."""
    return [
        discord.SelectOption(label=f"Choice {n}", value=str(n), description=f"About {n}", emoji="▶") for n in range(3)
    ]


def in_row(row: int, item: int, *path: str | int) -> Path:
    """The path of something of an item."""
    return ("components", row, "components", item, *path)


def shown(made: discord.ui.View) -> list[dict[str, Any]]:
    """Its items as Discord gets them."""
    return [item for row in made.to_components() for item in row["components"]]


def test_a_button_without_its_emoji_keeps_its_words_or_gets_some() -> None:
    made = view()
    draft = Draft({"view": made})
    paths = [in_row(0, 0, "emoji", "name"), in_row(0, 1, "emoji", "id")]
    assert draft.leave_out([RefusedPart(path, "BUTTON_COMPONENT_INVALID_EMOJI") for path in paths])
    first, following, here, menu = shown(made)
    assert [(each["label"], "emoji" in each) for each in (first, following, here)] == [
        ("⏮", False),
        ("Words", False),
        ("Here", False),
    ]
    assert all("emoji" in option for option in menu["options"])


@pytest.mark.parametrize(
    ("path", "at_most", "label"),
    [
        (in_row(0, 1, "label"), None, ""),  # its emoji says it
        (in_row(0, 2, "label"), None, "…"),
        (in_row(0, 1, "label"), 5, "Words"),
    ],
)
def test_a_label_that_is_refused_is_replaced_and_its_button_stays(path: Path, at_most: int | None, label: str) -> None:
    made = view()
    if at_most:
        made.children[2].label = "Words and more"  # type: ignore[attr-defined] # a button
        label = "Wor…"
    assert Draft({"view": made}).leave_out([RefusedPart(path, "CODE", at_most)])
    assert len(shown(made)) == 4
    assert shown(made)[int(path[3])].get("label", "") == label


def test_a_choice_whose_value_is_used_already_goes_and_all_others_stay() -> None:
    made = view()
    refused = [RefusedPart(in_row(1, 0, "options", n), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED") for n in (0, 1)]
    assert Draft({"view": made}).leave_out([*refused, RefusedPart(in_row(1, 0, "options", 2, "emoji", "name"))])
    [option] = shown(made)[3]["options"]
    assert (option["label"], option["value"], "emoji" in option) == ("Choice 2", "2", False)


@pytest.mark.parametrize(
    ("part", "at_most", "value"),
    [("label", 6, "Choi…"), ("label", None, "…"), ("description", 5, "Abo…"), ("description", None, None)],
)
def test_a_choice_stays_with_its_words_cut(part: str, at_most: int | None, value: str | None) -> None:
    made = view()
    assert Draft({"view": made}).leave_out([RefusedPart(in_row(1, 0, "options", 1, part), "CODE", at_most)])
    changed = shown(made)[3]["options"]
    assert [option["value"] for option in changed] == ["0", "1", "2"]
    assert changed[1].get(part) == value


def test_the_last_choice_of_a_menu_stays() -> None:
    """Without it the menu asks for nothing, and the message is refused as a whole: its person gets a sentence."""
    made = view()
    draft = Draft({"view": made})
    assert draft.leave_out([RefusedPart(in_row(1, 0, "options", n, "value")) for n in (0, 1)])
    assert not draft.leave_out([RefusedPart(in_row(1, 0, "options", 0, "value"))])
    assert [option["value"] for option in shown(made)[3]["options"]] == ["2"]


def test_a_choice_is_not_marked_where_discord_refuses_the_mark() -> None:
    made = view()
    menu: Any = next(item for item in made.children if isinstance(item, discord.ui.Select))
    menu.options[1].default = True
    refused = [RefusedPart(in_row(1, 0, "options", 1, "default"))]
    assert Draft({"view": made}).leave_out(refused)
    assert [option.default for option in menu.options] == [False] * 3
    assert not Draft({"view": made}).leave_out(refused)


def test_of_a_button_about_which_nothing_is_said_the_emoji_goes_first() -> None:
    made = view()
    draft = Draft({"view": made})
    for is_possible in (True, False):
        assert draft.leave_out([RefusedPart(in_row(0, 1), "CODE")]) is is_possible
        assert (len(shown(made)), shown(made)[1]["label"], "emoji" in shown(made)[1]) == (4, "Words", False)


def test_a_button_without_words_and_emoji_gets_words() -> None:
    made = view(discord.ui.Button(custom_id="bare", row=2))
    assert Draft({"view": made}).leave_out([RefusedPart(in_row(2, 0), "BUTTON_COMPONENT_INVALID_LABEL")])
    assert shown(made)[4]["label"] == "…"


def test_a_placeholder_goes_and_its_menu_stays() -> None:
    made = view()
    assert Draft({"view": made}).leave_out([RefusedPart(in_row(1, 0, "placeholder"), "CODE")])
    assert "placeholder" not in shown(made)[3]


def test_all_decoration_is_left_out_once_and_no_words() -> None:
    made = view()
    draft = Draft({"embeds": [embed()], "view": made})
    assert draft.leave_out_decoration()
    assert [each["label"] for each in shown(made)[:3]] == ["⏮", "Words", "Here"]
    assert not any("emoji" in str(each) for each in shown(made))
    body = left(draft)
    assert body.keys() & {"image", "thumbnail", "url"} == set()
    assert body["fields"] == embed().to_dict()["fields"]
    assert not draft.leave_out_decoration()


def test_a_file_is_read_from_its_beginning_each_time() -> None:
    draft = Draft({"attachments": [discord.File(io.BytesIO(b"All of it."), filename="a.txt")]})
    for _ in range(3):
        [file] = draft.arguments()["attachments"]
        assert (file.filename, file.fp.read()) == ("a.txt", b"All of it.")
        file.close()


@pytest.mark.parametrize("path", [(), ("style",), ("disabled",), ("custom_id",), ("type",), ("sku_id",)])
def test_a_button_that_does_something_is_never_taken_out(path: Path) -> None:
    made = view(
        discord.ui.Button(label="Confirm", custom_id="confirm", disabled=True, style=discord.ButtonStyle.danger)
    )
    number = [item.get("custom_id") for item in shown(made)].index("confirm")
    is_changed = Draft({"view": made}).leave_out([RefusedPart(in_row(0, number, *path))])
    assert is_changed is (path == ("style",))
    assert "confirm" in [item.get("custom_id") for item in shown(made)]


def test_a_link_that_is_refused_goes_whole() -> None:
    made = view()
    assert Draft({"view": made}).leave_out([RefusedPart(in_row(0, 2, "url"), "URL_TYPE_INVALID_URL")])
    assert [item.get("custom_id") for item in shown(made)] == ["first", "next", "menu"]


@pytest.mark.parametrize("path", [("options",), ("type",), ("custom_id",)])
def test_a_menu_is_never_taken_out_for_what_is_not_one_of_its_choices(path: Path) -> None:
    made = view()
    assert not Draft({"view": made}).leave_out([RefusedPart(in_row(1, 0, *path))])
    assert len(shown(made)) == 4


def test_a_menu_with_fewer_choices_asks_for_no_more_than_there_are() -> None:
    made = view()
    menu: Any = next(item for item in made.children if isinstance(item, discord.ui.Select))
    menu.min_values = menu.max_values = 3
    assert Draft({"view": made}).leave_out([RefusedPart(in_row(1, 0, "options", 0), "DUPLICATED")])
    assert (menu.min_values, menu.max_values, len(menu.options)) == (2, 2, 2)
    assert Draft({"view": made}).leave_out([RefusedPart(in_row(1, 0, "max_values"), "NUMBER_TYPE_MAX")])
    assert (menu.min_values, menu.max_values) == (1, 1)
    assert not Draft({"view": made}).leave_out([RefusedPart(in_row(1, 0, "max_values"), "NUMBER_TYPE_MAX")])


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
