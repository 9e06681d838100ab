"""What is made of the documentation: a site in which each link leads somewhere, and pages of reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from docs_site.check_links import main
from docs_site.commands_page import commands_page

HEALTHY = '<link rel="stylesheet" href="a.css"><a href="b.html#here">b</a><a href="https://example.org/x">elsewhere</a>'


def site_of(folder: Path, page: str) -> Path:
    """A built site of two pages, the first of which is given."""
    (folder / "index.html").write_text(page, encoding="utf-8")
    (folder / "b.html").write_text('<h2 id="here">Here</h2>', encoding="utf-8")
    (folder / "a.css").touch()
    return folder


def test_a_site_is_whole_that_only_links_to_elsewhere(tmp_path: Path) -> None:
    assert main([str(site_of(tmp_path, HEALTHY))]) == 0


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ('<a href="c.html">', "index.html links to c.html, which is not there"),
        ('<a href="b.html#there">', "index.html links to b.html#there, which is not there"),
        ('<a href="../a.css">', "index.html links to ../a.css, which is not there"),
        ('<img src="none.png">', "index.html links to none.png, which is not there"),
        ('<source srcset="none-dark.png">', "index.html links to none-dark.png, which is not there"),
        ('<script src="https://cdn.example/x.js">', "index.html loads https://cdn.example/x.js from elsewhere"),
        ('<link rel="stylesheet" href="//fonts.example">', "index.html loads //fonts.example from elsewhere"),
    ],
    ids=["page", "heading", "outside", "picture", "dark picture", "script", "font"],
)
def test_a_site_with_a_fault_fails_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], page: str, sentence: str
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "a.css").touch()  # it is there, but no part of the site
    assert main([str(site_of(tmp_path / "site", HEALTHY + page))]) == 1
    assert capsys.readouterr().out == f"{sentence}\n"


def command(**fields: Any) -> dict[str, Any]:
    """A command as Discord returns it."""
    return {"type": 1, "name": "look", "description": "Look", "options": [], "contexts": None} | fields


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({}, "## For everybody"),
        ({"default_member_permissions": "32"}, "## With Manage Server"),
        ({"default_member_permissions": "268435456"}, "## With Manage Roles"),
        ({"contexts": [0]}, "Look. In servers."),
        ({}, "Look. In servers and direct messages with Tessera."),
        ({"type": 2, "name": "Look at"}, "### Apps → Look at"),
        ({"options": [{"type": 1, "name": "up", "description": "Look up"}]}, "### /look up"),
        (
            {"options": [{"type": 4, "name": "n", "description": "How <many>", "required": True, "min_value": 0}]},
            "| `n` | whole number, from 0 | How \\<many> |",
        ),
        (
            {
                "options": [
                    {"type": 3, "name": "n", "description": "What", "choices": [{"name": "One"}, {"name": "Two"}]}
                ]
            },
            "| *`n`* | One, Two | What |",
        ),
    ],
    ids=["all", "admins", "moderators", "servers", "anywhere", "menu", "subcommand", "number", "choices"],
)
def test_the_reference_says_who_may_where_and_with_which_options(fields: dict[str, Any], line: str) -> None:
    assert line in commands_page([command(**fields)]).splitlines()
