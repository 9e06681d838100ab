"""What is known of holders as charts: the same numbers as in the answer, and never more of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from bot.cogs.holders.stats_pages import bin_range
from bot.counts import Count, Ternary, count_yes, total
from bot.holders.distribution import Distribution
from bot.holders.overlap import Overlap
from bot.holders.retention import Retention
from bot.holders.trend import TrendPoint
from bot.messages import Message
from bot.pictures.charts import DistributionChart, Heading, Label, Line, OverlapChart, RetentionChart, TrendChart

_TREND = Message("{name}: holders over time")
_DISTRIBUTION = Message("{name}: how many kinds members hold")
_OVERLAP = Message("How many members hold both")
_RETENTION = Message("{name}: who held it on {day} and still does")
_MEMBERS = Message("Members who are here now")
_AS_OF = Message("As of {time} UTC.")
_AS_OF_OPEN = Message("As of {time} UTC. A ring, ≥ or hatching: at least so many, as not all could be read.")
_COHORT_OPEN = Message(
    "As of {time} UTC. Of {count:,} more member it is not known whether they held it then.",
    "As of {time} UTC. Of {count:,} more members it is not known whether they held it then.",
)
# From then on the same day may come twice.
_A_YEAR = timedelta(days=365)
_NO_NAME = Label("")


def trend_chart(name: Label, points: Sequence[TrendPoint]) -> TrendChart:
    """Holders over time; at least one point."""
    counts = [(point.at, _known(point.holders, point.unknown)) for point in points]
    heading = _heading(_titled(_TREND, name), points[-1].at, name, counts=[count for _, count in counts])
    return TrendChart(heading, (Line(Label.of(_MEMBERS()), tuple(counts)),))


def distribution_chart(name: Label, found: Distribution, as_of: datetime) -> DistributionChart:
    """How many members hold how many kinds: who is not known exactly may be in any of the bars."""
    perhaps = found.perhaps_more + found.unknown
    bars = tuple((Label(bin_range(each)), _known(each.members, perhaps)) for each in found.bins)
    last = max((place for place, each in enumerate(found.bins) if each.members), default=0)
    bars = bars[: last + 1]
    heading = _heading(_titled(_DISTRIBUTION, name), as_of, name, counts=[c for _, c in bars])
    return DistributionChart(heading, bars)


def overlap_chart(names: Sequence[Label], found: Overlap, as_of: datetime) -> OverlapChart:
    """How many hold both, of each two."""
    return OverlapChart(_heading(Label.of(_OVERLAP()), as_of, counts=found.both.values()), tuple(names), found.both)


def retention_chart(name: Label, found: Retention) -> RetentionChart:
    """How many of those who held it then still do."""
    day = f"{found.since:%Y-%m-%d}"
    title = _titled(_RETENTION, name, day=day)
    as_of = found.steps[-1][0]
    heading = _heading(title, as_of, name, counts=[count for _, count in found.steps])
    if found.unknown:
        heading = Heading(title, Label.of(_COHORT_OPEN(count=found.unknown, time=_minute(as_of))), name)
    form = _form([at for at, _ in found.steps])
    return RetentionChart(heading, found.cohort, tuple((Label(f"{at:{form}}"), count) for at, count in found.steps))


def _form(moments: Sequence[datetime]) -> str:
    """How moments are written, so that no two of them look the same; at most twelve letters."""
    first, last = moments[0], moments[-1]
    if first.date() == last.date():
        return "%H:%M"
    if any(one.date() == other.date() for one, other in pairwise(moments)):
        return "%m-%d %H:%M"
    return "%m-%d" if last.date() - first.date() < _A_YEAR else "%Y-%m-%d"


def _known(yes: int, perhaps: int) -> Count:
    return count_yes([Ternary.YES] * yes + [Ternary.UNKNOWN] * perhaps, total(()))


def _titled(message: Message, name: Label, **values: object) -> Label:
    return Label(message(name=name.text, **values).render(), str(message(name=name.instead, **values)))


def _heading(title: Label, as_of: datetime, name: Label = _NO_NAME, *, counts: Iterable[Count]) -> Heading:
    is_open = any(count.low != count.high for count in counts)
    return Heading(title, Label.of((_AS_OF_OPEN if is_open else _AS_OF)(time=_minute(as_of))), name)


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
