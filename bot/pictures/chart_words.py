"""The numbers of a chart in words: for those who do not see the picture, and where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.counts import Count
from bot.messages import Message, Words
from bot.pictures.charts import (
    MOST_BARS,
    MOST_COMPARED,
    MOST_LINES,
    MOST_STEPS,
    Chart,
    DistributionChart,
    Label,
    OverlapChart,
    RetentionChart,
    TrendChart,
)

# The description of an attachment (Discord's documentation, Message Resource).
LONGEST_ALT_TEXT = 1024

_EXACTLY = Message("{number:,}")
_AT_LEAST = Message("at least {number:,}")
_BETWEEN = Message("{low:,} to {high:,}")
_UNKNOWN = Message("not known")
_TREND = Message("{name}: {first} on {start}, {last} on {end}.")
_TREND_EXACT = Message("{name}: {first} on {start}, {last} on {end}; lowest {lowest:,}, highest {highest:,}.")
_ONE_POINT = Message("{name}: {last} on {end}.")
_NOTHING_SEEN = Message("{name}: nothing is known yet.")
_BAR = Message("{name}: {count}.")
_ONE = Message("{name}: {count}.")
_BOTH = Message("{one} and {other}: {count}.")
_STEP = Message("{name}: {count} of {of:,} ({share}).")
_PERCENT = Message("{percent} %")
_PERCENT_AT_LEAST = Message("at least {percent} %")
_PERCENT_BETWEEN = Message("{low} to {high} %")


def count_words(count: Count) -> Words:
    """A number as far as it is known: never one that is not."""
    if count.high == count.low:
        return _EXACTLY(number=count.low)
    if count.high is not None:
        return _BETWEEN(low=count.low, high=count.high)
    return _AT_LEAST(number=count.low) if count.low else _UNKNOWN()


def numbers(chart: Chart) -> Sequence[Words]:
    """What a chart shows, line by line."""
    match chart:
        case TrendChart():
            return [_line_words(line.name, line.points) for line in chart.lines[:MOST_LINES]]
        case DistributionChart():
            return [_BAR(name=name.text, count=count_words(count)) for name, count in chart.bars[:MOST_BARS]]
        case OverlapChart():
            return list(_overlap_words(chart))
        case RetentionChart():
            return [
                _STEP(name=name.text, count=count_words(count), of=chart.of, share=share_words(count, chart.of))
                for name, count in chart.steps[:MOST_STEPS]
            ]


def alt_text(chart: Chart) -> str:
    """What a screen reader says in place of the picture, as long as Discord takes it."""
    lines = [chart.heading.title.text + ".", *(words.render() for words in numbers(chart))]
    if chart.heading.note.text:
        lines.append(chart.heading.note.text)
    return cut_alt_text(" ".join(lines))


def cut_alt_text(text: str) -> str:
    """A description of a picture, as long as Discord takes it."""
    if len(text.encode("utf-16-le")) // 2 <= LONGEST_ALT_TEXT:
        return text
    # By characters, each of which is at most two units; whole sentences as far as they go.
    cut = text[: LONGEST_ALT_TEXT // 2 if not text.isascii() else LONGEST_ALT_TEXT - 1]
    return cut[: cut.rfind(". ") + 1 or None] + "…"


def share_words(count: Count, of: int) -> Words:
    """How large a part that is, as far as it is known; of nobody there is none."""
    if not of:
        return _UNKNOWN()
    low = count.low * 100 // of
    if count.high is None or count.high >= of > count.low:
        return _PERCENT_AT_LEAST(percent=low) if count.low else _UNKNOWN()
    high = min(100, count.high * 100 // of)
    return _PERCENT(percent=low) if low == high else _PERCENT_BETWEEN(low=low, high=high)


def _line_words(name: Label, points: Sequence[tuple[datetime, Count]]) -> Words:
    known = [(at, count) for at, count in points if count.low or count.high is not None]
    if not known:
        return _NOTHING_SEEN(name=name.text)
    (start, first), (end, last) = known[0], known[-1]
    if len(known) == 1:
        return _ONE_POINT(name=name.text, last=count_words(last), end=f"{end:%Y-%m-%d}")
    form = "%Y-%m-%d %H:%M" if start.date() == end.date() else "%Y-%m-%d"
    values: dict[str, object] = {
        "name": name.text,
        "first": count_words(first),
        "start": f"{start:{form}}",
        "last": count_words(last),
        "end": f"{end:{form}}",
    }
    # The lowest of numbers that are only lower bounds is none that anything ever was.
    if any(count.low != count.high for _, count in points):
        return _TREND(**values)
    counts = [count.low for _, count in points]
    return _TREND_EXACT(**values, lowest=min(counts), highest=max(counts))


def _overlap_words(chart: OverlapChart) -> Iterator[Words]:
    names = chart.names[:MOST_COMPARED]
    for (low, high), count in sorted(chart.both.items()):
        if low == high < len(names):
            yield _ONE(name=names[low].text, count=count_words(count))
        elif low < high < len(names):
            yield _BOTH(one=names[low].text, other=names[high].text, count=count_words(count))
