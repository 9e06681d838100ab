"""The documentation is true where that can be checked: what it names is there, and what is there is named."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import pytest
from discord import app_commands
from discord.ext import commands
from PIL import Image
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

import bot
from bot.cli.main import main
from bot.config.settings import Settings, load
from bot.config.source_tables import BlockscoutTable
from docs_site.camera import SCHEMES, TALLEST
from docs_site.settings_page import settings_page

PROJECT = Path(__file__).parents[1]
GUIDES = (PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", PROJECT / "SECURITY.md", *PROJECT.glob("docs/**/*.md"))
ALL = (*GUIDES, PROJECT / "CHANGELOG.md", *PROJECT.glob(".github/**/*.md"), *PROJECT.glob(".github/**/*.yml"))
EXAMPLE = PROJECT / "config.example.toml"
PICTURES = PROJECT / "docs" / "images"
HOOKS = PROJECT / ".pre-commit-config.yaml"

_BLOCK = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
_PATH = re.compile(r"(?<![\w/.-])(?:bot|sandbox|tests|bench|docs)/[\w./-]*")
_NAMED = re.compile(r"`([\w.]+)`\s+\(`(bot/[\w/]+\.py)`\)")
_MAPPED = re.compile(r"^ {4}(\w[\w/, ]*?) {2,}\w", re.MULTILINE)
_VERB = re.compile(r"\bmake (?:--silent )?([a-z][a-z-]*)")
# Not of a path that ends in it, and not of the service of that name.
_SUBCOMMAND = re.compile(r"(?<![\w/])tessera (?!tessera\b)((?:archive|owners) [a-z]+(?:-[a-z]+)*|[a-z]+)")
_SLASH = re.compile(r"/([a-z][a-z-]*(?: [a-z][a-z-]*)?)(?![\w/-])")
_HEADING = re.compile(r"^(?:# ?)?\[+(\w+)\]+$")
_KEY = re.compile(r"^(?:# ?)?(\w+) = ")
_PICTURE = re.compile(r'(?:src|srcset)="([^"]+)"')
_TOML = re.compile(r"^ *```toml\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_SECRET = re.compile(r"^#\s+([A-Z][A-Z_]+)\s+or ", re.MULTILINE)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def code_of(path: Path) -> list[str]:
    """What is marked as code: blocks, and the spans of the text around them."""
    text = read(path)
    return [*_BLOCK.findall(text), *_SPAN.findall(_BLOCK.sub("", text))]


def found(pattern: re.Pattern[str], path: Path) -> set[str]:
    """What a pattern finds in the code of a document."""
    return {name for code in code_of(path) for name in pattern.findall(code)}


def name_of(path: Path) -> str:
    return str(path.relative_to(PROJECT))


# ---------------------------------------------------------------- links, files and names


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_each_link_leads_to_a_file(path: Path) -> None:
    targets = [target for target in _LINK.findall(read(path)) if "://" not in target]
    assert [target for target in targets if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", GUIDES, ids=name_of)
def test_each_file_that_is_named_exists(path: Path) -> None:
    assert [named for named in sorted(found(_PATH, path)) if not (PROJECT / named).exists()] == []


def shown_pictures(path: Path) -> set[Path]:
    """What the elements of HTML in a document show."""
    return {path.parent / target for target in _PICTURE.findall(read(path))}


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_each_picture_that_is_shown_exists(path: Path) -> None:
    assert [str(picture) for picture in sorted(shown_pictures(path)) if not picture.exists()] == []


def test_each_picture_is_shown_somewhere_in_light_and_dark() -> None:
    shown = {picture.resolve() for path in GUIDES for picture in shown_pictures(path)}
    assert shown == set(PICTURES.iterdir())
    light, dark = (
        {path.name.replace(f"-{scheme}.", ".") for path in PICTURES.glob(f"*-{scheme}.*")} for scheme in SCHEMES
    )
    assert light == dark
    assert len(light) * 2 == len(shown) > 10


@pytest.mark.parametrize("path", sorted(PICTURES.iterdir()), ids=lambda path: path.name)
def test_no_picture_is_taller_than_a_screen(path: Path) -> None:
    with Image.open(path) as picture:
        assert picture.height <= TALLEST
    assert path.stat().st_size < 1_500_000


def pages_of(entries: list[dict[str, Any]]) -> Iterator[str]:
    """The files that the site's navigation leads to."""
    for entry in entries:
        for inside in entry.values():
            yield from [inside] if isinstance(inside, str) else pages_of(inside)


def test_the_site_leads_to_each_page() -> None:
    site = tomllib.loads(read(PROJECT / "zensical.toml"))["project"]
    pages = [str(path.relative_to(PROJECT / "docs")) for path in (PROJECT / "docs").rglob("*.md")]
    assert sorted(pages_of(site["nav"])) == sorted(pages)


def members(path: Path) -> set[str]:
    """What a module defines: `name`, and `Class.name`."""
    return {name for node in ast.parse(read(path)).body for name in _defined(node)}


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield node.name
    elif isinstance(node, ast.ClassDef):
        yield node.name
        yield from (f"{node.name}.{name}" for inner in node.body for name in _defined(inner))


def test_each_step_of_the_walks_is_where_the_page_says() -> None:
    steps = _NAMED.findall(read(PROJECT / "docs" / "architecture.md"))
    assert len(steps) > 40
    assert [(name, path) for name, path in steps if name not in members(PROJECT / path)] == []


def test_the_map_in_the_code_names_everything_at_the_top() -> None:
    chart = inspect.getdoc(bot) or ""
    entries = {path.stem for path in (PROJECT / "bot").iterdir() if path.suffix == ".py" or path.is_dir()}
    entries -= {"__init__", "__main__", "__pycache__"}
    named = {name.rstrip("/") for names in _MAPPED.findall(chart) for name in names.split(", ")}
    assert entries == named


# ---------------------------------------------------------------- make and the command line


def verbs() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", read(PROJECT / "Makefile"), re.MULTILINE))


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_each_verb_that_is_named_is_one_of_make(path: Path) -> None:
    assert found(_VERB, path) - verbs() == set()


def test_a_contributor_finds_each_verb_of_make() -> None:
    assert verbs() - {"help"} - found(_VERB, PROJECT / "CONTRIBUTING.md") == set()


def helps(words: list[str]) -> bool:
    """Whether the command line knows a command."""
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    return ended.value.code == 0


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_each_subcommand_that_is_named_exists(path: Path) -> None:
    assert [named for named in sorted(found(_SUBCOMMAND, path)) if not helps(named.split())] == []


@pytest.mark.parametrize("group", [[], ["archive"], ["owners"]], ids=["tessera", "archive", "owners"])
def test_the_readme_names_each_subcommand(group: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert helps(group)
    listed = re.findall(r"^ {4}([a-z]+(?:-[a-z]+)*)", capsys.readouterr().out, re.MULTILINE)
    assert len(listed) >= 3
    documented = found(_SUBCOMMAND, PROJECT / "README.md") | {"archive", "owners", "run"}  # `make run` runs it
    assert [name for name in listed if " ".join([*group, name]) not in documented] == []


def test_hooks_run_what_is_here_and_fetch_nothing() -> None:
    hooks = read(HOOKS)
    assert re.findall(r"repo: (.*)", hooks) == ["local"]
    entries = re.findall(r"entry: (.*)", hooks)
    assert entries
    assert {verb for entry in entries for verb in _VERB.findall(entry)} <= verbs()
    assert [entry for entry in entries if not entry.startswith(("make ", ".venv/bin/"))] == []


# ---------------------------------------------------------------- slash commands


def slash_commands() -> set[str]:
    """Every command that a cog declares, by its whole name."""
    modules = [path.relative_to(PROJECT).with_suffix("") for path in (PROJECT / "bot" / "cogs").rglob("*_cog.py")]
    declared = set()
    for module in modules:
        name = ".".join(module.parts)
        for cog in vars(import_module(name)).values():
            if isinstance(cog, type) and issubclass(cog, commands.Cog) and cog.__module__ == name:
                declared |= set(_commands_of(cog))
    return declared


def _commands_of(cog: type[commands.Cog]) -> Iterator[str]:
    group = f"{cog.__cog_group_name__} " if issubclass(cog, commands.GroupCog) else ""
    for base in cog.__mro__:  # what a cog consists of is in several modules
        for command in vars(base).values():
            if isinstance(command, app_commands.Command):
                yield f"{group}{command.qualified_name}"


def test_all_commands_are_found() -> None:
    assert {"collections", "verify", "privacy export", "vouch", "gate add", "gate history"} <= slash_commands()


@pytest.mark.parametrize("path", GUIDES, ids=name_of)
def test_each_slash_command_that_is_named_exists(path: Path) -> None:
    spans = _SPAN.findall(_BLOCK.sub("", read(path)))
    named = {match[1] for span in spans if (match := _SLASH.match(span))}
    known = slash_commands()
    assert {name for name in named if name not in known and name.split()[0] not in known} == set()


def test_the_readme_names_each_slash_command() -> None:
    named = {match[1] for span in code_of(PROJECT / "README.md") if (match := _SLASH.match(span))}
    firsts = {name.split()[0] for name in named}
    assert {name for name in slash_commands() if name not in named | firsts} == set()


# ---------------------------------------------------------------- settings


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The tables that a setting's type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models(part)


def settable() -> Mapping[str, set[str]]:
    """Table → the keys that a file may have; secrets are the environment's."""
    return {_title(name, field): _keys(field) for name, field in Settings.model_fields.items()}


def _title(name: str, field: FieldInfo) -> str:
    return field.alias or name


def _keys(field: FieldInfo) -> set[str]:
    fields = [item for model in models(field.annotation) for item in model.model_fields.items()]
    return {_title(name, field) for name, field in fields if not field.exclude}


def shown() -> Mapping[str, set[str]]:
    """Table → the keys that the example shows, those in comments included."""
    tables = defaultdict(set)
    title = ""
    for line in read(EXAMPLE).splitlines():
        if heading := _HEADING.match(line):
            title = heading[1]
        elif key := _KEY.match(line):
            tables[title].add(key[1])
    return tables


def test_the_example_shows_each_setting_and_no_other() -> None:
    assert shown() == settable()


def test_each_setting_in_the_example_is_explained() -> None:
    explained = False  # by a comment between the key, or its neighbours, and the heading
    silent = []
    for line in read(EXAMPLE).splitlines():
        if _KEY.match(line) and not line.startswith("#"):
            silent += [] if explained else [line]
        elif line.startswith(("#", "[")):
            explained = line.startswith("#")
    assert silent == []


def test_the_sources_that_the_example_shows_in_comments_are_valid() -> None:
    lines = [line.removeprefix("#").strip() for line in read(EXAMPLE).splitlines()]
    start = lines.index("[[source]]")
    end = next(place for place, line in enumerate(lines) if place > start and re.fullmatch(r"\[\w+\]", line))
    block = [line for line in lines[start:end] if _HEADING.match(line) or _KEY.match(line)]
    tables = tomllib.loads("\n".join(block))["source"]
    (field,) = (field for name, field in Settings.model_fields.items() if _title(name, field) == "source")
    adapter: TypeAdapter[Any] = TypeAdapter(field.rebuild_annotation())
    assert len(adapter.validate_python(tables)) == len(tables) > 1


def test_each_secret_that_the_example_names_is_read_from_the_environment() -> None:
    variables = _SECRET.findall(read(EXAMPLE))
    assert "DISCORD_TOKEN" in variables
    value = "https://node.example/secret"  # fits a token, a key and a node
    silent = [
        variable
        for variable in variables
        if value not in [secret.get_secret_value() for secret in load(EXAMPLE, {variable: value}).secrets]
    ]
    assert silent == []


def test_the_reference_of_settings_is_current() -> None:
    assert read(PROJECT / "docs" / "settings.md") == settings_page(read(EXAMPLE)), "run `make reference`"


@pytest.mark.parametrize("path", sorted(PROJECT.glob("docs/start/*.md")), ids=name_of)
def test_the_settings_that_a_path_shows_are_accepted(path: Path, tmp_path: Path) -> None:
    for number, block in enumerate(_TOML.findall(read(path))):
        config = tmp_path / f"{number}.toml"
        config.write_text(textwrap.dedent(block), encoding="utf-8")
        load(config, {})


@pytest.mark.parametrize("path", [PROJECT / "README.md", PROJECT / "docs" / "start" / "serve.md"], ids=name_of)
def test_the_sources_that_an_operator_copies_know_addresses_on_ethereum(path: Path) -> None:
    (block,) = re.findall(r"^```(?:toml)?\n(\[\[source\]\]\n.*?)```", read(path), re.MULTILINE | re.DOTALL)
    sources = Settings.model_validate(tomllib.loads(block)).sources
    assert [source.name for source in sources if isinstance(source, BlockscoutTable) and source.chain_id == 1]


# ---------------------------------------------------------------- the changelog


def test_the_changelog_has_a_section_for_what_is_here() -> None:
    sections = re.split(r"^## ", read(PROJECT / "CHANGELOG.md"), flags=re.MULTILINE)[1:]
    assert re.match(rf"(?:\[?Unreleased|\[?{re.escape(bot.__version__)})", sections[0])
    assert re.search(r"^- \S", sections[0], re.MULTILINE)
