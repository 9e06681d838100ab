"""What a person reads in Discord or on the page is a `Message`: only these can be translated.

Found in the source: text that reads like words, wherever it is not known to be something else (a docstring, a log
line, the name of a command, which is translated apart). Single words are found where they are shown.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
# Where what people see is made. A folder stands for all below it.
AREAS = (
    "bot/cogs/about_cog.py",
    "bot/cogs/gates",
    "bot/cogs/holders",
    "bot/cogs/holdings",
    "bot/cogs/linking",
    "bot/cogs/members",
    "bot/cogs/servers",
    "bot/cogs/webhooks",
    "bot/counts.py",
    "bot/errors.py",
    "bot/gates",
    "bot/holders",
    "bot/holdings.py",
    "bot/linking",
    "bot/links",
    "bot/lookup",
    "bot/names",
    "bot/reasons.py",
    "bot/roles",
    "bot/sources",
    "bot/sync",
    "bot/text",
    "bot/ui",
    "bot/web",
)
# Texts that are right as they are.
EXCEPTIONS = {
    # For browsers, and not for people.
    '<html lang="': "markup, which gets the reader's language",
    '<html lang="en">': "the same",
    "export const language = ": "a script's source",
    ";\nexport const known = ": "the same",
    "Vary": "a header's name",
    # Names, which are the same in every language.
    "ABCD-2345": "what a code looks like",
    "Coinbase Wallet": "a wallet's name",
    "OKX Wallet": "a wallet's name",
    "Rainbow": "a wallet's name",
    "Trust Wallet": "a wallet's name",
    "Loopring": "a network's name",
    "Arbitrum": "a network's name",
    "Base": "a network's name",
    "Ethereum": "a network's name",
    "Gnosis": "a network's name",
    "Optimism": "a network's name",
    "Polygon": "a network's name",
    # Protocols, formats and names of rules' own language.
    "Authorization": "a header of HTTP",
    "Bearer ": "a header of HTTP",
    "Forwarded": "a header of HTTP",
    "Via": "a header of HTTP",
    "Server": "a header of HTTP",
    "Location": "a header of HTTP",
    "Accept": "a header of HTTP",
    "Cookie": "a header of HTTP",
    "Host": "a header of HTTP",
    "Origin": "a header of HTTP",
    "Lax": "an attribute of a cookie",
    "bot applications.commands": "scopes of OAuth",
    "hand off ": "a prefix of what is hashed",
    "proof within ": "the language of rules",
    "account in (": "the language of rules",
    # Read by the operator alone: in the log, in metrics, on the command line.
    "no batches": "in the log",
    "wrong chain": "in the log",
    "no answer": "in the log",
    "key refused": "in the log",
    "ended in words that a node may also have for a limit of its own": "in the log",
    "in no server": "in a repr",
    "all pictures and emoji, as Discord does not say what it refuses": "in the log",
    "all other pictures of ": "in the log",
    ", first response after ": "in the log",
    "it is in use already": "an error at start",
    "answers with this token": "in the answer of /healthz",
    "too many are open": "in the log",
    "the message": "in the log",
    "nothing is named": "in the log",
    "what is stored (by ": "in the log",
    " is not public": "in the log",
    " has no address": "in the log",
    " leads to an address that is not public": "in the log",
    "at least": "in the head of an exported file",
    "Airdrop: address,amount": "the name of a choice",
    "Addresses alone": "the name of a choice",
    "Kinds (distinct NFTs)": "the name of a choice",
    "Daily": "the name of a choice",
    "Weekly": "the name of a choice",
    "Monthly": "the name of a choice",
    # Stored, compared, or a key of the program's own; what is shown for it is a message.
    "take back": "a verb of the history",
    "setting admin_role_id": "a setting in the history",
    "\n-# `/settings ": "a command",
    "settings panel": "a key",
    "in place": "a key",
    "everybody sees it being answered": "a key",
    "waiting notice": "a key",
    "what is being done": "a key",
    "gate history": "a command",
    "gate list": "a command",
    "privacy delete": "a command",
    "settings show": "a command",
    "sync staged": "a command",
    "sync status": "a command",
    "Proposal": "a type",
    "Not found": "what Blockscout answers",
    # In files, whose form is the same for everybody.
    "(a role that is gone)": "in a file of gates",
    "role,collection,min,max,ids": "the columns of a table",
}
# Texts that are put together of parts, none of which reads like words by itself: "…" is where a value is.
EXCEPTIONS_PUT_TOGETHER = {
    "copies … >= …": "the language of rules",
    "… between … and …": "the language of rules",
    "… between 1 and …": "the language of rules",
    " between … and …": "the language of rules",
    "… ids (…)": "the language of rules",
    "… ids (…)…": "the language of rules",
    "… trait … = ……": "the language of rules",
    "… for …": "the language of rules",
    " from …": "the language of rules",
    " until …": "the language of rules",
    "… of (…)": "the language of rules",
    "not …": "the language of rules",
    "format: …": "in the head of an exported file",
    "state …": "a prefix of what is hashed",
    "verifier …": "a prefix of what is hashed",
    "job …": "who asks, in the log",
    "chain …": "the name of a network that has none",
    "…: GET …, attempt …": "in the log",
    "readings …": "the name of a task",
    " of …": "in the log",
    ", and … more": "in the log",
    "#… · … UTC · …": "a time",
    "… · … UTC · …": "a time",
}
# What these say is read by the operator alone: at start, and by `tessera check`.
OPERATORS = frozenset({"bot/linking/proof_methods.py", "bot/lookup/owner_rule.py"})

# Two words in a row; or one that begins a sentence, or is a label.
PROSE = re.compile(r"[A-Za-z]{2,}[,;:.]? [A-Za-z]{2,}|^[A-Z][a-z]{2,}…?$")
WORD = re.compile(r"[A-Za-z]{2,}")
# What reads like words inside a text, and is not: what is typed or code (`/verify`), mentions, times, names.
NO_WORDS = re.compile(r"`[^`]*`|<[@#:/t][^>]*>|https?://\S+|\bTessera\b|\bDiscord\b")
# Where a text is shown: by the callee's last name, the places of its arguments and their names.
SHOWN = {
    "Embed": ((), {"title", "description"}),
    "add_field": ((), {"name", "value"}),
    "set_footer": ((), {"text"}),
    "set_author": ((), {"name"}),
    "Button": ((), {"label"}),
    "TextInput": ((), {"label", "placeholder", "default"}),
    "SelectOption": ((), {"label", "description"}),
    "Select": ((), {"placeholder"}),
    "ActionButton": ((1,), {"label"}),
    "LastingButton": ((1,), {"label"}),
    "RefreshButton": ((1,), {"label"}),
    "Choice": ((1, 2), {"label", "description"}),
    "PromptModal": ((2,), {"title"}),
    "Modal": ((2,), {"title"}),
    "ConfirmView": ((1,), {"label"}),
    "done_embed": ((0, 1), {"title", "words"}),
    "error_embed": ((0,), set()),
    "respond": ((), {"content"}),
    "edit_answer": ((), {"content"}),
    "edit_pressed": ((), {"content"}),
    "follow_up": ((), {"content"}),
    "post": ((), {"content"}),
    "open_buttons": ((1,), {"label"}),
    "again_view": ((1,), {"label"}),
    "start_button": ((1,), {"label"}),
}
# Calls whose texts nobody reads in Discord, or whose are translated apart: log lines, names and descriptions of
# commands, patterns, failures of the program itself.
APART = re.compile(
    r"(^|\.)(Message|log\.\w+|_log\.\w+|re\.\w+|describe|command|Group|ContextMenu|TypeError|ValueError|LookupError|ConnectionError|RuntimeError"
    r"|AssertionError|NotImplementedError|TypeVar|NewType|getattr|cast|create_task|RareLine)$"
)


def called(node: ast.Call) -> str:
    """`log.info`, `discord.Embed`, `Message`."""
    try:
        return ast.unparse(node.func)
    except ValueError:
        return ""


def texts(node: ast.AST) -> Iterator[ast.Constant]:
    """The literal texts of an expression that become part of its value; not those of calls inside it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, ast.JoinedStr | ast.BinOp | ast.BoolOp | ast.IfExp | ast.FormattedValue | ast.NamedExpr):
        parts = [node.body, node.orelse] if isinstance(node, ast.IfExp) else list(ast.iter_child_nodes(node))
        for part in parts:
            yield from texts(part)


def reads_like(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.search(NO_WORDS.sub("", text).strip()) is not None


def shown_texts(node: ast.Call) -> Iterator[ast.Constant]:
    """The literal texts that a call shows."""
    places, names = SHOWN.get(called(node).rpartition(".")[2], ((), set()))
    arguments = [node.args[place] for place in places if place < len(node.args)]
    arguments += [keyword.value for keyword in node.keywords if keyword.arg in names]
    for argument in arguments:
        yield from (text for text in texts(argument) if reads_like(WORD, str(text.value)))


def put_together(node: ast.JoinedStr) -> str:
    """A text with "…" where a value is, such as "…, block … (…)"."""
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)


def reads_like_a_whole(node: ast.JoinedStr) -> bool:
    """Whether its parts are words next to values, as in "…, block …", though none of them has two words."""
    whole = NO_WORDS.sub("", put_together(node))
    return WORD.search(whole) is not None and PROSE.search(whole.replace("…", "xx")) is not None


def is_text_alone(node: ast.AST) -> bool:
    """Whether a statement is a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_apart(node: ast.AST) -> bool:
    """Whether the texts below a node are for nobody to read, or translated apart."""
    match node:
        case ast.Call():
            return APART.search(called(node)) is not None
        case ast.ClassDef():  # the values of an enum are stored, compared, or the choices of a command
            return any(ast.unparse(base).endswith("Enum") for base in node.bases)
        case ast.Assign(targets=[ast.Name("__all__")]):
            return True
        case ast.arg() | ast.Assert():
            return True
    return is_text_alone(node)


def parts_of(node: ast.AST) -> Iterator[ast.AST]:
    """What is below a node, without annotations, the names of cogs, and their descriptions."""
    left_out: list[ast.AST | None] = []
    if isinstance(node, ast.ClassDef):
        left_out += node.keywords
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        left_out.append(node.returns)
    elif isinstance(node, ast.AnnAssign):
        left_out.append(node.annotation)
    yield from (part for part in ast.iter_child_nodes(node) if part not in left_out)


def prose(node: ast.AST) -> Iterator[ast.Constant]:
    """All texts below a node that read like words, except where these are something else."""
    if is_apart(node):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and reads_like(PROSE, node.value):
        yield node
    if isinstance(node, ast.Call):
        yield from shown_texts(node)
    for part in parts_of(node):
        yield from prose(part)


def wholes(node: ast.AST) -> Iterator[ast.JoinedStr]:
    """All texts below a node that are put together, and read like words only then."""
    if is_apart(node):
        return
    if isinstance(node, ast.JoinedStr) and reads_like_a_whole(node) and not any(prose(node)):
        yield node
    for part in parts_of(node):
        yield from wholes(part)


def stored_in_english(tree: ast.Module) -> Iterator[ast.Call]:
    """Where a constant is filled in as a text, so that it can be read in one language alone: `_UNDONE.format(...)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and re.search(r"(^|\.)_?[A-Z][A-Z_]*\.format$", called(node)):
            yield node


def of_commands(tree: ast.Module) -> set[str]:
    """The names of texts that describe commands and their options: those are translated with the commands."""
    described = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node).endswith(".describe")]
    return {name.id for call in described for name in ast.walk(call) if isinstance(name, ast.Name)}


def raw_words(source: str) -> list[tuple[int, str]]:
    """Line and text of what is raw in a source."""
    tree = ast.parse(source)
    names = of_commands(tree)
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in names)
    ]
    found = {(text.lineno, str(text.value)) for text in prose(tree) if text.value not in EXCEPTIONS}
    found |= {
        (node.lineno, text) for node in wholes(tree) if (text := put_together(node)) not in EXCEPTIONS_PUT_TOGETHER
    }
    return sorted(found | {(node.lineno, called(node)) for node in stored_in_english(tree)})


def files_of(area: str) -> list[Path]:
    path = PROJECT / area
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def raw_of(area: str) -> list[str]:
    return [
        f"{name}:{line}: {text!r}"
        for name, file in ((str(file.relative_to(PROJECT)), file) for file in files_of(area))
        if name not in OPERATORS
        for line, text in raw_words(file.read_text(encoding="utf-8"))
    ]


def rendered_early(source: str) -> list[int]:
    """The lines on which words are rendered while a module is loaded: for every reader in the same language."""

    def below(node: ast.AST) -> Iterator[int]:
        if isinstance(node, ast.Lambda):
            return
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "render":
            yield node.lineno
        parts = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):  # of its body nothing runs yet
            parts = [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        for part in parts:
            yield from below(part)

    return sorted(below(ast.parse(source)))


@pytest.mark.parametrize("area", AREAS)
def test_what_people_see_is_made_of_messages(area: str) -> None:
    assert raw_of(area) == []


@pytest.mark.parametrize("area", AREAS)
def test_no_words_are_rendered_before_there_is_a_reader(area: str) -> None:
    early = {
        str(file.relative_to(PROJECT)): rendered_early(file.read_text(encoding="utf-8")) for file in files_of(area)
    }
    assert {name: lines for name, lines in early.items() if lines} == {}


def test_no_exception_is_left_over() -> None:
    sources = [file.read_text(encoding="utf-8") for area in AREAS for file in files_of(area)]
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    literals = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert EXCEPTIONS.keys() - literals == set()
    whole = {put_together(node) for node in nodes if isinstance(node, ast.JoinedStr)}
    assert EXCEPTIONS_PUT_TOGETHER.keys() - whole == set()
    assert {str(file.relative_to(PROJECT)) for area in AREAS for file in files_of(area)} >= OPERATORS


WRONG = """
TITLE = "Your accounts"
LABELS = {1: "Prove"}
FROZEN = Message("Done").render()
class Card(Panel):
    label = Message("Done")().render()
    def __init__(self, label=Message("Done")().render()):
        self.add_item(discord.ui.Button(label=f"on {count}"))
        self.add_item(ActionButton("yes", "yes" if known else state, act))
    def show(self, count):
        embed = discord.Embed(title="a" + "bc", description=f"{count} of them")
        embed.add_field(name=NAME().render(), value="never")
        return f"{count} more roles"
    def reason(self, run):
        return _UNDONE.format(run=run), f"{source}, block {block}", f"{source}, recorded {day}"
"""
RIGHT = """
\"\"\"A docstring is not shown.\"\"\"
TITLE = Message("Your accounts")
KIND = "key_refused"
ACCOUNT = "One of your accounts"
class Card(commands.GroupCog, name="A card", group_description="What it is about"):
    \"\"\"Nor is this one.\"\"\"
    @app_commands.command(name="card", description="Shows a card")
    @app_commands.describe(account=ACCOUNT, share="Shows it to all")
    async def show(self, interaction, account):
        log.info("a card is shown to %s", interaction.user.id)
        embed = discord.Embed(title=TITLE().render(), description=f"`{account}` · <t:1:R> · {TITLE().render()}")
        self.add_item(ActionButton("yes", TITLE().render(), act))
"""


def test_raw_words_would_be_found() -> None:
    assert [line for line, _ in raw_words(WRONG)] == [2, 3, 8, 8, 9, 11, 11, 12, 13, 15, 15, 15]
    assert rendered_early(WRONG) == [4, 6, 7]


def test_nothing_else_is_taken_for_them() -> None:
    assert raw_words(RIGHT) == []
    assert rendered_early(RIGHT) == []
