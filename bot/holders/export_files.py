"""A snapshot as a file: CSV, JSON, and two plain lists for airdrop tools. The same snapshot gives the same bytes.

A list for another tool has no head, so that the tool reads it; unless it lacks something, which then is its first
lines: a tool refuses these, and somebody has to take them away who knows what they do.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.counts import Count, Ternary
from bot.holders.export_head import (
    COMPLETE,
    INCOMPLETE,
    facts_of,
    gap_sentence,
    how_known,
    missing_in_list,
    moment_text,
    number_of,
    what_is_missing,
)
from bot.holders.export_view import ExportView, Layout
from bot.holders.held import HeldAccount
from bot.holders.snapshot import SnapshotMember, gap_words, is_open, weighed
from bot.messages import Words

FORMAT = "tessera-snapshot-1"
COLUMNS = (
    "discord_id",
    "account",
    "owner",
    "kinds",
    "kinds_known",
    "copies",
    "copies_known",
    "member_kinds",
    "member_kinds_known",
    "member_copies",
    "member_copies_known",
    "as_of",
    "fits_rule",
    "complete",
    "incomplete_reason",
)
_YES_OR_UNKNOWN = {Ternary.YES: "yes", Ternary.UNKNOWN: "unknown"}
# What a spreadsheet takes for a formula, at the start of a cell.
_FORMULA = re.compile(r"\s*[=+\-@\t\r]")
# The same after what it may take for the end of a cell, in a line that is none of cells; a cell may begin with quotes.
_FORMULA_WITHIN = re.compile(r"([,;\t|][\s\"']*)([=+\-@])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def write_file(view: ExportView, layout: Layout) -> bytes:
    """A snapshot as a file.

    Args:
        view: What of it is shown.
        layout: The form of the file.
    """
    match layout:
        case Layout.CSV:
            return _csv(view)
        case Layout.JSON:
            return _json(view)
        case _:
            return _list(view, layout)


def incompleteness(view: ExportView, layout: Layout) -> tuple[Words, ...]:
    """What somebody has to accept before they use such a file; nothing: it is complete."""
    if layout.is_for_airdrops:
        return _amounts(view, layout)[1]
    snapshot = view.snapshot
    if snapshot.is_complete:
        return ()
    gaps = (gap_sentence(gap, count) for gap, count in snapshot.gaps.items())
    return (INCOMPLETE(count=snapshot.incomplete), *gaps)


def disarmed(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = _CONTROL.sub(" ", cell)
    return f"'{text}" if _FORMULA.match(cell) else text


# ---------------------------------------------------------------- CSV


def _csv(view: ExportView) -> bytes:
    file = io.StringIO()
    for line in _head(view):
        file.write(f"# {_one_line(line)}\n")
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(COLUMNS)
    for member in view.snapshot.members:
        if view.by_member or not member.held.accounts:
            rows.writerow(map(disarmed, _member_cells(view, member)))
        else:
            rows.writerows(map(disarmed, _account_cells(view, member, account)) for account in member.held.accounts)
    return file.getvalue().encode()


def _head(view: ExportView) -> Iterator[str]:
    missing = [str(words) for words in what_is_missing(view)]
    if view.snapshot.is_complete:
        yield str(COMPLETE())
    yield from missing
    yield f"format: {FORMAT}"
    yield from (f"{name}: {value}" for name, value in facts_of(view.snapshot).items() if value is not None)


def _one_line(text: str) -> str:
    return _FORMULA_WITHIN.sub(r"\1'\2", _CONTROL.sub(" ", text))


def _account_cells(view: ExportView, member: SnapshotMember, account: HeldAccount) -> Iterator[str]:
    is_shown, lacks = view.may_show(account), is_open(account, view.snapshot.weight)
    yield str(member.user_id)
    yield from (str(account.account), account.owner) if is_shown else ("", "")
    yield from _counts(account.kinds, account.copies, member.held.kinds, member.held.copies)
    yield from (moment_text(account.as_of), _YES_OR_UNKNOWN[member.fits], "no" if lacks else "yes")
    yield str(gap_words(account.reason)) if lacks else ""


def _member_cells(view: ExportView, member: SnapshotMember) -> Iterator[str]:
    held, weight = member.held, view.snapshot.weight
    shown = [account for account in held.accounts if view.may_show(account)]
    yield str(member.user_id)
    yield " ".join(str(account.account) for account in shown)
    yield " ".join(dict.fromkeys(account.owner for account in shown if account.owner))
    yield from _counts(held.kinds, held.copies, held.kinds, held.copies)
    yield from (moment_text(held.as_of), _YES_OR_UNKNOWN[member.fits], "yes" if member.is_complete(weight) else "no")
    gaps = dict.fromkeys(account.reason for account in held.accounts if is_open(account, weight))
    yield "; ".join(str(gap_words(gap)) for gap in gaps)


def _counts(*counts: Count) -> Iterator[str]:
    for count in counts:
        yield from (_cell(number_of(count)), how_known(count))


def _cell(number: int | None) -> str:
    return "" if number is None else str(number)


# ---------------------------------------------------------------- JSON


def _json(view: ExportView) -> bytes:
    """One line for each member, so that two files can be compared line by line."""
    snapshot = view.snapshot
    head: dict[str, Any] = {
        "format": FORMAT,
        "complete": snapshot.is_complete,
        "incomplete_members": snapshot.incomplete,
        "remarks": [str(words) for words in what_is_missing(view)],
        "addresses": "all" if view.shows_addresses else "shared",
        **facts_of(snapshot),
    }
    lines = [f" {_compact(name)}: {_compact(value)},\n" for name, value in head.items()]
    rows = ",\n".join(f"  {_compact(_member_json(view, member))}" for member in snapshot.members)
    return "".join(["{\n", *lines, ' "rows": [\n', rows, "\n ]\n}\n"]).encode()


def _member_json(view: ExportView, member: SnapshotMember) -> dict[str, Any]:
    held = member.held
    row: dict[str, Any] = {
        "discord_id": str(member.user_id),
        "fits_rule": _YES_OR_UNKNOWN[member.fits],
        "complete": member.is_complete(view.snapshot.weight),
        **_numbers(held.kinds, held.copies),
    }
    if view.by_member:
        shown = [account for account in held.accounts if view.may_show(account)]
        return {**row, "addresses": list(dict.fromkeys(account.owner for account in shown if account.owner))}
    return {**row, "accounts": [_account_json(view, account) for account in held.accounts]}


def _account_json(view: ExportView, account: HeldAccount) -> dict[str, Any]:
    is_shown, lacks = view.may_show(account), is_open(account, view.snapshot.weight)
    return {
        "account": str(account.account) if is_shown else None,
        "owner": (account.owner or None) if is_shown else None,
        **_numbers(account.kinds, account.copies),
        "as_of": moment_text(account.as_of) or None,
        "complete": not lacks,
        "incomplete_reason": str(gap_words(account.reason)) if lacks else None,
    }


def _numbers(kinds: Count, copies: Count) -> dict[str, Any]:
    return {
        "kinds": number_of(kinds),
        "kinds_known": how_known(kinds),
        "copies": number_of(copies),
        "copies_known": how_known(copies),
    }


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


# ---------------------------------------------------------------- lists for airdrops


def _list(view: ExportView, layout: Layout) -> bytes:
    amounts, missing = _amounts(view, layout)
    lines = [f"# {words}" for words in missing]
    if layout is Layout.DROP:
        lines += ["address,amount", *(f"{owner},{amounts[owner]}" for owner in sorted(amounts))]
    else:
        lines += sorted(amounts)
    return "".join(f"{line}\n" for line in lines).encode()


def _amounts(view: ExportView, layout: Layout) -> tuple[dict[str, int], tuple[Words, ...]]:
    """Address → amount; and what is missing in that."""
    amounts: dict[str, int] = {}
    without_address = uncertain = lower_bounds = perhaps_more = 0
    for member in view.snapshot.members:
        count = member.weighed(view.snapshot.weight)
        if member.fits is not Ternary.YES or not count.low:
            uncertain += member.fits is not Ternary.YES or count.high != 0
            continue
        paid, lacks_address = _paid(view, member)
        without_address += lacks_address
        lower_bounds += bool(paid) and count.high != count.low
        perhaps_more += bool(paid) and _may_hold_elsewhere(view, member, paid)
        for owner, amount in paid.items():
            amounts[owner] = amounts.get(owner, 0) + amount
    missing = missing_in_list(
        without_address=without_address,
        uncertain=uncertain,
        # A drop pays amounts, and a list names addresses: each says what it lacks of that.
        lower_bounds=lower_bounds if layout is Layout.DROP else 0,
        perhaps_more=perhaps_more if layout is Layout.ADDRESSES else 0,
    )
    return amounts, tuple(missing)


def _may_hold_elsewhere(view: ExportView, member: SnapshotMember, paid: Mapping[str, int]) -> bool:
    """Whether the address of another account of a listed member may be lacking: it is not known what that holds."""
    if view.by_member:
        return False  # one address stands for all of theirs
    counts = {account: weighed(account, view.snapshot.weight) for account in member.held.accounts}
    return any(not count.low and count.high != 0 and account.owner not in paid for account, count in counts.items())


def _paid(view: ExportView, member: SnapshotMember) -> tuple[dict[str, int], bool]:
    """Address → amount, of one member; and whether something is not in it, as its address may not be shown."""
    weight = view.snapshot.weight
    # Accounts of one network with the same owner show the same NFTs.
    of_owner: dict[str, dict[str, int]] = {}
    for account in member.held.accounts:
        if amount := weighed(account, weight).low:
            its = of_owner.setdefault(account.owner if view.may_show(account) else "", {})
            its[account.account.network] = max(its.get(account.account.network, 0), amount)
    amounts = {owner: sum(its.values()) for owner, its in of_owner.items() if owner}
    if view.by_member:
        most = sorted(amounts, key=lambda owner: (-amounts[owner], owner))[:1]
        return dict.fromkeys(most, member.weighed(weight).low), not most
    return amounts, "" in of_owner
