"""No line of the log names a person: read from the code, as a line that is seldom written would be found too late.

docs/linking.md promises it: who did what is stored under a keyed hash, and the log is read by more people.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

BOT = Path(__file__).parents[1] / "bot"
FILES = sorted(BOT.rglob("*.py"))
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
# What somebody is called, by Discord or by us; and values of ours that have it in them when they are printed.
PERSON = re.compile(
    r"(?:^|[._(\[ ])(?:user|member|person|people|author|moderator|holder|challenger|stranger|interaction|session|who|"
    r"actor|subject|recipient|link|notification|share|membership)s?(?:_ids?|\.id|_name|\.name)?(?:$|[).,\] ])"
    r"|(?:user|member|person|author|moderator|holder|challenger|stranger|recipient|owner)_?id|display_name|username"
)
# The log's own pseudonyms, and what says nothing about who it was.
HARMLESS = re.compile(r"pseudonym\(.*\)\.hex\(\)$|^actor\.hex\(\)$|^pseudonym$|^type\(|^len\(|^name_of\(interaction\)$")
# The bot's own name, when it has logged in.
ALLOWED = {("bot/ui/client.py", "self.user")}


def named(source: str, file: str = "") -> Iterator[str]:
    """The arguments of log calls that name a person."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id in ("log", "logging", "logger", "_log")):
            continue
        for argument in node.args:
            for part in ast.walk(argument) if isinstance(argument, ast.JoinedStr) else [argument]:
                text = ast.unparse(part)
                is_text = isinstance(part, ast.Constant)
                if not is_text and not HARMLESS.search(text) and PERSON.search(text) and (file, text) not in ALLOWED:
                    yield f"{file}:{node.lineno}: {text}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(BOT)))
def test_no_log_line_names_a_person(path: Path) -> None:
    assert list(named(path.read_text(encoding="utf-8"), str(path.relative_to(BOT.parent)))) == []


@pytest.mark.parametrize(
    "argument",
    [
        "person.user_id",
        "session.person.user_id",
        "member",
        "interaction.user",
        "interaction.user.id",
        "link",
        "self.holder_id",
    ],
)
def test_such_a_line_would_be_found(argument: str) -> None:
    assert list(named(f"log.warning('x %s', {argument})")) == [f":1: {argument}"]
    assert list(named(f"log.info(f'x {{{argument}}}')")) != []


@pytest.mark.parametrize(
    "argument", ["self._pseudonym(user_id).hex()", "actor.hex()", "type(error).__name__", "error", "relays"]
)
def test_a_pseudonym_names_nobody(argument: str) -> None:
    assert list(named(f"log.warning('x %s', {argument})")) == []
