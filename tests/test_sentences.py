"""Every error has a message with its text, and every message is filled in with just what it has places for.

Read from the code: a sentence that is seldom needed would otherwise be found wrong by the person who needs it.
"""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest

import bot
from bot.errors import TesseraError
from bot.messages import Message, Words
from bot.reasons import MESSAGES, Reason, ReasonCode

MODULES = sorted(info.name for info in pkgutil.walk_packages(bot.__path__, "bot.") if info.name != "bot.__main__")
# What an error takes besides its message and what fills that.
OWN_ARGUMENTS = {"advice", "retry_after"}


def value_of(node: ast.expr, module: ModuleType) -> object:
    """What a name, or an attribute of one, means in a module; None where that is only known when it runs."""
    if isinstance(node, ast.Name):
        return getattr(module, node.id, None)
    if isinstance(node, ast.Attribute):
        return getattr(value_of(node.value, module), node.attr, None)
    return None


def calls(module: ModuleType, source: str) -> Iterator[tuple[ast.Call, object]]:
    """Every call in the source of a module, with what is called."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield node, value_of(node.func, module)


def is_error(called: object) -> bool:
    return isinstance(called, type) and issubclass(called, TesseraError)


def faults(module: ModuleType, source: str) -> Iterator[str]:
    """What is wrong with the sentences of a module, each with its line."""
    for node, called in calls(module, source):
        if isinstance(called, Message):
            message, filled = called, node
        elif called == Reason.of and isinstance(code := value_of(node.args[0], module), ReasonCode):
            message, filled = MESSAGES[code], node
        elif is_error(called) and node.args and isinstance(found := value_of(node.args[0], module), Message):
            message, filled = found, node
        elif is_error(called):
            text = not node.args or isinstance(node.args[0], ast.Constant | ast.JoinedStr | ast.BinOp)
            if text:
                yield f"{module.__name__}:{node.lineno}: an error without a message"
            continue
        else:
            continue
        given = {keyword.arg for keyword in filled.keywords} - (OWN_ARGUMENTS if is_error(called) else set())
        if called == Reason.of and len(node.args) > 1:
            given.add("cause")
        if None not in given and given != message.places:
            yield f"{module.__name__}:{node.lineno}: {message.text!r} has the places {sorted(message.places)}"


@pytest.mark.parametrize("name", MODULES)
def test_errors_are_made_of_messages_with_all_that_these_need(name: str) -> None:
    module = importlib.import_module(name)
    assert list(faults(module, inspect.getsource(module))) == []


def test_no_message_is_left_over() -> None:
    modules = [importlib.import_module(name) for name in MODULES]
    named = {
        node.id if isinstance(node, ast.Name) else node.attr
        for module in modules
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    declared = {
        name for module in modules for name, value in vars(module).items() if isinstance(value, Message | Words)
    }
    assert declared - named == set()


def test_wrong_sentences_would_be_found() -> None:
    module = ModuleType("wrong")
    source = """
SENTENCE = Message("{a} and {b}")
raise_one = lambda: InputError(SENTENCE, a=1)
raise_two = lambda: InputError("{a}")
right = lambda: InputError(SENTENCE, a=1, b=2)
nested = lambda: SENTENCE(c=1)
reason = lambda: Reason.of(ReasonCode.ROWS_MISSING, arrived=1)
without_cause = lambda: Reason.of(ReasonCode.ASKED_FIRST_INCOMPLETE, label="Loopring")
with_cause = lambda: Reason.of(ReasonCode.ASKED_FIRST_INCOMPLETE, reason(), label="Loopring")
"""
    vars(module).update(
        Message=Message, InputError=type("InputError", (TesseraError,), {}), Reason=Reason, ReasonCode=ReasonCode
    )
    exec(source, vars(module))  # noqa: S102 - the lines above
    assert [fault.split(": ")[0] for fault in faults(module, source)] == [f"wrong:{line}" for line in (3, 4, 6, 7, 8)]


def declared_in(modules: list[ModuleType]) -> Iterator[Message]:
    """The messages that these modules declare with literal texts."""
    for module in modules:
        for node, called in calls(module, inspect.getsource(module)):
            if called is Message and all(isinstance(argument, ast.Constant) for argument in node.args):
                yield Message(*(str(argument.value) for argument in node.args if isinstance(argument, ast.Constant)))


def test_a_text_that_is_counted_has_one_plural() -> None:
    # A catalogue finds a message by its text for one: two with the same, and other plurals, are one to it.
    plurals: dict[str, set[str]] = {}
    for message in declared_in([importlib.import_module(name) for name in MODULES]):
        plurals.setdefault(message.text, set()).add(message.many)
    assert {text: many for text, many in plurals.items() if len(many) > 1} == {}
