"""A list of accounts from a file: one a line, or the first column of a table. All of it, or nothing with its lines."""

from __future__ import annotations

from bot.errors import InputError
from bot.gates.conditions import listed_as
from bot.gates.file_lines import LineProblems, text_of
from bot.gates.rule import AccountIn, AllOf, Rule
from bot.holdings import Account
from bot.messages import Message
from bot.names import Names, RefKind
from bot.text import safe_text

_NO_NAMES = Message("“{typed}” is a name, which can be given to another address: write an account id or an address.")
_TOO_MANY = Message("A list has at most {most:,} accounts, and this one has {count:,}. Nothing was saved.")
_EMPTY = Message("There is no account in this file: one a line is accepted, such as `10001` or `0x…`.")

# As many as the rule has room for in the file of `/gate export`, which is read again.
MOST_LISTED = 3000
_TITLES = {"account", "accounts", "address", "addresses", "owner", "wallet", "wallets"}
_SHOWN = 60


def read_accounts(content: bytes, names: Names) -> AccountIn:
    """The accounts of a file; empty lines and what follows a `#` are left out, and so is a title in the first line.

    Args:
        content: The file.
        names: The networks that can be asked.

    Raises:
        InputError: with a sentence for each line that is no account, or as there is none, or too many.
    """
    problems, found = LineProblems(), dict[Account | str, None]()
    for number, line in enumerate(text_of(content).splitlines(), start=1):
        typed = _first_cell(line)
        if not typed or (number == 1 and typed.casefold() in _TITLES):
            continue
        try:
            ref = names.parse_account(typed)
        except InputError as error:
            problems.add(number, error.words)
            continue
        if ref.kind is RefKind.NAME:
            problems.add(number, _NO_NAMES(typed=safe_text(typed, _SHOWN)))
        else:
            found[listed_as(typed, ref)] = None
    problems.refuse()
    if not found:
        raise InputError(_EMPTY)
    if len(found) > MOST_LISTED:
        raise InputError(_TOO_MANY, most=MOST_LISTED, count=len(found))
    return AccountIn(
        frozenset(one for one in found if isinstance(one, Account)),
        frozenset(one for one in found if isinstance(one, str)),
    )


def among(rule: Rule | None, listed: AccountIn) -> Rule:
    """A rule, for listed accounts alone; None: being listed is enough."""
    if rule is None:
        return listed
    return AllOf((*rule.rules, listed)) if isinstance(rule, AllOf) else AllOf((rule, listed))


def _first_cell(line: str) -> str:
    cell = line.partition("#")[0]
    for separator in (",", ";", "\t"):
        cell = cell.partition(separator)[0]
    return cell.strip().strip('"').strip()
