"""Holdings for a terminal: as a table, or as JSON for other programs."""

from __future__ import annotations

import json
import unicodedata

from bot.holdings import ShownHoldings
from bot.reasons import reason_words
from bot.text import safe_text
from bot.text.plural import different_nfts

_COLUMNS = ("ID", "COLLECTION", "KINDS", "TYPE", "STATUS")
_NAME_WIDTH = 48
_ID_WIDTH = 100
_QUOTED = 700


def holdings_table(shown: ShownHoldings, owner: str) -> str:
    """A heading, a row for each collection, and a last line that says whether that is all."""
    holdings = shown.read
    rows = [
        (
            safe_text(holding.collection.collection_id, _ID_WIDTH, plain=True),
            safe_text(holding.collection.name, _NAME_WIDTH, plain=True),
            f"{holding.kinds:,}" if holding.is_counted else "unknown",
            safe_text(holding.collection.standard or "-", 12, plain=True),
            safe_text(holding.collection.deploy_status or "-", 16, plain=True),
        )
        for holding in shown.rows
    ]
    widths = [max(_width(row[column]) for row in [_COLUMNS, *rows]) for column in range(len(_COLUMNS))]
    lines = [f"Account {holdings.account}" + (f", owner {_quoted(owner)}" if owner else "")]
    if rows:
        lines += ["", *(_line(row, widths) for row in [_COLUMNS, *rows]), ""]
    if rows or holdings.complete:
        count = f"{len(rows)} collection{'' if len(rows) == 1 else 's'}, {_counted(shown)}"
        according_to = f"according to {_quoted(str(holdings.source_label))}, {holdings.as_of:%Y-%m-%d %H:%M:%S} UTC"
        lines.append(f"{count}, {according_to}" if holdings.complete else f"At least {count}, {according_to}")
    else:
        lines.append("What this account holds is unknown.")
    if shown.hidden:
        lines.append(f"{shown.hidden} marked as scam not shown (--spam shows them)")
    if holdings.fallback_reason:
        lines.append(
            f"{_quoted(str(holdings.source_label))} answers instead: {_quoted(reason_words(holdings.fallback_reason))}"
        )
    if not holdings.complete:
        why = _quoted(reason_words(holdings.incomplete_reason)).rstrip(".")
        lines.append(f"INCOMPLETE: {why}. What is missing here is unknown, not zero.")
    return "\n".join(lines)


def holdings_json(shown: ShownHoldings, owner: str) -> str:
    """The same as JSON; upstream text is in it as it was received, but with everything beyond ASCII escaped."""
    holdings = shown.read
    body = {
        "account": str(holdings.account),
        "network": holdings.account.network,
        "owner": owner or None,
        "source": str(holdings.source_label),
        "fallback_reason": reason_words(holdings.fallback_reason) or None,
        "as_of": holdings.as_of.isoformat(),
        "complete": holdings.complete,
        "incomplete_reason": reason_words(holdings.incomplete_reason) or None,
        "total": holdings.total,
        "hidden": shown.hidden,
        "collections": [
            {
                "id": holding.collection.collection_id,
                "name": holding.collection.name or None,
                "kinds": holding.counted_kinds,
                "contract_address": holding.collection.contract_address,
                "nft_type": holding.collection.nft_type,
                "deploy_status": holding.collection.deploy_status,
                "is_scam": holding.collection.is_scam,
            }
            for holding in shown.rows
        ],
    }
    return json.dumps(body, ensure_ascii=True, indent=2)


def _quoted(text: str) -> str:
    """What a source said, or the archive of somebody else."""
    return safe_text(text, _QUOTED, plain=True)


def _counted(shown: ShownHoldings) -> str:
    words = different_nfts(shown.kinds)
    uncounted = sum(not row.is_counted for row in shown.rows)
    return f"at least {words} (of {uncounted} it is unknown how many)" if uncounted else words


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    identifier, name, kinds, *rest = (
        cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
    )
    return "  ".join((identifier, name, kinds.strip().rjust(len(kinds)), *rest)).rstrip()


def _width(text: str) -> int:
    """Columns in a terminal: Chinese, Japanese and Korean letters and most emoji take two, marks take none."""
    return sum(
        0
        if unicodedata.category(char) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in text
    )
