"""`/holders stats`: how gates stand, and of one gate how many kinds its members hold and how that changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Literal

import discord

from bot.cogs.holders.holder_words import KINDS, MEMBERS, counted, never_counting, rendered
from bot.gates.gate import Gate, GateState
from bot.holders.distribution import Bin, Distribution
from bot.holders.gate_stats import GateStats
from bot.holders.trend import TrendPoint
from bot.messages import Message, Words
from bot.ui.embeds import BRAND, CAUTION, fit, pages_of
from bot.ui.turning_pages import TurningPages

_TITLE = Message("How the gates stand")
_TITLE_OF_ONE = Message("How gate #{gate} stands")
_NO_GATES = Message("This server has no gate yet: `/gate add` makes one.")
_GATE = Message("**#{gate}** {role}: {rule}")
_PAUSED = Message("⏸ It is paused: nothing is given or taken.")
_PARKED = Message("⚠ It is parked, as something must be repaired: see `/gate show`.")
_EARN = Message("Earn it now: {members}. With a proven account here: {proven}.")
_UNKNOWN = Message(
    "Of {count:,} member it is not known at this moment.", "Of {count:,} members it is not known at this moment."
)
_HAVE = Message("Have the role from Tessera: {members}.")
_CHANGED = Message("In {days} days: given {given:,}, taken {taken:,}.")
_PARTIAL = Message("Cancelled: {judged:,} of {all:,} were judged, the others count as not known.")
_DISTRIBUTION = Message("**How many kinds they hold** ({kinds} in all)")
_ONE = Message("`{range}` {bar} {members}")
_PERHAPS_MORE = Message("{members} hold at least one, and it is not known how many.")
_OF_UNKNOWN = Message("Of {members} it is not known whether they hold any.")
_TREND = Message("**Holders over time** (members who are here now)")
_POINT = Message("{day}: {members}")
_POINT_UNKNOWN = Message("{day}: at least {members} ({unknown:,} not known)")
_NO_COLLECTION = Message("Its rule names no single collection, so there is no distribution and no trend of one.")
_NEVER_LOOKED = Message("No account of a member here was read yet, so there is no trend.")
_SEE_ONE = Message("Page {page:,} of {pages:,} · choose a gate in the command for its distribution and trend")
_GATES_A_PAGE = 5
_BAR = 12
_SHOWN_POINTS = 8
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class StatsPages(TurningPages):
    """All gates, some a page.

    Attributes:
        stats: Of each gate.
        rules: Gate → its rule as it is typed, safe to show.
    """

    stats: Sequence[GateStats]
    rules: dict[int, str]

    def page_count(self) -> int:
        """At least one."""
        return len(self._pages())

    def embeds(self, page: int) -> list[discord.Embed]:
        """Five gates, or fewer where their rules are long."""
        parts = self._pages()
        text = "\n\n".join(parts[page]) or _NO_GATES().render()
        embed = discord.Embed(title=_TITLE().render(), description=text, colour=BRAND)
        if self.stats:
            embed.timestamp = self.stats[0].as_of
            embed.set_footer(text=_SEE_ONE(page=page + 1, pages=len(parts)).render())
        return fit([embed])

    def _pages(self) -> Sequence[Sequence[str]]:
        parts = [rendered(standing(each, self.rules[each.gate.gate_id])) for each in self.stats]
        return pages_of(parts, _GATES_A_PAGE)


def one_gate_embed(stats: GateStats, rule: str) -> discord.Embed:
    """One gate in full."""
    parts = [rendered(standing(stats, rule))]
    if stats.distribution:
        parts.append(rendered([*distribution_words(stats.distribution), *never_counting(stats.left_out)]))
        parts.append(rendered([_TREND(), *trend_words(stats.trend)] if stats.trend else [_NEVER_LOOKED()]))
    else:
        parts.append(_NO_COLLECTION().render())
    title = _TITLE_OF_ONE(gate=stats.gate.gate_id).render()
    embed = discord.Embed(title=title, description="\n\n".join(parts), colour=CAUTION if stats.unknown else BRAND)
    embed.timestamp = stats.as_of
    return fit([embed])[0]


def standing(stats: GateStats, rule: str) -> Sequence[Words]:
    """The numbers of one gate."""
    found = [
        _GATE(gate=stats.gate.gate_id, role=f"<@&{stats.gate.role_id}>", rule=rule),
        *_state(stats.gate),
        _EARN(members=counted(stats.live, MEMBERS), proven=MEMBERS(count=stats.proven)),
    ]
    if stats.unknown:
        found.append(_UNKNOWN(count=stats.unknown))
    if stats.judged < stats.members:
        found.append(_PARTIAL(judged=stats.judged, all=stats.members))
    found.append(_HAVE(members=MEMBERS(count=stats.given_to)))
    return [*found, _CHANGED(days=stats.span_days, given=stats.given, taken=stats.taken)]


def distribution_words(distribution: Distribution) -> Sequence[Words]:
    """How many hold how many, with a bar for each bin that has any."""
    most = max((each.members for each in distribution.bins), default=0)
    found = [_DISTRIBUTION(kinds=counted(distribution.kinds, KINDS))]
    found += [_of_bin(each, most) for each in distribution.bins if each.members]
    if distribution.perhaps_more:
        found.append(_PERHAPS_MORE(members=MEMBERS(count=distribution.perhaps_more)))
    if distribution.unknown:
        found.append(_OF_UNKNOWN(members=MEMBERS(count=distribution.unknown)))
    return found


def _state(gate: Gate) -> Sequence[Words]:
    if gate.state is GateState.ACTIVE:
        return ()
    return [_PAUSED() if gate.state is GateState.PAUSED else _PARKED()]


def _of_bin(each: Bin, most: int) -> Words:
    bar = "█" * max(1, round(_BAR * each.members / most))
    return _ONE(range=bin_range(each), bar=bar, members=MEMBERS(count=each.members))


def bin_range(each: Bin) -> str:
    """One number, a range with a dash, or `101+`."""
    if each.most is None:
        return f"{each.least}+"
    return str(each.least) if each.least == each.most else f"{each.least}–{each.most}"  # noqa: RUF001 - a range


def _thinned(points: Sequence[TrendPoint]) -> Sequence[TrendPoint]:
    """Some of the points, evenly spaced: the first and the last are among them."""
    if len(points) <= _SHOWN_POINTS:
        return points
    step = (len(points) - 1) / (_SHOWN_POINTS - 1)
    return [points[round(place * step)] for place in range(_SHOWN_POINTS)]


def trend_words(trend: Sequence[TrendPoint]) -> Sequence[Words]:
    """Some of the points of a trend, no two of which look like the same moment."""
    points = _thinned(trend)
    # A day has one date in every place of the world only where it is a whole one later.
    is_daily = all(later.at - earlier.at >= _DAY for earlier, later in pairwise(points))
    return [_of_point(each, "d" if is_daily else "f") for each in points]


def _of_point(point: TrendPoint, form: Literal["d", "f"]) -> Words:
    at, members = discord.utils.format_dt(point.at, form), MEMBERS(count=point.holders)
    if point.unknown:
        return _POINT_UNKNOWN(day=at, members=members, unknown=point.unknown)
    return _POINT(day=at, members=members)
