"""What is left of the buttons and menus of a message where Discord refuses a part of them."""

from __future__ import annotations

import io
from typing import Any

import discord
import pytest

from bot.ui.draft import Draft
from bot.ui.refused_parts import RefusedPart
from tests.ui.drafts import Path, embed, left, shown, view


def in_row(row: int, item: int, *path: str | int) -> Path:
    """The path of something of an item."""
    return ("components", row, "components", item, *path)


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
