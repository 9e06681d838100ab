"""A number as it stands in a chart: exact only where it is."""

from __future__ import annotations


def mark_of(low: int, high: int | None) -> str:
    """`12`, `≥ 12`, two bounds with a dash between them, or `?` where nothing is known."""
    if low == high:
        return f"{low:,}"
    if high is not None:
        return f"{low:,}–{high:,}"  # noqa: RUF001 - a dash between two numbers
    return f"≥ {low:,}" if low else "?"


def share_of(low: int, high: int | None, of: int) -> str:
    """The same as a part of `of`, in percent: as `chart_words.share_words` says it."""
    least = low * 100 // of
    if high is None or high >= of > low:
        return f"≥ {least} %" if low else "?"
    most = min(100, high * 100 // of)
    return f"{least} %" if least == most else f"{least}–{most} %"  # noqa: RUF001 - a dash between two numbers
