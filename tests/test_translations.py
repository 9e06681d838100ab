"""The catalogues: up to date with the code, compiled from what translators edited, and nothing that cannot be shown."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

import bot
from bot.messages import TRANSLATED, Message
from translating.__main__ import all_texts
from translating.catalog_checks import problems_of
from translating.checks import problems
from translating.limits import limits_in
from translating.po_files import CODES, PLURALS, mo_bytes, po_bytes, po_path, read, updated
from translating.sentences import texts_in_code
from translating.texts import Text, merged
from translating.untranslated import read_list, untranslated, write_list

REMEDY = "run `make words`, and translate what docs/translating.md says"
COUNTED = Text("{count:,} NFT of {name}", "{count:,} NFTs of {name}")


@pytest.fixture(scope="module")
async def texts() -> list[Text]:
    """All that is to be translated now."""
    return await all_texts()


@pytest.fixture(scope="module")
def catalogs() -> Mapping[str, Catalog]:
    """What translators have written."""
    return {code: read(code) for code in CODES}


@pytest.mark.slow
@pytest.mark.parametrize("code", CODES)
async def test_a_catalogue_is_as_make_words_writes_it(texts: list[Text], code: str) -> None:
    catalog = updated(code, texts, read(code))
    assert po_path(code).read_bytes() == po_bytes(catalog), REMEDY
    assert po_path(code).with_suffix(".mo").read_bytes() == mo_bytes(code, catalog), REMEDY


@pytest.mark.slow
async def test_what_is_not_translated_is_listed_and_nothing_else(
    texts: list[Text], catalogs: Mapping[str, Catalog]
) -> None:
    missing, listed = untranslated(texts, catalogs), read_list()
    assert sorted(missing - listed) == [], f"new texts without a translation: {REMEDY}"
    assert sorted(listed - missing) == [], f"translated, or gone: {REMEDY}"


@pytest.mark.slow
@pytest.mark.parametrize("code", CODES)
async def test_every_translation_can_be_shown(texts: list[Text], catalogs: Mapping[str, Catalog], code: str) -> None:
    assert list(problems_of(code, catalogs[code], texts)) == []


def test_every_language_of_the_bot_has_a_catalogue() -> None:
    assert {language.catalog for language in TRANSLATED} == {po_path(code).with_suffix(".mo") for code in CODES}


def test_every_message_that_exists_when_the_bot_runs_is_found_in_the_code() -> None:
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found = {(text.text, text.many) for text in texts_in_code(excluded=())}
    held = [value for name, module in sys.modules.items() if name.startswith("bot.") for value in vars(module).values()]
    made = {(each.text, each.many) for each in _messages_in(held) if each.text}
    assert len(made) > 500
    assert sorted(made - found) == []


def _messages_in(values: Iterable[object]) -> Iterator[Message]:
    for value in values:
        if isinstance(value, Message):
            yield value
        elif isinstance(value, Mapping):
            yield from _messages_in(value.values())
        elif isinstance(value, tuple | list):
            yield from _messages_in(value)


@pytest.mark.parametrize(
    ("code", "text", "forms", "problem"),
    [
        ("de", Text("of {name}"), ["von {nam}"], "without {name}"),
        ("de", Text("of {name}"), ["von {name} {more}"], "with {more}"),
        ("de", Text("of {sum:,}"), ["von {sum}"], "without {sum:,}"),
        ("de", Text("of {name}"), ["von {name"], "braces"),
        ("de", COUNTED, ["{count:,} von {name}", "{count:,}"], "without {name}"),
        ("ja", COUNTED, ["{name}"], "without {count:,}"),
        ("fr", Text("one", "{count} of them"), ["un", "{count}"], "without {count}"),
        ("de", Text("Use `/verify`."), ["Nimm `/prüfen`."], "other code"),
        ("de", Text("Use `/verify`."), ["Nimm /verify."], "other code"),
        ("de", Text("**a** b"), ["a b"], "'**'"),
        ("de", Text("a\nb"), ["a b"], "'\\n'"),
        ("de", Text("see https://a.example/b"), ["siehe https://c.example"], "other web addresses"),
        ("de", Text("a "), ["a"], "blanks"),
        ("de", Text("hi"), ["hallo @everyone"], "@everyone"),
        ("de", Text("label", limit=5), ["Schaltfläche"], "Discord takes 5"),
        ("de", Text("{name} x", limit=5), ["{name} xxxx"], "Discord takes 5"),
        ("de", Text("verify", "", "command", 32), ["Beweisen"], "no name of a command"),
        ("de", Text("verify", "", "command", 32), ["zwei worte"], "no name of a command"),
    ],
)
def test_what_is_wrong_with_a_translation_is_named(code: str, text: Text, forms: list[str], problem: str) -> None:
    assert any(problem in each for each in problems(code, text, forms)), list(problems(code, text, forms))


@pytest.mark.parametrize(
    ("code", "text", "forms"),
    [
        ("de", COUNTED, ["{count:,} NFT von {name}", "{count:,} NFTs von {name}"]),
        ("de", Text("one of {name}", "{count} of {name}"), ["eines von {name}", "{count} von {name}"]),
        ("de", COUNTED, ["Ein NFT von {name}", "{count:,} NFTs von {name}"]),
        ("fr", Text("one", "{count} of them"), ["{count} seul", "{count}"]),
        ("ja", COUNTED, ["{name}のNFT {count:,}個"]),
        ("ja", Text("verify", "", "command", 32), ["所有証明"]),
        ("de", Text("Use **`/verify`**, then {a}."), ["{a}, nach **`/verify`**."]),
    ],
)
def test_a_good_translation_has_no_problem(code: str, text: Text, forms: list[str]) -> None:
    assert list(problems(code, text, forms)) == []


def test_two_commands_of_one_name_are_a_problem() -> None:
    texts = [Text(name, "", "command", 32) for name in ("link", "verify")]
    catalog = Catalog("de")
    for text in texts:
        catalog.add(text.text, "beweisen", context="command")
    assert list(problems_of("de", catalog, texts)) == ["two commands are called 'beweisen'"]


def test_a_changed_text_keeps_its_translation_to_be_looked_at_and_it_is_not_shown() -> None:
    known = Catalog("de")
    known.add("One account is linked to you.", "Ein Konto ist verknüpft.")
    changed = updated("de", [Text("One account is linked to you now.")], known)
    [message] = [one for one in changed if one.id]
    assert (message.string, message.fuzzy) == ("Ein Konto ist verknüpft.", True)
    assert "verknüpft".encode() not in mo_bytes("de", changed)
    assert untranslated([Text("One account is linked to you now.")], {"de": changed})


def test_what_translators_wrote_stays_when_it_is_written_again(tmp_path: Path) -> None:
    known = Catalog("fr")
    known.add((COUNTED.text, COUNTED.many), ("{count:,} NFT de {name}", "{count:,} NFT de {name}"))
    known.add("verify", "prouver", context="command", user_comments=["not “vérifier”"])
    texts = [COUNTED, Text("verify", "", "command", 32), Text("new")]
    written = po_bytes(updated("fr", texts, known))
    po_path("fr", tmp_path).parent.mkdir(parents=True)
    po_path("fr", tmp_path).write_bytes(written)
    assert po_bytes(updated("fr", texts, read("fr", tmp_path))) == written
    assert "not “vérifier”" in written.decode()
    assert f"nplurals={PLURALS['fr'][0]}; plural=(n > 1);" in written.decode()


def test_the_list_of_what_is_missing_is_read_as_it_was_written(tmp_path: Path) -> None:
    missing = {("de", "", "a\nb"), ("fr", "", "a\nb"), ("ja", "command", "link")}
    write_list(missing, tmp_path / "list.txt")
    assert read_list(tmp_path / "list.txt") == missing


def test_a_text_that_is_put_together_cannot_be_translated(tmp_path: Path) -> None:
    (tmp_path / "made.py").write_text('_A = Message("a" + word)\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"made\.py:1: the text of a Message is one literal"):
        list(texts_in_code(tmp_path))


def test_a_text_that_is_counted_in_one_place_alone_cannot_be_translated() -> None:
    with pytest.raises(ValueError, match="is counted in one place"):
        merged([Text("one account", "accounts"), Text("one account")])


def test_limits_are_found_where_a_sentence_is_a_label_or_a_title() -> None:
    source = """
class Ask(PromptModal):
    def __init__(self, panel):
        super().__init__(panel, "ask", _TITLE().render(), field, self.act)
button = ActionButton("next", _NEXT(count=3).render(), act)
field = discord.ui.TextInput(label=_FIELD().render(), placeholder=_TYPED().render())
embed = discord.Embed(title=_HEAD().render(), description=_ALL().render())
"""
    assert dict(limits_in(ast.parse(source))) == {
        "_TITLE": 45,
        "_NEXT": 80,
        "_FIELD": 45,
        "_TYPED": 100,
        "_HEAD": 256,
    }
